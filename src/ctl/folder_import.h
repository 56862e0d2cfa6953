/* `bourse folder import`: the messages of an archive into a folder. */
#pragma once

#include "ctl/call.h"
#include "ctl/render.h"

enum err folder_import_run(const struct call *call, const char *data, struct render *r, struct failure *f);
