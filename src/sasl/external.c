#include "sasl/sasl_int.h"

/* RFC 4422 appendix A: who it is, TLS has found out; the client only says which mailbox it wants, or nothing. */

enum err external_start(struct sasl *s, struct buf *challenge)
{
	return ERR_NEEDMORE;
}

enum err external_step(struct sasl *s, struct str response, struct buf *challenge)
{
	enum err e = sasl_keep(&s->authzid, response, SASL_NAME_OCTETS_MAX, true);

	return e == ERR_OK ? sasl_ask(s, SASL_CERTIFICATE) : e;
}
