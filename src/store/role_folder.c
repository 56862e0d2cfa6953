#include <jansson.h>
#include <stdio.h>

#include "base/cursor.h"
#include "base/mem.h"
#include "role/answer.h"
#include "store/acl_role.h"
#include "store/moderation.h"
#include "store/role_int.h"

/* What `bourse folder` asks: folders and their access lists as IMAP has them (imap_folder.c, imap_acl.c), but with all rights. */

enum verb { FIND, LIST, SHUT, UNSHUT, CREATE, DELETE, RENAME, AGE, KEEP, RIGHTS, GRANT, REVOKE };

static const struct str verbs[] = {
	[FIND] = S_INIT("folder find"),
	[LIST] = S_INIT("folder list"),
	[SHUT] = S_INIT("folder shut"),
	[UNSHUT] = S_INIT("folder unshut"),
	[CREATE] = S_INIT("folder create"),
	[DELETE] = S_INIT("folder delete"),
	[RENAME] = S_INIT("folder rename"),
	[AGE] = S_INIT("folder age"),
	[KEEP] = S_INIT("folder keep deleted"),
	[RIGHTS] = S_INIT("folder rights"),
	[GRANT] = S_INIT("folder grant"),
	[REVOKE] = S_INIT("folder revoke"),
};

struct asked {
	struct store_role *role;
	uint64_t request;
	enum verb verb;
	json_t *whole;           /* the request */
	bool waited;             /* for what a directory tells of mailboxes when it begins */
	struct mailbox *mailbox; /* counted */
	uint32_t folder;         /* 0: the mailbox itself */
	struct acl_change change;
	uint64_t ids[ACL_ENTRIES_MAX], gone[ACL_ENTRIES_MAX];
	struct acl_names names;
};

static void end(struct asked *q)
{
	mailbox_unref(q->mailbox);
	json_decref(q->whole);
	mem_free(q);
}

static void refuse(struct asked *q, enum err e, const char *text)
{
	answer_refuse(q->role->env, q->request, e, text != NULL && text[0] != '\0' ? text : err_text(e));
	end(q);
}

static const struct acl *list_of(const struct asked *q)
{
	const struct acl *acl = folder_acl(q->mailbox, q->folder);

	return acl ? acl : &acl_default;
}

/* ---- the answer ---- */

static void add_row(json_t *rows, struct str identifier, bool negative, uint32_t rights)
{
	struct str role = negative ? S("") : acl_role_name(rights);
	struct buf who, letters;

	buf_init(&who, BUF_NO_CEILING);
	buf_init(&letters, 64);
	buf_put(&who, negative ? S("-") : S(""));
	buf_put(&who, identifier);
	acl_letters_put(&letters, rights);
	json_array_append_new(rows, json_pack("{s:s%,s:s%,s:s%}", "identifier", who.at, who.len, "rights", letters.len > 0 ? letters.at : "",
		letters.len, "role", role.at, role.len));
	buf_done(&who);
	buf_done(&letters);
}

static void show(struct asked *q, uint64_t owner)
{
	const struct acl *acl = list_of(q);
	json_t *rows = json_array();

	if (acl_names_owner(&q->names).len > 0)
		add_row(rows, acl_names_owner(&q->names), false, ACL_ALL);
	for (size_t i = 0; i < acl->count; i++) {
		const struct acl_entry *e = &acl->entries[i];
		struct str name = acl_identifier(e, &q->names);

		if (name.len > 0 && (e->kind != ACL_ACCOUNT || e->account != owner))
			add_row(rows, name, e->negative, e->rights);
	}
	answer_json(q->role->env, q->request, false, json_pack("{s:b,s:o}", "ok", 1, "rows", rows));
	end(q);
}

static void on_changed(void *arg, enum err e, const struct mailbox_result *result)
{
	struct asked *q = arg;

	if (e != ERR_OK) {
		refuse(q, e, NULL);
		return;
	}
	answer_json(q->role->env, q->request, false, json_pack("{s:b,s:s}", "ok", 1, "message", "the list is changed; it counts at once"));
	end(q);
}

static void on_told(void *arg, enum err e, struct msg *m)
{
	struct asked *q = arg;
	bool account = q->change.entry.kind == ACL_ACCOUNT;

	if (e == ERR_OK)
		e = m->accounts_told.code;
	if (e != ERR_OK) {
		refuse(q, e, e == ERR_NOTFOUND || e == ERR_SYNTAX ? "no account has that name, and no group; see: bourse account list, bourse group list" : NULL);
		return;
	}
	q->names.octets = m->accounts_told.names;
	if (q->verb == RIGHTS) {
		show(q, m->accounts_told.owner);
		return;
	}
	if (account && !m->accounts_told.group && m->accounts_told.account == m->accounts_told.owner) {
		refuse(q, ERR_CONFLICT, "the owner of a mailbox has all rights, and none can be taken away");
		return;
	}
	q->change.entry.account = account ? m->accounts_told.account : 0;
	if (account && m->accounts_told.group)
		q->change.entry.kind = ACL_GROUP;
	q->change.gone = q->gone;
	q->change.gone_count = acl_names_gone(&q->names, q->gone);
	folder_acl_change(q->mailbox, q->folder, &q->change, on_changed, q);
}

