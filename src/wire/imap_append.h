/*
 * What APPEND and REPLACE want to have appended (RFC 4466 section 3, append-message), read in
 * pieces: the octets of a literal stream between one piece and the next, and are not seen here.
 * MULTIAPPEND is RFC 3502, CATENATE RFC 4469, literal8 RFC 3516, UTF8 (...) RFC 6855.
 */
#pragma once

#include "wire/imap_args.h"

enum imap_append_what {
	IMAP_APPEND_MESSAGE, /* a message begins: flags, date, notes */
	IMAP_APPEND_TEXT,    /* octets of it follow, and this piece ends */
	IMAP_APPEND_URL,     /* it goes on with what this names */
	IMAP_APPEND_CLOSE,   /* it has ended */
	IMAP_APPEND_END,     /* so has the command; or the piece cannot be read, see args */
};

struct imap_append_item {
	struct imap_flags flags;
	bool has_date;
	int64_t date; /* seconds since 1970 */
	struct imap_notes notes; /* RFC 5257 4.7 */
	struct str url;
	uint64_t octets;
	bool binary; /* literal8 */
	bool utf8;   /* UTF8 (...) */
};

enum imap_append_place {
	IMAP_APPEND_AT_MESSAGE,
	IMAP_APPEND_AT_DATA,
	IMAP_APPEND_BEHIND, /* a text, or the name of a part */
};

/* A value: a copy reads the same again. Zeroes are the place behind the folder's name. */
struct imap_append {
	enum imap_append_place place;
	bool catenate, utf8; /* a bracket is open */
	bool begun;          /* there was a message */
};

/*
 * The next item of the piece. Only what belongs to its kind is set in *ret. ERR_SYNTAX and
 * ERR_LIMIT (flags, the arena) stick in args.
 */
enum imap_append_what imap_append_next(
	struct imap_append *a, struct imap_args *args, struct imap_append_item *ret);

/*
 * The whole piece, up to its end, is well formed; open says whether a streamed literal follows it.
 * Changes nothing but the arena. ERR_SYNTAX, ERR_LIMIT.
 */
enum err imap_append_check(const struct imap_append *a, const struct imap_args *args, bool open) MUST_USE;
