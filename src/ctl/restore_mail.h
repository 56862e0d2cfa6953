/*
 * `bourse restore --mailbox`: what is missing of a mailbox is taken from a backup and added to a server at work. The backup is
 * remade into a folder of its own and read by a server on that (ctl/past.h); this program carries each message from the
 * one server to the other. Requests: src/store/role_int.h; what counts as the same message: doc/why/018.
 */
#pragma once

#include "ctl/call.h"
#include "ctl/render.h"

/* data is the server's folder. ERR_NOTFOUND: no such mailbox, folder or message; ERR_NOBOX: the server has no such mailbox;
 * ERR_CORRUPT; ERR_UNAVAILABLE. Messages that cannot be had are "problems" of the answer. */
enum err restore_mail_run(const struct call *call, const char *data, struct render *r, struct failure *f) MUST_USE;
