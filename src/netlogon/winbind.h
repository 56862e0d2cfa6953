/*
 * winbind: Samba's daemon on this machine asks a domain controller, primary or backup, and fails
 * over between them by itself. Passwords, and the responses of NTLM with our challenge. For the
 * latter the role's user must be in the group that may use winbindd's privileged socket.
 */
#pragma once

#include "netlogon/attempt.h"

/* Loads libwbclient; false: it is not installed, and every question is PROOF_UNAVAILABLE. */
bool winbind_prepare(void);
/* Blocks as long as winbindd does. PROOF_PROBE: whether the domain's controller answers it. */
attempt_fn winbind_ask;
