#include "fiber.h"

#include <pthread.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "base/list.h"
#include "base/must.h"
#include "proc.h"
#include "wrap.h"
#include "world.h"

#if defined(__SANITIZE_ADDRESS__)
#define FIBER_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FIBER_ASAN 1
#endif
#endif
#ifdef FIBER_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#define STACK_OCTETS ((size_t)1 << 20)
#else
#define STACK_OCTETS ((size_t)512 << 10)
#endif

/* A turn costs something, or two that only ask each other would stop the clock. */
#define TURN_US_MAX 20

struct fiber {
	struct list node;
	struct proc *proc;
	char name[40];
	ucontext_t context;
	char *stack;
	void (*main)(void *arg);
	void *arg;
	fiber_due_fn *due; /* NULL: only the time counts */
	void *due_arg;
	uint64_t until_us;
	bool over;
	void *fake_stack;
};

static struct list fibers = { &fibers, &fibers };
static struct fiber *running;
static ucontext_t scheduler;
static uint64_t steps;
static void *scheduler_fake_stack;
static const void *scheduler_stack;
static size_t scheduler_stack_octets;

static void leaving(void **fake_stack, const void *stack, size_t octets)
{
#ifdef FIBER_ASAN
	__sanitizer_start_switch_fiber(fake_stack, stack, octets);
#endif
}

static void arrived(void *fake_stack, const void **stack, size_t *octets)
{
#ifdef FIBER_ASAN
	__sanitizer_finish_switch_fiber(fake_stack, stack, octets);
#endif
}

static void entry(void)
{
	struct fiber *f = running;

	arrived(NULL, &scheduler_stack, &scheduler_stack_octets);
	f->main(f->arg);
	fiber_end();
}

struct fiber *fiber_new(struct proc *proc, const char *name, void (*main)(void *arg), void *arg)
{
	struct fiber *f = __real_calloc(1, sizeof(*f));

	must(f != NULL);
	f->proc = proc;
	snprintf(f->name, sizeof(f->name), "%s", name);
	f->main = main;
	f->arg = arg;
	f->stack = __real_mmap64(NULL, STACK_OCTETS, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	must(f->stack != MAP_FAILED);
#ifdef FIBER_ASAN
	ASAN_UNPOISON_MEMORY_REGION(f->stack, STACK_OCTETS);
#endif
	must(getcontext(&f->context) == 0);
	f->context.uc_stack.ss_sp = f->stack;
	f->context.uc_stack.ss_size = STACK_OCTETS;
	f->context.uc_link = NULL;
	makecontext(&f->context, entry, 0);
	list_init(&f->node);
	list_add_tail(&fibers, &f->node);
	return f;
}

static void free_stack(struct fiber *f)
{
	__real_munmap(f->stack, STACK_OCTETS);
	f->stack = NULL;
}

static void to_scheduler(struct fiber *f)
{
	leaving(f->over ? NULL : &f->fake_stack, scheduler_stack, scheduler_stack_octets);
	swapcontext(&f->context, &scheduler);
	arrived(f->fake_stack, &scheduler_stack, &scheduler_stack_octets);
}

bool fiber_wait(fiber_due_fn *due, void *arg, uint64_t until_us)
{
	struct fiber *f = running;

	must(f != NULL);
	f->due = due;
	f->due_arg = arg;
	f->until_us = until_us;
	to_scheduler(f);
	return due != NULL && due(arg) <= world_now();
}

void fiber_sleep(uint64_t us)
{
	fiber_wait(NULL, NULL, world_now() + us);
}

void fiber_end(void)
{
	running->over = true;
	list_remove(&running->node);
	to_scheduler(running);
	abort();
}

void fibers_kill(const struct proc *proc)
{
	LIST_EACH(node, &fibers) {
		struct fiber *f = LIST_OF(node, struct fiber, node);

		if (f->proc != proc || f == running)
			continue;
		f->over = true;
		list_remove(&f->node);
		free_stack(f);
	}
}

struct proc *fiber_proc(void)
{
	return running != NULL ? running->proc : NULL;
}

bool fiber_is_one(void)
{
	return running != NULL;
}

bool fiber_is_over(const struct fiber *f)
{
	return f->over;
}

static uint64_t due_of(const struct fiber *f)
{
	uint64_t due = f->due != NULL ? f->due(f->due_arg) : NEVER;

	return due < f->until_us ? due : f->until_us;
}

/* One of those that could go on now, each as likely; else the time at which the first one could. */
static struct fiber *choose(uint64_t *ret_next)
{
	struct fiber *chosen = NULL;
	uint64_t next = NEVER, ready = 0, now = world_now();

