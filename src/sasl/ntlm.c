#include "sasl/ntlm.h"

#include <stdio.h>

#include "base/mem.h"
#include "sasl/sasl_int.h"

#define NAME_UTF8_OCTETS_MAX (NTLM_NAME_OCTETS_MAX / 2 * 3)
#define TICKS_PER_SECOND     10000000u /* of a FILETIME */

enum { STAGE_NEGOTIATE, STAGE_AUTHENTICATE };

struct name {
	char at[NAME_UTF8_OCTETS_MAX];
	size_t len;
};

/* s->octets holds the three messages, one behind the other: what a MIC is made of. */
struct exchange {
	uint32_t offered;
	size_t challenge_at, authenticate_at;
	struct name domain, user, workstation;
};

static struct exchange *exchange_of(const struct sasl *s)
{
	must(s->own != NULL && s->own_octets == sizeof(struct exchange));
	return s->own;
}

static struct str name_view(const struct name *n)
{
	return str_make(n->at, n->len);
}

static void because(struct sasl *s, const char *why)
{
	snprintf(s->why, sizeof(s->why), "%s", why);
}

enum err ntlm_start(struct sasl *s, struct buf *challenge)
{
	return s->peer->ntlm == NULL ? ERR_MECHANISM : ERR_NEEDMORE;
}

static enum err take_negotiate(struct sasl *s, struct str response, struct buf *challenge)
{
	const struct ntlm_server *server = s->peer->ntlm;
	struct exchange *x = sasl_own(s, sizeof(struct exchange));
	uint32_t asked;
	enum err e;

	if (server == NULL)
		return ERR_MECHANISM;
	e = ntlm_negotiate_get(response, &asked);
	if (e == ERR_OK)
		e = ntlm_challenge_put(asked, server->challenge, &server->target, &x->offered, challenge);
	if (e != ERR_OK)
		return e;
	buf_put(&s->octets, response);
	x->challenge_at = s->octets.len;
	buf_put(&s->octets, buf_str(challenge));
	x->authenticate_at = s->octets.len;
	s->stage = STAGE_AUTHENTICATE;
	return ERR_NEEDMORE;
}

/* ---- the client's answer ---- */

/* Octets of an unknown code page are taken when they are UTF-8, which ASCII is in any of them. */
static bool take_name(bool unicode, struct str from, struct name *to)
{
	struct buf b, check;
	bool good;

	buf_init(&b, NAME_UTF8_OCTETS_MAX);
	buf_init(&check, NTLM_NAME_OCTETS_MAX);
	if (unicode)
		good = ntlm_from_utf16(from, &b);
	else
		good = !str_has_octet(from, '\0') && ntlm_to_utf16(from, &check);
	if (good && !unicode)
		buf_put(&b, from);
	good = good && !buf_overflowed(&b);
	to->len = good ? b.len : 0;
	if (to->len > 0)
		memcpy(to->at, b.at, b.len);
	buf_done(&b);
	buf_done(&check);
	return good;
}

static bool take_names(const struct ntlm_authenticate *a, struct exchange *x)
{
	return take_name(a->unicode, a->domain, &x->domain) && take_name(a->unicode, a->user, &x->user) &&
	       take_name(a->unicode, a->workstation, &x->workstation);
}

/* Who may not even try. */
static enum err judge_form(struct sasl *s, const struct ntlm_authenticate *a, enum ntlm_form form)
{
	bool no_lm = a->lm.len == 0 || (a->lm.len == 1 && a->lm.at[0] == '\0');
	struct ntlm_v2 v;

	if (form == NTLM_FORM_NONE && (no_lm || a->user.len == 0 || (a->flags & NTLM_ANONYMOUS))) {
		because(s, "anonymous NTLM is not taken");
		return ERR_AUTH;
	}
	if (form == NTLM_FORM_NONE) {
		because(s, "the response is LM's alone, which is never taken");
		return ERR_WEAK;
	}
	if (form == NTLM_FORM_V1 || form == NTLM_FORM_SESSION) {
		if (s->peer->ntlm->v1_allowed)
			return ERR_OK;
		because(s, form == NTLM_FORM_V1 ? "the response is NTLMv1's, which is not taken from this network"
						: "the response is NTLM2 session's, which is not taken from this network");
		return ERR_WEAK;
	}
	if (form == NTLM_FORM_BAD || ntlm_v2_get(a->nt, &v) != ERR_OK)
		return ERR_SYNTAX;
	return ERR_OK;
}

