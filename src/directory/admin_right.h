/* Verbs about rights on mailboxes (grant, revoke; declared by admin.tbl), an account's memberships, and showing both. */
#pragma once

#include "directory/admin_int.h"
#include "directory/change.h"

/* `groups`, `add-groups` and `remove-groups` of `account add` and `account set`: in the same change those groups get the account or
 * lose it; one that is not there is made. Nothing without such an argument. ERR_NOTFOUND, ERR_CONFLICT, ERR_TOOBIG, ERR_IO, ERR_CORRUPT. */
enum err admin_right_put_groups(
	struct admin *q, struct change *c, const struct entry *account) MUST_USE;

/* "DOM\bob: full send-as, DOM\sales: read". In the request's arena, as are the others. */
struct str admin_right_grants(struct admin *q, const struct entry_grants *grants);
/* The names of accounts with what `mailbox grant` gives when it is not told, or more. */
void admin_right_delegates(
	struct admin *q, const struct entry_grants *grants, struct entry_texts *ret);
/* In their order. */
void admin_right_group_names(struct admin *q, uint64_t member, struct entry_texts *ret);
/* The groups that an account or a group is in by itself: "DOM\sales, DOM\staff". */
struct str admin_right_groups(struct admin *q, uint64_t member);
/* What it may do with which mailboxes: "alice: owner; info: read (by DOM\sales)". */
struct str admin_right_mailboxes(struct admin *q, const struct entry *principal);
