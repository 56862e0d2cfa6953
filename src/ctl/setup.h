/*
 * bourse setup: what a fresh installation has to know, asked once. It writes host name and
 * certificate into the configuration, makes the first domain and, if one is named, the first
 * account with its mailbox, who also gets mail for postmaster, and shows the DNS records to
 * publish. What is there already is left as it is, so a setup that was broken off is run again.
 */
#pragma once

#include "base/arena.h"
#include "ctl/call.h"

/*
 * file: the configuration to write, which need not be there. *ret: a reply with rows of step, ok,
 * detail and mend; the caller releases it. A step that fails is a row of its own and the last one.
 * ERR_SYNTAX, ERR_CANCELLED: nothing was changed.
 */
enum err setup_run(struct arena *a, const struct call *call, const char *file, json_t **ret,
	struct failure *f) MUST_USE;
