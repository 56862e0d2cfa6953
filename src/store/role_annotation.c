#include <jansson.h>

#include "base/code.h"
#include "base/mem.h"
#include "store/role_int.h"

/* ---- read ---- */

/* One at a time: a value is as large as a packet of an answer may be. */
static json_t *row_of(const struct annotation_list *list, size_t at)
{
	const struct annotation *row = &list->rows[at];
	struct buf value;
	json_t *answer;

	if (at >= list->count)
		return json_pack("{s:b,s:b}", "ok", 1, "end", 1);
	buf_init(&value, BUF_NO_CEILING);
	base64_put(&value, row->value);
	answer = json_pack("{s:b,s:b,s:I,s:s%,s:s%,s:I}", "ok", 1, "end", 0, "owner", (json_int_t)row->owner, "entry", row->entry.at,
		row->entry.len, "value", value.len > 0 ? value.at : "", value.len, "at", (json_int_t)at + 1);
	buf_done(&value);
	return answer;
}

/* Of a folder or, with a uid, of a message in it. */
static enum err read_list(struct mailbox *m, const json_t *args, uint32_t folder, struct arena *a, struct annotation_list *ret)
{
	struct view_options options = { .folder = folder, .read_only = true };
	uint32_t uid = (uint32_t)role_number(args, "uid");
	const struct item *it;
	struct folder_view *v;
	enum err e;

	if (uid == 0)
		return folder_annotations(m, folder, a, ret);
	e = view_open(m, &options, &v);
	if (e != ERR_OK)
		return e;
	it = view_item(v, view_seq(v, uid));
	e = it != NULL ? message_notes(m, folder, it, a, ret) : ERR_NOMESSAGE;
	view_close(v);
	return e;
}

static void do_read(struct store_role *r, uint64_t request, const json_t *args)
{
	struct annotation_list list = { 0 };
	struct mailbox *m = NULL;
	struct arena a;
	enum err e = role_mailbox(r, role_number(args, "mailbox"), &m);

	arena_init(&a, ARENA_NONE);
	if (e == ERR_OK)
		e = read_list(m, args, (uint32_t)role_number(args, "folder"), &a, &list);
	if (e == ERR_OK)
		role_answer(r, request, row_of(&list, (size_t)role_number(args, "at")));
	else
		role_refuse(r, request, e);
	arena_done(&a);
	mailbox_unref(m);
}

/* ---- add ---- */

struct adding {
	struct store_role *role;
	uint64_t request;
	struct mailbox *mailbox;
	struct annotation change; /* its texts are the arena's */
	struct arena arena;
};

static void end(struct adding *x, enum err e, bool added)
{
	if (e == ERR_OK)
		role_answer(x->role, x->request, json_pack("{s:b,s:b}", "ok", 1, "added", (int)added));
	else
		role_refuse(x->role, x->request, e);
	mailbox_unref(x->mailbox);
	arena_done(&x->arena);
	mem_free(x);
}

static void on_added(void *arg, enum err e, const struct mailbox_result *result)
{
	end(arg, e, true);
}

static enum err read_change(struct adding *x, const json_t *args)
{
	const json_t *entry = json_object_get(args, "entry"), *text = json_object_get(args, "value");
	struct buf value;
	enum err e;

	if (!json_is_string(entry) || !json_is_string(text))
		return ERR_SYNTAX;
	buf_init(&value, ANNOTATION_VALUE_OCTETS_MAX);
	e = base64_get(&value, str_make(json_string_value(text), json_string_length(text)));
	x->change = (struct annotation){ .owner = role_number(args, "owner"),
		.entry = arena_str(&x->arena, str_make(json_string_value(entry), json_string_length(entry))),
		.value = arena_str(&x->arena, buf_str(&value)) };
	if (e == ERR_OK && buf_overflowed(&value))
		e = ERR_VALUESIZE;
	buf_done(&value);
	return e;
}

static enum err find_folder(struct adding *x, const json_t *args, uint32_t *ret)
{
	const json_t *name = json_object_get(args, "folder");
	struct folder_info f = { .id = 0 };
	enum err e = ERR_OK;

	if (json_is_string(name))
		e = folder_find(x->mailbox, str_make(json_string_value(name), json_string_length(name)), &f);
	*ret = f.id;
	return e;
}

/* Case counts in the entries of messages alone (RFC 5257 section 3.2). */
static bool is_same(const struct annotation *a, const struct annotation *b, bool message)
{
	return a->owner == b->owner && (message ? str_eq(a->entry, b->entry) : str_ieq(a->entry, b->entry));
}

/* What is there stays. */
static void add(struct adding *x, uint32_t folder, const json_t *args)
{
	uint32_t uid = (uint32_t)role_number(args, "uid");
	struct annotate_request q = { .folder = folder, .changes = { &x->change, 1 } };
	struct note_request note = { .folder = folder, .list = { &uid, 1 }, .changes = q.changes };
	struct annotation_list list = { 0 };
	enum err e = read_list(x->mailbox, args, folder, &x->arena, &list);

	for (size_t i = 0; i < list.count; i++) {
		if (is_same(&list.rows[i], &x->change, uid > 0)) {
			end(x, ERR_OK, false);
			return;
		}
	}
	if (e == ERR_OK && uid > 0)
		mailbox_note(x->mailbox, &note, on_added, x);
	else if (e == ERR_OK)
		folder_annotate(x->mailbox, &q, on_added, x);
	else
		end(x, e, false);
}

static void do_add(struct store_role *r, uint64_t request, const json_t *args)
{
	struct adding *x = MEM_NEW(struct adding);
	uint32_t folder = 0;
	enum err e;

	x->role = r;
	x->request = request;
	arena_init(&x->arena, ARENA_NONE);
	e = role_mailbox(r, role_number(args, "mailbox"), &x->mailbox);
	if (e == ERR_OK)
		e = read_change(x, args);
	if (e == ERR_OK)
		e = find_folder(x, args, &folder);
	if (e == ERR_OK)
		add(x, folder, args);
	else
		end(x, e, false);
}

bool role_annotation(struct store_role *r, const struct msg_admin_request *q)
{
	bool reading = str_eq(q->verb, S("store annotations"));
	json_t *whole;

	if (!reading && !str_eq(q->verb, S("store annotate")))
		return false;
	whole = json_loadb(q->json.at, q->json.len, 0, NULL);
	(reading ? do_read : do_add)(r, q->request, json_object_get(whole, "args"));
	json_decref(whole);
	return true;
}
