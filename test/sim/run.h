/* One seed, in a process of its own: what goes wrong there, a crash included, is the seed's verdict. */
#pragma once

#include <time.h>

#include "plan.h"

#define RUN_JOBS_MAX 64u

struct run_request {
	uint64_t seed;
	uint64_t ticket; /* run_wait gives it back */
	bool trace;
	bool keep[STEPS_MAX];
	const char *defect; /* NULL: none; see defect.h */
	/* Only the clients of the first phase, without faults; but when the role has become ready, its n-th allocation from then on fails. 0: none. */
	bool script;
	enum role fail_role;
	uint64_t fail_nth;
};

struct run_result {
	uint64_t hash, steps, virtual_us;
	unsigned violations, deaths, acknowledged;
	/* Of a script, until the server is stopped. */
	uint64_t allocations[ROLE_COUNT];
	unsigned died[ROLE_COUNT];
	char first[600];
};

void run_now(const struct run_request *q, struct run_result *ret);
void run_begin(const struct run_request *q);
unsigned run_under_way(void);
/* Until one is over; its ticket. */
uint64_t run_wait(struct run_result *ret);
void run_real_clock(struct timespec *ret);