/* ---- the request ---- */

static struct str text_of(const json_t *args, const char *name)
{
	const json_t *v = json_object_get(args, name);

	return json_is_string(v) ? str_make(json_string_value(v), json_string_length(v)) : S("");
}

bool role_folder_is_hidden(const struct mailbox *m, struct str name)
{
	return mailbox_is_public(m) && (str_ieq(name, S("INBOX")) || str_istarts(name, S("INBOX/")));
}

static enum err find_folder(struct asked *q, const json_t *args)
{
	struct folder_info info;
	struct str name = text_of(args, "folder");
	enum err e;

	if (str_eq(name, S("/")))
		return ERR_OK;
	e = folder_find(q->mailbox, name, &info);
	if (e == ERR_OK && (info.noselect || role_folder_is_hidden(q->mailbox, info.name)))
		e = ERR_NOFOLDER;
	if (e == ERR_OK)
		q->folder = info.id;
	return e;
}

/* ---- the tree ---- */

#define SHUT_MS     60000
#define ROWS_PACKET 50u /* with the longest names they fit one message between roles */

static const char *days_text(uint32_t days, char *room, size_t octets)
{
	if (days == FOLDER_AGE_DEFAULT)
		return "";
	if (days == 0)
		return "never";
	snprintf(room, octets, "%u days", days);
	return room;
}

/* What is to be known of a folder beside its figures. */
static const char *state_text(struct mailbox *m, const struct folder_info *f, char *room, size_t octets)
{
	struct folder_info held = { .messages = 0 };

	if (f->noselect)
		return "holds folders only";
	if (moderation_of(m, f->id) != 0)
		return "posts wait here for approval";
	if (moderation_held(m, f->id) == 0 || folder_by_id(m, moderation_held(m, f->id), &held) != ERR_OK)
		return "";
	snprintf(room, octets, "moderated, %u wait", (unsigned)held.messages);
	return room;
}

static void list(struct asked *q)
{
	json_t *rows = json_array();
	struct folder_info f;
	char age[32], keep[32], state[64];

	for (size_t at = 0; folder_next(q->mailbox, &at, &f);) {
		if (f.nonexistent || role_folder_is_hidden(q->mailbox, f.name))
			continue;
		if (json_array_size(rows) == ROWS_PACKET) {
			answer_json(q->role->env, q->request, true, json_pack("{s:b,s:b,s:o}", "ok", 1, "more", 1, "rows", rows));
			rows = json_array();
		}
		json_array_append_new(rows, json_pack("{s:s%,s:I,s:I,s:s,s:s,s:s}", "folder", f.name.at, f.name.len, "messages",
			(json_int_t)f.messages, "octets", (json_int_t)f.octets, "kept", days_text(folder_age(q->mailbox, f.id), age, sizeof(age)), "keep_deleted",
			days_text(folder_keep(q->mailbox, f.id), keep, sizeof(keep)), "state", state_text(q->mailbox, &f, state, sizeof(state))));
	}
	answer_json(q->role->env, q->request, false, json_pack("{s:b,s:o}", "ok", 1, "rows", rows));
	end(q);
}

static void on_tree_changed(void *arg, enum err e, const struct mailbox_result *result)
{
	static const char *const texts[] = { [CREATE] = "the folder is made", [DELETE] = "the folder is deleted",
		[RENAME] = "the folder has its new name", [AGE] = "what is older goes within the hour, what is deleted can be recovered as usual",
		[KEEP] = "what is deleted from now on is kept so long; what was kept longer goes within the hour" };
	struct asked *q = arg;

	if (e != ERR_OK) {
		refuse(q, e, e == ERR_UNSUPPORTED ? "posts to a moderated folder wait there; see: bourse folder moderate --off" : NULL);
		return;
	}
	answer_json(q->role->env, q->request, false, json_pack("{s:b,s:s}", "ok", 1, "message", texts[q->verb]));
	end(q);
}

