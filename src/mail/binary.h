/*
 * A message that came as binary (RFC 3516 section 4.4) as one that can be kept and sent by every
 * protocol: no NUL, lines that end in CRLF.
 */
#pragma once

#include "mail/record.h"

/*
 * Appends the message. The content of a part whose Content-Transfer-Encoding is "binary" and that
 * holds NUL, bare CR or bare LF goes through base64, and its header says so; but of text without NUL
 * the line ends become CRLF, as they do everywhere else. All other octets stay as they are.
 *
 * record   of the message, checked
 * ERR_UNSUPPORTED: NUL stands where no encoding can be declared. ERR_TOOBIG: the ceiling of `to`.
 * `to` is then unspecified.
 */
enum err binary_encode(struct str message, const struct record *record, struct buf *to) MUST_USE;

/* Appends the octets with every line end made CRLF; *cr: a CR was the last octet, over several calls. False: there is NUL,
 * which was left out. */
bool binary_lines(struct str octets, bool *cr, struct buf *to);
/* What is owed at the end. */
void binary_lines_end(bool *cr, struct buf *to);
