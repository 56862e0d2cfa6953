/* Commands that are about the session alone: CAPABILITY, NOOP, LOGOUT, ENABLE, IDLE. */
#pragma once

#include "store/imap_engine.h"

extern const struct imap_handler imap_capability_handler, imap_noop_handler, imap_logout_handler, imap_enable_handler, imap_idle_handler;

/* "* CAPABILITY ...". */
void imap_command_put_capabilities(struct imap *i);
