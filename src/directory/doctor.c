#include "directory/doctor.h"

#include <stdarg.h>
#include <stdio.h>

#include "config/network.h"
#include "config/offer.h"
#include "directory/controllers.h"
#include "directory/shell_word.h"
#include "sasl/sasl.h"

static void say(char to[256], const char *format, ...) PRINTF_LIKE(2, 3);

static void say(char to[256], const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(to, 256, format, args);
	va_end(args);
}

static void bad(struct doctor_finding *f, enum logon_event event)
{
	f->mark = LOGON_BAD;
	f->event = event;
}

/* ---- the port ---- */

struct way {
	const char *protocol, *tls, *clear; /* names of the two services */
	const struct config_listener *with_tls, *without;
};

static struct way way_of(const struct config *c, enum service_protocol protocol)
{
	if (protocol == PROTOCOL_POP3)
		return (struct way){ "pop3", "pop3s", "pop3", &c->listen_pop3s, &c->listen_pop3 };
	if (protocol == PROTOCOL_SMTP)
		return (struct way){ "smtp", "submissions", "submission", &c->listen_submissions, &c->listen_submission };
	if (protocol == PROTOCOL_NNTP)
		return (struct way){ "nntp", "nntps", "nntp", &c->listen_nntps, &c->listen_nntp };
	return (struct way){ "imap", "imaps", "imap", &c->listen_imaps, &c->listen_imap };
}

static void look_at_port(const struct config *c, const struct doctor_query *q, struct doctor_finding *f)
{
	struct way w = way_of(c, q->logon.protocol);
	bool tls = w.with_tls->count > 0, clear = w.without->count > 0;

	f->step = "a port is open";
	if (tls && clear) {
		say(f->detail, "%s (TLS) and %s (STARTTLS)", w.tls, w.clear);
	} else if (tls && q->tls) {
		say(f->detail, "%s (TLS) only: listen.%s is off", w.tls, w.clear);
	} else if (clear) {
		say(f->detail, "%s (STARTTLS) only: listen.%s is off", w.clear, w.tls);
	} else {
		bad(f, LOGON_EVENT_listener_off);
		say(f->detail, tls ? "listen.%s is off, and %s is inside TLS" : "listen.%s and listen.%s are off", w.clear, w.tls);
		say(f->mend, "put listen.%s = %u; into bourse.conf and restart the server", tls ? w.clear : w.tls,
			(unsigned)service_row(q->logon.protocol == PROTOCOL_POP3   ? SERVICE_POP3S
					      : q->logon.protocol == PROTOCOL_SMTP ? SERVICE_SUBMISSIONS
					      : q->logon.protocol == PROTOCOL_NNTP ? SERVICE_NNTPS
										   : SERVICE_IMAPS)->port);
	}
}

/* ---- the way in: what the connection and the configuration offer ---- */

static bool accepts_tickets(const struct logon *l)
{
	struct controllers_view view;

	controllers_look(l->directory->controllers, PROOF_DOMAIN_KERBEROS, &view);
	return view.count > 0 && view.failing == 0;
}

static enum err judge(const struct config *c, const struct doctor_query *q, const struct sasl_mechanism *m, const struct logon *l)
{
	struct offer_client who = { .protocol = q->logon.protocol, .tls = q->tls, .binds = q->tls, .shows = q->tls, .kerberos = accepts_tickets(l),
		.loopback = q->source.len > 0 && network_has_text(S("loopback"), q->source) };

	return m != NULL ? offer_judge(c, m, &who) : offer_password(c, &who);
}

static void look_at_tls(const struct doctor_query *q, enum err offered, struct doctor_finding *f)
{
	f->step = "the password may come this way";
	if (q->tls) {
		say(f->detail, "inside TLS");
	} else if (offered != ERR_NEEDTLS) {
		say(f->detail, "outside TLS, as the configuration has it");
	} else {
		bad(f, LOGON_EVENT_need_tls);
		say(f->detail, "a password is taken inside TLS only; the program is set to a connection without it");
		say(f->mend, "set the program to STARTTLS or to the TLS port");
	}
}

