/* Web sessions: what the front asks about one, and what a logon or a new password makes of it. Part of the role's glue. */
#pragma once

#include "directory/logon.h"
#include "directory/role_int.h"

void role_web_config(struct directory_role *r);
void role_web_ask(struct directory_role *r, struct link *from, const struct msg_web_ask *q);

/* Whose session it is now; his groups count anew with each thing he does. */
struct web_person {
	uint64_t account, mailbox;
};
/* ERR_NEEDAUTH: there is no such session any more, its owner may not come in now, or has to change his password first. ERR_IO, ERR_CORRUPT. */
enum err role_web_person(struct directory_role *r, struct str token, struct str client, struct arena *a, struct web_person *ret) MUST_USE;

/* A logon over HTTP was good: a session begins, and its token is appended. */
void role_web_begin(struct directory_role *r, const struct logon *l, const struct logon_grant *g, const char *client, struct buf *token);

/* The new password of whoever has just proved the old one. ERR_PERM, ERR_SYNTAX, ERR_IO, ERR_DISKFULL: f says why, for the owner. */
enum err role_web_renew(struct directory_role *r, uint64_t account, struct str password, struct str token, struct failure *f) MUST_USE;
