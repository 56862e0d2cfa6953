/*
 * LDAP (RFC 4511, 4513, 4515): the account is looked for with a search, or its name is made from a
 * template, and then a simple bind with the password says yes or no. One connection a question.
 * Certificates are always checked, against the domain's own authority or the system's.
 */
#pragma once

#include "netlogon/attempt.h"

/* Loads libldap; false: it is not installed, and every question is PROOF_UNAVAILABLE. */
bool ldap_prepare(void);
/* Blocks for at most the settings' time-out at each step. PROOF_PROBE: whether it answers and the
 * search account may log on. */
attempt_fn ldap_ask;
