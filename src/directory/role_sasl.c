#include "directory/exchange.h"

#include <stdio.h>

#include "base/code.h"
#include "base/mem.h"
#include "config/offer.h"
#include "directory/logon_scram.h"
#include "directory/role_kerberos.h"
#include "directory/role_netlogon.h"
#include "directory/role_ntlm.h"
#include "directory/role_token.h"
#include "io/clock.h"

static void on_password(struct exchange *x)
{
	exchange_check_password(x, buf_str(&x->sasl.authcid), buf_str(&x->sasl.authzid), buf_str(&x->sasl.password));
}

static void go_on(struct exchange *x, enum err e, const struct buf *challenge);

static void on_keys(struct exchange *x)
{
	struct logon_query q = { .name = buf_str(&x->sasl.authcid), .authzid = buf_str(&x->sasl.authzid), .proof = LOGON_BY_MECHANISM };
	struct sasl_answer a = { 0 };
	struct buf challenge;
	enum err e;

	if (!exchange_prepare(x, &q))
		return;
	/* For every name of the domain, so that it tells nothing about one. */
	if (x->logon.remote)
		a.code = ERR_ELSEWHERE;
	a.secret = logon_scram(&x->logon, scram_hash_of(str_from_c(x->mechanism)));
	if (x->logon.failure.code == ERR_OK)
		a.others = logon_factor_keys(&x->logon, (enum app_key)scram_hash_of(str_from_c(x->mechanism)), &a.others_count);
	buf_init(&challenge, SASL_RESPONSE_OCTETS_MAX);
	e = sasl_answer(&x->sasl, &a, &challenge);
	go_on(x, e, &challenge);
	buf_done(&challenge);
}

/* The name that the certificate stands for; empty: none. */
static struct str certificate_name(struct exchange *x)
{
	struct directory *d = &x->role->directory;
	struct str rest = str_from_c(x->addresses), address, box = STR_NONE;
	struct entry e;

	if (directory_certificate(d, str_from_c(x->certificate), &x->arena, &e) == ERR_OK)
		return directory_account_name(d, e.id, &x->arena);
	while (x->role->env->config->auth_certificate_by == CONFIG_BY_ADDRESS && box.len == 0 && rest.len > 0) {
		if (!str_cut(&rest, ' ', &address)) {
			address = rest;
			rest = STR_NONE;
		}
		if (logon_finds(d, address, &x->arena))
			box = address;
	}
	return box;
}

static void on_certificate(struct exchange *x)
{
	struct str name = certificate_name(x);
	struct logon_query q = { .name = name, .authzid = buf_str(&x->sasl.authzid), .proof = LOGON_BY_MECHANISM,
		.strong = true };

	if (!exchange_prepare(x, &q))
		return;
	if (name.len == 0) {
		x->event = LOGON_EVENT_no_owner;
		snprintf(x->logon.failure.reason, sizeof(x->logon.failure.reason), "the certificate %s belongs to no account", x->certificate);
	}
	logon_proven(&x->logon, name.len > 0, NULL);
	exchange_settle(x);
}

static void on_nt(struct exchange *x)
{
	struct sasl_answer told = { .code = ERR_OK };
	const struct entry_account *account = &x->logon.account.account;
	struct logon_query q;
	struct buf challenge;

	told.code = role_ntlm_query(x->role, &x->arena, &x->sasl, &q);
	if (told.code == ERR_OK && !exchange_prepare(x, &q))
		return;
	if (told.code == ERR_OK && x->logon.remote) {
		x->remote = exchange_queue(x->role, x->logon.domain.id);
		exchange_enter_queue(x);
		return;
	}
	if (told.code == ERR_OK && x->logon.account.id != 0 && ntlm_why_not(account) == NULL)
		told.secret = account->nt_hash;
	if (told.code == ERR_OK && x->logon.failure.code == ERR_OK && account->ntlm)
		told.others = logon_factor_keys(&x->logon, APP_KEY_NT, &told.others_count);
	buf_init(&challenge, SASL_RESPONSE_OCTETS_MAX);
	go_on(x, sasl_answer(&x->sasl, &told, &challenge), &challenge);
	buf_done(&challenge);
}

