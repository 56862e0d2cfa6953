/*
 * How an account has come to a mailbox, as the directory tells the store in tickets and answers. What it may then do with a
 * folder is the store's to say: store/acl.h.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum access {         /* the values are sent */
	ACCESS_OWNER, /* all rights, and no list of a folder takes one away */
	ACCESS_FULL,  /* as a delegate */
	ACCESS_READ,  /* as a delegate who changes nothing that is not given to him by name */
	ACCESS_NONE,  /* has no right on the mailbox: only what lists of folders give him by name, or to all */
	ACCESS_ANYONE, /* has no account: only what lists of folders give to anyone */
	ACCESS_END
};

/* Who has no account has this id in place of one; the directory gives it to nobody. */
#define ACCESS_ANYONE_ACCOUNT (UINT64_MAX - 1)

static inline bool access_valid(uint8_t value)
{
	return value < ACCESS_END;
}
