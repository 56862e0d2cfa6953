#include "attendant/attendant_int.h"

#include <signal.h>

#include "base/log.h"
#include "io/clock.h"

#define LOOKS         6u
#define LOOK_MS_MIN   50
#define OFF_LOOK_MS   10000 /* a reload may turn it on */
#define ROW_MS_MAX    3600000
#define DOUBLINGS_MAX 5u
#define SPIN_SHARE    20
#define WORK_FACTOR   64u

static uint64_t look_ms(const struct attendant *a)
{
	uint64_t ms = a->config->server_answer_ms_max / LOOKS;

	if (a->config->server_answer_ms_max == 0)
		return OFF_LOOK_MS;
	return ms < LOOK_MS_MIN ? LOOK_MS_MIN : ms;
}

/*
 * Twice as long after each time: what is only slow, on a disk that makes it wait, must not be ended for ever before it can
 * be ready.
 */
static unsigned looks_max(const struct child *child)
{
	unsigned doublings = child->hangs < DOUBLINGS_MAX ? child->hangs : DOUBLINGS_MAX;

	/* A check reads all there is before it answers. */
	return (LOOKS << doublings) * (child->works ? WORK_FACTOR : 1);
}

static void end(struct child *child)
{
	uint64_t now = clock_mono_ms(), cpu_ms = clock_cpu_of_ms(child->pid), silent_ms = now - child->asked_ms;

	cpu_ms = cpu_ms > child->asked_cpu_ms ? cpu_ms - child->asked_cpu_ms : 0;
	if (child->hung) {
		kill(child->pid, SIGKILL);
		return;
	}
	child->hung = true;
	child->hung_ms = now;
	child->hangs++;
	child->spun = cpu_ms > silent_ms / SPIN_SHARE;
	log_put(LOG_role_hangs, LOG_C("role", role_name(child->role)), LOG_U("instance", child->instance),
		LOG_U("pid", (uint64_t)child->pid), LOG_C("state", child_state_name(child->state)), LOG_U("silent_ms", silent_ms),
		LOG_U("cpu_ms", cpu_ms), LOG_END);
	kill(child->pid, SIGABRT);
	kill(child->pid, SIGCONT); /* one that is stopped takes no signal before */
}

static void look(struct child *child)
{
	if (child->silent == 0) {
		child->asked_ms = clock_mono_ms();
		child->asked_cpu_ms = clock_cpu_of_ms(child->pid);
		if (child->hangs > 0 && child->asked_ms - child->hung_ms > ROW_MS_MAX)
			child->hangs = 0;
		child_send(child, &(struct msg){ .id = MSG_ping, .ping = { .number = ++child->attendant->last_ping } });
	}
	/* Our own looks are counted, not the time: a machine that stood still is nobody's fault. */
	if (++child->silent > looks_max(child))
		end(child);
}

static void on_look(void *arg)
{
	struct attendant *a = arg;

	if (a->stopping)
		return;
	for (size_t i = 0; i < a->child_count && a->config->server_answer_ms_max > 0; i++) {
		if (a->children[i].pid != 0)
			look(&a->children[i]);
	}
	timer_set(a->look_timer, look_ms(a));
}

void watchdog_start(struct attendant *a)
{
	a->look_timer = timer_new(a->loop, on_look, a);
	timer_set(a->look_timer, look_ms(a));
}

void watchdog_heard(struct child *child)
{
	child->silent = 0;
}

void watchdog_answered(struct child *child, uint64_t ping)
{
	/* It was sent after the request, so that has been dealt with. */
	if (ping > child->works_ping)
		child->works = false;
}

void watchdog_works(struct child *child)
{
	child->works = true;
	child->works_ping = child->attendant->last_ping;
}

void watchdog_born(struct child *child)
{
	child->silent = 0;
	child->hung = false;
	child->works = false;
	child->spun = false;
}
