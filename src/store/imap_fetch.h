/* FETCH, as far as others make use of it. */
#pragma once

#include "store/imap_engine.h"
#include "wire/imap_fetch.h"

/* Tells of messages nobody has asked for just now: a UID FETCH without its end. args outlives it; set, of uids, is copied. */
void imap_fetch_untold(struct imap *i, const struct imap_fetch *args, const struct imap_set *set);
