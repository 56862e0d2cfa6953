/* The role's log: lines to standard error, which the attendant's own ends up in as well. */
#pragma once

#include "base/log.h"
#include "io/loop.h"

/* Lines that wait for each other go out in one write, which a pipe takes whole. */
#define LOG_SINK_OCTETS_MAX ((size_t)4096)

void log_sink_stderr(enum log_level level, struct str line);
/*
 * From now on lines of LOG_LEVEL_NOTICE and below wait for the end of the loop's turn, and leave before
 * any work that was deferred after them. A warning and an error leave at once, with all that waited.
 * loop NULL: every line at once again.
 */
void log_sink_gather(struct loop *loop);
/* What waits leaves now. */
void log_sink_flush(void);
