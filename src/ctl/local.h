/* What the tool answers itself, without a server: the configuration, completion, help. */
#pragma once

#include "base/arena.h"
#include "config/config.h"
#include "ctl/call.h"
#include "ctl/render.h"

/* The data folder of this call: --data, $BOURSE_DATA, the configuration's, /var/lib/bourse. In the
 * arena, with a NUL. */
const char *local_data_folder(struct arena *a, const struct call *call);

/* Runs a command whose row says LOCAL, but help and version. ERR_OK, or a failure for
 * render_failure. */
enum err local_run(const struct call *call, struct render *r, struct failure *f) MUST_USE;
