/* The audit trail inside the role: what became of each logon is kept, shown to who follows, and found again. */
#include <jansson.h>
#include <stdio.h>

#include "base/date.h"
#include "base/log.h"
#include "base/mem.h"
#include "directory/admin_show.h"
#include "directory/logon_event.h"
#include "directory/role_int.h"
#include "io/clock.h"
#include "io/work.h"
#include "role/answer.h"

#define WRITE_MS          500
#define DROP_MS           60000 /* with nothing to write, how often old files are looked for */
#define PACKET_OCTETS_MAX ((size_t)32 << 10)
#define SHOWN_COUNT       100u
#define RECORDS_FOR_NOTHING 60u /* a minute, of a source, of refusals for which no password was checked */
#define TEXT_OCTETS_MAX   ((size_t)400)

/* ---- writing ---- */

static void on_time(void *arg);

struct writing {
	struct directory_role *role;
	uint64_t lost;
};

static void run_write(void *arg)
{
	struct writing *w = arg;

	w->lost = audit_write(&w->role->trail.audit, clock_real_ms());
}

static void on_written(void *arg)
{
	struct writing *w = arg;
	struct role_trail *t = &w->role->trail;

	if (w->lost > 0)
		log_put(LOG_audit_lost, LOG_U("records", w->lost), LOG_END);
	t->writing = false;
	if (t->timer != NULL)
		timer_set(t->timer, t->more ? WRITE_MS : DROP_MS);
	mem_free(w);
}

static void on_time(void *arg)
{
	struct directory_role *r = arg;
	struct writing *w = MEM_NEW(struct writing);

	app_uses_write(&r->directory);
	w->role = r;
	r->trail.writing = true;
	r->trail.more = false;
	work_queue(r->env->loop, run_write, on_written, w);
}

static struct str text_of(const json_t *args, const char *name)
{
	const json_t *v = json_object_get(args, name);

	return json_is_string(v) ? str_make(json_string_value(v), json_string_length(v)) : S("");
}

/* ---- rows ---- */

static void put(json_t *row, const char *name, struct str value)
{
	json_object_set_new(row, name, admin_show_string(value));
}

static void put_time(json_t *row, int64_t ms)
{
	struct buf text;

	buf_init(&text, 64);
	date_put_rfc3339(&text, ms);
	put(row, "time", buf_str(&text));
	buf_done(&text);
}

static json_t *row_of(const struct audit_record *r)
{
	const struct logon_event_row *event = logon_event_find(r->event);
	json_t *row = json_object();

	put_time(row, r->ms);
	json_object_set_new(row, "logged_on", json_string(r->good ? "yes" : "no"));
	json_object_set_new(row, "code", json_integer(r->event));
	put(row, "event", event != NULL ? str_from_c(event->name) : S("?"));
	put(row, "account", r->account_name.len > 0 ? r->account_name : r->name);
	put(row, "mailbox", r->mailbox_name);
	put(row, "service", service_valid(r->service) ? str_from_c(service_row((enum service)r->service)->name) : S("?"));
	put(row, "mechanism", r->mechanism);
	json_object_set_new(row, "tls", json_string(r->tls ? "yes" : "no"));
	put(row, "from", r->client);
	put(row, "right", r->right);
	put(row, "secret", r->secret);
	put(row, "reason", r->reason);
	return row;
}

/* ---- following ---- */

struct follower {
	struct list node;
	uint64_t request;
	char text[TEXT_OCTETS_MAX + 1];
	size_t len;
};

/* One attempt, explained: what happened, and what the administrator can do. */
static json_t *explained(const struct audit_record *r)
{
	const struct logon_event_row *event = logon_event_find(r->event);
	json_t *row = row_of(r);

	if (event != NULL && event->mend[0] != '\0')
		json_object_set_new(row, "mend", json_string(event->mend));
	return row;
}

static void show(struct directory_role *r, const struct audit_record *record)
{
	LIST_EACH(node, &r->trail.followers) {
		struct follower *f = LIST_OF(node, struct follower, node);
		struct audit_query q = { .text = str_make(f->text, f->len) };

		if (audit_matches(&q, record))
			answer_json(r->env, f->request, true,
				json_pack("{s:b,s:b,s:o}", "ok", 1, "more", 1, "attempt", explained(record)));
	}
}

static void follow(struct directory_role *r, uint64_t request, struct str text)
{
	struct follower *f;

	if (r->trail.follower_count >= TRAIL_FOLLOWERS_MAX) {
		answer_refuse(r->env, request, ERR_LIMIT, "too many follow the logons already");
		return;
	}
	f = MEM_NEW(struct follower);
	f->request = request;
	f->len = text.len < TEXT_OCTETS_MAX ? text.len : TEXT_OCTETS_MAX;
	if (f->len > 0)
		memcpy(f->text, text.at, f->len);
	list_init(&f->node);
	list_add_tail(&r->trail.followers, &f->node);
	r->trail.follower_count++;
	answer_json(r->env, request, true, json_pack("{s:b,s:b,s:s}", "ok", 1, "more", 1, "following", "logons are shown as they come"));
}

