/*
 * Groups of accounts: who is in which, through groups in groups. Reads the directory anew each time.
 *
 * Groups may be members of groups, GROUP_DEPTH_MAX deep at most and never in a circle: rules.c keeps it so, and no walk
 * here goes deeper.
 */
#pragma once

#include "directory/directory.h"

#define GROUP_DEPTH_MAX   ((size_t)16)  /* of groups within groups */
#define GROUP_CLOSURE_MAX ((size_t)200) /* groups that one account is in: they fit its ticket */

/* Every group that the account or group is in, by itself or through others, ascending, in the arena. ERR_LIMIT: more than
 * GROUP_CLOSURE_MAX; ERR_IO, ERR_CORRUPT. */
enum err group_closure(struct directory *d, uint64_t member, struct arena *a, struct entry_ids *ret) MUST_USE;

/*
 * May member, an account or a group, be put into group (id 0: a new one)? ERR_OK; ERR_CONFLICT: that would be a circle;
 * ERR_LOOP: groups within groups would be deeper than GROUP_DEPTH_MAX; ERR_LIMIT; ERR_IO, ERR_CORRUPT.
 */
enum err group_may_have(struct directory *d, uint64_t group, uint64_t member, struct arena *a) MUST_USE;
