/*
 * A message while a client hands it over with APPEND or REPLACE: what is known of it, its octets as
 * they will be kept, its record. The octets come from literals and, with CATENATE, from other
 * messages.
 */
#pragma once

#include "base/buf.h"
#include "wire/imap_append.h"

struct imap_draft {
	struct imap_flags flags;
	struct imap_notes notes;
	bool has_date;
	int64_t date;
	struct buf octets, record; /* record: empty until it is made */
	bool binary;               /* a literal8 was in it: octets are as they came */
	bool cr, nul;
};

void imap_draft_init(struct imap_draft *d, const struct imap_append_item *item);
void imap_draft_done(struct imap_draft *d);
/* Every line end becomes CRLF, so that sizes are what every protocol sends; but octets behind the
 * beginning of a literal8 stay as they come. */
void imap_draft_put(struct imap_draft *d, struct str octets);
/* Nothing more comes. ERR_BARELINEEND: NUL in a text that may hold none. */
enum err imap_draft_close(struct imap_draft *d) MUST_USE;

/* The parser has looked at it; record empty: it could not. */
enum imap_draft_next {
	IMAP_DRAFT_SOUND,   /* the record was taken, or an opaque one was made */
	IMAP_DRAFT_CHANGED, /* binary parts were encoded: the record is to be made again */
	IMAP_DRAFT_REFUSED  /* RFC 3516: UNKNOWN-CTE */
};
enum imap_draft_next imap_draft_parsed(struct imap_draft *d, struct str record);
/* With a record that says nothing of the message. */
void imap_draft_make_opaque(struct imap_draft *d);
/* 8-bit octets in a header field of some part. */
bool imap_draft_has_8bit_header(const struct imap_draft *d);
