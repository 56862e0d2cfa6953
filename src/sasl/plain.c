#include "sasl/sasl_int.h"

enum err plain_start(struct sasl *s, struct buf *challenge)
{
	return ERR_NEEDMORE;
}

/* RFC 4616 section 2: [authzid] NUL authcid NUL passwd, and no other NUL. */
enum err plain_step(struct sasl *s, struct str response, struct buf *challenge)
{
	struct str authzid, authcid, rest = response;
	enum err e;

	if (!str_cut(&rest, '\0', &authzid) || !str_cut(&rest, '\0', &authcid))
		return ERR_SYNTAX;
	e = sasl_keep(&s->authzid, authzid, SASL_NAME_OCTETS_MAX, true);
	if (e == ERR_OK)
		e = sasl_keep(&s->authcid, authcid, SASL_NAME_OCTETS_MAX, false);
	if (e == ERR_OK)
		e = sasl_keep(&s->password, rest, SASL_PASSWORD_OCTETS_MAX, false);
	return e == ERR_OK ? sasl_ask(s, SASL_PASSWORD) : e;
}
