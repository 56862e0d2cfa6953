#include "sasl/sasl.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "sasl/sasl_int.h"

#define SASL(name, prefix, answer, flags, rfc) { name, flags, prefix##_start, prefix##_step, answer },
static const struct sasl_mechanism rows[] = {
#include "sasl/sasl.tbl"
	{ NULL, 0, NULL, NULL, NULL },
};
#undef SASL

const struct sasl_mechanism *sasl_mechanisms(void)
{
	return rows;
}

const struct sasl_mechanism *sasl_find(struct str name)
{
	for (const struct sasl_mechanism *m = rows; m->name != NULL; m++) {
		if (str_ieq(str_from_c(m->name), name))
			return m;
	}
	return NULL;
}

void sasl_init(struct sasl *s)
{
	*s = (struct sasl){ 0 };
	buf_init(&s->authcid, SASL_NAME_OCTETS_MAX);
	buf_init(&s->authzid, SASL_NAME_OCTETS_MAX);
	buf_init(&s->password, SASL_PASSWORD_OCTETS_MAX);
	buf_init(&s->octets, SASL_RESPONSE_OCTETS_MAX);
	buf_init(&s->last, SASL_RESPONSE_OCTETS_MAX);
}

void sasl_done(struct sasl *s)
{
	buf_wipe(&s->authcid);
	buf_wipe(&s->authzid);
	buf_wipe(&s->password);
	buf_wipe(&s->octets);
	buf_wipe(&s->last);
	if (s->own != NULL)
		mem_wipe(s->own, s->own_octets);
	mem_free(s->own);
	s->own = NULL;
	s->own_octets = 0;
	s->mechanism = NULL;
	s->peer = NULL;
	s->stage = 0;
	s->want = SASL_NOTHING;
	s->proven = false;
	s->which = 0;
}

enum err sasl_ask(struct sasl *s, enum sasl_want want)
{
	s->want = want;
	return ERR_OK;
}

void *sasl_own(struct sasl *s, size_t octets)
{
	if (s->own == NULL) {
		s->own = mem_new(octets);
		s->own_octets = octets;
	}
	must(s->own_octets == octets);
	return s->own;
}

enum err sasl_keep(struct buf *part, struct str octets, size_t max, bool optional)
{
	if (octets.len == 0)
		return optional ? ERR_OK : ERR_SYNTAX;
	if (octets.len > max || str_has_octet(octets, '\0') || !utf8_valid(octets))
		return ERR_SYNTAX;
	/* Taken at its full size at once, so that growing leaves no copy of a password behind. */
	if (buf_room(part, max) == NULL)
		return ERR_SYNTAX;
	buf_put(part, octets);
	return ERR_OK;
}

enum err sasl_keep_saslname(struct buf *part, struct str name)
{
	struct buf plain;
	enum err e = ERR_OK;

	buf_init(&plain, SASL_NAME_OCTETS_MAX + 1);
	for (size_t i = 0; i < name.len && e == ERR_OK; i++) {
		struct str escape = str_sub(name, i, 3);

		if (name.at[i] != '=') {
			buf_put_octet(&plain, name.at[i]);
			continue;
		}
		i += 2;
		if (str_eq(escape, S("=2C")))
			buf_put_octet(&plain, ',');
		else if (str_eq(escape, S("=3D")))
			buf_put_octet(&plain, '=');
		else
			e = ERR_SYNTAX;
	}
	if (e == ERR_OK)
		e = sasl_keep(part, buf_str(&plain), SASL_NAME_OCTETS_MAX, false);
	buf_done(&plain);
	return e;
}

/* After each call of a mechanism: whatever ends the exchange badly leaves no credentials behind. */
static enum err after(struct sasl *s, enum err e)
{
	if (e == ERR_OK && (s->want == SASL_PASSWORD || s->want == SASL_VERDICT || s->want == SASL_CERTIFICATE ||
				 s->want == SASL_STRANGER))
		s->mechanism = NULL;
	else if (e != ERR_OK && e != ERR_NEEDMORE)
		sasl_done(s);
	return e;
}

static enum err take(struct sasl *s, struct str response, struct buf *challenge)
{
	if (response.len > SASL_RESPONSE_OCTETS_MAX)
		return after(s, ERR_TOOLONG);
	return after(s, s->mechanism->step(s, response, challenge));
}

enum err sasl_start(struct sasl *s, struct str mechanism, const struct sasl_peer *peer,
	const struct str *initial, struct buf *challenge)
{
	const struct sasl_mechanism *m = sasl_find(mechanism);

	sasl_done(s);
	s->who[0] = s->why[0] = '\0';
	buf_clear(challenge);
	if (m == NULL)
		return ERR_MECHANISM;
	if ((m->flags & SASL_CLEAR) && !peer->tls)
		return ERR_NEEDTLS;
	s->mechanism = m;
	s->peer = peer;
	if (initial == NULL)
		return after(s, m->start(s, challenge));
	if (!(m->flags & SASL_INITIAL)) {
		sasl_done(s);
		return ERR_SYNTAX;
	}
	return take(s, *initial, challenge);
}

enum err sasl_step(struct sasl *s, struct str response, struct buf *challenge)
{
	buf_clear(challenge);
	if (s->mechanism == NULL || s->want != SASL_NOTHING)
		return ERR_SEQUENCE;
	return take(s, response, challenge);
}

enum err sasl_answer(struct sasl *s, const struct sasl_answer *a, struct buf *challenge)
{
	buf_clear(challenge);
	if (s->mechanism == NULL || s->mechanism->answer == NULL || s->want == SASL_NOTHING)
		return ERR_SEQUENCE;
	s->want = SASL_NOTHING;
	return after(s, a->code != ERR_OK ? a->code : s->mechanism->answer(s, a, challenge));
}

enum err sasl_cancel(struct sasl *s)
{
	sasl_done(s);
	return ERR_CANCELLED;
}
