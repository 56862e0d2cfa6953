#include "directory/realm.h"

#include "directory/name.h"
#include "wire/ldap_text.h"

#define FILTER_DEFAULT "(uid=%u)"

bool realm_is_local(const struct entry_domain *m)
{
	return str_eq(m->backend, str_from_c(proof_backend_name(PROOF_LOCAL)));
}

/* ---- what must be set ---- */

static enum err check_controllers(const struct entry_domain *m, struct failure *f)
{
	const char *why;

	if (m->controllers.count == 0)
		return fail(f, ERR_SYNTAX, "which servers are asked? Give them like --controllers \"ldap://a.example.org ldaps://b.example.org\"");
	if (m->controllers.count > PROOF_CONTROLLERS_MAX)
		return fail(f, ERR_TOOBIG, "a domain can have %zu controllers at most", PROOF_CONTROLLERS_MAX);
	for (size_t i = 0; i < m->controllers.count; i++) {
		why = ldap_url_why_not(m->controllers.at[i]);
		if (why != NULL)
			return fail(f, ERR_SYNTAX, "the controller \"%.*s\" %s", STR_FMT(m->controllers.at[i]), why);
	}
	return ERR_OK;
}

static bool names_somebody(struct str dn)
{
	if (str_has_octet(dn, '='))
		return ldap_dn_is_valid(dn);
	return str_has_octet(dn, '@') || str_has_octet(dn, '\\');
}

static enum err check_search(const struct entry_domain *m, struct failure *f)
{
	struct failure bad = { 0 };
	struct buf filter;
	bool valid;

	if (m->base.len == 0 || !ldap_dn_is_valid(m->base))
		return fail(f, ERR_SYNTAX, "--base \"%.*s\" is no place to search; give it like --base ou=people,dc=example,dc=org", STR_FMT(m->base));
	buf_init(&filter, LDAP_TEXT_OCTETS_MAX);
	valid = ldap_template_is_valid(m->filter) &&
		ldap_fill(m->filter, LDAP_FORM_FILTER, S("user"), S("DOM"), &filter) == ERR_OK && ldap_filter_is_valid(buf_str(&filter));
	if (!valid)
		fail(&bad, ERR_SYNTAX, "--filter \"%.*s\" is no search filter with %%u for the user's name; give it like --filter \"(uid=%%u)\", "
				"for Active Directory \"(sAMAccountName=%%u)\"", STR_FMT(m->filter));
	buf_done(&filter);
	return valid ? ERR_OK : fail(f, bad.code, "%s", bad.text);
}

/* With a template nobody has to be searched for. */
static enum err check_template(const struct entry_domain *m, struct failure *f)
{
	struct buf dn;
	bool valid;

	if (m->base.len > 0 || m->bind_dn.len > 0)
		return fail(f, ERR_CONFLICT, "with --user-dn nobody is searched for: leave out --base and --bind-dn, or set --user-dn \"\"");
	buf_init(&dn, LDAP_TEXT_OCTETS_MAX);
	valid = ldap_template_is_valid(m->user_dn) && ldap_fill(m->user_dn, LDAP_FORM_DN, S("user"), S("DOM"), &dn) == ERR_OK &&
		names_somebody(buf_str(&dn));
	buf_done(&dn);
	if (!valid)
		return fail(f, ERR_SYNTAX, "--user-dn \"%.*s\" cannot name an account; give it like --user-dn uid=%%u,ou=people,dc=example,dc=org "
				"or %%u@example.org", STR_FMT(m->user_dn));
	return ERR_OK;
}

static enum err check_ldap(const struct entry_domain *m, struct failure *f)
{
	if (check_controllers(m, f) != ERR_OK)
		return f->code;
	if (m->user_dn.len > 0)
		return check_template(m, f);
	if (m->bind_dn.len > 0 && !names_somebody(m->bind_dn))
		return fail(f, ERR_SYNTAX, "--bind-dn \"%.*s\" is no account of an LDAP server; give it like cn=mail,dc=example,dc=org", STR_FMT(m->bind_dn));
	if (m->bind_dn.len > 0 && m->bind_secret.len == 0)
		return fail(f, ERR_CONFLICT, "--bind-dn needs its password: --password-stdin, or --password to be asked for it");
	return check_search(m, f);
}

static enum err check_service(const struct entry_domain *m, struct failure *f)
{
	bool good = m->service.len > 0 && m->service.len <= 64 && m->service.at[0] != '.';

	for (size_t i = 0; good && i < m->service.len; i++) {
		char c = m->service.at[i];

		good = ascii_is_alpha(c) || ascii_is_digit(c) || c == '-' || c == '_' || c == '.';
	}
	if (!good)
		return fail(f, ERR_SYNTAX, "--service must be the name of a file in /etc/pam.d, or in netlogon/pam.d of the data folder");
	return ERR_OK;
}

