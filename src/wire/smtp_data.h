/*
 * Message octets of DATA and BDAT, streamed. The end of DATA is the five octets CRLF . CRLF and
 * nothing else, however they arrive in pieces. A bare CR, a bare LF and a NUL are remembered: the
 * session refuses such a message (RFC 5321 2.3.8, 4.1.1.4, 4.5.2; RFC 3030 for chunks).
 */
#pragma once

#include "base/buf.h"
#include "base/str.h"

enum smtp_data_mode {
	SMTP_DATA_DOTS,   /* DATA: dots doubled, ends at CRLF.CRLF */
	SMTP_DATA_CHUNKS, /* BDAT: octets as they are; the session counts the chunk */
};

/* What was wrong with the octets so far; sticky. */
enum smtp_data_fault {
	SMTP_DATA_BARE_CR = 1 << 0,
	SMTP_DATA_BARE_LF = 1 << 1,
	SMTP_DATA_NUL = 1 << 2,
};

struct smtp_data {
	enum smtp_data_mode mode;
	bool mend;       /* a bare CR or LF is given out as CRLF; it is a fault all the same */
	bool done;       /* CRLF.CRLF was seen; nothing more is consumed */
	unsigned faults; /* of enum smtp_data_fault */
	uint64_t octets; /* message octets given out so far, thrown away ones included */
	int state;
};

/* The first octet fed begins a line. mend: for submission; port 25 refuses such a message. */
void smtp_data_init(struct smtp_data *d, enum smtp_data_mode mode, bool mend);

/*
 * Feed octets; message octets are appended to out (dots taken away), at most 2 * in.len + 2 of
 * them. out may be NULL: they are counted and thrown away (a message over its limit). The ceiling
 * of out must leave that room; the session hands out on and clears it between calls.
 *
 * Returns how many octets of in were consumed: all, or those up to the end of the message, after
 * which d->done is set and what is left belongs to the next command.
 */
size_t smtp_data_feed(struct smtp_data *d, struct str in, struct buf *out) MUST_USE;

/* The last chunk is complete: a CR still held back was a bare one. Only for SMTP_DATA_CHUNKS. */
void smtp_data_end(struct smtp_data *d, struct buf *out);
