/* `bourse public disable`: the directory forgets the public store when the store says that nothing is in it. */
#pragma once

#include "ctl/call.h"
#include "ctl/render.h"

enum err public_disable_run(const struct call *call, const char *data, struct render *r, struct failure *f) MUST_USE;