	LIST_EACH(node, &fibers) {
		struct fiber *f = LIST_OF(node, struct fiber, node);
		uint64_t due = due_of(f);

		if (due > now)
			next = due < next ? due : next;
		else if (chance_in(STREAM_RUN, ++ready))
			chosen = f;
	}
	*ret_next = next;
	return chosen;
}

bool fiber_step(void)
{
	uint64_t next;
	struct fiber *f = choose(&next);

	if (f == NULL && next != NEVER) {
		world_advance_to(next);
		f = choose(&next);
	}
	if (f == NULL)
		return false;
	steps++;
	running = f;
	proc_enter(f->proc);
	leaving(&scheduler_fake_stack, f->stack, STACK_OCTETS);
	swapcontext(&scheduler, &f->context);
	arrived(scheduler_fake_stack, NULL, NULL);
	running = NULL;
	if (f->over)
		free_stack(f);
	world_advance_to(world_now() + chance_below(STREAM_RUN, TURN_US_MAX + 1));
	return true;
}

uint64_t fiber_steps(void)
{
	return steps;
}

/* ---- pthread: the state is kept in the caller's objects ---- */

struct lock {
	uint64_t held;
};

struct signal {
	uint64_t sequence;
};

struct heard {
	const struct signal *signal;
	uint64_t sequence;
};

static struct lock *lock_of(pthread_mutex_t *m)
{
	return (struct lock *)(void *)m;
}

static struct signal *signal_of(pthread_cond_t *c)
{
	return (struct signal *)(void *)c;
}

static uint64_t due_lock(void *arg)
{
	const struct lock *lock = arg;

	return lock->held ? NEVER : 0;
}

static uint64_t due_signal(void *arg)
{
	const struct heard *h = arg;

	return h->signal->sequence != h->sequence ? 0 : NEVER;
}

int __wrap_pthread_mutex_init(pthread_mutex_t *m, const pthread_mutexattr_t *a)
{
	lock_of(m)->held = 0;
	return 0;
}

int __wrap_pthread_mutex_destroy(pthread_mutex_t *m)
{
	return 0;
}

int __wrap_pthread_mutex_lock(pthread_mutex_t *m)
{
	while (lock_of(m)->held)
		fiber_wait(due_lock, lock_of(m), NEVER);
	lock_of(m)->held = 1;
	return 0;
}

int __wrap_pthread_mutex_unlock(pthread_mutex_t *m)
{
	lock_of(m)->held = 0;
	return 0;
}

int __wrap_pthread_mutex_consistent(pthread_mutex_t *m)
{
	return 0;
}

int __wrap_pthread_cond_init(pthread_cond_t *c, const pthread_condattr_t *a)
{
	signal_of(c)->sequence = 0;
	return 0;
}

int __wrap_pthread_cond_destroy(pthread_cond_t *c)
{
	return 0;
}

int __wrap_pthread_cond_signal(pthread_cond_t *c)
{
	signal_of(c)->sequence++;
	return 0;
}

int __wrap_pthread_cond_broadcast(pthread_cond_t *c)
{
	return __wrap_pthread_cond_signal(c);
}

static int cond_wait(pthread_cond_t *c, pthread_mutex_t *m, uint64_t until_us)
{
	struct heard h = { signal_of(c), signal_of(c)->sequence };
	bool heard;

	__wrap_pthread_mutex_unlock(m);
	heard = fiber_wait(due_signal, &h, until_us);
	__wrap_pthread_mutex_lock(m);
	return heard ? 0 : ETIMEDOUT;
}

int __wrap_pthread_cond_wait(pthread_cond_t *c, pthread_mutex_t *m)
{
	return cond_wait(c, m, NEVER);
}

int __wrap_pthread_cond_timedwait(pthread_cond_t *c, pthread_mutex_t *m, const struct timespec *until)
{
	return cond_wait(c, m, (uint64_t)until->tv_sec * SECOND + (uint64_t)until->tv_nsec / 1000);
}

struct start {
	void *(*main)(void *arg);
	void *arg;
};

static void thread_main(void *arg)
{
	struct start start = *(struct start *)arg;

	free(arg);
	start.main(start.arg);
}

int __wrap_pthread_create(pthread_t *ret, const pthread_attr_t *attr, void *(*main)(void *), void *arg)
{
	struct start *start = malloc(sizeof(*start));

	must(start != NULL);
	*start = (struct start){ main, arg };
	*ret = (pthread_t)(uintptr_t)fiber_new(fiber_proc(), "thread", thread_main, start);
	return 0;
}

static uint64_t due_over(void *arg)
{
	return fiber_is_over(arg) ? 0 : NEVER;
}

int __wrap_pthread_join(pthread_t thread, void **ret)
{
	struct fiber *f = (struct fiber *)(uintptr_t)thread;

	while (!f->over)
		fiber_wait(due_over, f, NEVER);
	return 0;
}
