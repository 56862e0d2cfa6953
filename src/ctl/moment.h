/* Moments as people type them behind an option. */
#pragma once

#include "base/err.h"
#include "base/str.h"

/* UTC, to the day, minute or second: "2026-11-21", "2026-11-21 14:00", "2026-11-21T14:00:00Z"; ret in seconds since 1970. False: it is none. */
bool moment_read(const char *text, int64_t *ret) MUST_USE;
/* So long before now, in the same: "2d", "3h", "30m". */
bool moment_read_ago(struct str text, int64_t now, int64_t *ret) MUST_USE;
