/* The arguments of URLFETCH (RFC 4467 section 7, RFC 5524 section 3.1). */
#pragma once

#include "wire/imap_args.h"

#define IMAP_URLFETCH_MAX ((size_t)1000) /* URLs in one command */

enum imap_urlfetch_item {
	IMAP_URLFETCH_BODY = 1 << 0,      /* the octets as they stand in the message */
	IMAP_URLFETCH_BINARY = 1 << 1,    /* without their Content-Transfer-Encoding; never with BODY */
	IMAP_URLFETCH_STRUCTURE = 1 << 2, /* BODYPARTSTRUCTURE */
};

struct imap_urlfetch_url {
	struct str url;
	unsigned items; /* of enum imap_urlfetch_item; 0: answered as RFC 4467 has it */
};

struct imap_urlfetch {
	size_t count; /* 1 or more */
	const struct imap_urlfetch_url *of;
};

/* Failures stick in args: ERR_SYNTAX (an item twice, BINARY and BODY), ERR_PARAMETER (no such item), ERR_LIMIT. */
void imap_arg_urlfetch(struct imap_args *args, struct imap_urlfetch *ret);
