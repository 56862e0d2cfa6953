/*
 * The event loop: descriptors, timers, signals and work at the end of a turn. A thin face over libuv, so
 * that the simulator (test/sim/turn.c) can put its own behind it. One loop per thread. Callbacks run to the end and must not
 * block; freeing a handle inside any callback is allowed, its own included.
 */
#pragma once

#include <stdint.h>

#include "base/list.h"

struct loop;
struct watch;
struct timer;
struct signal_watch;

enum { WATCH_READ = 1, WATCH_WRITE = 2, WATCH_ERROR = 4 };

typedef void watch_fn(void *arg, int events);
typedef void timer_fn(void *arg);
typedef void signal_fn(void *arg, int signal_number);

/* Ends the program, and says why, where the system has no descriptors for it. */
struct loop *loop_new(void);
void loop_free(struct loop *loop); /* every handle must have been freed before */
void loop_run(struct loop *loop);  /* until loop_stop or until nothing is left to wait for */
void loop_stop(struct loop *loop);
uint64_t loop_now_ms(struct loop *loop); /* monotonic, of the start of this turn */

/* The descriptor stays the caller's; it is watched for nothing until watch_set. */
struct watch *watch_new(struct loop *loop, int fd, watch_fn *fn, void *arg);
void watch_set(struct watch *watch, int events); /* WATCH_READ | WATCH_WRITE, or 0 */
void watch_free(struct watch *watch);            /* accepts NULL */

struct timer *timer_new(struct loop *loop, timer_fn *fn, void *arg);
void timer_set(struct timer *timer, uint64_t after_ms); /* once; replaces an earlier setting */
void timer_stop(struct timer *timer);
void timer_free(struct timer *timer); /* accepts NULL */

struct signal_watch *signal_watch_new(struct loop *loop, int signal_number, signal_fn *fn, void *arg);
void signal_watch_free(struct signal_watch *signal);

/* Work to be done once, soon after the running callback and before the loop waits; queuing it twice is one run. What is
 * queued from inside such work runs after everything that was queued before, and after new events were looked for. */
struct deferred {
	struct list node;
	void (*fn)(void *arg);
	void *arg;
};

void deferred_init(struct deferred *d, void (*fn)(void *arg), void *arg);
void loop_defer(struct loop *loop, struct deferred *d);
void deferred_cancel(struct deferred *d);
