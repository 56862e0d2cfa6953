/* Descriptors, timers, signals and deferred work: order, fairness, freeing inside callbacks. */
#include "io/loop.h"

#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "io/file.h"
#include "tap.h"

struct world {
	struct loop *loop;
	char order[64];
	struct deferred one, two, self;
	struct watch *watch;
	struct timer *timer;
	struct signal_watch *signal;
	int fds[2];
	size_t selfs, reads, errors, timers;
};

static void note(struct world *w, const char *what)
{
	strncat(w->order, what, sizeof(w->order) - strlen(w->order) - 1);
}

static void run_one(void *arg)
{
	struct world *w = arg;

	note(w, "1");
	loop_defer(w->loop, &w->two);
}

static void run_two(void *arg)
{
	note(arg, "2");
}

static void on_stop(void *arg)
{
	struct world *w = arg;

	note(w, "t");
	w->timers++;
	loop_stop(w->loop);
}

static void test_deferred(void)
{
	struct world w = { .loop = loop_new() };

	deferred_init(&w.one, run_one, &w);
	deferred_init(&w.two, run_two, &w);
	w.timer = timer_new(w.loop, on_stop, &w);
	timer_set(w.timer, 5);
	loop_defer(w.loop, &w.one);
	loop_defer(w.loop, &w.one);
	loop_run(w.loop);
	IS_STR(str_from_c(w.order), S("12t"));
	loop_defer(w.loop, &w.one);
	deferred_cancel(&w.one);
	timer_set(w.timer, 1);
	loop_run(w.loop);
	IS_STR(str_from_c(w.order), S("12tt"));
	timer_free(w.timer);
	loop_free(w.loop);
}

static void run_self(void *arg)
{
	struct world *w = arg;

	if (w->timers == 0 && ++w->selfs < 1000000)
		loop_defer(w->loop, &w->self);
}

/* Work that always brings itself back leaves the loop to timers and descriptors. */
static void test_fairness(void)
{
	struct world w = { .loop = loop_new() };

	deferred_init(&w.self, run_self, &w);
	w.timer = timer_new(w.loop, on_stop, &w);
	timer_set(w.timer, 3);
	loop_defer(w.loop, &w.self);
	loop_run(w.loop);
	IS_NUM(w.timers, 1);
	OK(w.selfs > 1 && w.selfs < 1000000, "the timer came in between (%zu rounds)", w.selfs);
	deferred_cancel(&w.self);
	timer_free(w.timer);
	loop_free(w.loop);
}

static void on_ready(void *arg, int events)
{
	struct world *w = arg;
	char octet;

	w->errors += (events & WATCH_ERROR) != 0;
	if (events & WATCH_READ && w->errors == 0 && read(w->fds[0], &octet, 1) == 1)
		w->reads++;
	if (w->errors == 1)
		watch_set(w->watch, WATCH_READ); /* asked again, it is told again */
	if (w->reads == 3 || w->errors == 2)
		loop_stop(w->loop);
}

static void test_watch(void)
{
	struct world w = { .loop = loop_new() };

	OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, w.fds) == 0, "a pair");
	w.watch = watch_new(w.loop, w.fds[0], on_ready, &w);
	watch_set(w.watch, WATCH_READ);
	OK(write(w.fds[1], "abc", 3) == 3, "three octets");
	loop_run(w.loop);
	IS_NUM(w.reads, 3);
	w.reads = 0;
	/* An end that is closed with octets unread is an error for the other. */
	OK(write(w.fds[0], "unread", 6) == 6, "more");
	fd_close(&w.fds[1]);
	loop_run(w.loop);
	IS_NUM(w.errors, 2);
	watch_free(w.watch);
	fd_close(&w.fds[0]);
	loop_free(w.loop);
}

static void on_free_all(void *arg)
{
	struct world *w = arg;

	timer_free(w->timer);
	watch_free(w->watch);
	w->timers++;
}

static void on_signal(void *arg, int signal_number)
{
	struct world *w = arg;

	w->selfs = (size_t)signal_number;
	signal_watch_free(w->signal);
}

static void test_free_inside(void)
{
	struct world w = { .loop = loop_new() };

	OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, w.fds) == 0, "a pair");
	w.watch = watch_new(w.loop, w.fds[0], on_ready, &w);
	watch_set(w.watch, WATCH_READ);
	w.timer = timer_new(w.loop, on_free_all, &w);
	timer_set(w.timer, 0);
	w.signal = signal_watch_new(w.loop, SIGUSR1, on_signal, &w);
	raise(SIGUSR1);
	loop_run(w.loop); /* ends by itself: nothing is left to wait for */
	IS_NUM(w.timers, 1);
	IS_NUM(w.selfs, SIGUSR1);
	timer_free(NULL);
	watch_free(NULL);
	fd_close(&w.fds[0]);
	fd_close(&w.fds[1]);
	loop_free(w.loop);
}

int main(void)
{
	test_deferred();
	test_fairness();
	test_watch();
	test_free_inside();
	return tap_done();
}
