#include "turn.h"

#include <stdlib.h>

#include "base/mem.h"
#include "fiber.h"
#include "io/loop.h"
#include "io/work.h"
#include "net.h"
#include "proc.h"
#include "world.h"

#define READY_MAX    4096
#define WORK_US_MAX  (20 * MS)

struct loop {
	struct list all; /* loops */
	struct proc *proc;
	struct list watches, timers, signals, deferred, end, done;
	struct list freed;    /* watches and timers, until the turn is over */
	uint64_t now_us;
	bool stopped;
};

struct watch {
	struct list node;
	struct loop *loop;
	int fd, events;
	bool freed;
	watch_fn *fn;
	void *arg;
};

struct timer {
	struct list node;
	struct loop *loop;
	uint64_t due_us; /* NEVER: not set */
	bool freed;
	timer_fn *fn;
	void *arg;
};

struct signal_watch {
	struct list node;
	struct loop *loop;
	int number;
	bool pending;
	signal_fn *fn;
	void *arg;
};

struct work {
	struct list node; /* in done */
	struct loop *loop;
	work_fn *run, *done;
	void *arg;
};

static struct list loops = { &loops, &loops };

struct loop *loop_new(void)
{
	struct loop *loop = MEM_NEW(struct loop);

	loop->proc = fiber_proc();
	list_init(&loop->watches);
	list_init(&loop->timers);
	list_init(&loop->signals);
	list_init(&loop->deferred);
	list_init(&loop->end);
	list_init(&loop->done);
	list_init(&loop->freed);
	list_init(&loop->all);
	list_add_tail(&loops, &loop->all);
	loop->now_us = world_now();
	return loop;
}

static void sweep(struct loop *loop)
{
	LIST_EACH(node, &loop->freed) {
		list_remove(node);
		mem_free(node); /* it is the first member of both */
	}
}

void loop_free(struct loop *loop)
{
	sweep(loop);
	list_remove(&loop->all);
	mem_free(loop);
}

static void run_deferred(struct loop *loop)
{
	list_add_tail(&loop->deferred, &loop->end);
	while (loop->deferred.next != &loop->end) {
		struct deferred *d = LIST_OF(loop->deferred.next, struct deferred, node);

		list_remove(&d->node);
		d->fn(d->arg);
	}
	list_remove(&loop->end);
}

static int seen_of(const struct watch *w)
{
	uint64_t now = world_now();
	int seen = 0;

	if (w->freed || w->events == 0)
		return 0;
	if (net_is_broken(w->fd))
		return WATCH_ERROR | w->events;
	if ((w->events & WATCH_READ) && net_read_due(w->fd) <= now)
		seen |= WATCH_READ;
	if ((w->events & WATCH_WRITE) && net_write_due(w->fd) <= now)
		seen |= WATCH_WRITE;
	return seen;
}

static uint64_t due_watch(const struct watch *w)
{
	uint64_t due = NEVER;

	if (w->events != 0 && net_is_broken(w->fd))
		return 0;
	if (w->events & WATCH_READ)
		due = net_read_due(w->fd);
	if ((w->events & WATCH_WRITE) && net_write_due(w->fd) < due)
		due = net_write_due(w->fd);
	return due;
}

static uint64_t due_loop(void *arg)
{
	struct loop *loop = arg;
	uint64_t due = NEVER;

	if (loop->stopped || !list_empty(&loop->deferred) || !list_empty(&loop->done))
		return 0;
	LIST_EACH(node, &loop->signals) {
		if (LIST_OF(node, struct signal_watch, node)->pending)
			return 0;
	}
	LIST_EACH(node, &loop->timers) {
		uint64_t at = LIST_OF(node, struct timer, node)->due_us;

		due = at < due ? at : due;
	}
	LIST_EACH(node, &loop->watches) {
		uint64_t at = due_watch(LIST_OF(node, struct watch, node));

		due = at < due ? at : due;
	}
	return due;
}

static struct timer *first_due(struct loop *loop)
{
	struct timer *first = NULL;

	LIST_EACH(node, &loop->timers) {
		struct timer *t = LIST_OF(node, struct timer, node);

		if (t->due_us <= loop->now_us && (first == NULL || t->due_us < first->due_us))
			first = t;
	}
	return first;
}

static void run_timers(struct loop *loop)
{
	struct timer *t;

	while (!loop->stopped && (t = first_due(loop)) != NULL) {
		t->due_us = NEVER;
		t->fn(t->arg);
	}
}

/* In any order, as the system may tell of them. */
static void run_watches(struct loop *loop)
{
	static struct watch *ready[READY_MAX];
	struct watch *mine[READY_MAX / 16];
	size_t count = 0;

	LIST_EACH(node, &loop->watches) {
		struct watch *w = LIST_OF(node, struct watch, node);

		if (count < READY_MAX && seen_of(w) != 0)
			ready[count++] = w;
	}
	for (size_t i = 0; i + 1 < count; i++) {
		size_t other = i + (size_t)chance_below(STREAM_RUN, count - i);
		struct watch *w = ready[i];

		ready[i] = ready[other];
		ready[other] = w;
	}
	/* A callback may wait, and others come to ready meanwhile. */
	count = count < READY_MAX / 16 ? count : READY_MAX / 16;
	for (size_t i = 0; i < count; i++)
		mine[i] = ready[i];
	for (size_t i = 0; i < count && !loop->stopped; i++) {
		struct watch *w = mine[i];
		int seen = seen_of(w);

		if (seen & WATCH_ERROR)
			w->events = 0;
		if (seen != 0)
			w->fn(w->arg, seen);
	}
}

