#include "sasl/sasl_int.h"

#include <stdio.h>

/*
 * Kerberos by GSS-API: GSSAPI (RFC 4752), and GSS-SPNEGO, in which SPNEGO (RFC 4178) wraps the same and no layer is spoken of. The security
 * context is elsewhere (SASL_CONTEXT); here is what goes when to whom. No security layer is offered: there is TLS.
 */

enum { STAGE_TOKENS, STAGE_LAST, STAGE_OFFER, STAGE_CHOICE };

#define TOKENS_MAX    8u /* of the client; Kerberos needs one, SPNEGO at most four */
#define LAYER_NONE    1
#define CHOICE_OCTETS ((size_t)4)

struct gssapi {
	unsigned tokens;
	bool negotiates; /* GSS-SPNEGO */
};

static struct gssapi *own(struct sasl *s)
{
	return sasl_own(s, sizeof(struct gssapi));
}

static enum err ask(struct sasl *s, enum sasl_call call, struct str octets)
{
	buf_clear(&s->octets);
	buf_put(&s->octets, octets);
	s->call = call;
	return sasl_ask(s, SASL_CONTEXT);
}

static enum err refuse(struct sasl *s, enum err e, const char *why)
{
	if (s->who[0] == '\0')
		snprintf(s->who, sizeof(s->who), "a Kerberos client");
	snprintf(s->why, sizeof(s->why), "%s", why);
	return e;
}

static enum err finish(struct sasl *s)
{
	s->proven = true;
	return sasl_ask(s, SASL_VERDICT);
}

/* "the first octet containing a bit-mask ... the maximum size ... which MUST be 0 if the server does not support any security layer". */
static enum err offer(struct sasl *s)
{
	static const char none[CHOICE_OCTETS] = { LAYER_NONE };

	s->stage = STAGE_OFFER;
	return ask(s, SASL_WRAP, str_make(none, sizeof(none)));
}

/* After the context stands, and the client has had the last of its tokens. */
static enum err after_tokens(struct sasl *s)
{
	return own(s)->negotiates ? finish(s) : offer(s);
}

static enum err on_token(struct sasl *s, struct str token)
{
	struct gssapi *g = own(s);

	if (token.len == 0)
		return refuse(s, ERR_SYNTAX, "a token without octets");
	if (++g->tokens > TOKENS_MAX)
		return refuse(s, ERR_SYNTAX, "more tokens than any mechanism needs");
	return ask(s, g->negotiates ? SASL_NEGOTIATE : SASL_ACCEPT, token);
}

static enum err on_established(struct sasl *s, const struct sasl_answer *a, struct buf *challenge)
{
	if (sasl_keep(&s->authcid, a->name, SASL_NAME_OCTETS_MAX, false) != ERR_OK)
		return refuse(s, ERR_SYNTAX, "a principal whose name cannot be read");
	snprintf(s->who, sizeof(s->who), "%.*s", STR_FMT(a->name));
	if (a->octets.len == 0)
		return after_tokens(s);
	if (own(s)->negotiates && s->peer->takes_last) {
		buf_put(&s->last, a->octets);
		return finish(s);
	}
	s->stage = STAGE_LAST;
	buf_put(challenge, a->octets);
	return ERR_NEEDMORE;
}

/* What the client has chosen, and the authorisation identity behind it. */
static enum err on_choice(struct sasl *s, struct str choice)
{
	struct str authzid = str_skip(choice, CHOICE_OCTETS);

	if (choice.len < CHOICE_OCTETS)
		return refuse(s, ERR_SYNTAX, "its choice of a security layer is too short");
	if (choice.at[0] != LAYER_NONE)
		return refuse(s, ERR_SYNTAX, "it chooses a security layer that was not offered");
	if (choice.at[1] != 0 || choice.at[2] != 0 || choice.at[3] != 0)
		return refuse(s, ERR_SYNTAX, "it chooses no security layer, and a size for it");
	/* Clients from before RFC 4752 end it as a text of C. */
	if (authzid.len > 0 && authzid.at[authzid.len - 1] == '\0')
		authzid.len--;
	if (sasl_keep(&s->authzid, authzid, SASL_NAME_OCTETS_MAX, true) != ERR_OK)
		return refuse(s, ERR_SYNTAX, "an authorisation identity that cannot be read");
	return finish(s);
}

enum err gssapi_start(struct sasl *s, struct buf *challenge)
{
	return ERR_NEEDMORE;
}

enum err gssapi_step(struct sasl *s, struct str response, struct buf *challenge)
{
	if (s->stage == STAGE_TOKENS)
		return on_token(s, response);
	if (s->stage == STAGE_CHOICE)
		return ask(s, SASL_UNWRAP, response);
	return response.len == 0 ? after_tokens(s) : refuse(s, ERR_SYNTAX, "a token behind the last one");
}

enum err spnego_start(struct sasl *s, struct buf *challenge)
{
	own(s)->negotiates = true;
	return ERR_NEEDMORE;
}

enum err spnego_step(struct sasl *s, struct str response, struct buf *challenge)
{
	own(s)->negotiates = true;
	return gssapi_step(s, response, challenge);
}

enum err gssapi_answer(struct sasl *s, const struct sasl_answer *a, struct buf *challenge)
{
	if (!a->right)
		return sasl_ask(s, SASL_VERDICT);
	if (s->stage == STAGE_CHOICE)
		return on_choice(s, a->octets);
	if (s->stage == STAGE_OFFER)
		s->stage = STAGE_CHOICE;
	else if (!a->more)
		return on_established(s, a, challenge);
	buf_put(challenge, a->octets);
	return ERR_NEEDMORE;
}
