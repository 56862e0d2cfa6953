#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "mail/encoded_word.h"
#include "mail/header.h"
#include "role/answer.h"
#include "store/moderation.h"
#include "store/role_int.h"
#include "store/view.h"

/*
 * `bourse folder moderate`, `held`, `approve` and `reject`. The list of the folder where posts wait is all that says who is a moderator;
 * here it is made: owners of the moderated folder and whoever is named, and nobody else sees it.
 */

enum verb { MODERATE, HELD, APPROVE, REJECT };

static const struct str verbs[] = {
	[MODERATE] = S_INIT("folder moderate"),
	[HELD] = S_INIT("folder held"),
	[APPROVE] = S_INIT("folder approve"),
	[REJECT] = S_INIT("folder reject"),
};

#define MODERATORS_MAX  ((size_t)50)
#define IDS_MAX         ((size_t)1000)
#define ROWS_PACKET     50u
#define TEXT_OCTETS_MAX ((size_t)400)   /* of a header field in a list */
#define HEADER_OCTETS   ((size_t)65536) /* in which it is looked for */
#define WORD_OCTETS_MAX ((size_t)900)
#define GIVEN           (ACL_LOOKUP | ACL_SEEN | MODERATION_RIGHTS)

struct asked {
	struct store_role *role;
	uint64_t request;
	enum verb verb;
	json_t *whole;
	const json_t *args;
	struct mailbox *mailbox;
	uint32_t folder, held;
	struct str held_name;
	bool fresh, waited; /* fresh: its list is still that of the folder above it; waited: for a directory that begins */
	struct acl_entry moderators[MODERATORS_MAX];
	size_t count;       /* of those that were named and found */
	struct uid_list list; /* that are decided about */
	size_t at;          /* the next one whose poster is told */
	unsigned told;
	struct arena arena;
};

static void end(struct asked *q)
{
	mailbox_unref(q->mailbox);
	json_decref(q->whole);
	arena_done(&q->arena);
	mem_free(q);
}

static void refuse(struct asked *q, enum err e, const char *text)
{
	answer_refuse(q->role->env, q->request, e, text != NULL && text[0] != '\0' ? text : err_text(e));
	end(q);
}

static void say(struct asked *q, json_t *message)
{
	answer_json(q->role->env, q->request, false, json_pack("{s:b,s:o}", "ok", 1, "message", message));
	end(q);
}

static struct str text_of(const json_t *v)
{
	return json_is_string(v) ? str_make(json_string_value(v), json_string_length(v)) : S("");
}

/* ---- the list of the folder where posts wait ---- */

static bool is_named(const struct asked *q, const struct acl_entry *e)
{
	for (size_t i = 0; i < q->count; i++) {
		if (q->moderators[i].kind == e->kind && q->moderators[i].account == e->account)
			return true;
	}
	return false;
}

/* What an entry is to be changed by; false: it is as it should be. */
static bool mend_entry(const struct asked *q, const struct acl_entry *e, struct acl_change *ret)
{
	*ret = (struct acl_change){ .entry = { .kind = e->kind, .account = e->account } };
	if (e->negative)
		return false;
	if (e->kind == ACL_ANYONE || e->kind == ACL_AUTHENTICATED)
		return e->rights != 0;
	ret->remove = true;
	if (e->rights & ACL_ADMIN || is_named(q, e))
		return false;
	return q->fresh || q->count > 0;
}

/* False: nothing is left to be done. */
static bool next_change(const struct asked *q, struct acl_change *ret)
{
	const struct acl *acl = folder_acl(q->mailbox, q->held);

	for (size_t i = 0; acl != NULL && i < acl->count; i++) {
		if (mend_entry(q, &acl->entries[i], ret))
			return true;
	}
	for (size_t n = 0; n < q->count; n++) {
		uint32_t has = 0;

		for (size_t i = 0; acl != NULL && i < acl->count; i++)
			has |= acl_order(&acl->entries[i], &q->moderators[n]) == 0 ? acl->entries[i].rights : 0;
		if ((has & GIVEN) == GIVEN)
			continue;
		*ret = (struct acl_change){ .entry = q->moderators[n], .how = ACL_ADD };
		ret->entry.rights = GIVEN;
		return true;
	}
	return false;
}

