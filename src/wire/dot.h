/*
 * Message octets on their way to a peer as the body of DATA or of a POP3 multi-line reply: leading
 * dots doubled, every line end made CRLF, CRLF.CRLF put behind (RFC 5321 4.5.2, RFC 1939 3). No
 * bare CR or LF leaves, whatever the message holds, so no message can end early at a careless
 * reader.
 */
#pragma once

#include "base/buf.h"
#include "base/str.h"

#define DOT_ALL_LINES UINT64_MAX

struct dot {
	uint64_t body_lines; /* lines of the body still to be sent (POP3 TOP); DOT_ALL_LINES: all */
	bool body;           /* the empty line behind the header has been sent; not kept for DOT_ALL_LINES */
	bool full;           /* body_lines are used up: further octets are dropped */
	bool line_start;
	bool cr_held; /* the last octet was a CR */
};

/* body_lines: how many lines of the body go out behind the header; DOT_ALL_LINES for all. */
void dot_init(struct dot *d, uint64_t body_lines);

/*
 * Append the next piece of the message; at most 2 * piece.len + 2 octets go to `to`. The result
 * does not depend on how the message is cut into pieces. Stop feeding early when d->full.
 */
void dot_put(struct dot *d, struct buf *to, struct str piece);

/* The message is complete: CRLF if the last line lacks it, then the final dot's line. */
void dot_end(struct dot *d, struct buf *to);
