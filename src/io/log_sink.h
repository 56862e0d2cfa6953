/* Where log lines go: standard error, without ever waiting long for whoever reads it. */
#pragma once

#include "base/log.h"

/* For struct log_setup. A line that cannot be written at once is lost, and the loss is told when there is room again: a log that
 * nobody reads must not stop mail. */
void log_sink_stderr(enum log_level level, struct str line);