static void run_done(struct loop *loop)
{
	while (!loop->stopped && !list_empty(&loop->done)) {
		struct work *w = LIST_OF(loop->done.next, struct work, node);
		struct work copy = *w;

		list_remove(&w->node);
		mem_free(w);
		copy.done(copy.arg);
	}
}

static void run_signals(struct loop *loop)
{
	LIST_EACH(node, &loop->signals) {
		struct signal_watch *s = LIST_OF(node, struct signal_watch, node);

		if (s->pending) {
			s->pending = false;
			s->fn(s->arg, s->number);
		}
	}
}

void loop_run(struct loop *loop)
{
	while (!loop->stopped) {
		fiber_wait(due_loop, loop, NEVER);
		loop->now_us = world_now();
		run_timers(loop);
		run_deferred(loop);
		run_signals(loop);
		run_done(loop);
		run_watches(loop);
		run_deferred(loop);
		sweep(loop);
	}
	loop->stopped = false;
}

void loop_stop(struct loop *loop)
{
	loop->stopped = true;
}

uint64_t loop_now_ms(struct loop *loop)
{
	return loop->now_us / MS;
}

struct watch *watch_new(struct loop *loop, int fd, watch_fn *fn, void *arg)
{
	struct watch *w = MEM_NEW(struct watch);

	w->loop = loop;
	w->fd = fd;
	w->fn = fn;
	w->arg = arg;
	list_init(&w->node);
	list_add_tail(&loop->watches, &w->node);
	return w;
}

void watch_set(struct watch *w, int events)
{
	w->events = events;
}

void watch_free(struct watch *w)
{
	if (w == NULL)
		return;
	w->freed = true;
	w->events = 0;
	list_remove(&w->node);
	list_add_tail(&w->loop->freed, &w->node);
}

struct timer *timer_new(struct loop *loop, timer_fn *fn, void *arg)
{
	struct timer *t = MEM_NEW(struct timer);

	t->loop = loop;
	t->due_us = NEVER;
	t->fn = fn;
	t->arg = arg;
	list_init(&t->node);
	list_add_tail(&loop->timers, &t->node);
	return t;
}

void timer_set(struct timer *t, uint64_t after_ms)
{
	t->due_us = t->loop->now_us + after_ms * MS;
}

void timer_stop(struct timer *t)
{
	t->due_us = NEVER;
}

void timer_free(struct timer *t)
{
	if (t == NULL)
		return;
	t->due_us = NEVER;
	list_remove(&t->node);
	list_add_tail(&t->loop->freed, &t->node);
}

struct signal_watch *signal_watch_new(struct loop *loop, int signal_number, signal_fn *fn, void *arg)
{
	struct signal_watch *s = MEM_NEW(struct signal_watch);

	s->loop = loop;
	s->number = signal_number;
	s->fn = fn;
	s->arg = arg;
	list_init(&s->node);
	list_add_tail(&loop->signals, &s->node);
	return s;
}

void signal_watch_free(struct signal_watch *s)
{
	if (s == NULL)
		return;
	list_remove(&s->node);
	mem_free(s);
}

void turn_signal(int signal_number)
{
	LIST_EACH(all, &loops) {
		struct loop *loop = LIST_OF(all, struct loop, all);

		if (loop->proc->dead)
			continue;
		LIST_EACH(node, &loop->signals) {
			struct signal_watch *s = LIST_OF(node, struct signal_watch, node);

			s->pending = s->pending || s->number == signal_number;
		}
	}
}

void deferred_init(struct deferred *d, void (*fn)(void *arg), void *arg)
{
	list_init(&d->node);
	d->fn = fn;
	d->arg = arg;
}

void loop_defer(struct loop *loop, struct deferred *d)
{
	if (list_empty(&d->node))
		list_add_tail(&loop->deferred, &d->node);
}

void deferred_cancel(struct deferred *d)
{
	list_remove(&d->node);
}

/* ---- work beside the loop ---- */

static void work_main(void *arg)
{
	struct work *w = arg;

	fiber_sleep(chance_range(STREAM_RUN, 0, WORK_US_MAX));
	w->run(w->arg);
	list_add_tail(&w->loop->done, &w->node);
}

void work_queue(struct loop *loop, work_fn *run, work_fn *done, void *arg)
{
	struct work *w = MEM_NEW(struct work);

	list_init(&w->node);
	w->loop = loop;
	w->run = run;
	w->done = done;
	w->arg = arg;
	fiber_new(loop->proc, "work", work_main, w);
}

void work_prepare(unsigned threads)
{
}
