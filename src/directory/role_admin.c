#include <jansson.h>

#include "base/cursor.h"
#include "base/log.h"
#include "directory/admin_bulk.h"
#include "directory/lockouts.h"
#include "directory/role_int.h"
#include "directory/rules.h"
#include "io/clock.h"
#include "ipc/control.h"
#include "role/answer.h"

/* Rows of one reply packet: a packet must fit one message between roles. */
#define PACKET_OCTETS_MAX ((size_t)100 << 10)

static json_t *packet(bool more)
{
	json_t *value = json_pack("{s:b}", "ok", 1);

	if (more)
		json_object_set_new(value, "more", json_true());
	return value;
}

/* A long list goes in several packets, each an object of its own with some of the rows. */
static void send_rows(struct directory_role *r, uint64_t request, json_t *reply)
{
	json_t *rows = json_object_get(reply, "rows");
	json_t *part = json_array();
	size_t octets = 0, i;
	json_t *row, *last;

	json_array_foreach(rows, i, row) {
		size_t size = json_dumpb(row, NULL, 0, JSON_COMPACT) + 1;

		if (octets + size > PACKET_OCTETS_MAX && json_array_size(part) > 0) {
			json_t *some = packet(true);

			json_object_set_new(some, "rows", part);
			answer_json(r->env, request, true, some);
			part = json_array();
			octets = 0;
		}
		json_array_append(part, row);
		octets += size;
	}
	last = json_deep_copy(reply);
	json_object_set_new(last, "ok", json_true());
	json_object_set_new(last, "rows", part);
	answer_json(r->env, request, false, last);
}

static void send_reply(struct directory_role *r, uint64_t request, struct str text)
{
	json_t *reply = json_loadb(text.at, text.len, 0, NULL);

	must(json_is_object(reply));
	if (text.len > PACKET_OCTETS_MAX && json_is_array(json_object_get(reply, "rows"))) {
		send_rows(r, request, reply);
		json_decref(reply);
		return;
	}
	json_object_set_new(reply, "ok", json_true());
	json_incref(reply);
	answer_json(r->env, request, false, reply);
	admin_wipe(reply); /* an application password may stand in it */
	json_decref(reply);
}

void role_admin_request(struct directory_role *r, const struct msg_admin_request *q)
{
	if (!backup_request(&r->backup, q) && !check_request(&r->check, q) && !role_vault_request(r, q) && !role_audit_request(r, q) &&
		!role_netlogon_examine(r, q))
		role_admin_run(r, q->request, q->json);
}

void role_admin_run(struct directory_role *r, uint64_t request, struct str json)
{
	struct failure f = { 0 };
	struct buf reply;

	buf_init(&reply, ADMIN_REPLY_OCTETS_MAX);
	if (admin_run(&r->directory, json, clock_real_ms() / 1000, &reply, &f) == ERR_OK)
		send_reply(r, request, buf_str(&reply));
	else
		answer_json(r->env, request, false, json_pack("{s:b,s:s,s:s}", "ok", 0, "error", err_name(f.code), "message", f.text));
	buf_wipe(&reply);
	if (r->directory.trial_number != 0)
		timer_set(r->trial_idle, BULK_TRIAL_MS);
	role_hashed(r); /* `bourse doctor logon` may have checked a password */
}

/* ---- what the store must know at once ---- */

static void send_mailbox(struct directory_role *r, const struct entry *e)
{
	bool public = e->kind == ENTRY_PUBLIC;
	struct entry_mailbox box = public ? entry_public_box(&e->public) : e->mailbox;
	struct entry_limits l = entry_limits(&box, &r->directory.defaults);
	struct msg m = { .id = MSG_limits };

	m.limits = (struct msg_limits){ .mailbox = e->id, .warn_octets = l.warn_octets, .send_octets = l.send_octets,
		.receive_octets = l.receive_octets, .messages_max = l.messages_max, .folders_max = l.folders_max, .retention_days = l.retention_days, .enabled = !box.disabled && box.home.len == 0, .public_store = public };
	link_send(role_link(r->env, ROLE_STORE, 0), &m);
}

/* The store asks again what those may do who have it open; mailbox 0: all who have any open. */
static void send_rights(struct directory_role *r, uint64_t mailbox)
{
	link_send(role_link(r->env, ROLE_STORE, 0), &(struct msg){ .id = MSG_rights_changed, .rights_changed = { .mailbox = mailbox } });
}

