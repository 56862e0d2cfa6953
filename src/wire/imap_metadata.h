/* GETMETADATA and SETMETADATA (RFC 5464), and the entries that LIST returns (RFC 9590). */
#pragma once

#include "wire/imap_args.h"

#define IMAP_ENTRIES_MAX      ((size_t)100) /* in one command */
#define IMAP_ENTRY_OCTETS_MAX ((size_t)255)

struct imap_entries {
	size_t count;
	struct str names[IMAP_ENTRIES_MAX]; /* "/private/comment", as sent; their case means nothing */
};

enum imap_depth { IMAP_DEPTH_0, IMAP_DEPTH_1, IMAP_DEPTH_INFINITY };

struct imap_getmetadata {
	struct str mailbox; /* empty: of the server */
	enum imap_depth depth;
	bool has_maxsize;
	uint32_t maxsize; /* octets of a value */
	struct imap_entries entries;
};

struct imap_setmetadata {
	struct str mailbox; /* empty: of the server */
	struct imap_entries entries;
	struct str values[IMAP_ENTRIES_MAX]; /* at NULL: NIL */
};

/*
 * All arguments of the commands. The options of GETMETADATA stand in front of the mailbox (section 5) or, as in the
 * examples of section 4.2, behind it. ERR_SYNTAX: also a name that is none of section 3.2; ERR_LIMIT: a longer one, or more
 * of them than there is room for.
 */
void imap_arg_getmetadata(struct imap_args *args, struct imap_getmetadata *ret);
void imap_arg_setmetadata(struct imap_args *args, struct imap_setmetadata *ret);
/* One entry, or some in brackets; no blank is taken in front. */
void imap_args_entries(struct imap_args *args, struct imap_entries *ret);

/* Whether it may have a value: below /private or /shared, and below a vendor's name there (section 3.2). */
bool imap_entry_has_value(struct str entry);
/* The entry is `above` or, within depth, below it. */
bool imap_entry_within(struct str entry, struct str above, enum imap_depth depth);
/* NIL, a string, or "~{n}" where there is a NUL in it (RFC 4466). */
void imap_put_value(struct buf *to, struct str value);
