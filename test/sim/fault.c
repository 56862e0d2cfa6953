#include "fault.h"

#include <signal.h>
#include <stdio.h>

#include "disk.h"
#include "fiber.h"
#include "kv/kv.h"
#include "net.h"
#include "proc.h"
#include "world.h"

#define ALLOCATIONS_MAX 3000

static const struct disk_manner good_disk = { 100, 1000, UINT64_MAX };
static unsigned struck[STEP_KIND_COUNT];
static bool power_off;
static struct {
	enum role role;
	uint64_t nth;
} armed;

void fault_kill(enum role role)
{
	struct proc *p = proc_of_role(role);

	if (p != NULL)
		proc_kill(p, SIGKILL, "is killed");
}

static void flush_error(struct step *s)
{
	struct proc *p = proc_of_role(s->role == ROLE_DIRECTORY ? ROLE_DIRECTORY : ROLE_STORE);

	if (p != NULL)
		p->flush_fails = true;
}

static void full_disk(struct step *s)
{
	struct disk_manner m = *disk_manner();

	m.capacity_octets = disk_used() + s->amount % 100000;
	disk_set(&m);
	trace("disk", "is full: %llu octets are free", (unsigned long long)(s->amount % 100000));
	fiber_sleep(s->amount % (15 * SECOND));
	m = *disk_manner();
	m.capacity_octets = UINT64_MAX;
	disk_set(&m);
	trace("disk", "has room");
}

static void slow_disk(struct step *s)
{
	struct disk_manner m = *disk_manner();

	m.flush_us_min = s->amount % (200 * MS);
	m.flush_us_max = m.flush_us_min + s->amount % (3 * SECOND);
	disk_set(&m);
	trace("disk", "is slow");
	fiber_sleep(s->amount % (10 * SECOND));
	m = *disk_manner();
	m.flush_us_min = good_disk.flush_us_min;
	m.flush_us_max = good_disk.flush_us_max;
	disk_set(&m);
	trace("disk", "is fast again");
}

static void set_clock(struct step *s)
{
	static const int64_t jumps[] = { -86400000, -3600000, -5000, 5000, 3600000, 86400000, 30 * (int64_t)86400000, -30 * (int64_t)86400000 };

	world_jump(jumps[s->amount % (sizeof(jumps) / sizeof(*jumps))]);
	trace("clock", "jumps");
}

/* A channel goes without either end: nothing brings it back but a new start of one of them. */
static void lose_channel(struct step *s)
{
	static const enum role others[] = { ROLE_STORE, ROLE_DIRECTORY, ROLE_PARSER, ROLE_FRONT_MX, ROLE_FRONT_USER };
	struct proc *one = proc_of_role(s->role), *other = proc_of_role(others[s->amount % 5]);

	if (one == NULL || other == NULL || !net_cut_channel(one, other))
		return;
	trace(one->name, "loses the channel to %s", other->name);
	fiber_sleep(s->amount % (5 * SECOND));
	fault_kill(s->role);
}

static void power_cut(struct step *s)
{
	power_off = true;
	server_power_cut();
	fiber_sleep(s->amount % (3 * SECOND));
	power_off = false;
}

static void no_memory(struct step *s)
{
	struct proc *p = proc_of_role(s->role);

	if (p != NULL)
		p->fail_allocation = p->allocations + 1 + s->amount % ALLOCATIONS_MAX;
}

static void kill_role(struct step *s)
{
	fault_kill(s->role);
}

static void (*const faults[])(struct step *s) = { [STEP_KILL] = kill_role, [STEP_FLUSH] = flush_error, [STEP_FULL] = full_disk,
	[STEP_SLOW] = slow_disk, [STEP_CLOCK] = set_clock, [STEP_CHANNEL] = lose_channel, [STEP_POWER] = power_cut,
	[STEP_MEMORY] = no_memory };

void fault_run(struct step *s)
{
	/* What cannot start the first time ends the server, faults or not. */
	while (!server_all_ready() || server_is_gone())
		fiber_sleep(100 * MS);
	struck[s->kind]++;
	faults[s->kind](s);
}

void fault_mend(void)
{
	disk_set(&good_disk);
	power_off = false;
}

void fault_arm(enum role role, uint64_t nth)
{
	armed.role = role;
	armed.nth = nth;
}

void fault_ready(void)
{
	struct proc *p = armed.nth > 0 ? proc_of_role(armed.role) : NULL;

	if (p != NULL)
		p->fail_allocation = p->allocations + armed.nth;
	armed.nth = 0;
}

bool fault_holds_power(void)
{
	return power_off;
}

unsigned fault_count(enum step_kind kind)
{
	return struck[kind];
}

void fault_on_problem(void *arg, const struct kv_problem *p)
{
	violate("P5", "%s at %llu:%llu", p->what, (unsigned long long)p->segment, (unsigned long long)p->offset);
}
