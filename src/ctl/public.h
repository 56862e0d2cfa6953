/* Commands about the public store of which one half is the directory's and one the store's. */
#pragma once

#include <jansson.h>

#include "ctl/call.h"
#include "ctl/render.h"

/* What the store calls it, out of the answer to "public show"; 0: it is not there. */
json_int_t public_store_id(const json_t *reply);
/* The directory forgets the public store when the store says that nothing is in it. */
enum err public_disable_run(const struct call *call, const char *data, struct render *r, struct failure *f) MUST_USE;
/* `bourse folder address`: the store knows a folder's number, the directory keeps its address. */
enum err folder_address_run(const struct call *call, const char *data, struct render *r, struct failure *f) MUST_USE;
