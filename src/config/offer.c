#include "config/offer.h"

/* Without '!'. */
static struct str pattern_of(struct str item)
{
	return str_starts(item, S("!")) ? str_skip(item, 1) : item;
}

const char *offer_wrong(struct str item)
{
	for (const struct sasl_mechanism *m = sasl_mechanisms(); m->name != NULL; m++) {
		if (str_ilike(str_from_c(m->name), pattern_of(item)))
			return NULL;
	}
	return "an item is no mechanism that is known here; see the manual page for their names";
}

static const struct config_list *list_of(const struct config *c, enum service_protocol protocol)
{
	const struct config_list *own = protocol == PROTOCOL_SMTP   ? &c->auth_smtp_mechanisms
					: protocol == PROTOCOL_POP3 ? &c->auth_pop3_mechanisms
					: protocol == PROTOCOL_IMAP ? &c->auth_imap_mechanisms
					: protocol == PROTOCOL_HTTP ? &c->auth_http_mechanisms
					: protocol == PROTOCOL_NNTP ? &c->auth_nntp_mechanisms
								    : &c->auth_mechanisms;

	return own->count > 0 ? own : &c->auth_mechanisms;
}

/* The last item that fits; "!" if there is none. */
static struct str deciding(const struct config_list *list, const char *name)
{
	struct str item = S("!");

	for (size_t i = 0; i < list->count; i++) {
		if (str_ilike(str_from_c(name), pattern_of(list->at[i])))
			item = list->at[i];
	}
	return item;
}

static bool is_on(const struct config_list *list, const char *name)
{
	return !str_starts(deciding(list, name), S("!"));
}

static bool allows(unsigned policy, const struct offer_client *who)
{
	return policy == CONFIG_PLAINTEXT_ALWAYS || (policy == CONFIG_PLAINTEXT_LOOPBACK && who->loopback);
}

bool offer_nameless(const struct config *c, enum service_protocol protocol)
{
	return (protocol == PROTOCOL_IMAP && c->anonymous_imap) || (protocol == PROTOCOL_POP3 && c->anonymous_pop3) ||
	       (protocol == PROTOCOL_NNTP && c->anonymous_nntp) ||
	       (protocol == PROTOCOL_HTTP && c->anonymous_http);
}

/* Nothing secret is sent, so that it need not be inside TLS. */
static enum err judge_nameless(const struct config *c, const struct sasl_mechanism *m, const struct offer_client *who)
{
	if (who->protocol == PROTOCOL_SMTP)
		return ERR_NAMELESS;
	return offer_nameless(c, who->protocol) && is_on(list_of(c, who->protocol), m->name) ? ERR_OK : ERR_MECHANISMOFF;
}

enum err offer_judge(const struct config *c, const struct sasl_mechanism *m, const struct offer_client *who)
{
	bool open = who->tls || allows(c->auth_plaintext_without_tls, who);

	if (m->flags & SASL_NAMELESS)
		return judge_nameless(c, m, who);
	if ((m->flags & SASL_IN_TLS) && !who->tls)
		return ERR_NEEDTLS;
	if (!open && ((m->flags & SASL_CLEAR) || !allows(c->auth_challenge_without_tls, who)))
		return ERR_NEEDTLS;
	if (!is_on(list_of(c, who->protocol), m->name) || ((m->flags & SASL_ASKED_FOR) && !c->auth_ntlm))
		return ERR_MECHANISMOFF;
	if ((m->flags & SASL_BINDS) && !who->binds)
		return who->tls ? ERR_BINDINGTYPE : ERR_NEEDTLS;
	if ((m->flags & SASL_TOKENS) && c->oauth_issuer.len == 0)
		return ERR_MECHANISMOFF;
	if ((m->flags & SASL_KERBEROS) && (c->kerberos_keytab.len == 0 || !who->kerberos))
		return ERR_MECHANISMOFF;
	if ((m->flags & SASL_SHOWS) && !who->shows)
		return ERR_NOCERTIFICATE;
	return ERR_OK;
}

/* A client that takes the best name and then cannot bind has no second try but in IMAP: doc/why/012-challenge-and-response.md. */
static bool is_announced(const struct config *c, const struct sasl_mechanism *m, const struct offer_client *who)
{
	struct str item = deciding(list_of(c, who->protocol), m->name);
	bool quiet = (m->flags & SASL_BINDS) && who->protocol != PROTOCOL_IMAP && !str_ilike(item, S("*-PLUS"));

	return !quiet && offer_judge(c, m, who) == ERR_OK;
}

void offer_put(const struct config *c, const struct offer_client *who, struct str prefix, struct str sep, struct buf *to)
{
	bool first = true;

	for (const struct sasl_mechanism *m = sasl_mechanisms(); m->name != NULL; m++) {
		if (!is_announced(c, m, who))
			continue;
		if (!first)
			buf_put(to, sep);
		first = false;
		buf_put(to, prefix);
		buf_put_c(to, m->name);
	}
}

enum err offer_password(const struct config *c, const struct offer_client *who)
{
	return offer_judge(c, sasl_find(S("PLAIN")), who);
}

bool offer_binds(const struct config *c, const struct offer_client *who)
{
	for (const struct sasl_mechanism *m = sasl_mechanisms(); m->name != NULL; m++) {
		if ((m->flags & SASL_BINDS) && is_announced(c, m, who))
			return true;
	}
	return false;
}
