/* Time and randomness from the system. */
#pragma once

#include <stddef.h>
#include <stdint.h>

int64_t clock_real_ms(void);  /* milliseconds since 1970 */
uint64_t clock_thread_us(void); /* microseconds of processor that this thread has used */
uint64_t clock_cpu_of_ms(int pid); /* milliseconds of processor that a process has used; 0: there is none */
uint64_t clock_mono_ms(void); /* monotonic; the same count in all processes of a machine */
void random_octets(void *to, size_t octets);
