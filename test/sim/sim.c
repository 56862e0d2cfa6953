/* The simulator's command: seeds, each in a process of its own, their verdicts, and the shortest script of one that fails. See README.md. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "disk.h"
#include "fault.h"
#include "fiber.h"
#include "model.h"
#include "phase.h"
#include "proc.h"
#include "run.h"
#include "selftest.h"
#include "world.h"

struct options {
	uint64_t from, to;
	bool trace, json, tap, no_shrink, twice, self_test, memory;
	uint64_t stride;
	unsigned jobs;
	const char *keep; /* "1,4,7": these steps alone */
	const char *defect;
};

struct totals {
	uint64_t seeds, failed, steps, deaths, acknowledged;
	double virtual_seconds;
	double began;
};

static double wall(void)
{
	struct timespec t;

	run_real_clock(&t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void read_keep(const struct options *o, bool *keep)
{
	const char *at = o->keep;

	for (size_t i = 0; i < STEPS_MAX; i++)
		keep[i] = at == NULL;
	while (at != NULL && *at != '\0') {
		char *end;
		unsigned long n = strtoul(at, &end, 10);

		if (end == at)
			break;
		if (n < STEPS_MAX)
			keep[n] = true;
		at = *end == ',' ? end + 1 : end;
	}
}

static void print_script(uint64_t seed, const bool *keep, const struct options *o)
{
	struct plan p;
	char line[160];
	bool first = true;

	world_begin(seed, false);
	plan_make(&p);
	for (size_t i = 0; i < p.count; i++) {
		if (!keep[i])
			continue;
		plan_print(&p.steps[i], line, sizeof(line));
		printf("# %s\n", line);
	}
	printf("# phases end with: %s, %s\n# replay: test/sim/sim --seed %llu%s%s --trace --keep ", plan_end_name(p.ends[0]), plan_end_name(p.ends[1]),
		(unsigned long long)seed, o->defect ? " --defect " : "", o->defect ? o->defect : "");
	for (size_t i = 0; i < p.count; i++) {
		if (keep[i])
			printf("%s%zu", first ? "" : ",", i);
		first = first && !keep[i];
	}
	printf("\n");
	fflush(stdout);
}

/* Steps are left out, many at once and then one by one, as long as it still fails. */
static void shrink(const struct options *o, uint64_t seed, bool *keep, struct run_result *r)
{
	for (size_t size = STEPS_MAX / 2; size > 0; size /= 2) {
		for (size_t at = 0; at < STEPS_MAX; at += size) {
			struct run_request q = { .seed = seed, .defect = o->defect };
			struct run_result less;
			bool any = false;

			memcpy(q.keep, keep, sizeof(q.keep));
			for (size_t i = at; i < at + size && i < STEPS_MAX; i++) {
				any = any || q.keep[i];
				q.keep[i] = false;
			}
			if (!any)
				continue;
			run_now(&q, &less);
			if (less.violations == 0)
				continue;
			memcpy(keep, q.keep, sizeof(q.keep));
			*r = less;
		}
	}
}

static void report_failure(const struct options *o, uint64_t seed, struct run_result *r)
{
	bool keep[STEPS_MAX];
	struct plan p;

	printf("# seed %llu: %s\n", (unsigned long long)seed, r->first);
	if (o->no_shrink)
		return;
	read_keep(o, keep);
	world_begin(seed, false);
	plan_make(&p);
	for (size_t i = p.count; i < STEPS_MAX; i++)
		keep[i] = false;
	shrink(o, seed, keep, r);
	printf("# shortest: %s\n", r->first);
	print_script(seed, keep, o);
}

static void take(const struct options *o, struct totals *t, uint64_t seed, struct run_result *r)
{
	t->seeds++;
	t->steps += r->steps;
	t->deaths += r->deaths;
	t->acknowledged += r->acknowledged;
	t->virtual_seconds += (double)r->virtual_us / 1e6;
	if (r->violations > 0)
		t->failed++;
	if (o->tap)
		printf("%sok %llu - seed %llu, trace %016llx\n", r->violations > 0 ? "not " : "",
			(unsigned long long)t->seeds, (unsigned long long)seed, (unsigned long long)r->hash);
	else if (o->json)
		printf("{\"seed\":%llu,\"ok\":%s,\"trace\":\"%016llx\",\"virtual_seconds\":%.3f,\"acknowledged\":%u,\"deaths\":%u}\n",
			(unsigned long long)seed, r->violations > 0 ? "false" : "true", (unsigned long long)r->hash,
			(double)r->virtual_us / 1e6, r->acknowledged, r->deaths);
	if (r->violations > 0)
		report_failure(o, seed, r);
	fflush(stdout);
	if (isatty(STDERR_FILENO) && !o->tap) {
		double share = (double)t->seeds / (double)(o->to - o->from + 1);
		int filled = (int)(share * 30);

		fprintf(stderr, "\r[%.*s%.*s] %llu seeds, %llu failed, %.0f s", filled, "##############################", 30 - filled,
			"..............................", (unsigned long long)t->seeds, (unsigned long long)t->failed, wall() - t->began);
		if (t->seeds == o->to - o->from + 1)
			fputc('\n', stderr);
	}
}

/* The same seed twice: the same trace. */
static void compare_twice(const struct options *o, struct run_result *r, uint64_t seed)
{
	struct run_request q = { .seed = seed, .defect = o->defect };
	struct run_result again;

	read_keep(o, q.keep);
	run_now(&q, &again);
	if (again.hash == r->hash)
		return;
	r->violations++;
	snprintf(r->first, sizeof(r->first), "determinism: traces %016llx and %016llx", (unsigned long long)r->hash,
		(unsigned long long)again.hash);
}

static void run_all(const struct options *o, struct totals *t)
{
	struct run_result r;
	uint64_t next = o->from, seed;

	while (t->seeds < o->to - o->from + 1) {
		while (next <= o->to && run_under_way() < o->jobs) {
			struct run_request q = { .seed = next, .ticket = next, .defect = o->defect };

			next++;

			read_keep(o, q.keep);
			run_begin(&q);
		}
		seed = run_wait(&r);
		if (o->twice)
			compare_twice(o, &r, seed);
		take(o, t, seed, &r);
	}
}

static void print_totals(const struct options *o, const struct totals *t)
{
	double seconds = wall() - t->began;

	if (o->tap) {
		printf("1..%llu\n", (unsigned long long)t->seeds);
		return;
	}
	printf("%s%llu seeds, %llu failed; %.0f s simulated in %.1f s, %.0f times real time; %llu acknowledged changes, %llu deaths of roles, %llu turns\n",
		o->json ? "# " : "", (unsigned long long)t->seeds, (unsigned long long)t->failed, t->virtual_seconds, seconds,
		t->virtual_seconds / seconds, (unsigned long long)t->acknowledged, (unsigned long long)t->deaths,
		(unsigned long long)t->steps);
}

static const char help[] = "Usage: sim [--seed N | --seeds A..B] [--trace] [--keep N,N...] [--jobs N] [--json | --tap] [--twice]\n"
			   "           [--no-shrink] [--defect NAME]\n"
			   "       sim --self-test\n"
			   "       sim [--seed N] --memory STRIDE [--jobs N]\n"
			   "Runs the whole server in simulated time, with faults that follow from the seed. See test/sim/README.md.\n";

static bool read_options(int argc, char **argv, struct options *o)
{
	static const struct option names[] = { { "seed", 1, NULL, 's' }, { "seeds", 1, NULL, 'S' }, { "trace", 0, NULL, 't' },
		{ "keep", 1, NULL, 'k' }, { "jobs", 1, NULL, 'j' }, { "json", 0, NULL, 'J' }, { "tap", 0, NULL, 'T' },
		{ "twice", 0, NULL, '2' }, { "no-shrink", 0, NULL, 'n' }, { "defect", 1, NULL, 'd' },
		{ "self-test", 0, NULL, 'x' }, { "memory", 1, NULL, 'm' }, { NULL, 0, NULL, 0 } };
	char *end = NULL;
	int c;

	while ((c = getopt_long(argc, argv, "", names, NULL)) != -1) {
		if (c == 's' || c == 'S') {
			o->from = o->to = strtoull(optarg, &end, 10);
			if (c == 'S' && strncmp(end, "..", 2) == 0)
				o->to = strtoull(end + 2, &end, 10);
			if (*end != '\0' || o->to < o->from)
				return false;
		} else if (c == 'j') {
			o->jobs = (unsigned)strtoul(optarg, NULL, 10);
		} else if (c == 'k') {
			o->keep = optarg;
		} else if (c == 'm') {
			o->memory = true;
			o->stride = strtoull(optarg, NULL, 10);
		} else if (c == 'd') {
			o->defect = optarg;
		} else if (c == '?') {
			return false;
		}
		o->trace = o->trace || c == 't';
		o->json = o->json || c == 'J';
		o->tap = o->tap || c == 'T';
		o->no_shrink = o->no_shrink || c == 'n';
		o->twice = o->twice || c == '2';
		o->self_test = o->self_test || c == 'x';
	}
	return optind == argc && o->jobs > 0 && o->jobs <= RUN_JOBS_MAX && (!o->memory || o->stride > 0);
}

int main(int argc, char **argv)
{
	struct options o = { .from = 1, .to = 1, .jobs = 2 };
	struct totals t = { .began = wall() };

	if (!read_options(argc, argv, &o)) {
		fputs(help, stderr);
		return 2;
	}
	if (o.self_test)
		return selftest_defects();
	if (o.memory)
		return selftest_memory(o.from, o.stride, o.jobs);
	if (o.trace) {
		struct run_request q = { .seed = o.from, .trace = true, .defect = o.defect };
		struct run_result r;

		read_keep(&o, q.keep);
		run_now(&q, &r);
		printf("trace %016llx, %u violations %s\n", (unsigned long long)r.hash, r.violations, r.first);
		return r.violations > 0;
	}
	run_all(&o, &t);
	print_totals(&o, &t);
	return t.failed > 0;
}
