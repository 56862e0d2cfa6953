/* Kerberos in the role: netlogon has the keytab and the security contexts, the exchange asks it step by step. */
#pragma once

#include "directory/exchange.h"
#include "directory/role_netlogon.h"

/* While x->sasl.want is SASL_CONTEXT. fn as in role_netlogon.h. */
void role_kerberos_ask(struct exchange *x, role_proof_fn *fn, void *arg);
/* What sasl_answer is given; views into told. Why it was refused is kept in x->sasl.why. */
struct sasl_answer role_kerberos_answer(struct exchange *x, const struct msg_proof_told *told);
/* At the end: whom the principal means, and his mailbox. ret->name empty: nobody, and the text says why; in x's arena. */
struct str role_kerberos_query(struct exchange *x, struct logon_query *ret);
/* Nobody goes on with the context of x, if it has one. */
void role_kerberos_end(struct exchange *x);
/* Tells one that has just been linked whether tickets can be accepted. */
void role_kerberos_greet(struct directory_role *r, struct link *to);
