/*
 * What an entry must be like before it may be stored: names, addresses, limits, references, and flags that do not
 * contradict each other. Uniqueness is the index's matter (directory/change.h).
 */
#pragma once

#include "directory/directory.h"

#define RULES_ADDRESSES_MAX ((size_t)1000) /* of one entry; delegates too */

/*
 * ERR_SYNTAX (a name, address or limit), ERR_CONFLICT (contradictory properties), ERR_NOTFOUND (a reference to nothing),
 * ERR_IO, ERR_CORRUPT. The text names the property and the next step.
 */
enum err rules_check(struct directory *d, struct arena *a, const struct entry *e, struct failure *f) MUST_USE;
