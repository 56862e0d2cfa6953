/*
 * The text of one message as SEARCH looks through it, in one piece and for the index: the same
 * functions as imap_match.c uses make it, so what is found in the message is in this text. Pure.
 */
#pragma once

#include "store/search_source.h"

/* Appends UTF-8 in lower case without NUL. False: not all of it can be told (damage, more than the
 * ceiling of `to`), so the message is one that is always to be looked into. */
bool search_text_put(const struct search_message *m, struct buf *to) MUST_USE;
