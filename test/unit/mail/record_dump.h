/* A record as text, one fact a line, for golden tests. */
#pragma once

#include "mail/record.h"

void record_dump(const struct record *r, struct buf *to);
