/*
 * What accounts and groups may do with a mailbox. One place says so, and logon, submission and the store's sessions ask
 * it. The primary account may do everything. To be a member of a group is to have what the group has. Pure.
 *
 * Whoever may open a mailbox is met there by the lists of its folders (store/acl.h): with FULL as a delegate, with READ as a
 * delegate who changes nothing that is not given to him by name.
 */
#pragma once

#include "base/buf.h"
#include "directory/entry.h"
#include "ipc/access.h"

enum right { /* the values are stored */
	RIGHT_OWNER = 1 << 0, /* all that the primary account may do: no list of a folder keeps it out */
	RIGHT_FULL = 1 << 1,  /* open it and change what is in it */
	RIGHT_READ = 1 << 2,  /* open it and read */
	RIGHT_SEND_AS = 1 << 3, /* send with its addresses, and nobody can tell */
	RIGHT_SEND_ON_BEHALF = 1 << 4, /* send with its addresses in From:, and a Sender: that tells who it was */
};

#define RIGHT_ALL   31u
#define RIGHT_OPENS ((unsigned)(RIGHT_OWNER | RIGHT_FULL | RIGHT_READ))
#define RIGHT_SENDS ((unsigned)(RIGHT_SEND_AS | RIGHT_SEND_ON_BEHALF))
/* What `mailbox grant` gives when it is not told. */
#define RIGHT_USUAL ((unsigned)(RIGHT_FULL | RIGHT_SEND_AS))

/* With what follows from them: OWNER is all, FULL is also READ, SEND_AS also SEND_ON_BEHALF. */
uint32_t right_implied(uint32_t rights);

struct right_held {
	uint32_t rights; /* with what follows from them */
	bool primary;    /* as the primary account */
	uint64_t group;  /* the first one that gives one of them which the account has not by itself; 0: none */
};

/* groups: all that the account is in (group_closure). */
struct right_held right_of(
	const struct entry_mailbox *m, uint64_t account, const struct entry_ids *groups);

/* How rights on a mailbox, with what follows from them, let it be opened. */
enum access right_access(uint32_t rights);

/* Words with blanks or commas between: "read send-on-behalf". ERR_SYNTAX: another word, or none. */
enum err right_words_get(struct str words, uint32_t *ret) MUST_USE;
void right_words_put(struct buf *to, uint32_t rights);
