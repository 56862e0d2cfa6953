/*
 * The administrator's requests. Verbs, their arguments and help: admin.tbl. Requests and replies
 * are JSON objects:
 *
 *   {"verb":"account add","args":{"name":"DOM\\alice","full-name":"Alice A","password":"..."}}
 *   {"created":{"kind":"account","id":7,"name":"DOM\\alice"}}
 *   {"message":"..."}   {"rows":[{...},...]}, with or without "message"
 *
 * Replies are flat, so that any of them can be shown as text or as a table. A failure's text is for
 * the administrator and names the next step. Argument types: text, name, secret: string; flag:
 * true, false, "yes", "no", "on", "off"; size: "500M", "2G", number of octets or "unlimited"; days
 * and number: number or digits; date: "2026-12-31", a UTC midnight, "2026-12-31T18:00:00Z", or "never"; hours: "always" or
 * "mon-fri 08-18" (UTC, several with commas); words: array of strings, or one string with commas; changes:
 * array of objects (directory/admin_bulk.h).
 */
#pragma once

#include "directory/directory.h"

#define ADMIN_REPLY_OCTETS_MAX ((size_t)16 << 20)

struct json_t;

enum admin_type {
	ADMIN_TEXT,
	ADMIN_NAME,
	ADMIN_SECRET,
	ADMIN_FLAG,
	ADMIN_SIZE,
	ADMIN_NUMBER,
	ADMIN_DATE,
	ADMIN_HOURS,
	ADMIN_WORDS,
	ADMIN_CHANGES
};

/* One argument; the same name has the same type in every verb. */
struct admin_arg_row {
	const char *name; /* "full-name" */
	enum admin_type type;
	const char *doc;
};

struct admin_verb_row {
	const char *verb;      /* "account add" */
	const char *arguments; /* "name! full-name password": those with '!' are required, the first
				  is positional */
	const char *help;
};

/* The tables, for help texts and for the tool; each ends with a row whose first member is NULL. */
const struct admin_arg_row *admin_args(void);
const struct admin_verb_row *admin_verbs(void);

/* Overwrites every text in a reply: a password that was made stands in it. jansson frees without wiping. */
void admin_wipe(const struct json_t *object);

/*
 * Runs one request and appends the reply. Changes are committed before it returns. Any failure
 * leaves the directory as it was, and the text says what to do: ERR_SYNTAX (malformed request,
 * unknown verb or argument, wrong value), ERR_EXISTS, ERR_NOTFOUND, ERR_INUSE (removal of something
 * others need), ERR_CONFLICT (contradictory properties), ERR_TOOBIG, ERR_DISKFULL, ERR_IO. request
 * is wiped by the caller: it may hold a password. now_seconds: since 1970.
 */
enum err admin_run(struct directory *d, struct str request, int64_t now_seconds, struct buf *reply,
	struct failure *f) MUST_USE;