static enum err take_authenticate(struct sasl *s, struct str response)
{
	struct exchange *x = exchange_of(s);
	struct ntlm_authenticate a;
	enum err e = ntlm_authenticate_get(response, x->offered, &a);

	if (e == ERR_OK && !take_names(&a, x)) {
		because(s, "its names are in a code page that it does not tell; the client has to send Unicode");
		return ERR_SYNTAX;
	}
	if (e != ERR_OK)
		return e;
	snprintf(s->who, sizeof(s->who), "%.*s%s%.*s", STR_FMT(name_view(&x->domain)), x->domain.len > 0 ? "\\" : "",
		STR_FMT(name_view(&x->user)));
	e = judge_form(s, &a, ntlm_form_of(&a));
	if (e != ERR_OK)
		return e;
	buf_put(&s->octets, response);
	if (buf_overflowed(&s->octets))
		return ERR_TOOLONG;
	e = sasl_keep(&s->authcid, name_view(&x->user), SASL_NAME_OCTETS_MAX, false);
	return e == ERR_OK ? sasl_ask(s, SASL_NT) : e;
}

enum err ntlm_step(struct sasl *s, struct str response, struct buf *challenge)
{
	if (s->stage == STAGE_NEGOTIATE)
		return take_negotiate(s, response, challenge);
	return take_authenticate(s, response);
}

static void read_again(const struct sasl *s, struct ntlm_authenticate *ret)
{
	const struct exchange *x = exchange_of(s);
	enum err e = ntlm_authenticate_get(str_skip(buf_str(&s->octets), x->authenticate_at), x->offered, ret);

	must(e == ERR_OK);
}

struct ntlm_claim ntlm_claim(const struct sasl *s)
{
	const struct exchange *x = exchange_of(s);
	struct ntlm_authenticate a;

	must(s->want == SASL_NT);
	read_again(s, &a);
	return (struct ntlm_claim){ .domain = name_view(&x->domain), .user = name_view(&x->user), .workstation = name_view(&x->workstation),
		.challenge = str_make(s->peer->ntlm->challenge, NTLM_CHALLENGE_OCTETS), .lm = a.lm, .nt = a.nt, .form = ntlm_form_of(&a) };
}

/* ---- is it right? ---- */

static bool same(const uint8_t hash[NTLM_HASH_OCTETS], struct str given)
{
	return str_eq_constant_time(str_make(hash, NTLM_HASH_OCTETS), given);
}

static bool put_text(const struct ntlm_authenticate *a, struct str text, struct buf *to)
{
	if (!a->unicode)
		return ntlm_to_utf16(text, to);
	buf_put(to, text);
	return !buf_overflowed(to);
}

/* One way of writing the user's name; key: that of the session, when it is right. */
static bool v2_is_right(const struct sasl *s, const struct ntlm_authenticate *a, const uint8_t hash[NTLM_HASH_OCTETS],
	enum ntlm_upper how, uint8_t key[NTLM_HASH_OCTETS])
{
	uint8_t v2_key[NTLM_HASH_OCTETS], proof[NTLM_HASH_OCTETS], session[NTLM_HASH_OCTETS];
	struct buf user, domain;
	struct ntlm_v2 v;
	bool good;

	buf_init(&user, 2 * NTLM_NAME_OCTETS_MAX);
	buf_init(&domain, 2 * NTLM_NAME_OCTETS_MAX);
	good = ntlm_v2_get(a->nt, &v) == ERR_OK && put_text(a, a->user, &user) && put_text(a, a->domain, &domain);
	if (good)
		ntlm_upper(how, user.at, user.len);
	good = good && ntlm_v2_key(hash, buf_str(&user), buf_str(&domain), v2_key) &&
	       ntlm_v2_proof(v2_key, s->peer->ntlm->challenge, v.blob, proof) &&
	       ntlm_hmac(v2_key, str_make(proof, sizeof(proof)), session);
	good = good && same(proof, v.proof);
	if (good)
		memcpy(key, session, NTLM_HASH_OCTETS);
	mem_wipe(v2_key, sizeof(v2_key));
	mem_wipe(proof, sizeof(proof));
	mem_wipe(session, sizeof(session));
	buf_done(&user);
	buf_done(&domain);
	return good;
}

