/* bourse directory import. */
#pragma once

#include "ctl/call.h"
#include "ctl/csv.h"
#include "ctl/render.h"

/* data: the server's folder. A row that is refused is no failure: it is told in the answer and kept with --errors. */
enum err import_run(const struct call *call, const char *data, struct render *r, struct failure *f) MUST_USE;

/* --separator, --quote and --multi-separator, of import and export. ERR_SYNTAX. */
enum err import_format(const struct call *call, struct csv_format *ret, struct failure *f) MUST_USE;
