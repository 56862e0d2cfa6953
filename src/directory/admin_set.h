/* Verbs that change the directory: add, set, remove, password, grant, revoke, members, init.
 * Declared by admin.tbl. */
#pragma once

#include "directory/admin_int.h"

/* How people are told of an entry: DOM\alice, an alias, a domain's name. In the request's arena. */
struct str admin_set_shown(struct admin *q, const struct entry *e);
