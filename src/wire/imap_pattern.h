/*
 * LIST and LSUB patterns (RFC 3501 6.3.8): '*' stands for any octets, '%' for any without the
 * separator. Time is linear in pattern times name in the worst case; there is no backtracking into
 * earlier choices.
 */
#pragma once

#include "base/str.h"

#define IMAP_PATTERN_OCTETS_MAX ((size_t)2048) /* a longer one matches nothing */

/*
 * Does the whole name match? INBOX (in any case) at the front of the pattern's and the name's first
 * level is compared without case; everything else octet by octet.
 */
bool imap_pattern_match(struct str pattern, struct str name, char separator);

/*
 * The same for some parent of name: does the pattern match name up to one of its separators? Then
 * LSUB and LIST show that parent (RFC 3501 6.3.9). *ret_octets: how long the longest such parent
 * is.
 */
bool imap_pattern_match_parent(
	struct str pattern, struct str name, char separator, size_t *ret_octets);
