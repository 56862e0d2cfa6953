#include "selftest.h"

#include <stdio.h>
#include <string.h>

#include "run.h"

#define DEFECT_SEEDS 40u
#define TWICE_SEEDS  5u

static void keep_all(struct run_request *q)
{
	for (size_t i = 0; i < STEPS_MAX; i++)
		q->keep[i] = true;
}

static bool is_found(const char *defect)
{
	for (uint64_t seed = 1; seed <= DEFECT_SEEDS; seed++) {
		struct run_request q = { .seed = seed, .defect = defect };
		struct run_result r;

		keep_all(&q);
		run_now(&q, &r);
		if (r.violations > 0) {
			printf("# %s: seed %llu: %s\n", defect, (unsigned long long)seed, r.first);
			return true;
		}
	}
	return false;
}

static bool is_repeated(uint64_t seed)
{
	struct run_request q = { .seed = seed };
	struct run_result one, other;

	keep_all(&q);
	run_now(&q, &one);
	run_now(&q, &other);
	return one.hash == other.hash && one.steps == other.steps;
}

int selftest_defects(void)
{
	static const char *const defects[] = { "early", "forget", "deaf", "rot", "stale" };
	unsigned n = 0, bad = 0;

	for (size_t i = 0; i < sizeof(defects) / sizeof(*defects); i++) {
		bool found = is_found(defects[i]);

		bad += !found;
		printf("%sok %u - the defect '%s' is found\n", found ? "" : "not ", ++n, defects[i]);
		fflush(stdout);
	}
	for (uint64_t seed = 1; seed <= TWICE_SEEDS; seed++) {
		bool same = is_repeated(seed);

		bad += !same;
		printf("%sok %u - seed %llu gives the same trace twice\n", same ? "" : "not ", ++n, (unsigned long long)seed);
	}
	printf("1..%u\n", n);
	return bad > 0;
}

/* ---- allocations ---- */

struct memory {
	uint64_t seed;
	enum role role;
	unsigned run, bad, died;
};

static const enum role roles[] = { ROLE_STORE, ROLE_DIRECTORY, ROLE_FRONT_MX, ROLE_FRONT_USER, ROLE_PARSER };

/* Nothing lost, and no other role with it. */
static bool is_contained(const struct memory *m, const struct run_result *r)
{
	if (r->violations > 0)
		return false;
	for (unsigned role = 0; role < ROLE_COUNT; role++) {
		if (r->died[role] != (role == m->role ? 1u : 0u))
			return false;
	}
	return true;
}

static void judge(struct memory *m, uint64_t nth, const struct run_result *r)
{
	m->run++;
	m->died += r->died[m->role];
	/* The run goes another way from the failure on; before it, it is the same, so the n-th is reached. */
	if (is_contained(m, r))
		return;
	m->bad++;
	printf("# %s, allocation %llu: %u deaths of it, %s\n", role_name(m->role), (unsigned long long)nth, r->died[m->role],
		r->violations > 0 ? r->first : "or another role died");
}

static void run_role(struct memory *m, uint64_t count, uint64_t stride, unsigned jobs)
{
	uint64_t nth_of[2 * RUN_JOBS_MAX], next = 1, done = 0, begun = 0;
	struct run_result r;

	while (next <= count || done < begun) {
		while (next <= count && run_under_way() < jobs) {
			struct run_request q = { .seed = m->seed, .script = true, .fail_role = m->role, .fail_nth = next,
				.ticket = begun };

			keep_all(&q);
			nth_of[begun++ % (sizeof(nth_of) / sizeof(*nth_of))] = next;
			run_begin(&q);
			next += stride;
		}
		judge(m, nth_of[run_wait(&r) % (sizeof(nth_of) / sizeof(*nth_of))], &r);
		done++;
	}
}

int selftest_memory(uint64_t seed, uint64_t stride, unsigned jobs)
{
	struct run_request q = { .seed = seed, .script = true };
	struct run_result whole;
	unsigned n = 0, bad = 0;

	keep_all(&q);
	run_now(&q, &whole);
	printf("%sok %u - the script without a failure: %u acknowledged\n", whole.violations > 0 ? "not " : "", ++n,
		whole.acknowledged);
	for (size_t i = 0; i < sizeof(roles) / sizeof(*roles) && whole.violations == 0; i++) {
		struct memory m = { .seed = seed, .role = roles[i] };

		run_role(&m, whole.allocations[m.role], stride, jobs);
		printf("%sok %u - %s: %u of %llu allocations fail one at a time; it ended and came back %u times, nothing is lost\n",
			m.bad > 0 ? "not " : "", ++n, role_name(m.role), m.run, (unsigned long long)whole.allocations[m.role], m.died);
		fflush(stdout);
		bad += m.bad > 0;
	}
	printf("1..%u\n", n);
	return bad > 0 || whole.violations > 0;
}