static enum err check_nt_domain(const struct entry_domain *m, struct failure *f)
{
	if (m->nt_domain.len > 0 && name_why_not(m->nt_domain) != NULL)
		return fail(f, ERR_SYNTAX, "--nt-domain \"%.*s\" is no name of a Windows domain", STR_FMT(m->nt_domain));
	return ERR_OK;
}

enum err realm_check(const struct entry_domain *m, struct failure *f)
{
	enum proof_backend b;

	if (!proof_backend_from(m->backend, &b) || !proof_backend_is_for_domains(b))
		return fail(f, ERR_SYNTAX, "\"%.*s\" is no backend; there are: local, ldap, winbind, pam", STR_FMT(m->backend));
	if (m->timeout == 0 || m->timeout > PROOF_TIMEOUT_SECONDS_MAX)
		return fail(f, ERR_SYNTAX, "--timeout is 1 to %u seconds", PROOF_TIMEOUT_SECONDS_MAX);
	if (m->make_mailboxes && (!m->make_accounts || m->mail.count == 0))
		return fail(f, ERR_CONFLICT, "--make-mailboxes needs --make-accounts, and a mail domain for their addresses");
	if (m->make_accounts && b == PROOF_LOCAL)
		return fail(f, ERR_CONFLICT, "--make-accounts is for domains that others serve; set --backend as well");
	switch (b) {
	case PROOF_LDAP:
		return check_ldap(m, f);
	case PROOF_PAM:
		return check_service(m, f);
	case PROOF_WINBIND:
		return check_nt_domain(m, f);
	case PROOF_LOCAL:
	case PROOF_ISSUER:
	case PROOF_KERBEROS:
	case PROOF_BACKEND_COUNT:
	default:
		return ERR_OK;
	}
}

/* ---- what is left to us ---- */

static size_t count_words(const struct entry_texts *t)
{
	size_t count = 0;

	for (size_t i = 0; i < t->count; i++) {
		for (size_t k = 0; k < t->at[i].len; k++)
			count += t->at[i].at[k] == ' ';
	}
	return count + t->count;
}

void realm_complete(struct arena *a, struct entry_domain *m)
{
	struct str *words = ARENA_ARRAY(a, struct str, count_words(&m->controllers) + 1);
	size_t count = 0;

	for (size_t i = 0; i < m->controllers.count; i++) {
		struct str rest = m->controllers.at[i], one;

		while (str_cut(&rest, ' ', &one)) {
			if (one.len > 0)
				words[count++] = one;
		}
		if (rest.len > 0)
			words[count++] = rest;
	}
	m->controllers = (struct entry_texts){ words, count };
	if (m->filter.len == 0 && m->user_dn.len == 0 && str_eq(m->backend, S("ldap")))
		m->filter = S(FILTER_DEFAULT);
}

struct msg_realm realm_of_issuer(const struct config *c)
{
	struct str keys = c->oauth_keys.len > 0 ? c->oauth_keys : c->oauth_issuer;

	return (struct msg_realm){ .domain = PROOF_DOMAIN_ISSUER, .name = c->oauth_issuer, .backend = PROOF_ISSUER, .controllers = keys,
		.timeout_ms = PROOF_TIMEOUT_SECONDS * 1000, .ca_file = c->oauth_ca_file, .audience = c->oauth_audience,
		.scope = c->oauth_scope, .claim = c->oauth_claim };
}

struct msg_realm realm_of_kerberos(const struct config *c)
{
	return (struct msg_realm){ .domain = PROOF_DOMAIN_KERBEROS, .name = S("kerberos"), .backend = PROOF_KERBEROS,
		.controllers = S("keytab"), .timeout_ms = PROOF_TIMEOUT_SECONDS * 1000, .keytab = c->kerberos_keytab,
		.skew_ms = (uint32_t)c->kerberos_skew_ms_max, .binding = (uint8_t)c->kerberos_binding,
		.any_service = c->kerberos_any_service };
}

struct msg_realm realm_message(struct arena *a, const struct entry *e, struct str bind_password)
{
	const struct entry_domain *m = &e->domain;
	enum proof_backend b = PROOF_LOCAL;
	struct str controllers = S("");

	(void)proof_backend_from(m->backend, &b);
	for (size_t i = 0; b == PROOF_LDAP && i < m->controllers.count; i++)
		controllers = arena_printf(a, "%.*s%s%.*s", STR_FMT(controllers), i > 0 ? " " : "", STR_FMT(m->controllers.at[i]));
	/* One of its own on this machine stands for all that it asks. */
	if (b == PROOF_PAM)
		controllers = arena_printf(a, "pam:%.*s", STR_FMT(m->service));
	else if (b == PROOF_WINBIND)
		controllers = S("winbindd");
	return (struct msg_realm){ .domain = e->id, .name = m->name, .backend = (uint8_t)b, .controllers = controllers,
		.timeout_ms = (uint32_t)m->timeout * 1000, .bind_dn = m->bind_dn, .bind_password = bind_password, .base = m->base,
		.filter = m->filter, .user_dn = m->user_dn, .starttls = m->starttls, .ca_file = m->ca_file, .service = m->service,
		.nt_domain = m->nt_domain };
}
