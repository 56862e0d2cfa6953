/* What SELECT and others say of URLs that carry rights (RFC 4467); the commands are in imap_engine.h. */
#pragma once

#include "store/imap_engine.h"

/* After SELECT and EXAMINE: URLMECH (RFC 4467 section 8). */
void imap_urlauth_begin(struct imap *i);
/* Tells that a key of the selected folder has changed since it was last told; false: it has not. */
bool imap_urlauth_tell(struct imap *i);
