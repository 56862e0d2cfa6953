/*
 * Modified UTF-7 of mailbox names (RFC 3501 5.1.3). Strict: one name has one spelling, so two
 * different octet strings are never the same mailbox.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"

/*
 * Modified UTF-7 to UTF-8, appended. Refused: 8-bit octets, controls, an unended or empty run,
 * base64 of what may stand for itself, lone surrogates, stray bits, two runs side by side, NUL and
 * other controls. Returns ERR_OK or ERR_FOLDERNAME (then to is as it was before).
 */
enum err mutf7_get(struct buf *to, struct str name) MUST_USE;

/* UTF-8 (valid, no controls; other octets come out as U+FFFD) to modified UTF-7, appended. */
void mutf7_put(struct buf *to, struct str name);
