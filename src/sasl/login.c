#include "sasl/sasl_int.h"

enum { STAGE_NAME, STAGE_PASSWORD };

/* Clients compare these words, so they are the draft's letter for letter. */
enum err login_start(struct sasl *s, struct buf *challenge)
{
	s->stage = STAGE_NAME;
	buf_put_c(challenge, "Username:");
	return ERR_NEEDMORE;
}

enum err login_step(struct sasl *s, struct str response, struct buf *challenge)
{
	enum err e;

	if (s->stage == STAGE_PASSWORD) {
		e = sasl_keep(&s->password, response, SASL_PASSWORD_OCTETS_MAX, false);
		return e == ERR_OK ? sasl_ask(s, SASL_PASSWORD) : e;
	}
	e = sasl_keep(&s->authcid, response, SASL_NAME_OCTETS_MAX, false);
	if (e != ERR_OK)
		return e;
	s->stage = STAGE_PASSWORD;
	buf_put_c(challenge, "Password:");
	return ERR_NEEDMORE;
}