static void on_moderated(void *arg, enum err e, const struct mailbox_result *result)
{
	struct asked *q = arg;

	if (e != ERR_OK)
		refuse(q, e, NULL);
	else
		say(q, json_sprintf("posts wait in \"%.*s\" until a moderator moves them", STR_FMT(q->held_name)));
}

static void on_listed(void *arg, enum err e, const struct mailbox_result *result);

/* Nobody may look into it before posts come there. */
static void make_list(struct asked *q)
{
	struct acl_change change;
	struct moderation to = { .folder = q->folder, .held = q->held, .told = moderation_told(q->mailbox, q->folder) };

	if (next_change(q, &change))
		folder_acl_change(q->mailbox, q->held, &change, on_listed, q);
	else if (moderation_held(q->mailbox, q->folder) == q->held)
		on_moderated(q, ERR_OK, NULL);
	else
		moderation_change(q->mailbox, &to, on_moderated, q);
}

static void on_listed(void *arg, enum err e, const struct mailbox_result *result)
{
	if (e != ERR_OK)
		refuse(arg, e, NULL);
	else
		make_list(arg);
}

/* ---- moderate ---- */

static void on_made(void *arg, enum err e, const struct mailbox_result *result)
{
	struct asked *q = arg;
	struct folder_info info;

	if (e == ERR_OK || e == ERR_FOLDEREXISTS)
		e = folder_find(q->mailbox, q->held_name, &info);
	if (e == ERR_OK && info.noselect)
		e = ERR_NOFOLDER;
	if (e != ERR_OK) {
		refuse(q, e, NULL);
		return;
	}
	q->held = info.id;
	q->fresh = true;
	make_list(q);
}

static void make_folder(struct asked *q)
{
	struct folder_info info;
	enum err e;

	if (q->held != 0) {
		make_list(q);
		return;
	}
	e = folder_by_id(q->mailbox, q->folder, &info);
	if (e != ERR_OK) {
		refuse(q, e, NULL);
		return;
	}
	q->held_name = arena_printf(&q->arena, "%.*s/" MODERATION_FOLDER, STR_FMT(info.name));
	folder_create_unused(q->mailbox, q->held_name, 0, on_made, q);
}

static void find_moderators(struct asked *q);

static void on_told(void *arg, enum err e, struct msg *m)
{
	struct asked *q = arg;

	if (e == ERR_OK)
		e = m->accounts_told.code;
	if (e != ERR_OK) {
		refuse(q, e, e == ERR_NOTFOUND || e == ERR_SYNTAX ? "no account has that name, and no group; see: bourse account list, bourse group list" : NULL);
		return;
	}
	q->moderators[q->count++] = (struct acl_entry){ .kind = m->accounts_told.group ? ACL_GROUP : ACL_ACCOUNT,
		.account = m->accounts_told.account };
	find_moderators(q);
}

/* The next of those that were named. */
static void find_moderators(struct asked *q)
{
	struct role_accounts accounts = { .mailbox = mailbox_id(q->mailbox),
		.name = text_of(json_array_get(json_object_get(q->args, "by"), q->count)) };

	if (accounts.name.len == 0)
		make_folder(q);
	else if (q->count == MODERATORS_MAX)
		refuse(q, ERR_LIMIT, "no more than 50 moderators can be named; a group can be one");
	else if (!role_ask_accounts(q->role, &accounts, on_told, q))
		refuse(q, ERR_UNAVAILABLE, NULL);
}

static void on_off(void *arg, enum err e, const struct mailbox_result *result)
{
	struct asked *q = arg;

	if (e != ERR_OK)
		refuse(q, e, NULL);
	else
		say(q, json_sprintf("posts appear at once again; what was under way may still come into \"%.*s\", which can be deleted", STR_FMT(q->held_name)));
}

