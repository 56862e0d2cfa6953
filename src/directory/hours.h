/* Logon hours as an administrator writes them: "always", or "mon-fri 08-18, sat 09-12" in UTC.
 * Pure. */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "directory/entry.h"

/* Case is ignored. Hours are whole, 0 to 24, the second above the first. ERR_SYNTAX. */
enum err hours_parse(struct str text, struct entry_hours *ret) MUST_USE;
/* What hours_parse reads back; "never" for no hour at all. */
void hours_print(const struct entry_hours *hours, struct buf *to);
