/*
 * The tree of MIME parts of a message (RFC 2045, 2046) as octet ranges, in preorder. One pass over the lines, no
 * recursion, memory by the number of parts. Limits, and what broken mail becomes: record.h.
 */
#pragma once

#include "mail/record.h"

struct mime_part {
	uint32_t parent, depth, children, next; /* as in struct record_part */
	enum record_part_kind kind;
	uint32_t flags; /* enum record_part_flag */
	enum record_encoding encoding;
	bool in_digest; /* the parent is multipart/digest: without Content-Type it is message/rfc822 */
	uint32_t header_at, header_octets, body_at, body_octets, body_lines;
};

struct mime {
	struct mime_part *parts;
	uint32_t count, held;
	bool truncated; /* a limit was hit */
};

/* message is at most RECORD_MESSAGE_OCTETS_MAX long. Release with mime_done. */
void mime_parse(struct str message, struct mime *ret);
void mime_done(struct mime *m);

/*
 * The header fields of a part that are looked at: a walk that ends at RECORD_HEADER_OCTETS_MAX and
 * RECORD_HEADER_FIELDS_MAX, and then sets truncated.
 */
struct mime_fields {
	struct str rest;
	uint32_t left;
	bool truncated;
};
struct mime_fields mime_fields(struct str header);
struct header_field;
bool mime_fields_next(struct mime_fields *f, struct header_field *ret) MUST_USE;

/* An unfolded Content-Transfer-Encoding. False: it holds no word of RFC 2045; *ret is then 7bit. */
bool mime_encoding(struct str text, enum record_encoding *ret);
