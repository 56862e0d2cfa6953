/* `bourse virtual-directory add` and `set`: the store knows the numbers of folders, the directory keeps the entry. */
#pragma once

#include "ctl/call.h"
#include "ctl/render.h"

enum err virtual_change_run(const struct call *call, const char *data, struct render *r, struct failure *f) MUST_USE;