static void on_token_told(void *arg, const struct msg_proof_told *told)
{
	struct exchange *x = arg;
	char error[ROLE_TOKEN_ERROR_OCTETS_MAX];
	struct sasl_answer a = role_token_answer(x->role, told, error);
	struct logon_query q = { .name = a.right ? a.name : buf_str(&x->sasl.authzid), .proof = LOGON_BY_MECHANISM, .strong = true };
	struct buf challenge;

	x->checking = false;
	if (x->link == NULL) {
		exchange_release(x);
		return;
	}
	q.authzid = a.right ? buf_str(&x->sasl.authzid) : STR_NONE;
	if (a.code == ERR_OK && !exchange_prepare(x, &q))
		return;
	snprintf(x->sasl.why, sizeof(x->sasl.why), "%.*s", STR_FMT(a.right ? S("") : told->reason));
	if (!a.right)
		snprintf(x->logon.failure.reason, sizeof(x->logon.failure.reason), "%.*s", STR_FMT(told->reason));
	buf_init(&challenge, SASL_RESPONSE_OCTETS_MAX);
	go_on(x, sasl_answer(&x->sasl, &a, &challenge), &challenge);
	buf_done(&challenge);
}

static void on_token(struct exchange *x)
{
	x->checking = true;
	role_token_ask(x->role, &x->sasl, on_token_told, x);
}

static void on_context_told(void *arg, const struct msg_proof_told *told)
{
	struct exchange *x = arg;
	struct sasl_answer a = role_kerberos_answer(x, told);
	struct buf challenge;

	x->checking = false;
	if (x->link == NULL) {
		exchange_release(x);
		return;
	}
	buf_init(&challenge, SASL_RESPONSE_OCTETS_MAX);
	go_on(x, sasl_answer(&x->sasl, &a, &challenge), &challenge);
	buf_done(&challenge);
}

static void on_context(struct exchange *x)
{
	x->checking = true;
	role_kerberos_ask(x, on_context_told, x);
}

/* Only now is it known who has come and what he wants: the steps before this were the library's. */
static void on_principal(struct exchange *x)
{
	struct logon_query q;
	struct str why = role_kerberos_query(x, &q);

	if (!exchange_prepare(x, &q))
		return;
	if (q.name.len == 0) {
		x->event = x->sasl.proven ? LOGON_EVENT_no_principal : LOGON_EVENT_ticket;
		snprintf(x->logon.failure.reason, sizeof(x->logon.failure.reason), "%.*s", STR_FMT(why));
	} else {
		exchange_welcome(x, STR_NONE);
	}
	logon_proven(&x->logon, q.name.len > 0, NULL);
	exchange_settle(x);
}

static void on_stranger(struct exchange *x)
{
	struct anonymous_way way = { .config = x->role->env->config, .protocol = service_row(x->service)->protocol };

	exchange_anonymous(x, &way, buf_str(&x->sasl.authcid));
}

static void on_verdict(struct exchange *x)
{
	if (x->context != 0) {
		on_principal(x);
		return;
	}
	if (x->sasl.proven)
		logon_factor_proved(&x->logon, x->sasl.which);
	logon_proven(&x->logon, x->sasl.proven, x->sasl.why[0] != '\0' ? x->sasl.why : NULL);
	exchange_settle(x);
}

/* What a mechanism wants, found out by these; one that the table of mechanisms has no row for is never wanted. */
static void (*const find_out[])(struct exchange *x) = {
	[SASL_PASSWORD] = on_password,
	[SASL_KEYS] = on_keys,
	[SASL_CERTIFICATE] = on_certificate,
	[SASL_NT] = on_nt,
	[SASL_TOKEN] = on_token,
	[SASL_CONTEXT] = on_context,
	[SASL_STRANGER] = on_stranger,
	[SASL_VERDICT] = on_verdict,
};

