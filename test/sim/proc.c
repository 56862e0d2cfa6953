#include "proc.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "base/must.h"
#include "disk.h"
#include "fiber.h"
#include "net.h"
#include "server.h"
#include "turn.h"
#include "world.h"
#include "wrap.h"

#define DEAD_MAX 64
#define MAPS_MAX 4096

struct map_row {
	struct proc *owner;
	void *at;
	size_t octets;
};

static struct list procs = { &procs, &procs };
static int last_pid = 100;
static struct proc *owners[FDS_MAX];
static struct map_row maps[MAPS_MAX];
static struct {
	int pid, status;
} dead[DEAD_MAX];
static size_t dead_count, deaths;
static unsigned deaths_of[ROLE_COUNT];

struct proc *proc_new(const char *name, const char *folder)
{
	struct proc *p = __real_calloc(1, sizeof(*p));

	must(p != NULL);
	p->pid = ++last_pid;
	p->control_fd = -1;
	snprintf(p->name, sizeof(p->name), "%s", name);
	snprintf(p->folder, sizeof(p->folder), "%s", folder);
	list_init(&p->node);
	list_add_tail(&procs, &p->node);
	return p;
}

struct run {
	struct proc *proc;
	void (*main)(void *arg);
	void *arg;
};

static void run_main(void *arg)
{
	struct run run = *(struct run *)arg;

	free(arg);
	run.main(run.arg);
	proc_kill(run.proc, 0, "ends");
}

void proc_run(struct proc *p, void (*main)(void *arg), void *arg)
{
	struct run *run = __real_calloc(1, sizeof(*run));

	must(run != NULL);
	*run = (struct run){ p, main, arg };
	fiber_new(p, p->name, run_main, run);
}

static void drop_maps(const struct proc *p)
{
	for (size_t i = 0; i < MAPS_MAX; i++) {
		if (maps[i].at != NULL && maps[i].owner == p) {
			__real_munmap(maps[i].at, maps[i].octets);
			maps[i].at = NULL;
		}
	}
}

static void drop_descriptors(struct proc *p)
{
	for (int fd = 0; fd < FDS_MAX; fd++) {
		if (owners[fd] != p)
			continue;
		owners[fd] = NULL;
		disk_closed(fd);
		__real_close(fd);
	}
	net_drop(p);
}

void proc_kill(struct proc *p, int status, const char *how)
{
	bool self = fiber_proc() == p;

	if (!p->dead) {
		p->dead = true;
		trace(p->name, "%s (%d)", how, status);
		fibers_kill(p);
		drop_maps(p);
		drop_descriptors(p);
		list_remove(&p->node);
		if (p->is_role && dead_count < DEAD_MAX) {
			deaths++;
			deaths_of[p->role]++;
			dead[dead_count].pid = p->pid;
			dead[dead_count++].status = status;
			turn_signal(SIGCHLD);
		}
	}
	if (self)
		fiber_end();
}

void procs_kill_all(const char *how)
{
	LIST_EACH(node, &procs)
		proc_kill(LIST_OF(node, struct proc, node), SIGKILL, how);
	dead_count = 0;
}

struct proc *proc_of_role(enum role role)
{
	LIST_EACH(node, &procs) {
		struct proc *p = LIST_OF(node, struct proc, node);

		if (p->is_role && p->role == role)
			return p;
	}
	return NULL;
}

size_t proc_deaths(void)
{
	return deaths;
}

unsigned proc_deaths_of(enum role role)
{
	return deaths_of[role];
}

void proc_enter(struct proc *p)
{
	if (p != NULL && p->log.sink != NULL)
		__real_log_setup(&p->log);
}

void proc_owns_for(struct proc *p, int fd)
{
	if (fd >= 0 && fd < FDS_MAX)
		owners[fd] = p;
}

void proc_owns(int fd)
{
	proc_owns_for(fiber_proc(), fd);
}

void proc_disowns(int fd)
{
	proc_owns_for(NULL, fd);
}

/* ---- the calls ---- */

pid_t __wrap_fork(void)
{
	struct proc *parent = fiber_proc();
	struct proc *child = proc_new("role", parent->folder);

	child->is_role = true;
	child->control_fd = net_last_pair_for(child);
	server_run_role(child);
	return child->pid;
}

void server_role_known(struct proc *p, enum role role)
{
	p->role = role;
	snprintf(p->name, sizeof(p->name), "%s", role_name(role));
	trace(p->name, "starts");
}

pid_t __wrap_waitpid(pid_t pid, int *status, int options)
{
	pid_t found;

	if (dead_count == 0)
		return 0;
	found = dead[0].pid;
	*status = dead[0].status;
	memmove(dead, dead + 1, --dead_count * sizeof(dead[0]));
	return found;
}