static void moderate_no_longer(struct asked *q)
{
	struct folder_info info = { .messages = 0 };
	char text[160];

	if (q->held != 0 && folder_by_id(q->mailbox, q->held, &info) == ERR_OK && info.messages > 0) {
		snprintf(text, sizeof(text), "%u posts wait: approve or reject them first; see: bourse folder held", (unsigned)info.messages);
		refuse(q, ERR_CONFLICT, text);
		return;
	}
	moderation_change(q->mailbox, &(struct moderation){ .folder = q->folder }, on_off, q);
}

/* ---- held ---- */

static json_t *field_of(struct str header, struct str name)
{
	struct header_field field;
	struct buf raw, text;
	json_t *ret;

	buf_init(&raw, BUF_NO_CEILING);
	buf_init(&text, BUF_NO_CEILING);
	if (header_find(header, name, &field) && header_unfold_utf8(str_sub(field.value, 0, TEXT_OCTETS_MAX), &raw))
		buf_put(&text, buf_str(&raw));
	else
		encoded_word_decode(buf_str(&raw), &text);
	ret = json_stringn(text.len > 0 ? text.at : "", text.len);
	buf_done(&raw);
	buf_done(&text);
	return ret != NULL ? ret : json_string("");
}

static json_t *row_of(struct asked *q, const struct item *it)
{
	json_t *row = json_pack("{s:I,s:I}", "id", (json_int_t)it->uid, "octets", (json_int_t)it->octets);
	struct str header;
	struct buf b;

	buf_init(&b, HEADER_OCTETS);
	/* One that cannot be read is listed all the same. */
	(void)!message_read(q->mailbox, it, 0, HEADER_OCTETS, &b);
	header = str_sub(buf_str(&b), 0, header_octets(buf_str(&b), NULL));
	json_object_set_new(row, "from", field_of(header, S("From")));
	json_object_set_new(row, "subject", field_of(header, S("Subject")));
	json_object_set_new(row, "date", field_of(header, S("Date")));
	buf_done(&b);
	return row;
}

static void list(struct asked *q)
{
	struct view_options options = { .folder = q->held, .read_only = true };
	struct folder_view *v = NULL;
	json_t *rows = json_array();
	enum err e = view_open(q->mailbox, &options, &v);

	for (uint32_t seq = 1; e == ERR_OK && seq <= view_count(v); seq++) {
		if (json_array_size(rows) == ROWS_PACKET) {
			answer_json(q->role->env, q->request, true, json_pack("{s:b,s:b,s:o}", "ok", 1, "more", 1, "rows", rows));
			rows = json_array();
		}
		json_array_append_new(rows, row_of(q, view_item(v, seq)));
	}
	view_close(v);
	if (e != ERR_OK) {
		json_decref(rows);
		refuse(q, e, NULL);
		return;
	}
	answer_json(q->role->env, q->request, false, json_pack("{s:b,s:o}", "ok", 1, "rows", rows));
	end(q);
}

/* ---- approve, reject ---- */

static int compare(const void *x, const void *y)
{
	uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;

	return a < b ? -1 : a > b;
}

/* Ascending; all of them wait. ERR_SYNTAX, ERR_NOMESSAGE. */
static enum err read_ids(struct asked *q, struct uid_list *ret)
{
	const json_t *ids = json_object_get(q->args, "id"), *id;
	struct view_options options = { .folder = q->held, .read_only = true };
	uint32_t *uids = ARENA_ARRAY(&q->arena, uint32_t, IDS_MAX);
	struct folder_view *v = NULL;
	size_t i;
	enum err e = json_array_size(ids) == 0 || json_array_size(ids) > IDS_MAX ? ERR_SYNTAX : view_open(q->mailbox, &options, &v);