/* NTLM: which responses are taken. */
static void look_at_terms(const struct config *c, struct doctor_finding *f)
{
	unsigned long long networks = c->auth_ntlm_v1_networks.count, seconds = c->auth_ntlm_skew_ms_max / 1000;
	char clock[96] = "at any time";

	if (!c->auth_ntlm) {
		bad(f, LOGON_EVENT_no_mechanism);
		say(f->detail, "NTLM is off in the settings");
		say(f->mend, "auth.ntlm = on; in bourse.conf, then: bourse reload");
		return;
	}
	if (seconds > 0)
		snprintf(clock, sizeof(clock), "from clients whose clock is off by %llu seconds at most", seconds);
	if (networks == 0)
		say(f->detail, "NTLM: NTLMv2 from everywhere, NTLMv1 from nowhere (auth.ntlm_v1_networks), %s", clock);
	else
		say(f->detail, "NTLM: NTLMv2 from everywhere, NTLMv1 from %llu networks (auth.ntlm_v1_networks), %s", networks, clock);
}

static void look_at_mechanism(const struct config *c, const struct doctor_query *q, const struct sasl_mechanism *m, enum err offered,
	struct doctor_finding *f)
{
	struct str name = m != NULL ? str_from_c(m->name) : q->mechanism.len > 0 ? str_sub(q->mechanism, 0, 40) : S("PLAIN");

	f->step = "the mechanism is offered";
	if (m != NULL && (m->flags & SASL_ASKED_FOR) && (offered != ERR_MECHANISMOFF || !c->auth_ntlm)) {
		look_at_terms(c, f);
		return;
	}
	if (offered == ERR_NAMELESS) {
		bad(f, LOGON_EVENT_nameless_mail);
		say(f->detail, "%s", err_text(offered));
		return;
	}
	if ((m != NULL || q->mechanism.len == 0) && offered != ERR_MECHANISMOFF) {
		say(f->detail, "%.*s", STR_FMT(name));
		return;
	}
	bad(f, LOGON_EVENT_no_mechanism);
	if (offered == ERR_MECHANISMOFF) {
		say(f->detail, "%.*s is switched off: auth.mechanisms", STR_FMT(name));
		say(f->mend, "let auth.mechanisms in bourse.conf have \"%.*s\", then: bourse reload", STR_FMT(name));
	} else {
		say(f->detail, "there is no mechanism %.*s here", STR_FMT(name));
		say(f->mend, "let the program choose by itself, or take PLAIN inside TLS (\"normal password\")");
	}
}

/* ---- Kerberos ---- */

static void look_at_keytab(const struct config *c, const struct logon *l, enum err offered, struct doctor_finding *f)
{
	struct controllers_view view;

	f->step = "the mechanism is offered";
	controllers_look(l->directory->controllers, PROOF_DOMAIN_KERBEROS, &view);
	if (c->kerberos_keytab.len > 0 && view.failing == 0 && offered != ERR_MECHANISMOFF) {
		say(f->detail, "tickets are accepted with the keytab netlogon/%.*s%s%s", STR_FMT(c->kerberos_keytab),
			view.refused[0] != '\0' ? "; the last one that was refused, " : "", view.refused);
		return;
	}
	bad(f, LOGON_EVENT_no_mechanism);
	if (c->kerberos_keytab.len == 0) {
		say(f->detail, "there is no keytab in the settings");
		say(f->mend, "kerberos.keytab = mail.keytab; in bourse.conf, then: bourse reload");
	} else if (view.failing > 0) {
		say(f->detail, "%s", view.text);
		say(f->mend, "put the keytab into the folder netlogon of the data folder, readable by the user bourse-netlogon");
	} else {
		say(f->detail, "it is switched off: auth.mechanisms");
		say(f->mend, "let auth.mechanisms in bourse.conf have \"GSS*\", then: bourse reload");
	}
}

