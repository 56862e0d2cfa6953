/*
 * Bearer tokens of an issuer (OAUTHBEARER, RFC 7628): signed ones, JSON Web Tokens, judged with the
 * keys that the issuer publishes. The keys are fetched by HTTPS (libcurl, loaded when the role
 * begins), kept for an hour, and looked for again when a token names one that is not among them.
 */
#pragma once

#include "netlogon/attempt.h"

/* Before threads and the sandbox. False: the library is not there, and every question says so. */
bool issuer_prepare(void);
/*
 * An attempt_fn. settings: name is the issuer ("iss"), the controller is where its keys are (empty
 * path: where its configuration says), and audience, scope and claim are as in jwt.h. The token is
 * q.nt. PROOF_RIGHT: answer.account says whose token it is.
 */
void issuer_ask(struct attempt *a);