	json_array_foreach(ids, i, id)
	{
		if (e == ERR_OK && (!str_u32(text_of(id), UINT32_MAX, &uids[i]) || uids[i] == 0))
			e = ERR_SYNTAX;
		if (e == ERR_OK && view_seq(v, uids[i]) == 0)
			e = ERR_NOMESSAGE;
	}
	view_close(v);
	qsort(uids, e == ERR_OK ? json_array_size(ids) : 0, sizeof(*uids), compare);
	*ret = (struct uid_list){ uids, json_array_size(ids) };
	return e;
}

static void on_moved(void *arg, enum err e, const struct mailbox_result *result)
{
	struct asked *q = arg;
	unsigned count = e == ERR_OK ? (unsigned)result->count : 0;

	if (e != ERR_OK)
		refuse(q, e, NULL);
	else if (q->verb == APPROVE)
		say(q, json_sprintf("%u approved", count));
	else if (text_of(json_object_get(q->args, "word")).len == 0)
		say(q, json_sprintf("%u rejected; they can be recovered as what was deleted can", count));
	else
		say(q, json_sprintf("%u rejected, and who posted %u of them was told; they can be recovered as what was deleted can", count, q->told));
}

/* ---- a word to the author: for who has posted it with an account and has a mailbox ---- */

static void tell_author(struct asked *q);

static void on_noticed(void *arg, enum err e, bool told)
{
	struct asked *q = arg;

	q->told += e == ERR_OK && told;
	q->at++;
	if (e != ERR_OK)
		refuse(q, e, NULL);
	else
		tell_author(q);
}

static enum err find_item(const struct asked *q, uint32_t uid, struct item *ret)
{
	struct view_options options = { .folder = q->held, .read_only = true };
	struct folder_view *v = NULL;
	enum err e = view_open(q->mailbox, &options, &v);
	uint32_t seq = e == ERR_OK ? view_seq(v, uid) : 0;

	if (seq != 0)
		*ret = *view_item(v, seq);
	view_close(v);
	return e == ERR_OK && seq == 0 ? ERR_NOMESSAGE : e;
}

static void on_boxes(void *arg, enum err e, struct msg *m)
{
	struct asked *q = arg;
	struct str word = text_of(json_object_get(q->args, "word"));
	struct role_notice notice = { .host = q->role->env->host_name, .to = S("Author:;"), .subject = S("Your post was not approved") };
	struct folder_info folder;
	struct item item;
	struct buf post;

	if (e == ERR_OK)
		e = m->boxes_told.code;
	if (e == ERR_OK)
		e = folder_by_id(q->mailbox, q->folder, &folder);
	if (e == ERR_OK)
		e = find_item(q, q->list.uids[q->at], &item);
	if (e != ERR_OK) {
		refuse(q, e, NULL);
		return;
	}
	buf_init(&post, BUF_NO_CEILING);
	/* Of one that cannot be read the word is sent alone. */
	(void)!role_notice_post(q->mailbox, &item, &post, &notice.header_only);
	notice.boxes = m->boxes_told.boxes;
	notice.from = m->boxes_told.from;
	notice.post = buf_str(&post);
	notice.text = arena_printf(&q->arena, "Your post to the public folder \"%.*s\" was not approved:\r\n\r\n%.*s\r\n", STR_FMT(folder.name),
		STR_FMT(word));
	role_notice(q->role, &notice, on_noticed, q);
	buf_done(&post);
}

static void tell_author(struct asked *q)
{
	uint64_t poster = 0;
	enum err e = ERR_OK;

	while (e == ERR_OK && poster == 0 && q->at < q->list.count) {
		e = mailbox_poster(q->mailbox, q->held, q->list.uids[q->at], &poster);
		q->at += poster == 0;
	}
	if (e != ERR_OK)
		refuse(q, e, NULL);
	else if (poster == 0)
		mailbox_expunge(q->mailbox, &(struct expunge_request){ .folder = q->held, .list = q->list }, on_moved, q);
	else if (!role_notice_ask(q->role, &poster, 1, on_boxes, q))
		refuse(q, ERR_UNAVAILABLE, NULL);
}

