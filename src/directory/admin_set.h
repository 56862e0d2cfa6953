/* Verbs that change the directory: add, set, remove, password, grant, revoke, members, init.
 * Declared by admin.tbl. Rights and memberships: admin_right.h. */
#pragma once

#include "directory/admin_int.h"

/* How people are told of an entry: DOM\alice, an alias, a domain's name. In the request's arena. */
struct str admin_set_shown(struct admin *q, const struct entry *e);

/* For verbs in other files. The entry of the verb's kind that `name` names. */
enum err admin_set_find(struct admin *q, struct entry *ret) MUST_USE;
/* Rules, index, commit: the end of every change of one entry. old NULL: a new one. secret: its password is new. */
enum err admin_set_store(
	struct admin *q, const struct entry *old, struct entry *new, bool secret) MUST_USE;
/* The reply's message; format takes one %.*s for name. */
void admin_set_say(struct admin *q, const char *format, struct str name);
