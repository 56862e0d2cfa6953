/*
 * Header fields (RFC 5322 section 2.2) with exact octet ranges. Lines end in LF, with or without CR before it. Junk is
 * skipped: a mbox "From " line at the start, continuation lines without a field.
 */
#pragma once

#include "base/buf.h"

struct header_field {
	struct str name;  /* without the colon and the white space before it */
	struct str value; /* raw and still folded: behind the colon, up to but without the final line end */
	struct str whole; /* the field with its final line end */
};

struct header_walk {
	struct str rest;
};

/*
 * Length of the header at the start of octets: all lines that are fields, continuations or a leading mbox "From " line,
 * and the empty line when it follows. The first line that is none of these is body. *ret_empty_line may be NULL.
 */
size_t header_octets(struct str octets, bool *ret_empty_line);

/* header: what header_octets measured; reading stops at the empty line. Fields borrow from it. */
static inline struct header_walk header_walk(struct str header)
{
	return (struct header_walk){ .rest = header };
}

/* False: no more fields. */
bool header_next(struct header_walk *walk, struct header_field *ret) MUST_USE;
/* The first field of that name (ASCII case folded). */
bool header_find(struct str header, struct str name, struct header_field *ret) MUST_USE;
/* The line (without its line end) can begin a field: a name of printable ASCII, optional blanks, a colon. */
bool header_line_is_field(struct str line);

/*
 * Appends the value without the line ends of folding (RFC 5322 section 2.2.3), blanks at both ends cut off; NUL and CR or
 * LF that do not fold become spaces. Octets are otherwise kept.
 */
void header_unfold(struct str value, struct buf *to);
/*
 * As header_unfold, and made UTF-8: a value that is not UTF-8 is read as windows-1252. Returns true when there were
 * 8-bit octets.
 */
bool header_unfold_utf8(struct str value, struct buf *to);

enum header_line {
	HEADER_LINE_FIELD,
	HEADER_LINE_MORE,  /* continues the field before it */
	HEADER_LINE_FROM,  /* mbox "From " or ">From ", at the start of a message only */
	HEADER_LINE_EMPTY, /* ends the header and belongs to it */
	HEADER_LINE_BODY   /* cannot be header: the body begins here without an empty line */
};

/* What a line without its line end is in a header; first: no line of this header came before. */
enum header_line header_line(struct str line, bool first);
