/* `bourse folder export`: the messages of a folder as an archive that others can read. */
#pragma once

#include "ctl/call.h"
#include "ctl/render.h"

enum err folder_export_run(const struct call *call, const char *data, struct render *r, struct failure *f);
