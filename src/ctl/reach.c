#include "ctl/reach.h"

#include <jansson.h>
#include <string.h>

#include "base/arena.h"
#include "ctl/quote.h"
#include "ctl/steps.h"
#include "ipc/access.h"

struct reach {
	struct transport *server;
	struct failure *failure;
	json_t *rows; /* of the answer */
};

static const char *text_of(const json_t *of, const char *name)
{
	const char *text = json_string_value(json_object_get(of, name));

	return text != NULL ? text : "";
}

static enum err open_server(struct reach *x, const struct call *call, const char *data)
{
	struct transport_options options = { .data = data, .config = call->config, .start = true };

	x->rows = json_array();
	return transport_open(&options, &x->server, x->failure);
}

static void close_server(struct reach *x)
{
	transport_close(x->server);
	json_decref(x->rows);
}

/* ---- what rights are, in words ---- */

static const struct {
	char letter;
	const char *words;
} letters[] = { { 'l', "see it" }, { 'r', "read" }, { 's', "keep \\Seen" }, { 'w', "keep flags" }, { 'i', "add messages" }, { 'p', "post" },
	{ 'k', "make folders" }, { 'x', "delete it" }, { 't', "mark as deleted" }, { 'e', "expunge" }, { 'a', "change its list" } };

static json_t *words_of(const char *rights)
{
	char text[200] = "";
	size_t used = 0;

	for (size_t i = 0; i < sizeof(letters) / sizeof(*letters); i++) {
		if (strchr(rights, letters[i].letter) != NULL)
			used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s", used > 0 ? ", " : "", letters[i].words);
	}
	return json_string(text);
}

static json_t *revoke_of(const char *mailbox, const char *folder)
{
	struct buf b;
	json_t *text;

	buf_init(&b, BUF_NO_CEILING);
	buf_put_c(&b, "bourse folder revoke ");
	quote_put(&b, mailbox);
	buf_put_octet(&b, ' ');
	quote_put(&b, folder);
	buf_put_c(&b, " anyone");
	text = json_stringn(b.at, b.len);
	buf_done(&b);
	return text;
}

/* ---- doctor anonymous ---- */

static void add_folder(struct reach *x, const char *protocol, const char *alias, bool public, const json_t *folder)
{
	const char *name = text_of(folder, "folder"), *rights = text_of(folder, "rights");
	json_t *row = json_object();
	char why[120];

	snprintf(why, sizeof(why), "the folder's list gives it to anyone (%s)", rights);
	json_object_set_new(row, "protocol", json_string(protocol));
	json_object_set_new(row, "what", public ? json_sprintf("Public Folders/%s", name) : json_sprintf("%s in \"%s\"", name, alias));
	json_object_set_new(row, "action", words_of(rights));
	json_object_set_new(row, "why", json_string(why));
	json_object_set_new(row, "close", revoke_of(alias, name));
	json_array_append_new(x->rows, row);
}

/* By POP3 there is the INBOX, for who may read it, and the public folders that he may see and read; by NNTP the latter alone. */
static void add_folders(struct reach *x, const json_t *answer, bool public, const json_t *folders)
{
	const char *alias = text_of(answer, public ? "public_alias" : "alias");
	const json_t *row;
	size_t i;

	json_array_foreach(folders, i, row)
	{
		bool reads = strchr(text_of(row, "rights"), 'r') != NULL, sees = strchr(text_of(row, "rights"), 'l') != NULL;
		bool drop = reads && (public ? sees : strcmp(text_of(row, "folder"), "INBOX") == 0);

		if (json_is_true(json_object_get(answer, "imap")))
			add_folder(x, "imap", alias, public, row);
		if (json_is_true(json_object_get(answer, public ? "pop3_public" : "pop3")) && drop)
			add_folder(x, "pop3", alias, public, row);
		if (json_is_true(json_object_get(answer, "nntp")) && public && drop)
			add_folder(x, "nntp", alias, public, row);
	}
}

static bool is_among(const json_t *numbers, const json_t *number)
{
	const json_t *one;
	size_t i;

	json_array_foreach(numbers, i, one)
	{
		if (json_equal(one, number))
			return true;
	}
	return false;
}

