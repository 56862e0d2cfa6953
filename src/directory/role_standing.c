#include "directory/role_int.h"

#include "base/cursor.h"
#include "base/mem.h"
#include "directory/standing.h"
#include "io/clock.h"

#define ENDED_MAX   ((size_t)10000) /* accounts; then those of more than a day ago are forgotten */
#define ENDED_KEEP  ((uint64_t)86400000)

/* Logons before a change that ends them: to the millisecond, where an entry knows seconds. */
static uint64_t ended_at(const struct directory_role *r, uint64_t account)
{
	const struct role_ended *e = map_get(&r->ended, account);

	return e != NULL ? e->at_ms : 0;
}

static void forget_old(struct directory_role *r, uint64_t now_ms)
{
	struct map kept;

	map_init(&kept);
	MAP_EACH(struct role_ended, e, &r->ended) {
		if (now_ms - e->at_ms < ENDED_KEEP)
			map_put(&kept, e->account, e);
		else
			mem_free(e);
	}
	map_done(&r->ended);
	r->ended = kept;
}

static void note_end(struct directory_role *r, uint64_t account)
{
	struct role_ended *e = map_get(&r->ended, account);

	if (e == NULL) {
		if (r->ended.count >= ENDED_MAX)
			forget_old(r, clock_mono_ms());
		e = MEM_NEW(struct role_ended);
		e->account = account;
		map_put(&r->ended, account, e);
	}
	e->at_ms = clock_mono_ms();
}

enum err role_standing(struct directory_role *r, uint64_t account, uint64_t issued_ms, struct failure *f)
{
	uint64_t now_ms = clock_mono_ms(), now_seconds = (uint64_t)(clock_real_ms() / 1000);
	uint64_t age_ms = now_ms > issued_ms ? now_ms - issued_ms : 0;

	if (account == ACCESS_ANYONE_ACCOUNT)
		return role_anonymous_standing(r, issued_ms, f);
	if (standing_check(&r->directory, account, (uint64_t)((clock_real_ms() - (int64_t)age_ms) / 1000), now_seconds, f) != ERR_OK)
		return f->code;
	return issued_ms <= ended_at(r, account) ? fail(f, ERR_ENDED, NULL) : ERR_OK;
}

static void tell(struct link *store, uint64_t account, enum err code, uint64_t until_ms)
{
	link_send(store, &(struct msg){ .id = MSG_account_ended, .account_ended = { .account = account, .code = code, .until_ms = until_ms } });
}

void role_account_changed(struct directory_role *r, enum directory_deed deed, const struct entry *e, bool secret)
{
	struct link *store = role_link(r->env, ROLE_STORE, 0);
	uint64_t now_seconds = (uint64_t)(clock_real_ms() / 1000);
	struct failure f = { 0 };

	if (deed == DIRECTORY_ADDED)
		return;
	if (deed == DIRECTORY_REMOVED)
		fail(&f, ERR_ACCOUNTOFF, NULL);
	else if (secret)
		fail(&f, ERR_ENDED, NULL);
	else
		(void)!standing_check(&r->directory, e->id, UINT64_MAX, now_seconds, &f);
	if (f.code == ERR_OK)
		return;
	note_end(r, e->id);
	web_end_account(&r->web, e->id, r->web_keep);
	tell(store, e->id, f.code, UINT64_MAX);
}

void role_judge_sessions(struct directory_role *r, struct link *store, struct str sessions)
{
	struct rd rest = rd_from(sessions);

	while (rest.rest.len >= 2 * sizeof(uint64_t)) {
		uint64_t account = rd_u64(&rest), issued_ms = rd_u64(&rest);
		struct failure f = { 0 };
		enum err e = role_standing(r, account, issued_ms, &f);

		/* A directory that cannot be read ends nobody's session. */
		if (e != ERR_OK && e != ERR_IO && e != ERR_CORRUPT)
			tell(store, account, e, issued_ms);
	}
}

void role_standing_stop(struct directory_role *r)
{
	MAP_EACH(struct role_ended, e, &r->ended)
		mem_free(e);
	map_done(&r->ended);
}