static void change_days(struct asked *q, const json_t *args)
{
	struct str days = text_of(args, "days");
	uint32_t number = FOLDER_AGE_DEFAULT;
	enum err e = find_folder(q, args);

	if (str_ieq(days, S("never")))
		number = 0;
	else if (!str_ieq(days, S("default")) && (!str_u32(days, FOLDER_AGE_DAYS_MAX, &number) || number == 0))
		e = e == ERR_OK ? ERR_SYNTAX : e;
	if (e != ERR_OK)
		refuse(q, e, e == ERR_SYNTAX ? "days are a number from 1 to 24855, never, or default" : NULL);
	else if (q->verb == KEEP && q->folder == 0)
		refuse(q, ERR_UNSUPPORTED, "for a whole mailbox: bourse mailbox set --retention-days; for the public store: bourse public set --retention-days");
	else if (q->verb == KEEP)
		folder_keep_change(q->mailbox, q->folder, number, on_tree_changed, q);
	else
		folder_age_change(q->mailbox, q->folder, number, on_tree_changed, q);
}

static void change_tree(struct asked *q, const json_t *args)
{
	struct str name = text_of(args, "folder"), to = text_of(args, "to");

	if (role_folder_is_hidden(q->mailbox, name) || role_folder_is_hidden(q->mailbox, to))
		refuse(q, ERR_FOLDERNAME, "the public store has no inbox");
	else if (q->verb == CREATE)
		folder_create_unused(q->mailbox, name, 0, on_tree_changed, q);
	else if (q->verb == DELETE)
		folder_delete(q->mailbox, name, on_tree_changed, q);
	else
		folder_rename(q->mailbox, name, to, on_tree_changed, q);
}

/* ---- lists ---- */

static enum err read_rights(struct asked *q, struct str rights)
{
	q->change.how = str_starts(rights, S("+")) ? ACL_ADD : str_starts(rights, S("-")) ? ACL_REMOVE : ACL_REPLACE;
	rights = str_skip(rights, q->change.how != ACL_REPLACE);
	if (rights.len == 0 && q->change.how != ACL_REPLACE)
		return ERR_SYNTAX; /* a sign, and nothing behind it, is a slip */
	if (acl_role_get(rights, &q->change.entry.rights) == ERR_OK)
		return ERR_OK;
	return acl_letters_get(rights, &q->change.entry.rights);
}

static void begin(struct asked *q);

/* The answer to a question comes behind all that. */
static void on_waited(void *arg, enum err e, struct msg *m)
{
	if (e == ERR_OK)
		begin(arg);
	else
		refuse(arg, e, NULL);
}

static bool wait_for_directory(struct asked *q)
{
	struct role_accounts nobody = { .mailbox = role_number(json_object_get(q->whole, "args"), "mailbox") };
	bool again = !q->waited && role_ask_accounts(q->role, &nobody, on_waited, q);

	q->waited = true;
	return again;
}

/* For the directory, which keeps addresses of folders that may get other names. */
static void tell_number(struct asked *q, const json_t *args)
{
	enum err e = find_folder(q, args);

	if (e != ERR_OK || q->folder == 0) {
		refuse(q, ERR_NOFOLDER, NULL);
		return;
	}
	answer_json(q->role->env, q->request, false, json_pack("{s:b,s:I}", "ok", 1, "folder", (json_int_t)q->folder));
	end(q);
}

/* ---- a store that is to go ---- */

static void unshut(void *arg)
{
	struct store_role *r = arg;

	if (r->shut != NULL)
		mailbox_unshut(r->shut);
	mailbox_unref(r->shut);
	r->shut = NULL;
}

/* Whoever asked for it may be dead by now. */
static void on_shut(void *arg, enum err e, const struct mailbox_result *result)
{
	struct asked *q = arg;
	struct store_role *r = q->role;

	if (e != ERR_OK) {
		refuse(q, e, e == ERR_INUSE ? "there are folders in it" : NULL);
		return;
	}
	if (r->shut == NULL)
		r->shut = mailbox_ref(q->mailbox);
	if (r->shut_timer == NULL)
		r->shut_timer = timer_new(r->env->loop, unshut, r);
	timer_set(r->shut_timer, SHUT_MS);
	answer_json(r->env, q->request, false, json_pack("{s:b}", "ok", 1));
	end(q);
}

static void change_shut(struct asked *q)
{
	if (!mailbox_is_public(q->mailbox)) {
		refuse(q, ERR_UNSUPPORTED, NULL);
	} else if (q->verb == SHUT) {
		mailbox_shut(q->mailbox, on_shut, q);
	} else {
		unshut(q->role);
		answer_json(q->role->env, q->request, false, json_pack("{s:b}", "ok", 1));
		end(q);
	}
}

void role_folder_stop(struct store_role *r)
{
	timer_free(r->shut_timer);
	r->shut_timer = NULL;
	unshut(r);
}

