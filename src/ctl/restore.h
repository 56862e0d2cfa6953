/*
 * `bourse restore`: makes a data folder from a backup. What is made is a store of its own (kv/remake.h) with a mark
 * by which the store gives every folder a new UIDVALIDITY before anybody reads it: doc/format/backup.md.
 */
#pragma once

#include "ctl/call.h"
#include "ctl/render.h"

/* data is the server's folder. */
enum err restore_run(const struct call *call, const char *data, struct render *r, struct failure *f) MUST_USE;
