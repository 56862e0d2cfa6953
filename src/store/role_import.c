#include <jansson.h>

#include "base/code.h"
#include "base/log.h"
#include "base/mem.h"
#include "io/file.h"
#include "mail/record.h"
#include "store/role_int.h"
#include "store/row.h"

#define MESSAGE_OCTETS_MAX ((size_t)1 << 30)
#define SUMS_MAX           ((size_t)500000) /* messages whose sum is remembered: some 16 MiB */

/*
 * One folder, or one message into it. One at a time: each looks whether its message is there already, and has to see what
 * those before it have added, also when the tool that sent them is dead by now.
 */
struct import {
	struct store_role *role;
	uint64_t request;
	struct list node; /* in role->imports; the first one is at work */
	struct arena arena;
	json_t *whole;
	const json_t *args;
	struct mailbox *mailbox;
	struct str folder, message; /* message: mapped; empty when only the folder is wanted */
	uint32_t folder_id, uid, sum; /* sum: CRC-32C of the message */
	bool made, opaque;
};

static void begin(struct import *i);

static void end(struct import *i, enum err e, json_t *reply)
{
	struct store_role *r = i->role;
	bool worked = r->imports.next == &i->node;

	if (e != ERR_OK)
		role_refuse(r, i->request, e);
	else
		role_answer(r, i->request, reply);
	list_remove(&i->node);
	mailbox_unref(i->mailbox);
	fd_unmap(&i->message);
	json_decref(i->whole);
	arena_done(&i->arena);
	mem_free(i);
	if (worked && !list_empty(&r->imports))
		begin(LIST_OF(r->imports.next, struct import, node));
}

static void done(struct import *i, bool added)
{
	end(i, ERR_OK, json_pack("{s:b,s:b,s:b,s:I}", "ok", 1, "made", (int)i->made, "added", (int)added, "uid", (json_int_t)i->uid));
}

/* ---- the message ---- */

static void on_appended(void *arg, enum err e, const struct mailbox_result *result);

enum err role_keywords(const json_t *names, struct arena *a, struct append_request *to)
{
	struct str *texts = ARENA_ARRAY(a, struct str, json_array_size(names) + 1);
	const json_t *name;
	size_t n;

	json_array_foreach(names, n, name)
	{
		texts[n] = str_make(json_string_value(name), json_string_length(name));
		if (texts[n].len == 0 || texts[n].len > ITEM_KEYWORD_OCTETS_MAX)
			return ERR_SYNTAX;
		for (size_t at = 0; at < texts[n].len; at++) {
			if (texts[n].at[at] <= ' ' || texts[n].at[at] >= 0x7f)
				return ERR_SYNTAX;
		}
	}
	to->keywords = texts;
	to->keywords_count = json_array_size(names);
	return ERR_OK;
}

static void append(struct import *i, struct str record)
{
	struct append_request q = { .folder = i->folder_id,
		.flags = (uint8_t)(role_number(i->args, "flags") & ITEM_FLAGS),
		.date = json_integer_value(json_object_get(i->args, "date")),
		.octets = i->message,
		.record = record,
		.no_quota = true };
	enum err e = role_keywords(json_object_get(i->args, "keywords"), &i->arena, &q);

	if (e != ERR_OK)
		end(i, e, NULL);
	else
		mailbox_append(i->mailbox, &q, on_appended, i);
}

static void append_opaque(struct import *i)
{
	struct buf record;

	i->opaque = true;
	buf_init(&record, RECORD_OCTETS_MAX);
	if (record_make_opaque(i->message.len, &record) == ERR_OK)
		append(i, buf_str(&record));
	else
		end(i, ERR_TOOBIG, NULL);
	buf_done(&record);
}

static void on_appended(void *arg, enum err e, const struct mailbox_result *result)
{
	struct import *i = arg;

	if (e == ERR_PEER && !i->opaque) {
		append_opaque(i); /* what the parser made does not fit */
		return;
	}
	if (e != ERR_OK) {
		end(i, e, NULL);
		return;
	}
	log_put(LOG_brought_back, LOG_U("mailbox", mailbox_id(i->mailbox)), LOG_U("folder", i->folder_id),
		LOG_U("uid", result->new_uids[0]), LOG_END);
	i->uid = result->new_uids[0];
	done(i, true);
}

static void on_parsed(void *arg, enum err e, struct str record)
{
	struct import *i = arg;

	if (e == ERR_OK)
		append(i, record);
	else
		append_opaque(i);
}

/* ---- is it there already? ---- */

/* What is an email id's for good is read once, however many messages of one size and date a folder has. */
static void remember_sum(struct import *i, uint64_t email, uint32_t sum)
{
	struct store_role *r = i->role;

	if (r->sums_mailbox != mailbox_id(i->mailbox) || r->sums.count >= SUMS_MAX) {
		map_done(&r->sums);
		map_init(&r->sums);
		r->sums_mailbox = mailbox_id(i->mailbox);
	}
	/* A map has pointers, none of them NULL: the sum, and a bit above it. */
	map_put(&r->sums, email, (void *)(uintptr_t)((uint64_t)sum | 1ull << 32));
}

static bool is_known_other(const struct import *i, uint64_t email)
{
	const struct store_role *r = i->role;
	const void *sum = r->sums_mailbox == mailbox_id(i->mailbox) ? map_get(&r->sums, email) : NULL;

	return sum != NULL && (uint32_t)(uintptr_t)sum != i->sum;
}

