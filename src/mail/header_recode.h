/*
 * A header with its encoded words (RFC 2047) and extended parameters (RFC 2231) in another charset (RFC 5259 section 6). They
 * stay encoded; all else stays as it stands. What is of no known charset or encoding, or malformed in it, stays as it is, too.
 */
#pragma once

#include "mail/charset.h"
#include "mail/header.h"

#define HEADER_RECODE_FIELD_OCTETS_MAX ((size_t)64 << 10) /* a longer field stays as it stands */

struct header_recode {
	struct str charset; /* its name, as charset_made gives it */
	struct charset_writer writer;
	struct buf text, group, word; /* scratch */
	enum err lost; /* ERR_CHARSET: a character could not be written */
};

/* charset: one that charset_made knows; replacement as for charset_writer_open, which must outlive h. ERR_CHARSET. With
 * ERR_OK header_recode_done must follow. */
enum err header_recode_open(struct header_recode *h, struct str charset, struct str replacement) MUST_USE;
/* Appends the field with its line end; the lines it makes have at most 76 octets, where words and names allow it. ERR_CHARSET:
 * a character is not in the charset, and there is no replacement. */
enum err header_recode_field(struct header_recode *h, const struct header_field *field, struct buf *to) MUST_USE;
void header_recode_done(struct header_recode *h);