void role_directory_changed(void *arg, enum directory_deed deed, const struct entry *e, bool secret)
{
	struct directory_role *r = arg;
	struct link *store = role_link(r->env, ROLE_STORE, 0);
	bool box = e->kind == ENTRY_MAILBOX || e->kind == ENTRY_PUBLIC;
	static const char *const deeds[] = { "added", "changed", "removed" };

	if (e->kind == ENTRY_MAILBOX && deed == DIRECTORY_CHANGED)
		send_rights(r, e->id);
	if (e->kind == ENTRY_GROUP)
		send_rights(r, 0);
	if (e->kind == ENTRY_ACCOUNT && deed == DIRECTORY_REMOVED)
		lockouts_forget(&r->directory, e->id);
	log_put(LOG_directory_change, LOG_C("deed", deeds[deed]), LOG_C("kind", entry_kind_name(e->kind)), LOG_U("id", e->id), LOG_END);
	if (box)
		role_anonymous_look(r);
	if (box && deed == DIRECTORY_REMOVED)
		link_send(store, &(struct msg){ .id = MSG_mailbox_removed, .mailbox_removed = { .mailbox = e->id } });
	else if (box)
		send_mailbox(r, e);
	else if (e->kind == ENTRY_DOMAIN)
		role_netlogon_changed(r, deed, e);
	else if (e->kind == ENTRY_ACCOUNT)
		role_account_changed(r, deed, e, secret);
}

#define IDS_AT_ONCE ((size_t)1000)

static void send_public(struct directory_role *r)
{
	struct arena arena;
	struct entry e;

	arena_init(&arena, ARENA_NONE);
	if (directory_public(&r->directory, &arena, &e) == ERR_OK)
		send_mailbox(r, &e);
	arena_done(&arena);
}

void role_send_limits(struct directory_role *r)
{
	uint64_t from = 1;

	send_public(r);
	for (;;) {
		struct arena arena;
		struct entry_ids ids = { 0 };
		struct entry e;

		arena_init(&arena, ARENA_NONE);
		if (directory_ids(&r->directory, ENTRY_MAILBOX, from, &arena, IDS_AT_ONCE, &ids) != ERR_OK)
			ids.count = 0;
		for (size_t i = 0; i < ids.count; i++) {
			if (directory_get(&r->directory, ENTRY_MAILBOX, ids.at[i], &arena, &e) == ERR_OK)
				send_mailbox(r, &e);
			from = ids.at[i] + 1;
		}
		arena_done(&arena);
		if (ids.count < IDS_AT_ONCE)
			return;
	}
}

static void judge_held(struct directory_role *r, struct link *store, uint64_t id, uint64_t next_id)
{
	struct arena arena;
	struct entry e;
	enum err found;

	arena_init(&arena, ARENA_NONE);
	found = directory_get(&r->directory, ENTRY_MAILBOX, id, &arena, &e);
	if (found == ERR_NOTFOUND)
		found = directory_get(&r->directory, ENTRY_PUBLIC, id, &arena, &e);
	arena_done(&arena);
	if (found != ERR_NOTFOUND)
		return;
	if (id >= next_id) { /* we are older than the store: nothing is thrown away on doubt */
		log_put(LOG_mailbox_doubtful, LOG_U("mailbox", id), LOG_END);
		return;
	}
	link_send(store, &(struct msg){ .id = MSG_mailbox_removed, .mailbox_removed = { .mailbox = id } });
}

void role_judge_held(struct directory_role *r, struct link *store, struct str ids)
{
	struct rd rest = rd_from(ids);
	uint64_t next_id = 0, id = 0;
	struct arena arena;
	struct entry organisation;

	arena_init(&arena, ARENA_NONE);
	if (directory_organisation(&r->directory, &arena, &organisation) == ERR_OK)
		next_id = organisation.organisation.next_id;
	arena_done(&arena);
	while (rest.rest.len >= sizeof(id)) {
		id = rd_u64(&rest);
		judge_held(r, store, id, next_id);
	}
	link_send(store, &(struct msg){ .id = MSG_mailboxes_judged, .mailboxes_judged = { .next = id + 1 } });
}
