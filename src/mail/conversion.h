/* Which types a part of a message can be made (RFC 5259): the table conversion.tbl, and what may be asked of it. */
#pragma once

#include "base/str.h"

enum conversion_what {
	CONVERSION_AS_IS,   /* the octets without their Content-Transfer-Encoding; takes no parameters */
	CONVERSION_RECODES, /* another charset as well: CONVERSION_CHARSET, CONVERSION_REPLACEMENT */
};

#define CONVERSION_CHARSET     S("charset")                       /* RFC 2987 section 2 */
#define CONVERSION_REPLACEMENT S("unknown-character-replacement") /* RFC 5259 section 12.1 */

struct conversion {
	struct str source, target; /* "*" both: any, and the same */
	enum conversion_what what;
};

/* NULL behind the last. */
const struct conversion *conversion_row(size_t n);
/* A part of that type is made another by it. target absent: its default. Types in any case. */
bool conversion_fits(const struct conversion *c, struct str source, struct str target);
/* The first that fits; NULL: there is none. There is always one for an absent target. */
const struct conversion *conversion_find(struct str source, struct str target);

/* "type/subtype", each of 1 to 127 of the characters of RFC 4288 section 4.2. */
bool conversion_is_type(struct str s);
/* The same, or "type/" followed by a star, or a star. */
bool conversion_is_pattern(struct str s);
/* type: none with a star in it. */
bool conversion_matches(struct str pattern, struct str type);
