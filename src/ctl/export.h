/* bourse directory export. */
#pragma once

#include "ctl/call.h"
#include "ctl/render.h"

/* Writes what `bourse directory import` reads to --output or standard output. Passwords are not in it. */
enum err export_run(const struct call *call, const char *data, struct render *r, struct failure *f) MUST_USE;
