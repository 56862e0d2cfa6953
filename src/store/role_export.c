#include <jansson.h>
#include <stdlib.h>

#include "base/code.h"
#include "base/cursor.h"
#include "base/mem.h"
#include "io/file.h"
#include "mail/record.h"
#include "role/answer.h"
#include "store/role_int.h"
#include "store/row.h"

/* A name of 1,000 octets may take six times as many in JSON, and an answer has 128 KiB. */
#define FOLDERS_AT_ONCE  ((size_t)16)
#define LOOKED_AT_ONCE   ((uint32_t)500)

void role_answer(struct store_role *r, uint64_t request, json_t *value)
{
	answer_json(r->env, request, false, value);
}

void role_refuse(struct store_role *r, uint64_t request, enum err e)
{
	answer_refuse(r->env, request, e, err_text(e));
}

uint64_t role_number(const json_t *args, const char *name)
{
	json_int_t n = json_integer_value(json_object_get(args, name));

	return n > 0 ? (uint64_t)n : 0;
}

enum err role_mailbox(struct store_role *r, uint64_t id, struct mailbox **ret)
{
	const struct mailbox_limits *limits = map_get(&r->limits, id);

	/* The directory has not told of it yet; and one that it does not know is not made. */
	if (r->env->stopping || limits == NULL)
		return ERR_UNAVAILABLE;
	return store_mailbox_open(r->store, id, limits, ret);
}

/* ---- the folders ---- */

static void do_folders(struct store_role *r, uint64_t request, const json_t *args)
{
	size_t at = (size_t)role_number(args, "at");
	json_t *rows = json_array();
	struct mailbox *m = NULL;
	struct folder_info f;
	bool more = true;
	enum err e = role_mailbox(r, role_number(args, "mailbox"), &m);

	while (e == ERR_OK && json_array_size(rows) < FOLDERS_AT_ONCE && (more = folder_next(m, &at, &f))) {
		if (f.nonexistent || f.noselect)
			continue;
		json_array_append_new(rows, json_pack("{s:I,s:s%,s:i,s:b,s:I}", "id", (json_int_t)f.id, "name", f.name.at, f.name.len,
			"special", (int)f.specials, "subscribed", (int)f.subscribed, "messages", (json_int_t)f.messages));
	}
	mailbox_unref(m);
	if (e == ERR_OK) {
		role_answer(r, request, json_pack("{s:b,s:o,s:b,s:I}", "ok", 1, "rows", rows, "end", (int)!more, "at", (json_int_t)at));
		return;
	}
	json_decref(rows);
	role_refuse(r, request, e);
}

/* What a folder that is made anew is to have besides: who may do what, how old messages become. */
static void do_list(struct store_role *r, uint64_t request, const json_t *args)
{
	uint32_t folder = (uint32_t)role_number(args, "folder"), age;
	json_t *reply = json_pack("{s:b}", "ok", 1);
	struct mailbox *m = NULL;
	const struct acl *acl;
	struct buf row, text;
	struct wr to = wr_to(&row);
	enum err e = role_mailbox(r, role_number(args, "mailbox"), &m);

	buf_init(&row, BUF_NO_CEILING);
	buf_init(&text, BUF_NO_CEILING);
	acl = e == ERR_OK ? folder_acl(m, folder) : NULL;
	age = e == ERR_OK ? folder_age(m, folder) : FOLDER_AGE_DEFAULT;
	if (acl != NULL) {
		acl_row_put(&to, acl);
		base64_put(&text, buf_str(&row));
		json_object_set_new(reply, "acl", json_stringn(text.at, text.len));
	}
	if (age != FOLDER_AGE_DEFAULT)
		json_object_set_new(reply, "age", json_integer((json_int_t)age));
	mailbox_unref(m);
	buf_done(&row);
	buf_done(&text);
	if (e == ERR_OK) {
		role_answer(r, request, reply);
		return;
	}
	json_decref(reply);
	role_refuse(r, request, e);
}

/* ---- the messages ---- */

static struct str without_brackets(struct str id)
{
	id = str_trim(id);
	if (id.len >= 2 && id.at[0] == '<' && id.at[id.len - 1] == '>')
		id = str_sub(id, 1, id.len - 2);
	return id;
}

/* A message whose record cannot be read has no id that anybody could name. */
static bool has_id(struct mailbox *m, const struct item *it, struct str id)
{
	struct record_envelope envelope;
	struct record_part root;
	struct record record;
	struct arena arena;
	struct str octets;
	bool found;

	arena_init(&arena, ARENA_NONE);
	found = message_record(m, it, &arena, &octets) == ERR_OK && record_open_view(octets, &record) == ERR_OK &&
		record_part(&record, 0, &root) && record_envelope(&record, root.envelope, &envelope) &&
		str_eq(without_brackets(envelope.message_id), without_brackets(id));
	arena_done(&arena);
	return found;
}

