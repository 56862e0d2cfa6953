/*
 * FETCH: the line of one message, as far as it is made at once. The message is in hand, and imap_line_keywords was called since
 * its folder last changed.
 */
#pragma once

#include "store/imap_fetch_int.h"

/* What needs no record. */
#define IMAP_FETCH_FAST                                                                                 \
	(IMAP_FETCH_UID | IMAP_FETCH_FLAGS | IMAP_FETCH_INTERNALDATE | IMAP_FETCH_SIZE |           \
		IMAP_FETCH_SAVEDATE | IMAP_FETCH_EMAILID | IMAP_FETCH_MODSEQ)

/* What is made of a message's record, in this order; the sections follow. */
#define IMAP_FETCH_MADE 4u
extern const struct imap_fetch_made {
	enum imap_fetch_item item;
	struct str name;
} imap_fetch_made[IMAP_FETCH_MADE];

/* Between what was put of this message and what comes next. */
void imap_fetch_blank(struct imap *i);
/* The message, or something of it, could not be had: the command will say so. */
void imap_fetch_failed(struct fetch *c, enum err e);
/* The front of the line, with all of IMAP_FETCH_FAST that is asked for, and annotations. */
void imap_fetch_put_fast(struct imap *i);
/* One of imap_fetch_made with its name; NIL if it cannot be made. */
void imap_fetch_put_made(struct imap *i, size_t n, struct buf *to);
