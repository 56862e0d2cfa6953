/*
 * Encoded words (RFC 2047) and extended parameter values (RFC 2231), made UTF-8. Control characters in the result become
 * spaces, so that no encoded line end gets out. Linear.
 */
#pragma once

#include "base/buf.h"

/* One word; views borrow from the text. */
struct encoded_word {
	struct str charset;
	struct str language; /* with the star in front (RFC 2231 section 5); absent: none */
	struct str text;     /* still encoded */
	char encoding;       /* 'b' or 'q' */
	size_t octets;       /* of the whole word */
};

/* s begins with "=?". False: no word begins there. *no_end is set when none can end in the rest of the text. */
bool encoded_word_cut(struct str s, bool *no_end, struct encoded_word *ret) MUST_USE;
/* Appends what the word encodes, in its charset. */
void encoded_word_octets(const struct encoded_word *w, struct buf *to);

/*
 * Appends unfolded header text with its encoded words decoded. Words may be longer than 75 octets, stand inside other
 * text and split a character between them, as they do in mail; blanks between two of them are dropped.
 */
void encoded_word_decode(struct str text, struct buf *to);

/* Appends the decoded charset'language'%xx value of a parameter whose name ends in '*'; a missing charset is guessed. */
void encoded_word_decode_param(struct str value, struct buf *to);