/* One that cannot be read any more is not there: the one from the backup takes its place. */
static bool is_same(struct import *i, const struct item *it)
{
	struct buf octets;
	bool same;

	if (it->octets != i->message.len || it->date != json_integer_value(json_object_get(i->args, "date")) ||
		is_known_other(i, it->email))
		return false;
	buf_init(&octets, BUF_NO_CEILING);
	same = message_read(i->mailbox, it, 0, UINT64_MAX, &octets) == ERR_OK;
	if (same)
		remember_sum(i, it->email, crc32c(0, buf_str(&octets)));
	same = same && str_eq(buf_str(&octets), i->message);
	buf_done(&octets);
	return same;
}

static enum err look(struct import *i, bool *ret_there)
{
	struct view_options options = { .folder = i->folder_id, .read_only = true };
	struct folder_view *v;
	enum err e = view_open(i->mailbox, &options, &v);

	*ret_there = false;
	if (e != ERR_OK)
		return e;
	i->sum = crc32c(0, i->message);
	for (uint32_t seq = 1; seq <= view_count(v) && !*ret_there; seq++) {
		*ret_there = is_same(i, view_item(v, seq));
		i->uid = *ret_there ? view_uid(v, seq) : 0;
	}
	view_close(v);
	return ERR_OK;
}

static void take_message(struct import *i)
{
	bool there = false;
	enum err e = i->message.len > 0 ? look(i, &there) : ERR_OK;

	if (e != ERR_OK)
		end(i, e, NULL);
	else if (i->message.len == 0 || there)
		done(i, false);
	else
		role_parse(i->role, i->message, on_parsed, i);
}

/* ---- the folder ---- */

static void make_folder(struct import *i, unsigned specials);
static void use_folder(struct import *i);

static void on_subscribed(void *arg, enum err e, const struct mailbox_result *result)
{
	if (e != ERR_OK)
		end(arg, e, NULL);
	else
		take_message(arg);
}

/* As it was: what others may do with it, and for how long it keeps what is in it. */
static void on_aged(void *arg, enum err e, const struct mailbox_result *result)
{
	struct import *i = arg;

	if (e != ERR_OK)
		end(i, e, NULL);
	else if (json_is_true(json_object_get(i->args, "subscribed")))
		folder_subscribe(i->mailbox, i->folder, true, on_subscribed, i);
	else
		take_message(i);
}

static void on_listed(void *arg, enum err e, const struct mailbox_result *result)
{
	struct import *i = arg;
	const json_t *age = json_object_get(i->args, "age");

	if (e == ERR_OK && json_is_integer(age) && json_integer_value(age) <= FOLDER_AGE_DAYS_MAX)
		folder_age_change(i->mailbox, i->folder_id, (uint32_t)role_number(i->args, "age"), on_aged, i);
	else
		on_aged(i, e, result);
}

static void put_list(struct import *i)
{
	struct str text = str_from_c(json_string_value(json_object_get(i->args, "acl")));
	struct acl *acl = NULL;
	struct buf row;
	enum err e;

	if (text.len == 0) {
		on_listed(i, ERR_OK, NULL);
		return;
	}
	buf_init(&row, KV_VALUE_OCTETS_MAX);
	e = base64_get(&row, text);
	if (e == ERR_OK)
		e = acl_row_get(buf_str(&row), &acl);
	buf_done(&row);
	if (e == ERR_OK)
		folder_acl_replace(i->mailbox, i->folder_id, acl, on_listed, i);
	else
		end(i, e, NULL);
	acl_free(acl);
}

static void on_made(void *arg, enum err e, const struct mailbox_result *result)
{
	struct import *i = arg;

	if (e == ERR_EXISTS) { /* another folder has its role, Sent or Trash, by now */
		make_folder(i, 0);
		return;
	}
	if (e == ERR_FOLDEREXISTS) { /* a session was quicker */
		use_folder(i);
		return;
	}
	if (e != ERR_OK) {
		end(i, e, NULL);
		return;
	}
	i->made = true;
	i->folder_id = result->folder;
	put_list(i);
}

static void make_folder(struct import *i, unsigned specials)
{
	folder_create_unused(i->mailbox, i->folder, specials, on_made, i);
}

static void use_folder(struct import *i)
{
	struct folder_info f;
	enum err e = folder_find(i->mailbox, i->folder, &f);

	if (e == ERR_OK && !f.noselect) {
		i->folder_id = f.id;
		take_message(i);
	} else if (e == ERR_OK || e == ERR_NOFOLDER) {
		make_folder(i, (unsigned)role_number(i->args, "special") & FOLDER_SPECIAL_USES);
	} else {
		end(i, e, NULL);
	}
}

static void begin(struct import *i)
{
	enum err e = role_mailbox(i->role, role_number(i->args, "mailbox"), &i->mailbox);

	if (e != ERR_OK)
		end(i, e, NULL);
	else
		use_folder(i);
}

/* ---- the request ---- */

bool role_import(struct store_role *r, const struct msg_admin_file_request *q, int fd)
{
	struct import *i;
	const json_t *folder;
	enum err e = ERR_OK;
	bool alone = list_empty(&r->imports);

	if (!str_eq(q->verb, S("store import")))
		return false;
	i = MEM_NEW(struct import);
	*i = (struct import){ .role = r, .request = q->request, .whole = json_loadb(q->json.at, q->json.len, 0, NULL) };
	arena_init(&i->arena, ARENA_NONE);
	i->args = json_object_get(i->whole, "args");
	folder = json_object_get(i->args, "folder");
	i->folder = str_make(json_string_value(folder), json_string_length(folder));
	if (fd >= 0)
		e = memfd_is_sealed(fd) ? fd_map(fd, MESSAGE_OCTETS_MAX, &i->message) : ERR_PEER;
	if (e == ERR_OK && (i->folder.at == NULL || (fd >= 0 && i->message.len == 0)))
		e = ERR_SYNTAX;
	list_add_tail(&r->imports, &i->node);
	if (e != ERR_OK)
		end(i, e, NULL);
	else if (alone)
		begin(i);
	return true;
}
