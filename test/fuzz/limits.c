/*
 * What one input may cost: 100 ms of processor time and 64 MiB of memory for 64 KiB of input. A
 * sanitizer takes eight times as long; only under one is memory counted. An input that is over the
 * time is tried again, for a machine has hiccups.
 *
 * The target is compiled with its LLVMFuzzerTestOneInput renamed to fuzz_target; libFuzzer, or
 * replay.c, calls ours.
 */
#undef LLVMFuzzerTestOneInput
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/must.h"

#define TRIES 5
#if UNDER_ASAN
#define MS_MAX 800
#include <sanitizer/allocator_interface.h>
#else
#define MS_MAX 100
#endif
#define OCTETS_MAX ((int64_t)64 << 20)

int fuzz_target(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static double cpu_ms(void)
{
	struct timespec t;

	must(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t) == 0);
	return (double)t.tv_sec * 1000 + (double)t.tv_nsec / 1000000;
}

#if UNDER_ASAN
static _Atomic int64_t held, most;

static void on_malloc(const volatile void *at, size_t size)
{
	int64_t now = atomic_fetch_add(&held, (int64_t)size) + (int64_t)size;

	if (now > most)
		most = now;
}

static void on_free(const volatile void *at)
{
	if (at != NULL && __sanitizer_get_ownership((const void *)(uintptr_t)at))
		held -= (int64_t)__sanitizer_get_allocated_size((const void *)(uintptr_t)at);
}

static void count_memory(void)
{
	static bool hooked;

	if (!hooked)
		must(__sanitizer_install_malloc_and_free_hooks(on_malloc, on_free) != 0);
	hooked = true;
	most = held;
}

static void judge_memory(int64_t before)
{
	if (most - before > OCTETS_MAX) {
		fprintf(stderr, "%lld octets of memory for one input\n",
			(long long)(most - before));
		abort();
	}
}
#endif

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	double least = 1e9;

	for (int i = 0; i < TRIES && least > MS_MAX; i++) {
		double before = cpu_ms(), took;
#if UNDER_ASAN
		int64_t octets;

		count_memory();
		octets = held;
#endif
		fuzz_target(data, size);
		took = cpu_ms() - before;
		least = took < least ? took : least;
#if UNDER_ASAN
		judge_memory(octets);
#endif
	}
	if (size <= 65536 && least > MS_MAX) {
		fprintf(stderr, "%.0f ms for an input of %zu octets\n", least, size);
		abort();
	}
	return 0;
}
