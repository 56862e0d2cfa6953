#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cursor.h"
#include "base/log.h"
#include "base/mem.h"
#include "io/clock.h"
#include "store/role_int.h"

#define CARE_MS          60000   /* looks for a segment worth compacting */
#define COMPACT_MS       1000    /* asks how far a compaction is */
#define COMPACT_ASKED_MS 10      /* the same, while an administrator waits for it */
#define PURGE_STEP_MS    20      /* between two steps of cleaning, so that deliveries go first */
#define PURGE_PAUSE_MS   3600000 /* between two rounds over all mailboxes */
#define GARBAGE_PERCENT  50

/* ---- compaction ---- */

static void on_care(void *arg)
{
	struct store_role *r = arg;
	uint64_t octets = 0;
	enum err e = r->compact_request == 0 ? kv_compact(r->kv, GARBAGE_PERCENT, &octets) : ERR_OK;

	if (e == ERR_OK && octets > 0)
		log_put(LOG_compacted, LOG_U("octets", octets), LOG_END);
	timer_set(r->care_timer, e == ERR_NEEDMORE || octets > 0 ? COMPACT_MS : CARE_MS);
}

/* ---- deleted items past their time ---- */

static void on_purge(void *arg);
static void on_compact(void *arg);

static uint64_t next_mailbox(struct store_role *r)
{
	uint64_t id;

	return kv_shards(r->kv, r->purge_at, &id, 1) == 1 && id <= STORE_MAILBOX_MAX ? id : 0;
}

/* The mailbox is done, unless there is more. */
static void on_aged(void *arg, enum err e)
{
	struct store_role *r = arg;

	if (e != ERR_NEEDMORE)
		r->purge_at++;
	if (r->purge_timer != NULL)
		timer_set(r->purge_timer, PURGE_STEP_MS);
}

static void on_purged(void *arg, enum err e)
{
	struct store_role *r = arg;

	if (e == ERR_OK && r->purge_timer != NULL)
		store_age(r->store, r->purge_at, on_aged, r);
	else
		on_aged(r, e);
}

static void on_purge(void *arg)
{
	struct store_role *r = arg;
	uint64_t id = next_mailbox(r);
	const struct mailbox_limits *limits = id ? map_get(&r->limits, id) : NULL;

	if (id == 0) {
		r->purge_at = 1;
		timer_set(r->purge_timer, PURGE_PAUSE_MS);
		return;
	}
	r->purge_at = id;
	if (limits == NULL) { /* the directory has not spoken of it: nothing is thrown away */
		on_aged(r, ERR_OK);
		return;
	}
	store_purge(r->store, id, limits, on_purged, r);
}

/* ---- checking ---- */

static void on_kv_problem(void *arg, const struct kv_problem *p)
{
	struct store_role *r = arg;

	log_put(LOG_store_damage, LOG_U("segment", p->segment), LOG_U("offset", p->offset), LOG_C("what", p->what), LOG_END);
	check_problem(&r->check, check_engine_row(p));
}

static void on_store_problem(void *arg, const struct store_problem *p)
{
	struct store_role *r = arg;

	log_put(LOG_store_damage, LOG_U("mailbox", p->mailbox), LOG_U("folder", p->folder), LOG_U("uid", p->uid),
		LOG_C("what", p->what), LOG_END);
	check_problem(&r->check, json_pack("{s:s,s:I,s:I,s:I,s:s}", "where", "mailbox", "mailbox", (json_int_t)p->mailbox, "folder",
		(json_int_t)p->folder, "uid", (json_int_t)p->uid, "what", p->what));
}

static enum err mail_begin(void *arg, struct kv_check *engine)
{
	struct store_role *r = arg;
	struct store_verify_options options = { .each = on_store_problem, .arg = r, .records = engine != NULL };

	return store_check_new(r->store, engine, &options, &r->mail_check);
}

static enum err mail_rows(void *arg)
{
	return store_check_rows(((struct store_role *)arg)->mail_check);
}

static void mail_unreadable(void *arg, kv_blob blob)
{
	store_check_unreadable(((struct store_role *)arg)->mail_check, blob);
}

static enum err mail_messages(void *arg)
{
	return store_check_messages(((struct store_role *)arg)->mail_check);
}

static void mail_progress(void *arg, uint64_t *ret_done, uint64_t *ret_total)
{
	store_check_progress(((struct store_role *)arg)->mail_check, ret_done, ret_total);
}

static void mail_end(void *arg)
{
	struct store_role *r = arg;

	store_check_free(r->mail_check);
	r->mail_check = NULL;
}

static const struct check_part mail_part = {
	.begin = mail_begin,
	.rows = mail_rows,
	.unreadable = mail_unreadable,
	.messages = mail_messages,
	.progress = mail_progress,
	.end = mail_end,
};

/* ---- damage and mailboxes without an owner ---- */

#define HELD_AT_ONCE 100

/* Of the scrub: which messages it is, is looked for at once. */
static void on_damage(void *arg, const struct kv_problem *p)
{
	struct store_role *r = arg;

	log_put(LOG_store_damage, LOG_U("segment", p->segment), LOG_U("offset", p->offset), LOG_C("what", p->what), LOG_END);
	check_segment(&r->check, (uint32_t)p->segment);
}

