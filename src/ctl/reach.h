/*
 * bourse doctor anonymous: all that somebody without an account can reach, and bourse rights: all that an account can. The directory
 * knows mailboxes and addresses, the store folders, and the table of web pages which of them need no logon.
 */
#pragma once

#include "ctl/call.h"
#include "ctl/render.h"

enum err reach_anonymous_run(const struct call *call, const char *data, struct render *r, struct failure *f) MUST_USE;
enum err reach_rights_run(const struct call *call, const char *data, struct render *r, struct failure *f) MUST_USE;
