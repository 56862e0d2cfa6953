#include "run.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "defect.h"
#include "disk.h"
#include "fault.h"
#include "fiber.h"
#include "model.h"
#include "phase.h"
#include "proc.h"
#include "world.h"
#include "wrap.h"

#define TURNS_MAX     ((uint64_t)2000000)
#define VIOLATIONS_MAX 20
#define REAL_SECONDS  60u /* a seed takes a fraction of one */

struct job {
	uint64_t ticket;
	pid_t pid; /* 0: free */
	int fd;
	char folder[200];
};

struct director {
	const struct run_request *q;
	const char *folder;
	bool over;
};

static struct job jobs[RUN_JOBS_MAX];

void run_real_clock(struct timespec *ret)
{
	__real_clock_gettime(CLOCK_MONOTONIC, ret);
}

static void direct(void *arg)
{
	struct director *d = arg;
	struct plan p;

	plan_make(&p);
	if (d->q->script)
		plan_calm(&p);
	fault_arm(d->q->fail_role, d->q->fail_nth);
	phase_run(&p, d->q->keep, d->folder);
	d->over = true;
	fiber_end();
}

static void simulate(const struct run_request *q, const char *folder, struct run_result *ret)
{
	struct director d = { .q = q, .folder = folder };

	world_begin(q->seed, q->trace);
	disk_begin(folder);
	defect_set(q->defect);
	fiber_new(NULL, "director", direct, &d);
	while (!d.over && fiber_steps() < TURNS_MAX && violations() < VIOLATIONS_MAX && fiber_step())
		continue;
	if (!d.over && violations() == 0)
		violate("liveness", "it does not come to an end");
	*ret = (struct run_result){ .hash = trace_hash(), .steps = fiber_steps(), .virtual_us = world_now(),
		.violations = violations(), .deaths = (unsigned)proc_deaths(), .acknowledged = model_acknowledged() };
	phase_tell(ret->allocations, ret->died);
	snprintf(ret->first, sizeof(ret->first), "%s", first_violation());
}

static void child(const struct run_request *q, const struct job *job, int fd)
{
	struct run_result r;
	ssize_t n;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	alarm(REAL_SECONDS);
	simulate(q, job->folder, &r);
	fflush(stdout);
	n = __real_write(fd, &r, sizeof(r));
	__real__exit(n == sizeof(r) ? 0 : 1);
}

static void make_folder(struct job *job)
{
	const char *base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";

	snprintf(job->folder, sizeof(job->folder), "%s/bourse-sim-XXXXXX", base);
	if (mkdtemp(job->folder) == NULL) {
		perror(base);
		exit(2);
	}
}

static struct job *begin(const struct run_request *q)
{
	struct job *job = jobs;
	int ends[2];

	while (job->pid != 0)
		job++;
	make_folder(job);
	fflush(stdout);
	if (pipe(ends) < 0 || (job->pid = __real_fork()) < 0) {
		perror("fork");
		exit(2);
	}
	if (job->pid == 0)
		child(q, job, ends[1]);
	close(ends[1]);
	job->fd = ends[0];
	job->ticket = q->ticket;
	return job;
}

void run_begin(const struct run_request *q)
{
	begin(q);
}

unsigned run_under_way(void)
{
	unsigned n = 0;

	for (size_t i = 0; i < RUN_JOBS_MAX; i++)
		n += jobs[i].pid != 0;
	return n;
}

static void finish(struct job *job, struct run_result *ret)
{
	int status = 0;

	*ret = (struct run_result){ 0 };
	if (__real_read(job->fd, ret, sizeof(*ret)) != sizeof(*ret)) {
		*ret = (struct run_result){ .violations = 1 };
		snprintf(ret->first, sizeof(ret->first), "crash: the program died");
	}
	close(job->fd);
	__real_waitpid(job->pid, &status, 0);
	if (WIFSIGNALED(status))
		snprintf(ret->first, sizeof(ret->first), "crash: signal %d", WTERMSIG(status));
	disk_end(job->folder);
	job->pid = 0;
}

uint64_t run_wait(struct run_result *ret)
{
	struct pollfd rows[RUN_JOBS_MAX];
	struct job *of[RUN_JOBS_MAX];
	nfds_t count = 0;

	for (size_t i = 0; i < RUN_JOBS_MAX; i++) {
		if (jobs[i].pid == 0)
			continue;
		rows[count] = (struct pollfd){ .fd = jobs[i].fd, .events = POLLIN };
		of[count++] = &jobs[i];
	}
	while (__real_poll(rows, count, -1) < 0 && errno == EINTR)
		continue;
	for (nfds_t i = 0; i < count; i++) {
		if (rows[i].revents != 0) {
			finish(of[i], ret);
			return of[i]->ticket;
		}
	}
	abort();
}

void run_now(const struct run_request *q, struct run_result *ret)
{
	finish(begin(q), ret);
}
