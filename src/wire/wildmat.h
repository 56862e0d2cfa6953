/*
 * Wildmats (RFC 3977 section 4): patterns of newsgroup names, parted by commas. "*" is any characters, "?" is one; what stands
 * behind "!" takes away again; the last pattern that fits decides. Names and patterns are UTF-8, compared with case. What is not
 * UTF-8 counts octet by octet.
 */
#pragma once

#include "base/str.h"

/* wildmat of section 4.1: UTF-8, no blank and no control, none of \ [ ], no empty pattern. */
bool wildmat_valid(struct str wildmat);
/* Without recursion; time is at most the product of both lengths. An invalid wildmat fits what its parts fit. */
bool wildmat_match(struct str wildmat, struct str name);
/* One pattern alone: commas and "!" stand for themselves, as in XPAT. */
bool wildmat_fits(struct str pattern, struct str text);
