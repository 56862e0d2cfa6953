/*
 * The Date field (RFC 5322 section 3.3, obsolete forms of section 4.3), and what mail really holds: asctime and ISO 8601
 * dates, "21-Nov-97", dots in times, named zones, missing seconds, missing time.
 */
#pragma once

#include "base/err.h"

struct maildate {
	int64_t seconds;      /* since 1970, UTC */
	int32_t zone_minutes; /* east of UTC; 0 for a zone that is absent or unknown */
};

/* text: the raw or unfolded value. ERR_SYNTAX: no day, month and year can be read, or they are no date. Linear. */
enum err maildate_get(struct str text, struct maildate *ret) MUST_USE;