/* After a step of the mechanism: ask the client on, find out what is wanted, or refuse. */
static void go_on(struct exchange *x, enum err e, const struct buf *challenge)
{
	struct msg m = { .id = MSG_sasl_challenge };

	if (e == ERR_NEEDMORE) {
		m.sasl_challenge = (struct msg_sasl_challenge){ .session = x->session, .challenge = buf_str(challenge) };
		link_send(x->link, &m);
	} else if (e == ERR_OK) {
		find_out[x->sasl.want](x);
	} else {
		if (e != ERR_CANCELLED) {
			x->logon.failure = (struct failure){ 0 };
			fail(&x->logon.failure, e, NULL);
			x->event = logon_event_of_error(e);
			if (x->sasl.why[0] != '\0')
				fail_reason(&x->logon.failure, "%s says: %s", x->sasl.who, x->sasl.why);
			exchange_log_refusal(x);
		}
		exchange_refuse(x, e, err_text(e));
	}
}

static struct str keep(char to[CHANNEL_BINDING_OCTETS_MAX], struct str octets)
{
	struct str cut = str_sub(octets, 0, CHANNEL_BINDING_OCTETS_MAX);

	memcpy(to, cut.at, cut.len);
	return str_make(to, cut.len);
}

/* Whether a password may come in the clear is the front's setting; it does not ask when it may not. */
static void keep_peer(struct exchange *x, const struct msg_sasl_start *q)
{
	struct offer_client who = { .protocol = service_row(x->service)->protocol, .tls = x->tls,
		.binds = q->exporter.len + q->end_point.len + q->unique.len > 0 };
	unsigned char octets[NONCE_OCTETS];
	struct buf nonce;

	random_octets(octets, sizeof(octets));
	buf_init(&nonce, sizeof(x->nonce));
	base64_put(&nonce, str_make(octets, sizeof(octets)));
	x->peer = (struct sasl_peer){ .tls = true, .exporter = keep(x->exporter, q->exporter), .end_point = keep(x->end_point, q->end_point),
		.unique = keep(x->unique, q->unique), .binds = offer_binds(x->role->env->config, &who),
		.takes_last = who.protocol == PROTOCOL_HTTP || who.protocol == PROTOCOL_NNTP };
	snprintf(x->certificate, sizeof(x->certificate), "%.*s", STR_FMT(q->certificate));
	x->addresses = str_dup_c(str_sub(q->addresses, 0, CERTIFICATE_ADDRESSES_OCTETS_MAX));
	memcpy(x->nonce, nonce.at, nonce.len);
	x->peer.nonce = str_make(x->nonce, nonce.len);
	buf_done(&nonce);
}

void exchange_sasl_start(struct directory_role *r, struct link *from, const struct msg_sasl_start *q)
{
	struct exchange *x;
	struct buf challenge;
	enum err e;

	if (!service_valid(q->service))
		return;
	x = exchange_begin(r, from, q->session, q->service, q->client);
	if (x == NULL)
		return;
	x->tls = q->tls;
	snprintf(x->mechanism, sizeof(x->mechanism), "%.*s", STR_FMT(q->mechanism));
	buf_init(&challenge, SASL_RESPONSE_OCTETS_MAX);
	keep_peer(x, q);
	if (r->env->config->auth_ntlm && str_ieq(q->mechanism, S("NTLM")))
		x->peer.ntlm = role_ntlm_server(r, &x->arena, exchange_source(x));
	e = sasl_start(&x->sasl, q->mechanism, &x->peer, q->has_initial ? &q->initial : NULL, &challenge);
	go_on(x, e, &challenge);
	buf_done(&challenge);
}

void exchange_sasl_step(struct link *from, const struct msg_sasl_step *q)
{
	struct exchange *x = map_get(from->data, q->session);
	struct buf challenge;
	enum err e;

	if (x == NULL || x->checking || x->check.source != NULL || x->delay != NULL)
		return;
	buf_init(&challenge, SASL_RESPONSE_OCTETS_MAX);
	e = q->cancel ? sasl_cancel(&x->sasl) : sasl_step(&x->sasl, q->response, &challenge);
	go_on(x, e, &challenge);
	buf_done(&challenge);
}
