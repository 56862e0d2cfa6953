/* What folders are for: special uses (RFC 6154), in CREATE, in LIST and as the annotation /private/specialuse. */
#pragma once

#include "wire/imap_args.h"

/* Those that a folder here can have; the values are those the store keeps. */
enum imap_use {
	IMAP_USE_DRAFTS = 1 << 1,
	IMAP_USE_SENT = 1 << 2,
	IMAP_USE_TRASH = 1 << 3,
	IMAP_USE_JUNK = 1 << 4,
	IMAP_USE_ARCHIVE = 1 << 5,
};

struct imap_create {
	struct str mailbox;
	unsigned uses; /* of enum imap_use */
	bool unknown;  /* some use that no folder here can have was asked for, too */
};

/* All of CREATE's arguments (RFC 4466 section 2.2, RFC 6154 section 6). ERR_SYNTAX: also a parameter but USE. */
void imap_arg_create(struct imap_args *args, struct imap_create *ret);
/* "\Drafts \Sent" with blanks between them, or nothing. False: something else stands there. */
bool imap_uses_get(struct str text, unsigned *ret);
/* The other way. */
void imap_put_uses(struct buf *to, unsigned uses);