void role_tell_held(struct store_role *r, uint64_t from)
{
	uint64_t ids[HELD_AT_ONCE];
	size_t n = from > 0 ? kv_shards(r->kv, from, ids, HELD_AT_ONCE) : 0;
	struct buf packed;
	struct wr w;

	buf_init(&packed, sizeof(ids));
	w = wr_to(&packed);
	for (size_t i = 0; i < n && ids[i] <= STORE_MAILBOX_MAX; i++)
		wr_u64(&w, ids[i]);
	if (packed.len > 0)
		link_send(role_link(r->env, ROLE_DIRECTORY, 0),
			&(struct msg){ .id = MSG_mailboxes_held, .mailboxes_held = { .ids = buf_str(&packed) } });
	buf_done(&packed);
}

void role_care_start(struct store_role *r)
{
	check_start(&r->check, r->env, r->kv,
		&(struct check_options){ .of = "store", .part = &mail_part, .each = on_kv_problem, .arg = r });
	scrub_start(&r->scrub, r->env, r->kv, on_damage, r);
	r->care_timer = timer_new(r->env->loop, on_care, r);
	r->purge_timer = timer_new(r->env->loop, on_purge, r);
	r->compact_timer = timer_new(r->env->loop, on_compact, r);
	r->purge_at = 1;
	timer_set(r->care_timer, CARE_MS);
	timer_set(r->purge_timer, CARE_MS);
}

void role_care_stop(struct store_role *r)
{
	backup_stop(&r->backup);
	scrub_stop(&r->scrub);
	check_stop(&r->check);
	timer_free(r->care_timer);
	timer_free(r->purge_timer);
	timer_free(r->compact_timer);
	r->compact_timer = NULL;
	r->care_timer = NULL;
	r->purge_timer = NULL;
	store_forget(r->store, r);
}

/* ---- administrators' requests ---- */

/* One segment after the other, until none is worth it; the sessions go on meanwhile. */
static void on_compact(void *arg)
{
	struct store_role *r = arg;
	uint64_t request = r->compact_request, octets = 0;
	enum err e = kv_compact(r->kv, 1, &octets);

	r->compacted_octets += octets;
	if (e == ERR_NEEDMORE || (e == ERR_OK && octets > 0)) {
		timer_set(r->compact_timer, COMPACT_ASKED_MS);
		return;
	}
	r->compact_request = 0;
	if (e != ERR_OK) {
		role_answer(r, request, json_pack("{s:b,s:s,s:s}", "ok", 0, "error", err_name(e), "message", err_text(e)));
		return;
	}
	log_put(LOG_compacted, LOG_U("octets", r->compacted_octets), LOG_END);
	role_answer(r, request, json_pack("{s:b,s:s,s:I}", "ok", 1, "message", "compacted", "octets_given_back",
		(json_int_t)r->compacted_octets));
}

static void do_compact(struct store_role *r, uint64_t request)
{
	if (r->compact_request != 0) {
		role_answer(r, request, json_pack("{s:b,s:s,s:s}", "ok", 0, "error", err_name(ERR_BUSY), "message",
			"the store is being compacted already"));
		return;
	}
	r->compact_request = request;
	r->compacted_octets = 0;
	on_compact(r);
}

static const struct {
	const char *verb;
	void (*run)(struct store_role *r, uint64_t request);
} verbs[] = {
	{ "compact", do_compact },
};

void role_admin(struct store_role *r, const struct msg_admin_request *q)
{
	const struct msg_admin_file_request without = { .request = q->request, .verb = q->verb, .json = q->json };
	enum err e;

	if (!r->env->stopping && (role_import(r, &without, -1) || role_add(r, &without, -1)))
		return;
	if (!r->env->stopping && (backup_request(&r->backup, q) || check_request(&r->check, q) || role_search_admin(r, q) || role_sessions_admin(r, q) || role_folder_admin(r, q) || role_moderate_admin(r, q) || role_reach_admin(r, q) || role_recover_admin(r, q) ||
				       role_annotation(r, q) || role_export(r, q)))
		return;
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs) && !r->env->stopping; i++) {
		if (str_eq(q->verb, str_from_c(verbs[i].verb))) {
			verbs[i].run(r, q->request);
			return;
		}
	}
	e = r->env->stopping ? ERR_UNAVAILABLE : ERR_COMMAND;
	role_answer(r, q->request, json_pack("{s:b,s:s,s:s}", "ok", 0, "error", err_name(e), "message", err_text(e)));
}

void role_admin_file(struct store_role *r, const struct msg *m)
{
	const struct msg_admin_file_request *q = &m->admin_file_request;

	if (r->env->stopping || m->fd_count != 1)
		role_refuse(r, q->request, r->env->stopping ? ERR_UNAVAILABLE : ERR_PEER);
	else if (!role_import(r, q, m->fds[0]) && !role_add(r, q, m->fds[0]))
		role_refuse(r, q->request, ERR_COMMAND);
}
