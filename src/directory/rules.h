/*
 * What an entry must be like before it may be stored: names, addresses, limits, references, and
 * flags that do not contradict each other. Uniqueness is the index's matter (directory/change.h).
 */
#pragma once

#include "directory/directory.h"

#define RULES_ITEMS_MAX     ((size_t)200) /* addresses, mail domains or user rights of one entry */
#define RULES_POSTS_MAX     ((size_t)500) /* addresses of public folders */
#define RULES_GRANTS_MAX    ((size_t)1000) /* accounts and groups with rights on one mailbox */
#define RULES_FOLDERS_MAX   ((uint64_t)10000) /* of one mailbox; the store has no place for more */

/*
 * ERR_SYNTAX (a name, address or limit), ERR_CONFLICT (contradictory properties), ERR_NOTFOUND (a
 * reference to nothing), ERR_IO, ERR_CORRUPT. The text names the property and the next step.
 */
enum err rules_check(
	struct directory *d, struct arena *a, const struct entry *e, struct failure *f) MUST_USE;
