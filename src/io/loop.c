#include "io/loop.h"

#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

#include "base/mem.h"
#include "io/loop_int.h"

struct loop {
	uv_loop_t uv;
	uv_prepare_t before_wait;
	uv_check_t after_wait;
	uv_idle_t no_wait; /* while it is on, the loop looks for events without waiting for them */
	struct list deferred;
	struct list end; /* stands in `deferred` while that is run: where this turn's work ends */
};

struct watch {
	uv_poll_t uv;
	watch_fn *fn;
	void *arg;
	int events;
};

struct timer {
	uv_timer_t uv;
	timer_fn *fn;
	void *arg;
};

struct signal_watch {
	uv_signal_t uv;
	signal_fn *fn;
	void *arg;
};

uv_loop_t *loop_uv(struct loop *loop)
{
	return &loop->uv;
}

/*
 * What is queued now. What this work queues itself comes after the others have had their turn: somebody who always has
 * more to do must not keep the loop from everybody else.
 */
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

static void on_no_wait(uv_idle_t *uv)
{
}

static void on_before_wait(uv_prepare_t *uv)
{
	struct loop *loop = uv->data;

	run_deferred(loop);
	if (list_empty(&loop->deferred))
		uv_idle_stop(&loop->no_wait);
	else
		must(uv_idle_start(&loop->no_wait, on_no_wait) == 0);
}

static void on_after_wait(uv_check_t *uv)
{
	run_deferred(uv->data);
}

struct loop *loop_new(void)
{
	struct loop *loop = MEM_NEW(struct loop);
	int e = uv_loop_init(&loop->uv);

	/* The world's fault, and nothing has begun that could be told otherwise. */
	if (e != 0) {
		fprintf(stderr, "boursed: no event loop: %s\n", uv_strerror(e));
		exit(EXIT_FAILURE);
	}
	list_init(&loop->deferred);
	list_init(&loop->end);
	must(uv_prepare_init(&loop->uv, &loop->before_wait) == 0);
	must(uv_check_init(&loop->uv, &loop->after_wait) == 0);
	must(uv_idle_init(&loop->uv, &loop->no_wait) == 0);
	loop->before_wait.data = loop;
	loop->after_wait.data = loop;
	must(uv_prepare_start(&loop->before_wait, on_before_wait) == 0);
	must(uv_check_start(&loop->after_wait, on_after_wait) == 0);
	uv_unref((uv_handle_t *)&loop->before_wait);
	uv_unref((uv_handle_t *)&loop->after_wait);
	return loop;
}

void loop_free(struct loop *loop)
{
	uv_close((uv_handle_t *)&loop->before_wait, NULL);
	uv_close((uv_handle_t *)&loop->after_wait, NULL);
	uv_close((uv_handle_t *)&loop->no_wait, NULL);
	uv_run(&loop->uv, UV_RUN_DEFAULT);
	must(uv_loop_close(&loop->uv) == 0);
	mem_free(loop);
}

void loop_run(struct loop *loop)
{
	uv_run(&loop->uv, UV_RUN_DEFAULT);
}

void loop_stop(struct loop *loop)
{
	uv_stop(&loop->uv);
}

uint64_t loop_now_ms(struct loop *loop)
{
	return uv_now(&loop->uv);
}

static void on_closed(uv_handle_t *uv)
{
	mem_free(uv->data);
}

static void on_poll(uv_poll_t *uv, int status, int events)
{
	struct watch *watch = uv->data;
	int seen = 0;

	if (status < 0) {
		seen = WATCH_ERROR | watch->events;
		watch->events = 0; /* libuv watches it no more until it is asked again */
	}
	if (events & (UV_READABLE | UV_DISCONNECT))
		seen |= WATCH_READ;
	if (events & UV_WRITABLE)
		seen |= WATCH_WRITE;
	watch->fn(watch->arg, seen);
}

struct watch *watch_new(struct loop *loop, int fd, watch_fn *fn, void *arg)
{
	struct watch *watch = MEM_NEW(struct watch);

	must(uv_poll_init(&loop->uv, &watch->uv, fd) == 0);
	watch->uv.data = watch;
	watch->fn = fn;
	watch->arg = arg;
	return watch;
}

void watch_set(struct watch *watch, int events)
{
	int want = (events & WATCH_READ ? UV_READABLE : 0) | (events & WATCH_WRITE ? UV_WRITABLE : 0);

	if (watch->events == events)
		return;
	watch->events = events;
	if (want == 0)
		uv_poll_stop(&watch->uv);
	else
		must(uv_poll_start(&watch->uv, want, on_poll) == 0);
}

void watch_free(struct watch *watch)
{
	if (watch != NULL)
		uv_close((uv_handle_t *)&watch->uv, on_closed);
}

static void on_timer(uv_timer_t *uv)
{
	struct timer *timer = uv->data;

	timer->fn(timer->arg);
}

struct timer *timer_new(struct loop *loop, timer_fn *fn, void *arg)
{
	struct timer *timer = MEM_NEW(struct timer);

	must(uv_timer_init(&loop->uv, &timer->uv) == 0);
	timer->uv.data = timer;
	timer->fn = fn;
	timer->arg = arg;
	return timer;
}

void timer_set(struct timer *timer, uint64_t after_ms)
{
	must(uv_timer_start(&timer->uv, on_timer, after_ms, 0) == 0);
}

void timer_stop(struct timer *timer)
{
	uv_timer_stop(&timer->uv);
}

void timer_free(struct timer *timer)
{
	if (timer != NULL)
		uv_close((uv_handle_t *)&timer->uv, on_closed);
}

static void on_signal(uv_signal_t *uv, int signal_number)
{
	struct signal_watch *signal = uv->data;

	signal->fn(signal->arg, signal_number);
}

struct signal_watch *signal_watch_new(struct loop *loop, int signal_number, signal_fn *fn, void *arg)
{
	struct signal_watch *signal = MEM_NEW(struct signal_watch);

	must(uv_signal_init(&loop->uv, &signal->uv) == 0);
	signal->uv.data = signal;
	signal->fn = fn;
	signal->arg = arg;
	must(uv_signal_start(&signal->uv, on_signal, signal_number) == 0);
	return signal;
}

void signal_watch_free(struct signal_watch *signal)
{
	if (signal != NULL)
		uv_close((uv_handle_t *)&signal->uv, on_closed);
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