static void unfollow(struct directory_role *r, struct follower *f)
{
	list_remove(&f->node);
	r->trail.follower_count--;
	mem_free(f);
}

void role_audit_cancel(struct directory_role *r, uint64_t request)
{
	LIST_EACH(node, &r->trail.followers) {
		struct follower *f = LIST_OF(node, struct follower, node);

		if (f->request == request)
			unfollow(r, f);
	}
}

/* ---- finding ---- */

struct search {
	struct directory_role *role;
	uint64_t request;
	struct arena arena;
	struct audit_finder finder;
};

static void run_search(void *arg)
{
	audit_find(&((struct search *)arg)->finder);
}

static void send_found(struct search *s)
{
	json_t *rows = json_array();
	size_t octets = 0;

	for (size_t i = 0; i < s->finder.count; i++) {
		json_t *row = row_of(&s->finder.found[i]);
		size_t size = json_dumpb(row, NULL, 0, JSON_COMPACT) + 1;

		if (octets + size > PACKET_OCTETS_MAX && octets > 0) {
			answer_json(s->role->env, s->request, true, json_pack("{s:b,s:b,s:o}", "ok", 1, "more", 1, "rows", rows));
			rows = json_array();
			octets = 0;
		}
		json_array_append_new(rows, row);
		octets += size;
	}
	answer_json(s->role->env, s->request, false, json_pack("{s:b,s:o}", "ok", 1, "rows", rows));
}

static void on_found(void *arg)
{
	struct search *s = arg;

	if (s->finder.code != ERR_OK)
		answer_refuse(s->role->env, s->request, s->finder.code, err_text(s->finder.code));
	else
		send_found(s);
	arena_done(&s->arena);
	mem_free(s);
}

static bool number(struct str s, size_t at, size_t digits, int *ret)
{
	uint32_t n = 0;
	bool is = at + digits <= s.len && str_u32(str_sub(s, at, digits), 9999, &n);

	*ret = (int)n;
	return is;
}

/* 2026-11-21, with or without T14:00:00 and Z. */
static bool read_instant(struct str s, int64_t *ret_ms)
{
	struct date d = { 0 }, back;

	if (str_ends(s, S("Z")))
		s.len--;
	if ((s.len != 10 && s.len != 19) || s.at[4] != '-' || s.at[7] != '-' || !number(s, 0, 4, &d.year) || !number(s, 5, 2, &d.month) ||
		!number(s, 8, 2, &d.day))
		return false;
	if (s.len == 19 && (s.at[10] != 'T' || s.at[13] != ':' || s.at[16] != ':' || !number(s, 11, 2, &d.hour) ||
				   !number(s, 14, 2, &d.minute) || !number(s, 17, 2, &d.second)))
		return false;
	if (d.year < 1970 || d.month < 1 || d.month > 12 || d.hour > 23 || d.minute > 59 || d.second > 59)
		return false;
	back = date_from_instant(date_to_instant(&d), 0);
	*ret_ms = date_to_instant(&d) * 1000;
	return back.day == d.day && back.month == d.month;
}

/* "90s", "30m", "12h", "7d" before now; or a day, or a second of it (UTC). */
static bool read_since(struct str s, int64_t now_ms, int64_t *ret_ms)
{
	static const struct {
		char unit;
		int64_t ms;
	} units[] = { { 's', 1000 }, { 'm', 60000 }, { 'h', 3600000 }, { 'd', 86400000 } };
	uint32_t count;

	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		if (s.len > 1 && s.at[s.len - 1] == units[i].unit && str_u32(str_sub(s, 0, s.len - 1), 1000000, &count)) {
			*ret_ms = now_ms - (int64_t)count * units[i].ms;
			return true;
		}
	}
	return read_instant(s, ret_ms);
}

static bool read_flag(const json_t *args, const char *name)
{
	const json_t *v = json_object_get(args, name);

	return json_is_true(v) || str_ieq(text_of(args, name), S("yes"));
}

static enum err read_query(const json_t *args, struct audit_query *ret, struct failure *f)
{
	struct str since = text_of(args, "since"), limit = text_of(args, "limit");

	*ret = (struct audit_query){ .text = text_of(args, "account"), .refused = read_flag(args, "refused"), .count_max = SHOWN_COUNT };
	if (since.len > 0 && !read_since(since, clock_real_ms(), &ret->since_ms))
		return fail(f, ERR_SYNTAX, "--since is a time such as 2026-11-21 or 2026-11-21T14:00:00 (UTC), or how long ago: 30m, 12h, 7d");
	if (limit.len > 0 && (!str_u32(limit, AUDIT_FOUND_MAX, &ret->count_max) || ret->count_max == 0))
		return fail(f, ERR_SYNTAX, "--limit is a number from 1 to %u", AUDIT_FOUND_MAX);
	return ERR_OK;
}

