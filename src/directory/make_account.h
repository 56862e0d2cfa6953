/* The first right logon of somebody whom only the domain's controllers know. */
#pragma once

#include "directory/directory.h"

struct make_account {
	const struct entry *domain; /* one with make_accounts */
	struct str user;
	struct str full_name; /* as the controller has it, or empty */
	uint64_t now_seconds;
};

/*
 * Makes the account and, for make_mailboxes, a mailbox of that name with an address in the first
 * mail domain. A mailbox whose name or address is taken, or cannot be one, is left out, and f tells.
 * ERR_SYNTAX: no name of an account; ERR_EXISTS; ERR_IO, ERR_DISKFULL.
 */
enum err make_account(struct directory *d, struct arena *a, const struct make_account *q, struct failure *f)
	MUST_USE;
