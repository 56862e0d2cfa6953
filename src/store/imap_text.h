/*
 * Text of messages as SEARCH compares it: UTF-8, folded, transfer encodings and encoded words
 * undone. Bodies come in pieces of any size, so that a large one costs a bounded amount of memory
 * and of time at once.
 */
#pragma once

#include "base/buf.h"
#include "mail/charset.h"
#include "mail/record.h"
#include "mail/transfer.h"

#define IMAP_TEXT_KEY_OCTETS_MAX ((size_t)8192)     /* of one string searched for, folded */
#define IMAP_TEXT_RAW_OCTETS     ((size_t)64 << 10) /* at most in one imap_text_feed */

/* Collations of RFC 4790 and RFC 5051; a session begins with the first one. */
enum imap_collation {
	IMAP_UNICODE_CASEMAP,
	IMAP_ASCII_CASEMAP,
	IMAP_OCTET,
	IMAP_COLLATION_COUNT
};

/*
 * Appends UTF-8 so that one text stands in another, as the collation has it, when its octets do. What
 * is malformed becomes U+FFFD. ASCII is made small, which is not how casemap orders: see below. Made
 * character by character, so that what IMAP_ASCII_CASEMAP or IMAP_OCTET finds, IMAP_UNICODE_CASEMAP
 * finds, too.
 */
void imap_text_fold(enum imap_collation c, struct str utf8, struct buf *to);
/* Appends the text as the collation orders it octet by octet (RFC 5051 section 2; RFC 4790 section 9). */
void imap_text_casemap(enum imap_collation c, struct str utf8, struct buf *to);
/* Clears `to` and puts the base subject of a Subject's value there (subject_base). True: a reply or forward. */
bool imap_text_subject(struct str subject, struct buf *to);
/* Appends a header's fields, "name: value" and a line end each, decoded and folded. */
void imap_text_header(enum imap_collation c, struct str header, struct buf *to);
/* Appends a field's value, decoded and folded. */
void imap_text_value(enum imap_collation c, struct str value, struct buf *to);

/* Appends the addresses, "Name <mailbox@host>, ..." each, as a value. line is scratch. */
void imap_text_addresses(enum imap_collation c, const struct record *r, struct record_rows rows,
	struct buf *line, struct buf *to);

struct imap_text {
	enum imap_collation collation;
	enum record_encoding encoding;
	struct transfer_base64 base64;
	struct charset_reader reader;
	size_t overlap; /* octets of the window before that stay at its front */
	struct buf decoded;
	struct buf utf8;   /* of this feed */
	struct buf window; /* to be searched after each feed */
};

/* Caller's memory; begin may be called again and again. collation is IMAP_UNICODE_CASEMAP and may be changed.
 * charset: unknown or empty: it is guessed. */
void imap_text_init(struct imap_text *t);
void imap_text_done(struct imap_text *t);
void imap_text_begin(
	struct imap_text *t, enum record_encoding encoding, struct str charset, size_t overlap);
/* Returns how many octets were used; the rest is to be given again with more behind it. All when
 * last. Uses at least one octet of a piece of IMAP_TEXT_RAW_OCTETS. */
size_t imap_text_feed(struct imap_text *t, struct str raw, bool last);
