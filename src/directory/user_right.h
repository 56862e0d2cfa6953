/*
 * User rights, by name as in the User Manager of Windows NT. Which there are and what each decides: user_right.tbl. What can be done with
 * folders is the store's matter, and who opens which mailbox the mailbox's.
 */
#pragma once

#include "directory/directory.h"

#define USER_RIGHT(id, name, everybody, doc) USER_RIGHT_##id,
enum user_right {
#include "directory/user_right.tbl"
	USER_RIGHT_COUNT
};

/* "log on locally" */
struct str user_right_name(enum user_right right);
/* False: there is no right of that name. */
bool user_right_known(struct arena *a, struct str name);
/* All names, with commas between, for a refusal. In the arena. */
struct str user_right_list(struct arena *a);
/* What a domain gives to all its accounts when nobody says otherwise; static. */
struct entry_texts user_right_defaults(void);

/*
 * Has the account the right: by itself, by its domain, or by a group that it is in, through groups in groups as well? ERR_PERM: it has not,
 * or there is no such account; ERR_LIMIT: it is in too many groups; ERR_IO, ERR_CORRUPT.
 */
enum err user_right_check(struct directory *d, uint64_t account, enum user_right right, struct arena *a) MUST_USE;