/* Told of by lines of a mail: no control character comes through. */
static bool is_word(struct str word)
{
	return word.len <= WORD_OCTETS_MAX && !str_has_control(word) && utf8_valid(word);
}

static void decide(struct asked *q)
{
	struct str word = text_of(json_object_get(q->args, "word"));
	enum err e = read_ids(q, &q->list);

	if (e != ERR_OK)
		refuse(q, e, e == ERR_SYNTAX ? "ids are numbers, 1000 at most; see: bourse folder held"
			   : e == ERR_NOMESSAGE ? "no such post waits; see: bourse folder held" : NULL);
	else if (q->verb == APPROVE)
		mailbox_move(q->mailbox, &(struct copy_request){ .from = q->held, .to = q->folder, .list = q->list, .notes_shared = true }, on_moved, q);
	else if (!is_word(word))
		refuse(q, ERR_SYNTAX, "a word to the author is one line of 900 octets at most");
	else if (word.len > 0)
		tell_author(q);
	else
		mailbox_expunge(q->mailbox, &(struct expunge_request){ .folder = q->held, .list = q->list }, on_moved, q);
}

/* ---- requests ---- */

static void begin(struct asked *q);

static void on_waited(void *arg, enum err e, struct msg *m)
{
	if (e == ERR_OK)
		begin(arg);
	else
		refuse(arg, e, NULL);
}

static enum err find_folder(struct asked *q)
{
	struct folder_info info;
	enum err e = mailbox_is_public(q->mailbox) ? folder_find(q->mailbox, text_of(json_object_get(q->args, "folder")), &info) : ERR_UNSUPPORTED;

	if (e == ERR_OK && (info.noselect || str_ieq(info.name, S("INBOX"))))
		e = ERR_NOFOLDER;
	if (e != ERR_OK)
		return e;
	q->folder = info.id;
	q->held = moderation_held(q->mailbox, info.id);
	if (q->held != 0 && folder_by_id(q->mailbox, q->held, &info) == ERR_OK)
		q->held_name = arena_str(&q->arena, info.name);
	return q->verb != MODERATE && q->held == 0 ? ERR_SEQUENCE : ERR_OK;
}

static void begin(struct asked *q)
{
	struct role_accounts nobody = { .mailbox = role_number(q->args, "mailbox") };
	enum err e = role_mailbox(q->role, nobody.mailbox, &q->mailbox);

	if (e == ERR_UNAVAILABLE && !q->waited) {
		q->waited = true;
		if (role_ask_accounts(q->role, &nobody, on_waited, q))
			return;
	}
	if (e == ERR_OK)
		e = find_folder(q);
	if (e != ERR_OK)
		refuse(q, e, e == ERR_UNSUPPORTED ? "only public folders can be moderated" : e == ERR_SEQUENCE ? "the folder is not moderated" : NULL);
	else if (q->verb == HELD)
		list(q);
	else if (q->verb != MODERATE)
		decide(q);
	else if (json_is_true(json_object_get(q->args, "off")))
		moderate_no_longer(q);
	else if (moderation_of(q->mailbox, q->folder) != 0)
		refuse(q, ERR_CONFLICT, "posts to another folder wait there");
	else
		find_moderators(q);
}

bool role_moderate_admin(struct store_role *r, const struct msg_admin_request *m)
{
	struct asked *q;
	unsigned verb = 0;

	while (verb <= REJECT && !str_eq(m->verb, verbs[verb]))
		verb++;
	if (verb > REJECT)
		return false;
	q = MEM_NEW(struct asked);
	q->role = r;
	q->request = m->request;
	q->verb = (enum verb)verb;
	q->whole = json_loadb(m->json.at, m->json.len, 0, NULL);
	q->args = json_object_get(q->whole, "args");
	arena_init(&q->arena, ARENA_NONE);
	begin(q);
	return true;
}
