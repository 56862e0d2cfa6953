#include "sasl/sasl.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "sasl/sasl_int.h"

#define SASL(name, tls, initial, prefix, rfc) { name, tls, initial, prefix##_start, prefix##_step },
static const struct sasl_mechanism rows[] = {
#include "sasl/sasl.tbl"
	{ NULL, false, false, NULL, NULL },
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

void sasl_list(bool tls, struct str prefix, struct str sep, struct buf *to)
{
	bool first = true;

	for (const struct sasl_mechanism *m = rows; m->name != NULL; m++) {
		if (m->needs_tls && !tls)
			continue;
		if (!first)
			buf_put(to, sep);
		buf_put(to, prefix);
		buf_put_c(to, m->name);
		first = false;
	}
}

void sasl_init(struct sasl *s)
{
	*s = (struct sasl){ 0 };
	buf_init(&s->authcid, SASL_NAME_OCTETS_MAX);
	buf_init(&s->authzid, SASL_NAME_OCTETS_MAX);
	buf_init(&s->password, SASL_PASSWORD_OCTETS_MAX);
}

static void wipe(struct buf *part)
{
	if (part->at != NULL)
		mem_wipe(part->at, part->held);
	buf_clear(part);
	buf_done(part);
}

void sasl_done(struct sasl *s)
{
	wipe(&s->authcid);
	wipe(&s->authzid);
	wipe(&s->password);
	s->mechanism = NULL;
	s->stage = 0;
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

/* One mechanism call; whatever ends the exchange badly leaves no credentials behind. */
static enum err take(struct sasl *s, struct str response, struct buf *challenge)
{
	enum err e = response.len > SASL_RESPONSE_OCTETS_MAX
			     ? ERR_TOOLONG
			     : s->mechanism->step(s, response, challenge);

	if (e == ERR_OK)
		s->mechanism = NULL;
	else if (e != ERR_NEEDMORE)
		sasl_done(s);
	return e;
}

enum err sasl_start(struct sasl *s, struct str mechanism, bool tls, const struct str *initial,
	struct buf *challenge)
{
	const struct sasl_mechanism *m = sasl_find(mechanism);

	sasl_done(s);
	buf_clear(challenge);
	if (m == NULL)
		return ERR_MECHANISM;
	if (m->needs_tls && !tls)
		return ERR_NEEDTLS;
	s->mechanism = m;
	if (initial == NULL)
		return m->start(s, challenge);
	if (!m->initial) {
		sasl_done(s);
		return ERR_SYNTAX;
	}
	return take(s, *initial, challenge);
}

enum err sasl_step(struct sasl *s, struct str response, struct buf *challenge)
{
	buf_clear(challenge);
	if (s->mechanism == NULL)
		return ERR_SEQUENCE;
	return take(s, response, challenge);
}

enum err sasl_cancel(struct sasl *s)
{
	sasl_done(s);
	return ERR_CANCELLED;
}
