/* NTLM in the role: what the mechanism is told of this server and its settings, and whom a client's message means. */
#pragma once

#include "directory/logon.h"
#include "directory/role_int.h"
#include "directory/role_netlogon.h"
#include "sasl/ntlm.h"

/* For one exchange, in the arena, which must live as long. client: its address in digits, with or without a port. */
struct ntlm_server *role_ntlm_server(struct directory_role *r, struct arena *a, struct str client);
/* While s->want is SASL_NT: name, origin and proof of the query. ERR_IO, ERR_CORRUPT. */
enum err role_ntlm_query(struct directory_role *r, struct arena *a, const struct sasl *s, struct logon_query *ret) MUST_USE;
/* The same for a controller: names as the client sent them, since its response is made of them. Views into s. */
void role_ntlm_proof(const struct sasl *s, struct role_proof *q);
/* The controller's verdict v, with what the client bound its response to looked at here, by the key that only a right one has: a
 * response that is bound to something else is wrong, and told->reason says so. */
enum proof_verdict role_ntlm_told(struct sasl *s, enum proof_verdict v, struct msg_proof_told *told);
