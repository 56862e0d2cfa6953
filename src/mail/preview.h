/*
 * The first words of a message, as clients show them in a list (RFC 8970 section 3.3): text without markup and invisible
 * characters, runs of blanks as one, cut at PREVIEW_CHARACTERS. What the sender quotes is left out unless there is nothing
 * else. Text comes in pieces of any size. Linear, no recursion, no memory but its own.
 */
#pragma once

#include "base/buf.h"

#define PREVIEW_CHARACTERS 200u
#define PREVIEW_OCTETS_MAX ((size_t)4 * PREVIEW_CHARACTERS)

enum preview_kind { PREVIEW_PLAIN, PREVIEW_HTML };

/* What is kept of one kind of text. */
struct preview_text {
	size_t len;
	unsigned characters;
	bool blank; /* before the next one */
	char at[PREVIEW_OCTETS_MAX];
};

/* Caller's memory; nothing in it is to be given back. */
struct preview {
	enum preview_kind kind;
	struct preview_text own, quoted;
	bool line_start, in_quote; /* of plain text */
	unsigned state;            /* of HTML, as are the rest */
	unsigned quote_depth;
	bool closing, after_equals;
	char quote_mark;
	char name[12]; /* of the tag or character reference being read, shorter than it by the NUL */
	size_t name_len;
	const char *skipped; /* inside this element nothing is text; NULL: none */
};

void preview_begin(struct preview *p, enum preview_kind kind);
/* text: UTF-8; what is malformed becomes U+FFFD. False: there is enough. */
bool preview_feed(struct preview *p, struct str text);
/* After the last piece: a view into p; empty when there was nothing to show. */
struct str preview_end(struct preview *p);
