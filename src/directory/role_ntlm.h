/* NTLM in the role: what the mechanism is told of this server and its settings, and whom a client's message means. */
#pragma once

#include "directory/logon.h"
#include "directory/role_int.h"
#include "sasl/ntlm.h"

/* For one exchange, in the arena, which must live as long. client: its address in digits, with or without a port. */
struct ntlm_server *role_ntlm_server(struct directory_role *r, struct arena *a, struct str client);
/* While s->want is SASL_NT: name, origin and proof of the query. ERR_IO, ERR_CORRUPT. */
enum err role_ntlm_query(struct directory_role *r, struct arena *a, const struct sasl *s, struct logon_query *ret) MUST_USE;
