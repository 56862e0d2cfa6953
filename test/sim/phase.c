#include "phase.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "disk.h"
#include "fiber.h"
#include "fault.h"
#include "kv/kv.h"
#include "net.h"
#include "proc.h"
#include "world.h"

#define READY_US_MAX   (180 * SECOND)
#define CALM_US        (6 * SECOND)
#define CLIENTS_US_MAX (4000 * SECOND)
#define AUDITS_MAX     3
#define CHECKS_MAX     5

static struct {
	size_t running; /* clients but for the watchers */
	size_t watching;
	bool calm, wanted;
	struct step steps[STEPS_MAX];
	uint64_t allocations[ROLE_COUNT], allocations_ready[ROLE_COUNT];
	unsigned died[ROLE_COUNT];
} the;

bool phase_is_calm(void)
{
	return the.calm;
}

static void (*const clients[])(struct step *s) = { [STEP_SMTP] = client_smtp, [STEP_SUBMIT] = client_submit,
	[STEP_POP3] = client_pop3, [STEP_IMAP] = client_imap, [STEP_WATCH] = client_watch };

static void step_fiber(void *arg)
{
	struct step *s = arg;

	fiber_sleep(s->at_us);
	if (s->kind >= STEP_FAULTS)
		fault_run(s);
	else
		clients[s->kind](s);
	if (s->kind == STEP_WATCH)
		the.watching--;
	else
		the.running--;
}

/* As systemd does. */
static void init_fiber(void *arg)
{
	for (;;) {
		fiber_sleep(500 * MS);
		if (the.wanted && server_is_gone() && !fault_holds_power())
			server_boot();
	}
}

static bool wait_ready(void)
{
	uint64_t until = world_now() + READY_US_MAX;

	while (!server_is_ready() && world_now() < until)
		fiber_sleep(20 * MS);
	if (!server_is_ready())
		violate("liveness", "not every role is ready after %llu s", (unsigned long long)(READY_US_MAX / SECOND));
	return server_is_ready();
}

static void wait_gone(void)
{
	while (!server_is_gone())
		fiber_sleep(20 * MS);
}

/* Everything as the users see it, and as the store itself does. */
static void audit(const char *when)
{
	const char *check = "";

	if (!wait_ready())
		return;
	trace("audit", "%s", when);
	for (unsigned user = 0; user < SERVER_USERS; user++) {
		unsigned tries = 0;

		while (!client_audit(user) && ++tries < AUDITS_MAX)
			fiber_sleep(SECOND);
		if (tries == AUDITS_MAX)
			violate("P1", "the mailbox of u%u cannot be read", user);
	}
	model_audit_together();
	for (unsigned tries = 0; tries < CHECKS_MAX; tries++) {
		check = server_check();
		if (check[0] != '\0' && strstr(check, "BUSY") == NULL)
			break;
		fiber_sleep(SECOND);
	}
	if (strstr(check, "\"sound\":true") == NULL)
		violate("P5", "bourse check: %.300s", check);
}

static void run_clients(const struct plan *p, const bool *keep, unsigned phase)
{
	uint64_t until = world_now() + CLIENTS_US_MAX;

	the.calm = false;
	for (size_t i = 0; i < p->count; i++) {
		if (p->steps[i].phase != phase || !keep[i])
			continue;
		the.steps[i] = p->steps[i];
		if (p->steps[i].kind == STEP_WATCH)
			the.watching++;
		else
			the.running++;
		fiber_new(NULL, "step", step_fiber, &the.steps[i]);
	}
	while (the.running > 0 && world_now() < until)
		fiber_sleep(50 * MS);
	if (the.running > 0)
		violate("liveness", "clients are not through after %llu s", (unsigned long long)(CLIENTS_US_MAX / SECOND));
	fault_mend();
	wait_ready();
	fiber_sleep(CALM_US);
	the.calm = true;
	while (the.watching > 0 && world_now() < until)
		fiber_sleep(50 * MS);
}

static void end_phase(enum plan_end end)
{
	if (end == END_AT_REST)
		return;
	the.wanted = false;
	if (end == END_STOP) {
		server_stop();
		wait_gone();
	} else if (end == END_POWER_CUT) {
		server_power_cut();
	} else {
		fault_kill(ROLE_STORE);
		fault_kill(ROLE_DIRECTORY);
		fiber_sleep(SECOND);
	}
	the.wanted = true;
	fiber_sleep(SECOND);
}

static bool sound(struct kv *kv, uint64_t *ret_digest)
{
	enum err verified = kv_verify(kv, fault_on_problem, NULL), digested = kv_digest(kv, ret_digest);

	kv_close(kv);
	return verified == ERR_OK && digested == ERR_OK;
}

/* P6: what the index says is what the journal says. */
static void compare_index(const char *name)
{
	uint64_t found = 0, rebuilt = 0;
	struct kv *kv = server_open_data(name, false);

	if (kv == NULL || !sound(kv, &found))
		violate("P6", "%s: the index found is not sound", name);
	kv = server_open_data(name, true);
	if (kv == NULL || !sound(kv, &rebuilt))
		violate("P6", "%s: the index made anew is not sound", name);
	if (found != rebuilt)
		violate("P6", "%s: the index made anew differs from the one found", name);
}

static void count(uint64_t *ret_allocations)
{
	for (unsigned r = 0; r < ROLE_COUNT; r++) {
		const struct proc *p = proc_of_role((enum role)r);

		ret_allocations[r] = p != NULL ? p->allocations : 0;
		the.died[r] = proc_deaths_of((enum role)r);
	}
}

void phase_tell(uint64_t ret_allocations[ROLE_COUNT], unsigned ret_died[ROLE_COUNT])
{
	for (unsigned r = 0; r < ROLE_COUNT; r++) {
		bool one_life = the.allocations[r] >= the.allocations_ready[r];

		ret_allocations[r] = one_life ? the.allocations[r] - the.allocations_ready[r] : 0;
		ret_died[r] = the.died[r];
	}
}

void phase_run(const struct plan *p, const bool *keep, const char *folder)
{
	model_begin();
	server_prepare(folder, &p->manner);
	the.wanted = true;
	server_boot();
	fiber_new(NULL, "init", init_fiber, NULL);
	for (unsigned phase = 0; phase < 2 && violations() == 0; phase++) {
		if (!wait_ready())
			return;
		if (phase == 0)
			count(the.allocations_ready);
		fault_ready();
		trace("phase", "%u begins", phase + 1);
		run_clients(p, keep, phase);
		audit("after the clients");
		if (violations() > 0)
			return;
		end_phase((enum plan_end)p->ends[phase]);
		audit("after a new start");
	}
	if (violations() > 0)
		return;
	the.wanted = false;
	count(the.allocations);
	server_stop();
	wait_gone();
	compare_index("store");
	compare_index("directory");
}
