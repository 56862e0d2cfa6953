/* `bourse recover`: what was deleted and is kept, shown, brought back, or dropped for good. */
#pragma once

#include "ctl/call.h"
#include "ctl/render.h"

enum err recover_run(const struct call *call, const char *data, struct render *r, struct failure *f) MUST_USE;