static void search(struct directory_role *r, uint64_t request, const json_t *args)
{
	struct failure f = { 0 };
	struct audit_query q;
	struct search *s;

	if (read_query(args, &q, &f) != ERR_OK) {
		answer_refuse(r->env, request, f.code, f.text);
		return;
	}
	s = MEM_NEW(struct search);
	s->role = r;
	s->request = request;
	arena_init(&s->arena, ARENA_NONE);
	q.text = arena_str(&s->arena, q.text);
	/* What waits is a few records; whoever has just tried wants to see it. */
	(void)audit_write(&r->trail.audit, clock_real_ms());
	audit_finder(&r->trail.audit, &q, &s->arena, &s->finder);
	work_queue(r->env->loop, run_search, on_found, s);
}

/* An address that failed too often is believed again. */
static void allow(struct directory_role *r, uint64_t request, struct str address)
{
	if (address.len == 0)
		answer_refuse(r->env, request, ERR_SYNTAX, "logon allow needs an address");
	else if (!throttle_allow(r->throttle, address))
		answer_refuse(r->env, request, ERR_NOTFOUND, "no failed logons are counted for that address");
	else
		answer_json(r->env, request, false, json_pack("{s:b,s:s}", "ok", 1, "message", "its failed logons are forgotten"));
}

bool role_audit_request(struct directory_role *r, const struct msg_admin_request *q)
{
	bool list = str_eq(q->verb, S("logon list")), doctor = str_eq(q->verb, S("doctor logon"));
	bool allows = str_eq(q->verb, S("logon allow"));
	json_t *root, *args;

	if (!list && !doctor && !allows)
		return false;
	root = json_loadb(q->json.at, q->json.len, JSON_REJECT_DUPLICATES, NULL);
	args = json_object_get(root, "args");
	if (list)
		search(r, q->request, args);
	else if (allows)
		allow(r, q->request, text_of(args, "source"));
	else if (read_flag(args, "follow"))
		follow(r, q->request, text_of(args, "name"));
	else
		doctor = false;
	json_decref(root);
	return list || allows || doctor;
}

/* ---- the role's life ---- */

void role_audit_put(struct directory_role *r, const struct audit_record *record)
{
	struct role_trail *t = &r->trail;

	show(r, record);
	audit_put(&t->audit, record);
	if (!t->more && !t->writing)
		timer_set(t->timer, WRITE_MS);
	t->more = true;
}

bool role_audit_has_room(struct directory_role *r, struct str source)
{
	uint64_t number = checks_source(source);
	struct pace_key key = { PACE_RECORD, str_make(&number, sizeof(number)), RECORDS_FOR_NOTHING };
	uint32_t wait;

	return pace_take(r->pace, &key, clock_mono_ms(), &wait) == ERR_OK;
}

void role_audit_turned_away(struct directory_role *r, const struct msg_logon_turned_away *q)
{
	const struct logon_event_row *event = logon_event_row(logon_event_of_error(q->code));
	struct audit_record record = { .ms = clock_real_ms(), .event = (uint16_t)event->code, .service = q->service, .tls = q->tls,
		.client = q->client, .mechanism = q->mechanism, .name = q->name, .reason = str_from_c(err_text(q->code)) };

	if (service_valid(q->service) && role_audit_has_room(r, str_sub(q->client, 0, str_rfind(q->client, ':'))))
		role_audit_put(r, &record);
}

void role_audit_config(struct directory_role *r)
{
	const struct config *c = r->env->config;

	audit_set(&r->trail.audit, c->audit_octets_max, c->audit_age_ms_max);
}

enum err role_audit_open(struct directory_role *r, struct failure *f)
{
	struct role_trail *t = &r->trail;
	enum err e;

	list_init(&t->followers);
	app_uses_init(&t->uses);
	r->directory.app_uses = &t->uses;
	e = audit_open(&t->audit, TRAIL_FOLDER);
	if (e != ERR_OK)
		return fail(f, e, "the audit trail %.*s/directory/" TRAIL_FOLDER " cannot be opened: %s", STR_FMT(r->env->data_folder), err_text(e));
	role_audit_config(r);
	t->timer = timer_new(r->env->loop, on_time, r);
	timer_set(t->timer, DROP_MS);
	return ERR_OK;
}

void role_audit_stop(struct directory_role *r)
{
	struct role_trail *t = &r->trail;

	timer_free(t->timer);
	t->timer = NULL;
	app_uses_write(&r->directory);
	r->directory.app_uses = NULL;
	app_uses_done(&t->uses);
	LIST_EACH(node, &t->followers)
		unfollow(r, LIST_OF(node, struct follower, node));
	audit_close(&t->audit);
}
