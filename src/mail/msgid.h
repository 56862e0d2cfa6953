/* Message IDs in Message-ID, In-Reply-To and References (RFC 5322 section 3.6.4, RFC 5256 section 3). */
#pragma once

#include "base/buf.h"

/*
 * Finds the next <left@right> in *rest and takes everything up to its end off *rest. to, which is cleared, gets what stands
 * between the brackets without quotes and blanks, so that <"a"@b> and <a@b> are one. False: there is none. Linear.
 */
bool msgid_next(struct str *rest, struct buf *to) MUST_USE;
