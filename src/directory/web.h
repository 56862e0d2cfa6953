/*
 * Who has signed in on the web: the table behind the session cookie. A session has a token of 256 random bits, which only the browser and
 * this table know, and a second secret that its forms carry, so that no other site's form is taken for one of them. Sessions end by
 * signing out, when nothing came for a while, at their age, when their account's password changes or the account is changed to one that may
 * not log on, and with the directory's process. Pure but for random octets; time is given by the caller.
 */
#pragma once

#include "base/arena.h"
#include "base/list.h"
#include "base/map.h"
#include "ipc/web.h"

#define WEB_NAME_OCTETS          ((size_t)320)
#define WEB_SESSIONS_MAX         ((size_t)20000)
#define WEB_ACCOUNT_SESSIONS_MAX ((size_t)50) /* of one account; the one unused for longest gives way */

struct web_session {
	struct list node; /* in web.sessions, the one used last at the end */
	uint64_t account, mailbox;
	char name[WEB_NAME_OCTETS]; /* as it was typed: what the logon walk reads again */
	char client[64];
	bool ntlm; /* the name was NTLM's, which has a mailbox and conditions of its own */
	bool must_change; /* nothing is to be had before the password is changed */
	uint64_t begun_ms, used_ms;
	char token[WEB_TOKEN_OCTETS], form[WEB_TOKEN_OCTETS];
};

struct web {
	struct map by_token; /* the first octets of the token -> session */
	struct map by_account; /* account -> how many sessions it has, as a pointer */
	struct list sessions;
	size_t count;
	uint64_t idle_ms, age_ms;
};

/* idle_ms, age_ms: how long a session may be unused, and how old it may get. */
void web_init(struct web *w, uint64_t idle_ms, uint64_t age_ms);
void web_set(struct web *w, uint64_t idle_ms, uint64_t age_ms);
void web_done(struct web *w);

/* given: account, mailbox, name, client, ntlm, must_change. Never fails: the oldest session gives way. */
struct web_session *web_begin(struct web *w, const struct web_session *given, uint64_t now_ms);
/* NULL: there is none (any more). Marks it as used. */
struct web_session *web_find(struct web *w, struct str token, uint64_t now_ms);
bool web_form_is(const struct web_session *s, struct str form); /* in constant time */
void web_end(struct web *w, struct web_session *s);
/* All of an account but one, which may be NULL. */
void web_end_account(struct web *w, uint64_t account, const struct web_session *but);
/* How many sessions the account has now. */
size_t web_count(struct web *w, uint64_t account, uint64_t now_ms);
