/* What this server says of itself in answer to ID (RFC 2971 section 3.2), as imap.id has it. */
#pragma once

#include "base/buf.h"
#include "config/config.h"

/* "ID NIL" or "ID ("name" "Bourse" ...)", no line end. */
void identity_put(struct buf *to, const struct config *c);
