/*
 * PAM: the machine's own way of checking passwords, or what is configured for a service. The
 * service's file is looked for in pam.d of the role's own folder, then in the system's. Modules run
 * inside the role's sandbox: without root's rights, and without starting programs.
 */
#pragma once

#include "netlogon/attempt.h"

/* Loads libpam; false: it is not installed, and every question is PROOF_UNAVAILABLE. */
bool pam_prepare(void);
/* Blocks as long as the modules do. PROOF_PROBE: whether the service's file is there. */
attempt_fn pam_ask;
