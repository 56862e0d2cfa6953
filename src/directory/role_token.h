/* Bearer tokens in the role: netlogon finds out whose one is; the mechanism is told, and the client why not. */
#pragma once

#include "directory/role_int.h"
#include "directory/role_netlogon.h"
#include "sasl/sasl.h"

#define ROLE_TOKEN_ERROR_OCTETS_MAX ((size_t)1024)

/* While s->want is SASL_TOKEN. fn as in role_netlogon.h. */
void role_token_ask(struct directory_role *r, const struct sasl *s, role_proof_fn *fn, void *arg);
/* What sasl_answer is given; views into told and error, which gets the text of RFC 7628 section 3.2.2. */
struct sasl_answer role_token_answer(const struct directory_role *r, const struct msg_proof_told *told,
	char error[ROLE_TOKEN_ERROR_OCTETS_MAX]);
