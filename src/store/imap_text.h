/*
 * Text of messages as SEARCH compares it: UTF-8, lower case, transfer encodings and encoded words
 * undone. Bodies come in pieces of any size, so that a large one costs a bounded amount of memory
 * and of time at once.
 */
#pragma once

#include "base/buf.h"
#include "mail/record.h"

#define IMAP_TEXT_KEY_OCTETS_MAX ((size_t)8192)     /* of one string searched for, folded */
#define IMAP_TEXT_RAW_OCTETS     ((size_t)64 << 10) /* at most in one imap_text_feed */

/* Appends UTF-8 in lower case; what is malformed becomes U+FFFD. */
void imap_text_fold(struct str utf8, struct buf *to);
/* Appends the text as i;unicode-casemap compares it octet by octet (RFC 5051 section 2). */
void imap_text_casemap(struct str utf8, struct buf *to);
/* Clears `to` and puts the base subject of a Subject's value there (subject_base). True: a reply or forward. */
bool imap_text_subject(struct str subject, struct buf *to);
/* Appends a header's fields, "name: value" and a line end each, decoded and folded. */
void imap_text_header(struct str header, struct buf *to);
/* Appends a field's value, decoded and folded. */
void imap_text_value(struct str value, struct buf *to);

struct imap_text {
	enum record_encoding encoding;
	struct str charset; /* borrowed; empty: guessed */
	size_t overlap;     /* octets of the window before that stay at its front */
	struct buf line;    /* decoded, waiting for its line to end */
	struct buf utf8;
	struct buf window; /* to be searched after each feed */
};

/* Caller's memory; begin may be called again and again. */
void imap_text_init(struct imap_text *t);
void imap_text_done(struct imap_text *t);
void imap_text_begin(
	struct imap_text *t, enum record_encoding encoding, struct str charset, size_t overlap);
/* Returns how many octets were used; the rest is to be given again with more behind it. All when
 * last. Uses at least one octet of a piece of IMAP_TEXT_RAW_OCTETS. */
size_t imap_text_feed(struct imap_text *t, struct str raw, bool last);