/* ---- mail to a folder ---- */

void role_post_judge(struct store_role *r, struct link *from, const struct msg_post_ask *q)
{
	struct msg m = { .id = MSG_post_told, .post_told = { .request = q->request } };
	struct acl_user user = { .account = q->account, .access = ACCESS_NONE };
	uint64_t groups[TICKET_GROUPS_MAX];
	struct rd ids = rd_from(q->groups);
	struct mailbox *box = NULL;
	struct folder_info info;
	enum err e = role_mailbox(r, q->mailbox, &box);

	while (user.groups_count < TICKET_GROUPS_MAX && ids.rest.len >= sizeof(uint64_t))
		groups[user.groups_count++] = rd_u64(&ids);
	user.groups = groups;
	if (e == ERR_OK)
		e = folder_by_id(box, q->folder, &info);
	if (e == ERR_NOFOLDER || (e == ERR_OK && info.noselect)) {
		e = ERR_RCPTUNKNOWN;
	} else if (e == ERR_OK && (folder_rights(box, q->folder, &user) & ACL_POST) == 0) {
		e = ERR_PERM;
		m.post_told.text = q->account != 0 ? S("you have not the right \"p\" to post to that folder")
						   : S("strangers have not the right \"p\" to post to that folder");
	} else if (e == ERR_OK && mailbox_quota_state(box) == MAILBOX_QUOTA_FULL) {
		e = ERR_QUOTA;
	}
	if (e == ERR_OK)
		m.post_told.folder = moderation_target(box, q->folder, &user);
	if (e == ERR_OK && m.post_told.folder != q->folder)
		m.post_told.text = S("accepted; posts to this folder are held until a moderator approves them");
	mailbox_unref(box);
	m.post_told.code = e;
	link_send(from, &m);
}

static void begin_list(struct asked *q, const json_t *args)
{
	struct role_accounts accounts = { .mailbox = role_number(args, "mailbox"), .ids = q->ids };
	struct str who = text_of(args, "account");
	enum err e = find_folder(q, args);

	if (e != ERR_OK) {
		refuse(q, e, NULL);
		return;
	}
	q->change.remove = q->verb == REVOKE;
	q->change.entry.negative = str_starts(who, S("-"));
	who = str_skip(who, q->change.entry.negative);
	q->change.entry.kind = acl_word_kind(who);
	if (q->verb == GRANT && read_rights(q, text_of(args, "rights")) != ERR_OK) {
		refuse(q, ERR_SYNTAX, "rights are letters of lrswipkxtean012, or a name: see bourse help folder grant");
		return;
	}
	if ((q->change.entry.rights & ACL_PUBLIC) != 0 && !mailbox_is_public(q->mailbox)) {
		refuse(q, ERR_UNSUPPORTED, "0, 1 and 2, and roles with them, are for public folders: elsewhere nobody knows who posted what");
		return;
	}
	if (q->verb != RIGHTS && who.len == 0) {
		refuse(q, ERR_SYNTAX, "whose rights they are is missing");
		return;
	}
	if (q->verb != RIGHTS && q->change.entry.kind == ACL_ACCOUNT)
		accounts.name = who;
	accounts.ids_count = q->names.count = acl_accounts(list_of(q), q->ids);
	q->names.ids = q->ids;
	if (!role_ask_accounts(q->role, &accounts, on_told, q))
		refuse(q, ERR_UNAVAILABLE, NULL);
}

static void begin(struct asked *q)
{
	const json_t *args = json_object_get(q->whole, "args");
	enum err e = role_mailbox(q->role, role_number(args, "mailbox"), &q->mailbox);

	if (e == ERR_UNAVAILABLE && wait_for_directory(q))
		return;
	if (e != ERR_OK)
		refuse(q, e, NULL);
	else if (q->verb == FIND)
		tell_number(q, args);
	else if (q->verb == LIST)
		list(q);
	else if (q->verb == SHUT || q->verb == UNSHUT)
		change_shut(q);
	else if (q->verb == AGE || q->verb == KEEP)
		change_days(q, args);
	else if (q->verb < RIGHTS)
		change_tree(q, args);
	else
		begin_list(q, args);
}

bool role_folder_admin(struct store_role *r, const struct msg_admin_request *m)
{
	struct asked *q;
	unsigned verb = 0;

	while (verb <= REVOKE && !str_eq(m->verb, verbs[verb]))
		verb++;
	if (verb > REVOKE)
		return false;
	q = MEM_NEW(struct asked);
	q->role = r;
	q->request = m->request;
	q->verb = (enum verb)verb;
	q->whole = json_loadb(m->json.at, m->json.len, 0, NULL);
	begin(q);
	return true;
}
