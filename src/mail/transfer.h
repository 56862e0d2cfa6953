/* Content transfer encodings (RFC 2045 section 6), decoded as tolerantly as mail needs. Linear; nothing can fail. */
#pragma once

#include "base/buf.h"

/* Octets outside the alphabet are skipped; "=" ends a quantum, and decoding goes on behind it; a rest of bits is dropped. */
void transfer_base64(struct str text, struct buf *to);

/* The same in pieces: what stands between two of them. Begins as zeroes. */
struct transfer_base64 {
	uint32_t bits;
	unsigned held;
};
void transfer_base64_more(struct transfer_base64 *state, struct str text, struct buf *to);

/* Soft line breaks and blanks before a line end are dropped; "=" without two hexadecimal digits stays as it is. */
void transfer_quoted_printable(struct str text, struct buf *to);

/*
 * How many octets of a piece can be decoded by themselves when more follows: up to a line end, or, of a line that is longer
 * than the piece, up to where neither an escape nor blanks are cut. At least one, unless there is no line end and the
 * piece has fewer than `full` octets.
 */
size_t transfer_quoted_printable_cut(struct str text, size_t full);

/* The "Q" encoding of RFC 2047 section 4.2: "_" is a space, no line breaks. */
void transfer_q(struct str text, struct buf *to);

/* Value of a hexadecimal digit in either case, or -1. */
int transfer_hex(char c);
