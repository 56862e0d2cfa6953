/*
 * A text's body in another charset, in pieces (RFC 5259 section 7.1): whatever the cut, the same octets. Its lines end in CRLF.
 * Holds no more than a piece becomes. And what BODYSTRUCTURE must know of octets that pass by.
 */
#pragma once

#include "mail/charset.h"

#define RECODE_REPLACEMENT_OCTETS_MAX ((size_t)16) /* of UTF-8 */

/* Of a body, as far as it was looked at. Begins as zeroes. */
struct recode_shape {
	uint64_t octets;
	uint32_t lines; /* LFs */
	uint32_t line_octets; /* of the line that is not at its end */
	bool eight, nul, odd; /* odd: a bare CR or LF, or a line of more than 998 octets */
	bool cr; /* the last octet */
};

void recode_look(struct recode_shape *shape, struct str octets);
/* The Content-Transfer-Encoding that needs no encoding: "7bit", "8bit" or "binary". */
struct str recode_encoding(const struct recode_shape *shape);

struct recode {
	struct charset_reader reader;
	struct charset_writer writer;
	char replacement[RECODE_REPLACEMENT_OCTETS_MAX];
	struct buf utf8;
	bool cr; /* the last character */
};

enum recode_result {
	RECODE_OK,
	RECODE_FROM,        /* the charset of the text is not known */
	RECODE_TO,          /* no text is made in that charset */
	RECODE_REPLACEMENT, /* longer than RECODE_REPLACEMENT_OCTETS_MAX, no text, or not in that charset */
	RECODE_LOST,        /* a character is not in that charset */
};

/*
 * from         the text's charset; empty: unknown
 * to           in any case
 * replacement  in place of what `to` does not have; absent: RECODE_LOST
 * With RECODE_OK recode_done must follow.
 */
enum recode_result recode_open(struct recode *r, struct str from, struct str to, struct str replacement) MUST_USE;
/* Appends; last: there is no more. RECODE_LOST: of this text nothing more is to be had. */
enum recode_result recode_more(struct recode *r, struct str octets, bool last, struct buf *to) MUST_USE;
void recode_done(struct recode *r);
