/*
 * Who gets the mail for an address. Who may send as one: sender.h. Envelope addresses are given without
 * angle brackets.
 *
 * postmaster and abuse (RFC 5321 section 4.5.1, RFC 2142): an entry that has the address wins, else
 * the domain's `postmaster` mailbox, else the first mailbox made in the organisation. "postmaster"
 * without a domain is that of the organisation's first domain. A list is expanded to mailboxes,
 * each once; loops are harmless.
 */
#pragma once

#include "directory/directory.h"

#define RECIPIENT_DEPTH_MAX     ((size_t)32)    /* lists within lists */
#define RECIPIENT_MAILBOXES_MAX ((size_t)10000) /* of one address */

struct recipient_mailbox {
	uint64_t id;
	struct str alias;
	struct entry_limits limits;
};

struct recipient {
	enum entry_kind kind; /* what the address named: ENTRY_MAILBOX, ENTRY_LIST or, for a public folder, ENTRY_PUBLIC */
	uint32_t folder;      /* ENTRY_PUBLIC: its number in the store; mailboxes[0] is the public store */
	uint64_t id;
	const struct recipient_mailbox *mailboxes; /* in the arena; at least one */
	size_t count;
};

/*
 * ERR_OK; ERR_RCPTUNKNOWN (our domain, no such address; or a list without members); ERR_BOXOFF
 * (disabled; for a list: all of its mailboxes); ERR_RELAY (not our domain, or a contact: this
 * version sends nothing outside); ERR_ADDRESS (malformed); ERR_LOOP (lists deeper than
 * RECIPIENT_DEPTH_MAX), ERR_TOOMANYRCPT (over RECIPIENT_MAILBOXES_MAX); ERR_IO, ERR_CORRUPT.
 */
enum err recipient_judge(struct directory *d, struct str address, struct arena *a,
	struct recipient *ret, struct failure *f) MUST_USE;