static bool v1_is_right(const struct sasl *s, const struct ntlm_authenticate *a, const uint8_t hash[NTLM_HASH_OCTETS])
{
	uint8_t challenge[NTLM_CHALLENGE_OCTETS], want[NTLM_V1_OCTETS];
	bool good = true;

	memcpy(challenge, s->peer->ntlm->challenge, sizeof(challenge));
	if (ntlm_form_of(a) == NTLM_FORM_SESSION)
		good = ntlm_session_challenge(s->peer->ntlm->challenge, (const uint8_t *)a->lm.at, challenge);
	good = good && ntlm_v1_response(hash, challenge, want) && str_eq_constant_time(str_make(want, sizeof(want)), a->nt);
	mem_wipe(want, sizeof(want));
	return good;
}

static bool hash_is_right(const struct sasl *s, const struct ntlm_authenticate *a, struct str secret, uint8_t key[NTLM_HASH_OCTETS])
{
	/* Without a hash the work is the same, and its result does not count. */
	bool known = secret.len == NTLM_HASH_OCTETS, right;
	uint8_t hash[NTLM_HASH_OCTETS] = { 0 };

	if (known)
		memcpy(hash, secret.at, sizeof(hash));
	if (ntlm_form_of(a) != NTLM_FORM_V2) {
		right = v1_is_right(s, a, hash);
	} else {
		bool plain = v2_is_right(s, a, hash, NTLM_UPPER_ASCII, key);

		right = v2_is_right(s, a, hash, NTLM_UPPER_UNICODE, key) || plain;
	}
	mem_wipe(hash, sizeof(hash));
	return right && known;
}

/* All are tried, whatever there is: neither that there is an account, nor how many passwords it has, is told by the time. */
static bool response_is_right(struct sasl *s, const struct ntlm_authenticate *a, const struct sasl_answer *told, uint8_t key[NTLM_HASH_OCTETS])
{
	bool right = false;

	must(told->others_count <= SASL_OTHERS_MAX);
	for (size_t i = 0; i <= SASL_OTHERS_MAX; i++) {
		struct str secret = i == 0 ? told->secret : i <= told->others_count ? told->others[i - 1] : STR_NONE;
		uint8_t own[NTLM_HASH_OCTETS] = { 0 };

		if (hash_is_right(s, a, secret, own) && !right) {
			right = true;
			s->which = i;
			memcpy(key, own, sizeof(own));
		}
		mem_wipe(own, sizeof(own));
	}
	return right;
}

/* ---- what the response is bound to ---- */

static bool mic_is_right(struct sasl *s, const struct ntlm_authenticate *a, const uint8_t key[NTLM_HASH_OCTETS])
{
	char *at = s->octets.at + exchange_of(s)->authenticate_at + a->mic_at;
	uint8_t given[NTLM_HASH_OCTETS], want[NTLM_HASH_OCTETS];
	bool good;

	if (a->mic_at == 0)
		return false;
	/* It is made with zeros in its own place. */
	memcpy(given, at, sizeof(given));
	memset(at, 0, sizeof(given));
	good = ntlm_hmac(key, buf_str(&s->octets), want);
	memcpy(at, given, sizeof(given));
	return good && same(want, str_make(given, sizeof(given)));
}

static bool binding_is_right(const struct sasl *s, struct str given)
{
	uint8_t want[NTLM_HASH_OCTETS];

	if (s->peer->ntlm->binding == NTLM_IGNORED)
		return true;
	if (given.len == 0)
		return s->peer->ntlm->binding == NTLM_IF_GIVEN || s->peer->end_point.len == 0;
	return s->peer->end_point.len > 0 && ntlm_binding(s->peer->end_point, want) && same(want, given);
}

