/* What a LIST asks for, extended (RFC 5258 section 6, RFC 5819, RFC 6154 section 6) or not (RFC 3501 6.3.8). */
#pragma once

#include "wire/imap_metadata.h"

#define IMAP_PATTERNS_MAX ((size_t)100) /* in one LIST */

/* Selection options: which names are listed. */
enum imap_list_select {
	IMAP_LIST_SUBSCRIBED = 1 << 0,
	IMAP_LIST_REMOTE = 1 << 1,
	IMAP_LIST_RECURSIVEMATCH = 1 << 2, /* never without SUBSCRIBED */
	IMAP_LIST_SPECIAL_USE = 1 << 3,
};

/* Return options: what is told of them. */
enum imap_list_return {
	IMAP_LIST_RETURN_SUBSCRIBED = 1 << 0,
	IMAP_LIST_RETURN_CHILDREN = 1 << 1,
	IMAP_LIST_RETURN_SPECIAL_USE = 1 << 2,
	IMAP_LIST_RETURN_STATUS = 1 << 3,
	IMAP_LIST_RETURN_METADATA = 1 << 4,
	IMAP_LIST_RETURN_MYRIGHTS = 1 << 5, /* RFC 8440 */
};

struct imap_list {
	bool extended;    /* some option list was there, be it empty, or patterns in brackets */
	unsigned select;  /* of enum imap_list_select */
	unsigned returns; /* of enum imap_list_return, with those that select implies */
	unsigned status;  /* with IMAP_LIST_RETURN_STATUS; of enum imap_status_item */
	struct imap_entries metadata; /* with IMAP_LIST_RETURN_METADATA (RFC 9590) */
	struct str reference;
	size_t patterns_count; /* at least one when nothing failed; a pattern may be empty */
	struct str patterns[IMAP_PATTERNS_MAX];
};

/*
 * All of LIST's arguments. ERR_SYNTAX: also an option that is not known, and RECURSIVEMATCH without
 * SUBSCRIBED; ERR_FOLDERNAME as imap_arg_mailbox; ERR_LIMIT: more patterns than there is room for.
 */
void imap_arg_list(struct imap_args *args, struct imap_list *ret);
