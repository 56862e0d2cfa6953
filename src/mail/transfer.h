/* Content transfer encodings (RFC 2045 section 6), decoded as tolerantly as mail needs. Linear; nothing can fail. */
#pragma once

#include "base/buf.h"

/* Octets outside the alphabet are skipped; "=" ends a quantum, and decoding goes on behind it; a rest of bits is dropped. */
void transfer_base64(struct str text, struct buf *to);

/* Soft line breaks and blanks before a line end are dropped; "=" without two hexadecimal digits stays as it is. */
void transfer_quoted_printable(struct str text, struct buf *to);

/* The "Q" encoding of RFC 2047 section 4.2: "_" is a space, no line breaks. */
void transfer_q(struct str text, struct buf *to);

/* Value of a hexadecimal digit in either case, or -1. */
int transfer_hex(char c);
