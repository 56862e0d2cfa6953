/*
 * The memory that Argon2id fills. To map 19 MiB and fault them in takes a third of a check's time; so what one check has
 * used is kept for the next. libargon2's two callbacks, which have no argument: hence one store for the process. Any thread.
 *
 * The hash wipes what it filled before it gives it back: what is kept is zeros.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Zeros, of at least so many octets; two checks never share them. 0, or -1: the system has no memory. */
int hash_memory_take(uint8_t **ret, size_t octets);
/* What take gave, wiped. */
void hash_memory_give(uint8_t *at, size_t octets);
/* Gives back to the system what no check is using. */
void hash_memory_release(void);
/* Octets that are mapped, used or not. */
size_t hash_memory_kept(void);
