/* NOTIFY (RFC 5465 section 8): which events of which folders a client wants to hear of. */
#pragma once

#include "wire/imap_fetch.h"
#include "wire/imap_folders.h"

#define IMAP_NOTIFY_GROUPS_MAX ((size_t)32)

enum imap_notify_event {
	IMAP_NOTIFY_NEW = 1 << 0,
	IMAP_NOTIFY_EXPUNGE = 1 << 1,
	IMAP_NOTIFY_FLAGS = 1 << 2,
	IMAP_NOTIFY_ANNOTATION = 1 << 3,
	IMAP_NOTIFY_NAME = 1 << 4,
	IMAP_NOTIFY_SUBSCRIPTION = 1 << 5,
	IMAP_NOTIFY_METADATA = 1 << 6,
	IMAP_NOTIFY_SERVER_METADATA = 1 << 7,
	IMAP_NOTIFY_OTHER = 1 << 8, /* no event that is known */
	IMAP_NOTIFY_MESSAGES =
		IMAP_NOTIFY_NEW | IMAP_NOTIFY_EXPUNGE | IMAP_NOTIFY_FLAGS | IMAP_NOTIFY_ANNOTATION,
};

struct imap_notify_group {
	struct imap_folders folders;
	unsigned events; /* of enum imap_notify_event; 0: NONE */
	bool fetches;    /* MessageNew has a list of items */
	struct imap_fetch fetch;
};

struct imap_notify {
	bool none;   /* NOTIFY NONE */
	bool status; /* STATUS comes at once */
	size_t count;
	struct imap_notify_group groups[IMAP_NOTIFY_GROUPS_MAX];
};

/*
 * All of NOTIFY's arguments. Fails with ERR_SYNTAX also where section 5 wants BAD: MessageNew without MessageExpunge or the
 * other way round, FlagChange or AnnotationChange without both; for the selected folder events of other kinds; more than one
 * group for the selected folder; items to be fetched for another one. ERR_LIMIT: too many groups.
 */
void imap_arg_notify(struct imap_args *args, struct imap_notify *ret);
