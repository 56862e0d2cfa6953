#include <jansson.h>

#include "base/mem.h"
#include "role/answer.h"
#include "store/role_int.h"

/* What `bourse doctor anonymous` and `bourse rights` ask: which folders somebody reaches, and by which entries. */

#define GRANTED_MAX ((size_t)1000)
#define ROWS_PACKET 200u /* they must fit one message between roles */

/* Whoever is meant; groups for mem_free. */
static struct acl_user user_of(const json_t *args)
{
	const json_t *given = json_object_get(args, "groups");
	size_t count = json_array_size(given);
	uint64_t *groups = mem_new((count + 1) * sizeof(*groups));
	struct acl_user user = { .account = role_number(args, "account"), .groups = groups, .groups_count = count };
	const json_t *given_access = json_object_get(args, "access");
	uint64_t access = json_is_integer(given_access) ? (uint64_t)json_integer_value(given_access) : ACCESS_NONE;

	for (size_t i = 0; i < count; i++)
		groups[i] = (uint64_t)json_integer_value(json_array_get(given, i));
	user.access = access < ACCESS_END ? (enum access)access : ACCESS_NONE;
	if (user.access == ACCESS_ANYONE)
		user.account = ACCESS_ANYONE_ACCOUNT;
	return user;
}

static void answer_granted(struct store_role *r, uint64_t request, const json_t *args)
{
	struct acl_user user = user_of(args);
	struct granted_query q = { user.account, user.groups, user.groups_count, true };
	uint64_t *found = mem_new(GRANTED_MAX * sizeof(*found));
	size_t count = store_granted(r->store, &q, found, GRANTED_MAX);
	json_t *ids = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(ids, json_integer((json_int_t)found[i]));
	answer_json(r->env, request, false, json_pack("{s:b,s:o,s:b}", "ok", 1, "ids", ids, "more", count == GRANTED_MAX));
	mem_free(found);
	mem_free((void *)(uintptr_t)user.groups);
}

static json_t *row_of(const struct folder_info *info, const struct acl *acl, const struct acl_user *user, uint32_t rights)
{
	static const char *const kinds[] = { [ACL_ANYONE] = "anyone", [ACL_AUTHENTICATED] = "authenticated", [ACL_DELEGATES] = "delegates",
		[ACL_GROUP] = "group", [ACL_ACCOUNT] = "account" };
	const struct acl_entry *e = acl_entry_of(acl, user);
	struct buf letters;
	json_t *row;

	buf_init(&letters, 64);
	acl_letters_put(&letters, rights);
	row = json_pack("{s:I,s:s%,s:s%,s:s,s:I}", "number", (json_int_t)info->id, "folder", info->name.at, info->name.len, "rights", letters.at, letters.len, "entry",
		e != NULL ? kinds[e->kind] : "owner", "id", (json_int_t)(e != NULL ? e->account : 0));
	buf_done(&letters);
	return row;
}

struct asked {
	struct store_role *role;
	uint64_t request;
	json_t *whole;
};

static void answer_rows(struct asked *q, struct mailbox *mailbox, const struct acl_user *user)
{
	struct folder_info info;
	json_t *rows = json_array();

	for (size_t at = 0; folder_next(mailbox, &at, &info);) {
		uint32_t rights = folder_rights(mailbox, info.id, user);

		if (rights == 0 || info.noselect || info.nonexistent)
			continue;
		if (json_array_size(rows) == ROWS_PACKET) {
			answer_json(q->role->env, q->request, true, json_pack("{s:b,s:b,s:o}", "ok", 1, "more", 1, "rows", rows));
			rows = json_array();
		}
		json_array_append_new(rows, row_of(&info, folder_acl(mailbox, info.id), user, rights));
	}
	answer_json(q->role->env, q->request, false, json_pack("{s:b,s:o}", "ok", 1, "rows", rows));
}

static enum err answer_folders(struct asked *q)
{
	const json_t *args = json_object_get(q->whole, "args");
	struct mailbox *mailbox = NULL;
	struct acl_user user;
	enum err e = role_mailbox(q->role, role_number(args, "mailbox"), &mailbox);

	if (e != ERR_OK)
		return e;
	user = user_of(args);
	answer_rows(q, mailbox, &user);
	mem_free((void *)(uintptr_t)user.groups);
	mailbox_unref(mailbox);
	return ERR_OK;
}

static void end(struct asked *q, enum err e)
{
	if (e != ERR_OK)
		role_refuse(q->role, q->request, e);
	json_decref(q->whole);
	mem_free(q);
}

/* A directory that has just begun tells of all mailboxes first, and answers then. */
static void on_waited(void *arg, enum err e, struct msg *m)
{
	struct asked *q = arg;

	end(q, e == ERR_OK ? answer_folders(q) : e);
}

static void find_folders(struct store_role *r, uint64_t request, json_t *whole)
{
	struct role_accounts nobody = { .mailbox = role_number(json_object_get(whole, "args"), "mailbox") };
	struct asked *q = MEM_NEW(struct asked);
	enum err e;

	*q = (struct asked){ .role = r, .request = request, .whole = json_incref(whole) };
	e = answer_folders(q);
	if (e != ERR_UNAVAILABLE || !role_ask_accounts(r, &nobody, on_waited, q))
		end(q, e);
}

bool role_reach_admin(struct store_role *r, const struct msg_admin_request *q)
{
	bool granted = str_eq(q->verb, S("folder granted"));
	json_t *whole;

	if (!granted && !str_eq(q->verb, S("folder reach")))
		return false;
	whole = json_loadb(q->json.at, q->json.len, 0, NULL);
	if (granted)
		answer_granted(r, q->request, json_object_get(whole, "args"));
	else
		find_folders(r, q->request, whole);
	json_decref(whole);
	return true;
}
