/* Folder names: what may be one, and its one canonical form. */
#pragma once

#include "base/arena.h"
#include "base/err.h"

/* Splits off the last level: "a/b/c" gives "a/b"; an empty view for a name of one level. */
struct str name_parent(struct str name);
/* name is parent itself or below it. */
bool name_within(struct str name, struct str parent);
/* ERR_LIMIT, or ERR_OK with a canonical keyword check: an atom of RFC 3501, at most
 * ITEM_KEYWORD_OCTETS_MAX. ERR_SYNTAX. */
enum err name_keyword_check(struct str keyword) MUST_USE;