/* Which principals come to the account. */
static void look_at_principal(struct logon *l, struct doctor_finding *f)
{
	const struct entry_account *account = &l->account.account;
	struct str realm = l->domain.domain.realm, list = S("");

	f->step = "a principal leads to the account";
	if (realm.len > 0)
		list = arena_printf(l->arena, "%.*s@%.*s", STR_FMT(account->name), STR_FMT(realm));
	for (size_t i = 0; i < account->principals.count; i++)
		list = arena_printf(l->arena, "%.*s%s%.*s", STR_FMT(list), list.len > 0 ? ", " : "", STR_FMT(account->principals.at[i]));
	if (list.len > 0) {
		say(f->detail, "%.*s", STR_FMT(list));
		return;
	}
	bad(f, LOGON_EVENT_no_principal);
	say(f->detail, "the domain has no Kerberos realm, and the account is linked to no principal");
	say(f->mend, "bourse domain set %.*s --realm EXAMPLE.ORG", STR_FMT(shell_word(l->arena, l->domain.domain.name)));
}

/* ---- the source ---- */

static void look_at_source(const struct doctor_facts *facts, const struct doctor_query *q, struct logon *l, struct doctor_finding *f)
{
	uint32_t wait = 0;

	f->step = "the address is not slowed down";
	if (throttle_ask(facts->throttle, logon_throttle_key(l), q->source, q->mono_ms, &wait) == ERR_OK) {
		say(f->detail, wait == 0 ? "%.*s" : "%.*s, but the answer is late by %u s: the account is guessed at", STR_FMT(q->source),
			(wait + 999) / 1000);
		return;
	}
	bad(f, LOGON_EVENT_throttled);
	say(f->detail, "too many failed logons came from %.*s; it has to wait for %u s", STR_FMT(q->source), (wait + 999) / 1000);
	say(f->mend, "bourse logon allow %.*s", STR_FMT(shell_word(l->arena, q->source)));
}

/* ---- the mailbox's size ---- */

static void look_at_quota(const struct doctor_facts *facts, const struct doctor_query *q, struct logon *l, struct doctor_finding *f)
{
	unsigned state = facts->quota(facts->arg, l->mailbox.id);
	struct str alias = shell_word(l->arena, l->mailbox.mailbox.alias);

	f->step = "mail can be sent and taken";
	if (state < QUOTA_NOSEND) {
		say(f->detail, "the mailbox is within its limits");
		return;
	}
	bad(f, state >= QUOTA_FULL ? LOGON_EVENT_quota_full : LOGON_EVENT_quota_send);
	say(f->detail, state >= QUOTA_FULL ? "the logon is good, but the mailbox is full: nothing is sent, and no mail comes in"
					   : "the logon is good, but the mailbox is over its sending limit");
	say(f->mend, "bourse mailbox set %.*s --quota-send unlimited%s", STR_FMT(alias), state >= QUOTA_FULL ? " --quota-receive unlimited" : "");
}

size_t doctor_look(const struct doctor_facts *facts, const struct doctor_query *q, struct logon *l, struct doctor_finding *ret)
{
	const struct sasl_mechanism *m = q->mechanism.len > 0 ? sasl_find(q->mechanism) : NULL;
	size_t count = 0;
	enum err offered;

	if (facts == NULL)
		return 0;
	offered = judge(*facts->config, q, m, l);
	memset(ret, 0, DOCTOR_FINDINGS_MAX * sizeof(*ret));
	for (size_t i = 0; i < DOCTOR_FINDINGS_MAX; i++)
		ret[i].mark = LOGON_GOOD;
	look_at_port(*facts->config, q, &ret[count++]);
	if (m != NULL && (m->flags & SASL_KERBEROS))
		look_at_keytab(*facts->config, l, offered, &ret[count++]);
	else
		look_at_mechanism(*facts->config, q, m, offered, &ret[count++]);
	if (m != NULL && (m->flags & SASL_KERBEROS) && l->account.id != 0)
		look_at_principal(l, &ret[count++]);
	look_at_tls(q, offered, &ret[count++]);
	if (q->source.len > 0)
		look_at_source(facts, q, l, &ret[count++]);
	if (l->failure.code == ERR_OK && l->mailbox.id != 0 && !l->name.public)
		look_at_quota(facts, q, l, &ret[count++]);
	return count;
}