static void add_page(struct reach *x, const char *path, const char *what)
{
	json_array_append_new(x->rows,
		json_pack("{s:s,s:s,s:s,s:s,s:s}", "protocol", "http", "what", path, "action", "see it", "why", what, "close",
			"listen.http = off; listen.https = off; in bourse.conf, then restart the server"));
}

/* The sign-in page asks for a password, but is there for everybody. */
static void add_pages(struct reach *x)
{
#define RESOURCE(path, methods, logon, handler, what)                                              \
	if (strcmp(#logon, "PERSON") != 0)                                                         \
		add_page(x, path, what);
#include "front/http_resource.tbl"
}

/* NULL: its list gives nothing to a stranger, or it is there no more. */
static const json_t *folder_of(const json_t *folders, const char *number)
{
	const json_t *row;
	char own[24];
	size_t i;

	json_array_foreach(folders, i, row)
	{
		snprintf(own, sizeof(own), "%lld", (long long)json_integer_value(json_object_get(row, "number")));
		if (strcmp(own, number) == 0)
			return row;
	}
	return NULL;
}

/* An address of a public folder takes a stranger's mail where the folder's list gives p to anyone (role_folder.c: role_post_judge). */
static void add_post(struct reach *x, const char *alias, const char *address, const json_t *folder)
{
	const char *name = text_of(folder, "folder");
	bool posts = strchr(text_of(folder, "rights"), 'p') != NULL;
	json_t *row = json_object();

	json_object_set_new(row, "protocol", json_string("smtp"));
	json_object_set_new(row, "what", json_string(address));
	json_object_set_new(row, "action", json_string(posts ? "send mail to it" : "nothing"));
	json_object_set_new(row, "why", posts ? json_sprintf("it is posted in Public Folders/%s, whose list gives p to anyone", name)
					      : json_string("it is an address of a public folder whose list does not give p to anyone"));
	json_object_set_new(row, "close", posts ? revoke_of(alias, name) : json_string(""));
	json_array_append_new(x->rows, row);
}

static enum err find_posts(struct reach *x, const json_t *posts)
{
	const json_t *mailbox = json_object_get(posts, "mailbox"), *numbers = json_object_get(posts, "folders"), *address;
	struct step folders = { .verb = "folder reach" };
	enum err e;
	size_t i;

	if (mailbox == NULL)
		return ERR_OK;
	folders.args = json_pack("{s:O,s:i,s:[]}", "mailbox", mailbox, "access", (int)ACCESS_ANYONE, "groups");
	e = step_ask(x->server, &folders, x->failure);
	json_array_foreach(e == ERR_OK ? json_object_get(posts, "addresses") : NULL, i, address)
	{
		const char *number = json_string_value(json_array_get(numbers, i));

		add_post(x, text_of(posts, "alias"), json_string_value(address),
			folder_of(json_object_get(folders.ret, "rows"), number != NULL ? number : ""));
	}
	step_done(&folders);
	return e;
}

static enum err find_folders(struct reach *x, const json_t *answer, bool public)
{
	json_int_t mailbox = json_integer_value(json_object_get(answer, public ? "public" : "mailbox"));
	struct step folders = { .verb = "folder reach" };
	enum err e;

	if (mailbox == 0)
		return ERR_OK;
	folders.args = json_pack("{s:I,s:i,s:[]}", "mailbox", mailbox, "access", (int)ACCESS_ANYONE, "groups");
	e = step_ask(x->server, &folders, x->failure);
	if (e == ERR_OK)
		add_folders(x, answer, public, json_object_get(folders.ret, "rows"));
	step_done(&folders);
	return e;
}

/* What is shown of public folders, each by what its list gives to the account that the directory acts as. */
static enum err find_published(struct reach *x, const json_t *answer, const json_t *virtual)
{
	struct step folders = { .verb = "folder reach" };
	const json_t *row;
	size_t i;
	enum err e;

	if (!json_is_true(json_object_get(virtual, "anonymous")) || json_array_size(json_object_get(virtual, "folders")) == 0)
		return ERR_OK;
	folders.args = json_pack("{s:O,s:i,s:O,s:O}", "mailbox", json_object_get(answer, "public_store"), "access", (int)ACCESS_NONE, "account",
		json_object_get(virtual, "account"), "groups", json_object_get(virtual, "groups"));
	e = step_ask(x->server, &folders, x->failure);
	json_array_foreach(json_object_get(folders.ret, "rows"), i, row)
	{
		if (!is_among(json_object_get(virtual, "folders"), json_object_get(row, "number")) || strchr(text_of(row, "rights"), 'r') == NULL)
			continue;
		json_array_append_new(x->rows, json_pack("{s:s,s:s,s:o,s:o,s:o}", "protocol", "http", "what", text_of(virtual, "path"), "action",
			json_sprintf("read Public Folders/%s", text_of(row, "folder")), "why",
			json_sprintf("it is published there, and its list lets %s read", text_of(virtual, "name")), "close",
			json_sprintf("bourse virtual-directory set %s --publish '' or other folders", text_of(virtual, "path"))));
	}
	step_done(&folders);
	return e;
}

static enum err find_all_published(struct reach *x, const json_t *answer)
{
	const json_t *virtual;
	size_t i;
	enum err e = ERR_OK;

	json_array_foreach(json_object_get(answer, "virtual"), i, virtual)
	{
		if (e == ERR_OK)
			e = find_published(x, answer, virtual);
	}
	return e;
}

static enum err look_for_strangers(struct reach *x)
{
	struct step directory = { .verb = "directory strangers" };
	enum err e = step_ask(x->server, &directory, x->failure);

	if (e != ERR_OK)
		return e;
	json_array_extend(x->rows, json_object_get(directory.ret, "rows"));
	e = find_folders(x, directory.ret, true);
	if (e == ERR_OK)
		e = find_folders(x, directory.ret, false);
	if (e == ERR_OK)
		e = find_posts(x, json_object_get(directory.ret, "posts"));
	if (e == ERR_OK)
		e = find_all_published(x, directory.ret);
	if (e == ERR_OK && json_is_true(json_object_get(directory.ret, "http")))
		add_pages(x);
	step_done(&directory);
	return e;
}

enum err reach_anonymous_run(const struct call *call, const char *data, struct render *r, struct failure *f)
{
	struct reach x = { .failure = f };
	enum err e = open_server(&x, call, data);

	if (e == ERR_OK)
		e = look_for_strangers(&x);
	if (e == ERR_OK)
		steps_answer(r, json_pack("{s:b,s:s,s:O}", "ok", 1, "message", "this is all that somebody without an account can reach", "rows",
			x.rows));
	close_server(&x);
	return e;
}

/* ---- rights ---- */

/* Of mailboxes with folders for the account, as words for the directory; NULL of NULL. */
static json_t *granted_of(const json_t *ids)
{
	json_t *words = json_array();
	const json_t *id;
	size_t i;

	json_array_foreach(ids, i, id)
		json_array_append_new(words, json_sprintf("%lld", (long long)json_integer_value(id)));
	return words;
}

static json_t *groups_of(const json_t *answer)
{
	json_t *ids = json_array();
	const json_t *row;
	size_t i;

	json_array_foreach(json_object_get(answer, "rows"), i, row)
	{
		if (strcmp(text_of(row, "kind"), "group") == 0)
			json_array_append(ids, json_object_get(row, "id"));
	}
	return ids;
}

static const char *name_of(const json_t *answer, json_int_t id)
{
	const json_t *row;
	size_t i;

	json_array_foreach(json_object_get(answer, "rows"), i, row)
	{
		if (json_integer_value(json_object_get(row, "id")) == id)
			return text_of(row, "name");
	}
	return "";
}

static json_t *by_of(const json_t *answer, const json_t *mailbox, const json_t *folder)
{
	const char *entry = text_of(folder, "entry");

	if (strcmp(entry, "owner") == 0)
		return json_string(text_of(mailbox, "by"));
	if (strcmp(entry, "account") == 0)
		return json_string("the folder's list: the account");
	if (strcmp(entry, "group") == 0)
		return json_sprintf("the folder's list: the group %s", name_of(answer, json_integer_value(json_object_get(folder, "id"))));
	if (strcmp(entry, "delegates") == 0)
		return json_sprintf("the folder's list: delegates, by the mailbox (%s)", text_of(mailbox, "by"));
	return json_sprintf("the folder's list: %s", entry);
}

static void add_right(struct reach *x, const json_t *mailbox, const char *folder, json_t *action, json_t *by)
{
	json_array_append_new(x->rows, json_pack("{s:s,s:s,s:o,s:o}", "mailbox",
		text_of(mailbox, json_object_get(mailbox, "path") != NULL ? "path" : "name"), "folder", folder, "rights",
		action, "by", by));
}

static enum err add_mailbox(struct reach *x, const json_t *answer, const json_t *mailbox)
{
	struct step folders = { .verb = "folder reach" };
	const json_t *row;
	size_t i;
	enum err e;

	folders.args = json_pack("{s:O,s:O,s:O,s:o}", "mailbox", json_object_get(mailbox, "id"), "access", json_object_get(mailbox, "access"),
		"account", json_object_get(answer, "account"), "groups", groups_of(answer));
	if (text_of(mailbox, "by")[0] != '\0')
		add_right(x, mailbox, "", json_string(text_of(mailbox, "rights")), json_string(text_of(mailbox, "by")));
	if (json_is_true(json_object_get(mailbox, "disabled"))) { /* no logon opens it */
		json_decref(folders.args);
		return ERR_OK;
	}
	e = step_ask(x->server, &folders, x->failure);
	json_array_foreach(json_object_get(folders.ret, "rows"), i, row)
		add_right(x, mailbox, text_of(row, "folder"), json_string(text_of(row, "rights")), by_of(answer, mailbox, row));
	step_done(&folders);
	return e;
}

static enum err ask_directory(struct reach *x, const char *name, json_t *granted, struct step *ret)
{
	*ret = (struct step){ .verb = "directory reach", .args = json_pack("{s:s}", "name", name) };
	if (granted != NULL)
		json_object_set_new(ret->args, "granted", granted);
	return step_ask(x->server, ret, x->failure);
}

/* What whoever comes there does in the account's name. */
static void add_virtuals(struct reach *x, const json_t *answer)
{
	const json_t *virtual;
	size_t i;

	json_array_foreach(json_object_get(answer, "virtual"), i, virtual)
	{
		const char *sends = text_of(virtual, "sends");
		bool anonymous = json_is_true(json_object_get(virtual, "anonymous"));

		add_right(x, virtual, "", sends[0] != '\0' ? json_sprintf("send to %s", sends) : json_string("show what it publishes"),
			json_sprintf("the virtual directory acts as the account%s%s", anonymous ? " for everybody" : "",
				json_is_true(json_object_get(virtual, "ready")) ? "" : ", but cannot now"));
	}
}

static enum err look_for_account(struct reach *x, const char *name, struct step *ret)
{
	struct step granted = { .verb = "folder granted" };
	const json_t *row;
	size_t i;
	enum err e = ask_directory(x, name, NULL, ret);

	if (e != ERR_OK)
		return e;
	granted.args = json_pack("{s:O,s:o,s:i}", "account", json_object_get(ret->ret, "account"), "groups", groups_of(ret->ret), "access",
		(int)ACCESS_NONE);
	e = step_ask(x->server, &granted, x->failure);
	step_done(ret);
	if (e == ERR_OK)
		e = ask_directory(x, name, granted_of(json_object_get(granted.ret, "ids")), ret);
	step_done(&granted);
	json_array_foreach(e == ERR_OK ? json_object_get(ret->ret, "rows") : NULL, i, row)
	{
		if (e == ERR_OK && strcmp(text_of(row, "kind"), "mailbox") == 0)
			e = add_mailbox(x, ret->ret, row);
	}
	if (e == ERR_OK)
		add_virtuals(x, ret->ret);
	return e;
}

enum err reach_rights_run(const struct call *call, const char *data, struct render *r, struct failure *f)
{
	struct reach x = { .failure = f };
	struct step directory = { .verb = NULL };
	const char *name = text_of(call->args, "as");
	enum err e = name[0] != '\0' ? open_server(&x, call, data) : fail(f, ERR_SYNTAX, "whose they are is missing: bourse rights --as 'DOM\\alice'");

	if (e == ERR_OK)
		e = look_for_account(&x, name, &directory);
	if (e == ERR_OK)
		steps_answer(r, json_pack("{s:b,s:o,s:O}", "ok", 1, "message",
			json_sprintf("%s%s: what it reaches, and by what", text_of(directory.ret, "name"),
				json_is_true(json_object_get(directory.ret, "disabled")) ? " (disabled: it cannot log on)" : ""),
			"rows", x.rows));
	step_done(&directory);
	close_server(&x);
	return e;
}