static json_t *message_row(struct mailbox *m, uint32_t folder, const struct item *it)
{
	json_t *keywords = json_array();

	for (unsigned i = 0; i < ITEM_KEYWORDS_MAX; i++) {
		struct str name = item_keyword(it, i) ? folder_keyword(m, folder, i) : STR_NONE;

		if (name.len > 0)
			json_array_append_new(keywords, json_stringn(name.at, name.len));
	}
	return json_pack("{s:b,s:b,s:I,s:i,s:o,s:I}", "ok", 1, "noted", (int)it->noted, "uid", (json_int_t)it->uid, "flags", (int)it->flags, "keywords", keywords,
		"date", (json_int_t)it->date);
}

/* One that cannot be read is told of without a file, so that the others can still be had. */
static void send_message(struct store_role *r, uint64_t request, struct mailbox *m, json_t *row, const struct item *it)
{
	struct msg answer = { .id = MSG_admin_file, .fd_count = 1, .fds = { memfd_new("message") } };
	struct buf octets;
	char *text;
	enum err e;

	buf_init(&octets, BUF_NO_CEILING);
	e = message_read(m, it, 0, UINT64_MAX, &octets);
	if (e == ERR_OK && (answer.fds[0] < 0 || memfd_add(answer.fds[0], buf_str(&octets)) != ERR_OK))
		e = ERR_UNAVAILABLE;
	if (e == ERR_OK)
		e = memfd_seal(answer.fds[0]);
	buf_done(&octets);
	if (e != ERR_OK) {
		json_object_set_new(row, "problem", json_string(err_text(e)));
		role_answer(r, request, row);
	} else {
		text = json_dumps(row, JSON_COMPACT);
		must(text != NULL);
		answer.admin_file = (struct msg_admin_file){ .request = request, .json = str_from_c(text) };
		link_send(&r->env->attendant, &answer);
		free(text);
		json_decref(row);
	}
	fd_close(&answer.fds[0]);
}

/* The first message from a UID on, or the one behind the last that was looked at for its Message-ID. */
static void next_message(struct store_role *r, uint64_t request, struct mailbox *m, struct folder_view *v, const json_t *args)
{
	struct str id = str_from_c(json_string_value(json_object_get(args, "message-id")));
	uint32_t first = view_seq_from(v, (uint32_t)role_number(args, "uid")), seq = first;

	while (seq <= view_count(v) && seq - first < LOOKED_AT_ONCE && id.len > 0 && !has_id(m, view_item(v, seq), id))
		seq++;
	if (seq > view_count(v)) {
		role_answer(r, request, json_pack("{s:b,s:b}", "ok", 1, "end", 1));
	} else if (seq - first == LOOKED_AT_ONCE) {
		role_answer(r, request, json_pack("{s:b,s:I}", "ok", 1, "next", (json_int_t)view_uid(v, seq)));
	} else {
		struct item it = *view_item(v, seq);

		send_message(r, request, m, message_row(m, view_folder(v), &it), &it);
	}
}

static void do_export(struct store_role *r, uint64_t request, const json_t *args)
{
	struct view_options options = { .folder = (uint32_t)role_number(args, "folder"), .read_only = true };
	struct folder_view *v = NULL;
	struct mailbox *m = NULL;
	enum err e = role_mailbox(r, role_number(args, "mailbox"), &m);

	if (e == ERR_OK)
		e = view_open(m, &options, &v);
	if (e == ERR_OK)
		next_message(r, request, m, v, args);
	else
		role_refuse(r, request, e);
	view_close(v);
	mailbox_unref(m);
}

bool role_export(struct store_role *r, const struct msg_admin_request *q)
{
	static const struct {
		struct str verb;
		void (*run)(struct store_role *r, uint64_t request, const json_t *args);
	} verbs[] = { { S_INIT("store folders"), do_folders }, { S_INIT("store list"), do_list }, { S_INIT("store export"), do_export } };
	json_t *whole;

	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++) {
		if (!str_eq(q->verb, verbs[i].verb))
			continue;
		whole = json_loadb(q->json.at, q->json.len, 0, NULL);
		verbs[i].run(r, q->request, json_object_get(whole, "args"));
		json_decref(whole);
		return true;
	}
	return false;
}
