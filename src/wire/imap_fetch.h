/* What a FETCH asks for (RFC 3501 6.4.5, RFC 9051 6.4.5). */
#pragma once

#include "wire/imap_note.h"

#define IMAP_SECTIONS_MAX   ((size_t)1000) /* in one FETCH */
#define IMAP_PART_DEPTH_MAX ((size_t)100)  /* numbers in BODY[1.2.3] */
#define IMAP_FIELDS_MAX     ((size_t)500)  /* names in HEADER.FIELDS */

enum imap_fetch_item {
	IMAP_FETCH_UID = 1 << 0,
	IMAP_FETCH_FLAGS = 1 << 1,
	IMAP_FETCH_INTERNALDATE = 1 << 2,
	IMAP_FETCH_SIZE = 1 << 3, /* RFC822.SIZE */
	IMAP_FETCH_ENVELOPE = 1 << 4,
	IMAP_FETCH_BODY = 1 << 5, /* BODY without a section */
	IMAP_FETCH_BODYSTRUCTURE = 1 << 6,
	IMAP_FETCH_MODSEQ = 1 << 7, /* RFC 7162 3.1.4.2 */
	IMAP_FETCH_SAVEDATE = 1 << 8, /* RFC 8514 4.2 */
	IMAP_FETCH_EMAILID = 1 << 9,  /* RFC 8474 5.3 */
	IMAP_FETCH_THREADID = 1 << 10,
	IMAP_FETCH_PREVIEW = 1 << 11, /* RFC 8970 3.1 */
};

enum imap_section_what {
	IMAP_SECTION_ALL, /* BODY[] or BODY[1.2]: the message, or the part's content; BINARY has no other */
	IMAP_SECTION_HEADER,
	IMAP_SECTION_FIELDS,     /* HEADER.FIELDS */
	IMAP_SECTION_FIELDS_NOT, /* HEADER.FIELDS.NOT */
	IMAP_SECTION_TEXT,
	IMAP_SECTION_MIME, /* has at least one part number */
};

/* How the item is named in the answer. */
enum imap_section_name {
	IMAP_NAME_BODY,
	IMAP_NAME_RFC822,
	IMAP_NAME_RFC822_HEADER,
	IMAP_NAME_RFC822_TEXT,
	IMAP_NAME_BINARY,     /* RFC 3516 4.2 */
	IMAP_NAME_BINARY_SIZE, /* answered by a number; a peek */
	IMAP_NAME_BODYPARTSTRUCTURE, /* RFC 5259 8.2; this and the next in CONVERT only */
	IMAP_NAME_AVAILABLECONVERSIONS /* RFC 5259 8.4 */
};

struct imap_section {
	enum imap_section_name name;
	enum imap_section_what what;
	bool peek; /* does not set \Seen; RFC822.HEADER never does */
	size_t parts_count;
	const uint32_t *parts; /* 1 or more each */
	size_t fields_count;
	const struct str *fields; /* header field names, without colon */
	bool partial;             /* <from.octets> */
	uint64_t from;
	uint64_t octets; /* 1 or more */
};

struct imap_fetch {
	unsigned items; /* of enum imap_fetch_item; a repeated item counts once */
	bool lazy;      /* PREVIEW (LAZY): NIL will do (RFC 8970 4.1) */
	bool sets_seen; /* some section is not a peek */
	size_t sections_count;
	const struct imap_section *sections; /* in the order asked for */
	struct imap_note_fetch *notes; /* ANNOTATION (RFC 5257 4.3); NULL: none */
};

/*
 * Read the item or item list, blank in front included. Macros ALL FAST FULL only stand alone.
 * Failures stick in args: ERR_SYNTAX, ERR_LIMIT.
 */
void imap_arg_fetch(struct imap_args *args, struct imap_fetch *ret);

/* For the reader of CONVERT next door: what stands between the brackets of BODY[...], with the closing one; <from.octets> if it is
 * there. */
void imap_args_section(struct imap_args *args, struct imap_section *ret);
void imap_args_partial(struct imap_args *args, struct imap_section *ret);

/* All of it, in that arena. */
struct imap_fetch *imap_fetch_copy(struct arena *a, const struct imap_fetch *from);

/*
 * The section's name as the answer gives it: BODY[1.HEADER.FIELDS (TO)]<0>, RFC822.TEXT, BINARY.SIZE[1]. Without
 * the octets (imap_put_literal of imap_write.h).
 */
void imap_fetch_put_section(struct buf *to, const struct imap_section *section);
