/* Commands about the public store of which one half is the directory's and one the store's. */
#pragma once

#include "ctl/call.h"
#include "ctl/render.h"

/* The directory forgets the public store when the store says that nothing is in it. */
enum err public_disable_run(const struct call *call, const char *data, struct render *r, struct failure *f) MUST_USE;
/* `bourse folder address`: the store knows a folder's number, the directory keeps its address. */
enum err folder_address_run(const struct call *call, const char *data, struct render *r, struct failure *f) MUST_USE;