/* "imap/mail.example.org", with a port or an instance behind it. */
static struct str host_of(struct str service)
{
	struct str rest = str_skip(service, str_find(service, '/') == STR_NPOS ? service.len : str_find(service, '/') + 1), host;

	if (!str_cut(&rest, '/', &host))
		host = rest;
	/* An address of IPv6 has colons of its own. */
	return str_has_octet(host, ']') ? str_sub(host, 0, str_find(host, ']') + 1) : str_sub(host, 0, str_find(host, ':'));
}

static bool is_own_name(const struct ntlm_server *server, struct str host)
{
	if (host.len == 0)
		return false;
	if (str_ieq(host, server->target.dns_computer) || str_ieq(host, server->target.netbios_computer))
		return true;
	for (size_t i = 0; i < server->name_count; i++) {
		if (str_ieq(host, server->names[i]))
			return true;
	}
	return false;
}

static bool service_is_right(struct sasl *s, const struct ntlm_v2 *v)
{
	const struct ntlm_server *server = s->peer->ntlm;
	bool given = v->target_name.len > 0 && !(v->flags & NTLM_V2_TARGET_UNTRUSTED);
	struct buf name;
	bool good;

	if (server->service == NTLM_IGNORED || !given)
		return server->service != NTLM_REQUIRED;
	buf_init(&name, NAME_UTF8_OCTETS_MAX);
	good = ntlm_from_utf16(v->target_name, &name) && is_own_name(server, host_of(buf_str(&name)));
	if (!good)
		snprintf(s->why, sizeof(s->why), "it is meant for the service \"%.*s\", which is not here; auth.ntlm_names has the names there are",
			STR_FMT(str_sub(buf_str(&name), 0, 80)));
	buf_done(&name);
	return good;
}

static bool time_is_right(struct sasl *s, uint64_t time)
{
	const struct ntlm_server *server = s->peer->ntlm;
	uint64_t now = server->target.time, off = time > now ? time - now : now - time;

	if (server->skew_max == 0 || off <= server->skew_max)
		return true;
	snprintf(s->why, sizeof(s->why), "the client's clock is %llu seconds %s", (unsigned long long)(off / TICKS_PER_SECOND),
		time > now ? "fast" : "slow");
	return false;
}

static bool is_bound(struct sasl *s, const struct ntlm_authenticate *a, const uint8_t key[NTLM_HASH_OCTETS])
{
	const struct ntlm_server *server = s->peer->ntlm;
	struct ntlm_v2 v;

	if (ntlm_form_of(a) != NTLM_FORM_V2) {
		because(s, "NTLMv1 cannot be bound to a channel or a service, as the settings demand");
		return server->binding != NTLM_REQUIRED && server->service != NTLM_REQUIRED;
	}
	if (ntlm_v2_get(a->nt, &v) != ERR_OK)
		return false;
	because(s, "its MIC is wrong: the messages of the exchange were changed on the way");
	if ((v.flags & NTLM_V2_HAS_MIC) && !mic_is_right(s, a, key))
		return false;
	because(s, v.binding.len > 0 ? "it is bound to another TLS connection" : "it is not bound to this TLS connection");
	if (!binding_is_right(s, v.binding))
		return false;
	because(s, "it does not say for which service it is");
	if (!service_is_right(s, &v))
		return false;
	return time_is_right(s, v.time);
}

enum err ntlm_answer(struct sasl *s, const struct sasl_answer *told, struct buf *challenge)
{
	uint8_t key[NTLM_HASH_OCTETS] = { 0 };
	struct ntlm_authenticate a;
	bool right;

	read_again(s, &a);
	if (told->right) {
		right = true;
		if (told->octets.len == sizeof(key))
			memcpy(key, told->octets.at, sizeof(key));
	} else {
		right = response_is_right(s, &a, told, key);
	}
	s->proven = right && is_bound(s, &a, key);
	if (s->proven || !right)
		s->why[0] = '\0';
	mem_wipe(key, sizeof(key));
	return sasl_ask(s, SASL_VERDICT);
}
