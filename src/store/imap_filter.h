/*
 * Named filters (RFC 5466): searches that are kept as private annotations of the server,
 * "/private/filters/values/<name>", and stand for themselves behind FILTER.
 */
#pragma once

#include "store/imap_engine.h"
#include "wire/imap_search.h"

#define IMAP_FILTER_PASSES 5u /* how deep filters may name others; a loop is deeper than any */

/*
 * Puts filters in the place of their names. ERR_NOTFOUND: there is none of the name *ret_name, it is
 * no search, or filters name each other in a circle; ERR_SYNTAX: the search has a charset beside which
 * a filter cannot stand; ERR_LIMIT.
 */
enum err imap_filter_expand(struct imap *i, struct imap_search *search, struct str *ret_name) MUST_USE;
/* Ends the command with what imap_filter_expand said. */
enum step imap_filter_failed(struct imap *i, enum err e, struct str name);
/* False: the entry is that of a filter, and the value (absent: it goes) is no search. */
bool imap_filter_is_sound(struct imap *i, struct str entry, struct str value);
