/* The limits of SETQUOTA (RFC 9208 section 4.1.3). */
#pragma once

#include "wire/imap_args.h"

enum imap_quota_resource { IMAP_QUOTA_STORAGE, IMAP_QUOTA_MESSAGE, IMAP_QUOTA_MAILBOX, IMAP_QUOTA_COUNT };

#define IMAP_QUOTA_NONE UINT64_MAX /* no limit is asked for */

struct imap_quota {
	uint64_t limits[IMAP_QUOTA_COUNT]; /* STORAGE in units of 1,024 octets; below 2^63, or IMAP_QUOTA_NONE */
	bool others;                       /* a resource that we do not know was named, too */
};

/* "STORAGE". */
const char *imap_quota_name(enum imap_quota_resource resource);
/* (STORAGE 512 MESSAGE 100), or (). ERR_SYNTAX: also a resource named twice. */
void imap_arg_quota(struct imap_args *args, struct imap_quota *ret);
