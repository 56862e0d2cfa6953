#include "directory/role_int.h"

#include <stdio.h>

#include "base/log.h"
#include "directory/lockouts.h"
#include "directory/policy.h"
#include "io/clock.h"

static void on_timer(void *arg)
{
	struct directory_role *r = arg;

	if (lockouts_flush(r->directory.lockouts))
		timer_set(r->lockouts_timer, LOCKOUTS_MS);
	else
		r->lockouts_waiting = false;
}

void role_lockout_open(struct directory_role *r)
{
	r->directory.lockouts = lockouts_new(r->kv);
	r->lockouts_timer = timer_new(r->env->loop, on_timer, r);
}

void role_lockout_stop(struct directory_role *r)
{
	timer_free(r->lockouts_timer);
	r->lockouts_timer = NULL;
	lockouts_free(r->directory.lockouts);
	r->directory.lockouts = NULL;
}

static void hold(struct directory_role *r, uint64_t account, const struct lockout *l, bool now)
{
	lockouts_write(&r->directory, account, l);
	if (now)
		lockouts_flush(r->directory.lockouts);
	if (!r->lockouts_waiting)
		timer_set(r->lockouts_timer, LOCKOUTS_MS);
	r->lockouts_waiting = true;
}

static void put_word(char *to, size_t octets, struct str word)
{
	snprintf(to, octets, "%.*s", STR_FMT(word));
}

void role_lockout_failed(struct directory_role *r, const struct logon *l, const struct role_attempt *t)
{
	struct lockout_rules rules = policy_lockout(&l->domain.domain);
	struct lockout_note note = { .at_seconds = (uint64_t)(clock_real_ms() / 1000) };
	struct lockout lockout;
	bool locks;

	if (l->account.id == 0)
		return;
	put_word(note.source, sizeof(note.source), t->source);
	put_word(note.service, sizeof(note.service), t->service);
	put_word(note.mechanism, sizeof(note.mechanism), t->mechanism);
	lockouts_read(&r->directory, l->account.id, &lockout);
	locks = lockout_failed(&lockout, &rules, &note);
	hold(r, l->account.id, &lockout, locks);
	if (!locks)
		return;
	/* Which clients it was is what an administrator needs to end it. */
	log_put(LOG_account_locked, LOG_S("account", l->account_name), LOG_U("failures", lockout.count), LOG_S("client", t->source),
		LOG_S("service", t->service), LOG_END);
	for (uint32_t i = 0; i < lockout.note_count; i++)
		log_put(LOG_failed_before, LOG_S("account", l->account_name), LOG_U("at", lockout.notes[i].at_seconds),
			LOG_C("client", lockout.notes[i].source), LOG_C("service", lockout.notes[i].service),
			LOG_C("mechanism", lockout.notes[i].mechanism), LOG_END);
}

void role_lockout_passed(struct directory_role *r, const struct logon *l)
{
	struct lockout lockout;

	lockouts_read(&r->directory, l->account.id, &lockout);
	if (lockout_passed(&lockout))
		hold(r, l->account.id, &lockout, false);
}