int __wrap_kill(pid_t pid, int signal_number)
{
	LIST_EACH(node, &procs) {
		struct proc *p = LIST_OF(node, struct proc, node);

		if (p->pid == pid) {
			proc_kill(p, signal_number, "is killed by the attendant");
			return 0;
		}
	}
	errno = ESRCH;
	return -1;
}

void __wrap__exit(int status)
{
	proc_kill(fiber_proc(), status << 8, "leaves");
	abort();
}

void __wrap_must_failed(const char *cond, const char *file, int line)
{
	struct proc *p = fiber_proc();

	if (p == NULL || !p->allocation_failed)
		violate("must", "%s: %s:%d: %s", p != NULL ? p->name : "outside", file, line, cond);
	if (p == NULL)
		abort();
	proc_kill(p, SIGABRT, p->allocation_failed ? "has no memory" : "aborts");
	abort();
}

int __wrap_chdir(const char *path)
{
	snprintf(fiber_proc()->folder, sizeof(fiber_proc()->folder), "%s", path);
	return 0;
}

int __wrap_prctl(int option, ...)
{
	return 0;
}

int __wrap_getrusage(int who, struct rusage *ret)
{
	memset(ret, 0, sizeof(*ret));
	return 0;
}

/* The folder has another name in each run, and the trace must not: "DATA". */
static void sink(enum log_level level, struct str line)
{
	struct proc *p = fiber_proc();
	const char *who = p != NULL ? p->name : "log";
	struct str folder = str_from_c(disk_folder());
	size_t at = str_find_str(line, folder);

	if (line.len > 0 && line.at[line.len - 1] == '\n')
		line.len--;
	if (at == STR_NPOS)
		trace(who, "%.*s", STR_FMT(line));
	else
		trace(who, "%.*sDATA%.*s", STR_FMT(str_sub(line, 0, at)), STR_FMT(str_skip(line, at + folder.len)));
}

void __wrap_log_setup(const struct log_setup *setup)
{
	struct proc *p = fiber_proc();
	struct log_setup own = *setup;

	own.sink = sink;
	if (p != NULL) {
		snprintf(p->log_role, sizeof(p->log_role), "%s", setup->role);
		own.role = p->log_role;
		p->log = own;
	}
	__real_log_setup(&own);
}

int __wrap_clock_gettime(clockid_t clock, struct timespec *ret)
{
	uint64_t us = world_now();

	if (clock == CLOCK_REALTIME) {
		int64_t ms = world_real_ms();

		*ret = (struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };
	} else {
		*ret = (struct timespec){ .tv_sec = (time_t)(us / SECOND), .tv_nsec = (long)(us % SECOND * 1000) };
	}
	return 0;
}

time_t __wrap_time(time_t *ret)
{
	time_t now = world_real_ms() / 1000;

	if (ret != NULL)
		*ret = now;
	return now;
}

ssize_t __wrap_getrandom(void *to, size_t octets, unsigned flags)
{
	unsigned char *at = to;

	for (size_t i = 0; i < octets; i++)
		at[i] = (unsigned char)chance(STREAM_PRODUCT);
	return (ssize_t)octets;
}

/* All roles share one seed here: it is a variable of the program. */
void __wrap_map_seed(const unsigned char seed[16])
{
}

static bool no_memory(void)
{
	struct proc *p = fiber_proc();

	if (p == NULL || ++p->allocations != p->fail_allocation)
		return false;
	p->allocation_failed = true;
	trace(p->name, "allocation %llu fails", (unsigned long long)p->allocations);
	return true;
}

void *__wrap_calloc(size_t n, size_t octets)
{
	return no_memory() ? NULL : __real_calloc(n, octets);
}

void *__wrap_realloc(void *at, size_t octets)
{
	return no_memory() ? NULL : __real_realloc(at, octets);
}

/* ---- mappings ---- */

void *__wrap_mmap64(void *at, size_t octets, int protection, int flags, int fd, off_t offset)
{
	void *got = __real_mmap64(at, octets, protection, flags, fd, offset);

	for (size_t i = 0; got != MAP_FAILED && fiber_proc() != NULL && i < MAPS_MAX; i++) {
		if (maps[i].at == NULL) {
			maps[i] = (struct map_row){ fiber_proc(), got, octets };
			break;
		}
	}
	return got;
}

void *__wrap_mmap(void *at, size_t octets, int protection, int flags, int fd, off_t offset)
{
	return __wrap_mmap64(at, octets, protection, flags, fd, offset);
}

int __wrap_munmap(void *at, size_t octets)
{
	for (size_t i = 0; i < MAPS_MAX; i++) {
		if (maps[i].at == at)
			maps[i].at = NULL;
	}
	return __real_munmap(at, octets);
}
