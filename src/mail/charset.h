/*
 * Text in some charset made UTF-8, and UTF-8 made text in some charset. Only charsets of a fixed list are known (charset.tbl):
 * UTF-8, US-ASCII, ISO-8859-1, -15 and windows-1252 are read here, the rest by the C library's iconv, which loads a file for
 * each when it is first used.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"

#define CHARSET_NAME_OCTETS_MAX ((size_t)32) /* of the names in the table */
#define CHARSET_HELD_OCTETS     ((size_t)16) /* of a character that a piece cuts */

/*
 * Appends octets, read in the named charset (any case), as UTF-8; malformed sequences become U+FFFD. ISO-8859-1 and
 * US-ASCII are read as windows-1252. False: the charset is unknown or cannot be loaded; then octets were appended as
 * charset_guess_to_utf8 does.
 */
bool charset_to_utf8(struct str charset, struct str octets, struct buf *to);

/* As they are when they are UTF-8, else read as windows-1252. */
void charset_guess_to_utf8(struct str octets, struct buf *to);

/* Loads every converter and keeps it, so that they work when files can no longer be opened. For the parser's start. */
void charset_prepare(void);

/* The table has it. */
bool charset_is_known(struct str charset);

enum charset_reading { CHARSET_READ_UTF8, CHARSET_READ_GUESS, CHARSET_READ_1252, CHARSET_READ_LATIN9, CHARSET_READ_ICONV };

/* Text of one charset that comes in pieces: whatever the cut, the same UTF-8. */
struct charset_reader {
	enum charset_reading how;
	void *iconv; /* owned; NULL: none */
	char held[CHARSET_HELD_OCTETS];
	size_t held_len;
};

/*
 * charset   any case; empty: none is known, and what is UTF-8 is read as that, octet by octet the rest as windows-1252
 * False: the charset is not known here; there is nothing to be given back then.
 */
bool charset_reader_open(struct charset_reader *r, struct str charset) MUST_USE;
/* Appends whole characters; malformed ones become U+FFFD. last: there is no more. */
void charset_reader_more(struct charset_reader *r, struct str octets, bool last, struct buf *to);
void charset_reader_done(struct charset_reader *r);

/* The charset's name as the table has it; absent: no text is made in it. Any case. */
struct str charset_made(struct str charset);

/* UTF-8 made text of one charset. */
struct charset_writer {
	void *iconv; /* owned; NULL: UTF-8 */
	struct str replacement; /* borrowed UTF-8; absent: there is none */
	bool stateful; /* a text must end with charset_writer_end */
};

/*
 * charset      one that charset_made knows
 * replacement  UTF-8 (valid, no controls) in place of characters that the charset does not have; absent: they are failures
 * ERR_CHARSET: the replacement cannot be written in the charset. With ERR_OK charset_writer_done must follow.
 */
enum err charset_writer_open(struct charset_writer *w, struct str charset, struct str replacement) MUST_USE;
/* Appends valid UTF-8 of whole characters. ERR_CHARSET: a character is not in the charset. */
enum err charset_writer_more(struct charset_writer *w, struct str utf8, struct buf *to) MUST_USE;
/* Back to the state in which a text begins. */
void charset_writer_end(struct charset_writer *w, struct buf *to);
void charset_writer_done(struct charset_writer *w);
