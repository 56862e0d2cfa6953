#include "io/clock.h"

#include <sys/random.h>
#include <time.h>

#include "base/must.h"

static int64_t milliseconds(clockid_t clock)
{
	struct timespec t;

	must(clock_gettime(clock, &t) == 0);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t clock_real_ms(void)
{
	return milliseconds(CLOCK_REALTIME);
}

uint64_t clock_mono_ms(void)
{
	return (uint64_t)milliseconds(CLOCK_MONOTONIC);
}

void random_octets(void *to, size_t octets)
{
	char *at = to;

	while (octets > 0) {
		ssize_t n = getrandom(at, octets, 0);

		if (n < 0)
			continue; /* EINTR is the only way to get here */
		at += n;
		octets -= (size_t)n;
	}
}

uint64_t clock_thread_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

uint64_t clock_cpu_of_ms(int pid)
{
	struct timespec t;
	clockid_t clock;

	if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &t) < 0)
		return 0;
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}
