#include "front/http_challenge.h"

#include "base/code.h"
#include "base/mem.h"
#include "front/http_account.h"
#include "front/logon.h"
#include "ipc/place.h"
#include "wire/spnego.h"

/* A message, and its base64 with the header around it. */
#define TOKEN_OCTETS_MAX  SPNEGO_OCTETS_MAX
#define HEADER_OCTETS_MAX (TOKEN_OCTETS_MAX / 3 * 4 + 128)

/* ---- what is offered ---- */

/* Without a connection that stays there is nobody to answer the challenge. */
static bool offers_ntlm(const struct http_session *s)
{
	return (s->ways & PLACE_NTLM) && http_stays(s) && logon_offers(s->client, S("NTLM"));
}

static bool offers_kerberos(const struct http_session *s)
{
	return (s->ways & PLACE_NEGOTIATE) && logon_offers(s->client, S("GSS-SPNEGO"));
}

bool http_challenge_is(struct str scheme)
{
	return str_ieq(scheme, S("NTLM")) || str_ieq(scheme, S("Negotiate"));
}

bool http_challenge_is_offered(const struct http_session *s)
{
	return offers_ntlm(s) || offers_kerberos(s);
}

/* NTLM is taken inside Negotiate as well; but a client that prefers Negotiate and has no ticket often tries nothing else. */
void http_challenge_put_offers(const struct http_session *s, struct buf *to)
{
	if (offers_kerberos(s))
		buf_put_c(to, "WWW-Authenticate: Negotiate\r\n");
	if (offers_ntlm(s))
		buf_put_c(to, "WWW-Authenticate: NTLM\r\n");
}

/* ---- the connection ---- */

struct str http_challenge_token(const struct http_session *s)
{
	return s->bound.known ? str_make(s->bound.token, WEB_TOKEN_OCTETS) : STR_NONE;
}

void http_challenge_lost(struct http_session *s)
{
	mem_wipe(s->bound.token, sizeof(s->bound.token));
	s->bound.known = false;
}

void http_challenge_give(struct http_session *s)
{
	http_challenge_lost(s);
}

static void log_off(struct http_session *s)
{
	struct msg m = { .id = MSG_web_ask, .web_ask = { .what = WEB_DROP, .token = http_challenge_token(s) } };

	if (s->bound.known)
		link_send(role_link(s->client->front->env, ROLE_DIRECTORY, 0), &m);
	http_challenge_lost(s);
}

static void stop(struct http_session *s)
{
	if (s->bound.running)
		logon_cancel(s->client);
	s->bound.running = s->bound.chosen = s->bound.goes_on = false;
}

void http_challenge_answered(struct http_session *s)
{
	if (!s->bound.goes_on)
		stop(s);
	s->bound.goes_on = false;
}

/* Half an exchange that is left is told as one by whoever closes the client. */
void http_challenge_close(struct http_session *s)
{
	log_off(s);
}

/* ---- answers ---- */

static void put_header(const struct http_session *s, struct str token, struct buf *to)
{
	buf_printf(to, "WWW-Authenticate: %s ", s->bound.negotiate ? "Negotiate" : "NTLM");
	base64_put(to, token);
	buf_put_c(to, "\r\n");
}

static enum step send_challenge(struct http_session *s, struct str token)
{
	struct http_reply r = { .status = 401, .type = S("text/plain; charset=utf-8"), .body = S("Go on.\r\n") };
	struct buf header;

	if (!http_stays(s))
		return http_ask_who(s, S("This way to log on needs a connection that stays open."));
	buf_init(&header, HEADER_OCTETS_MAX);
	put_header(s, token, &header);
	must(!buf_overflowed(&header));
	r.extra = arena_str(&s->arena, buf_str(&header));
	buf_done(&header);
	s->bound.goes_on = true;
	return http_answer(s, &r);
}

static enum step challenge(struct http_session *s, struct str octets)
{
	struct buf wrapped;
	enum step step;

	s->bound.running = true;
	if (!s->bound.wrapped)
		return send_challenge(s, octets);
	buf_init(&wrapped, TOKEN_OCTETS_MAX);
	spnego_put(&wrapped, SPNEGO_INCOMPLETE, !s->bound.chosen, octets);
	s->bound.chosen = false;
	step = send_challenge(s, buf_str(&wrapped));
	buf_done(&wrapped);
	return step;
}

/* What goes with the answer to the request that the exchange has ended with. */
static void add_last(struct http_session *s, struct str token)
{
	struct buf lines;

	buf_init(&lines, HEADER_OCTETS_MAX);
	if (token.len > 0)
		put_header(s, token, &lines);
	buf_put_c(&lines, "Persistent-Auth: true\r\n");
	must(!buf_overflowed(&lines));
	s->added = arena_str(&s->arena, buf_str(&lines));
	buf_done(&lines);
}

static enum step welcome(struct http_session *s)
{
	struct str token = s->client->answer->logon_ok.ticket;
	struct buf last;

	must(token.len == WEB_TOKEN_OCTETS);
	memcpy(s->bound.token, token.at, token.len);
	s->bound.known = true;
	buf_init(&last, TOKEN_OCTETS_MAX);
	/* No last words are better than some without the MIC: RFC 4559 leaves them to the server. */
	if (s->bound.wrapped && !s->bound.signs)
		spnego_put(&last, SPNEGO_COMPLETED, false, STR_NONE);
	else if (!s->bound.wrapped)
		buf_put(&last, s->client->answer->logon_ok.last);
	add_last(s, buf_str(&last));
	buf_done(&last);
	s->token = http_challenge_token(s);
	return http_look(s);
}

static enum step on_told(struct http_session *s)
{
	struct str text;
	enum err e = logon_answer(s->client, &text);

	if (e == ERR_NEEDMORE)
		return challenge(s, s->client->answer->sasl_challenge.challenge);
	s->bound.running = s->bound.chosen = false;
	if (e == ERR_OK)
		return welcome(s);
	return err_row(e)->http == 401 ? http_ask_who(s, text) : http_refuse(s, e, text);
}

/* ---- messages ---- */

static enum step begin(struct http_session *s, struct str mechanism, struct str octets)
{
	struct logon_start start = { .mechanism = mechanism, .has_initial = true, .initial = octets };
	enum step step = STEP_AGAIN;

	s->next = on_told;
	if (logon_octets_start(s->client, &start, &http_answer_state, &step) != ERR_OK)
		return http_ask_who(s, S("This way to log on is not offered here."));
	return step;
}

static enum step go_on(struct http_session *s, struct str octets)
{
	s->next = on_told;
	return logon_octets_line(s->client, octets, &http_answer_state);
}

static enum step out_of_order(struct http_session *s)
{
	stop(s);
	return http_ask_who(s, S("This message belongs to a logon that has not begun on this connection; begin with the first one."));
}

static enum step take_ntlm(struct http_session *s, struct str message, bool wrapped)
{
	bool first = str_starts(message, S("NTLMSSP\0\1\0\0\0")), chosen = s->bound.chosen && wrapped;

	if (!first && s->bound.running && s->bound.wrapped == wrapped)
		return go_on(s, message);
	if (!first)
		return out_of_order(s);
	stop(s);
	if (!http_stays(s))
		return http_ask_who(s, S("NTLM needs a connection that stays open."));
	s->bound.wrapped = wrapped;
	s->bound.chosen = chosen;
	return begin(s, S("NTLM"), message);
}

/* The client's favourite is not to be had: it is told to take NTLM, and begins with it in the next request. */
static enum step choose_ntlm(struct http_session *s)
{
	struct buf answer;
	enum step step;

	stop(s);
	s->bound.wrapped = s->bound.chosen = true;
	buf_init(&answer, TOKEN_OCTETS_MAX);
	spnego_put(&answer, SPNEGO_INCOMPLETE, true, STR_NONE);
	step = send_challenge(s, buf_str(&answer));
	buf_done(&answer);
	return step;
}

static enum step take_first(struct http_session *s, const struct spnego *token, struct str octets)
{
	bool ntlm = token->has_ntlm && offers_ntlm(s);

	if (token->has_kerberos && offers_kerberos(s)) {
		stop(s);
		s->bound.wrapped = false;
		return begin(s, S("GSS-SPNEGO"), octets);
	}
	if (ntlm && token->wants == SPNEGO_NTLM && token->token.len > 0) {
		s->bound.chosen = false;
		return take_ntlm(s, token->token, true);
	}
	if (ntlm)
		return choose_ntlm(s);
	stop(s);
	logon_turned_away(s->client, S(""), S("Negotiate"), ERR_MECHANISMOFF);
	return http_ask_who(s, S("None of the ways to log on that were named is offered here."));
}

static enum step take_spnego(struct http_session *s, struct str octets)
{
	struct spnego token;
	enum err e = spnego_get(octets, &token);

	if (e == ERR_OK && token.first)
		return take_first(s, &token, octets);
	if (e == ERR_OK && s->bound.running && !s->bound.wrapped)
		return go_on(s, octets);
	s->bound.signs = e == ERR_OK && token.mic.at != NULL;
	if (e == ERR_OK && s->bound.wrapped && (s->bound.running || s->bound.chosen))
		return take_ntlm(s, token.token, true);
	if (e == ERR_OK)
		return out_of_order(s);
	stop(s);
	return http_refuse(s, ERR_SYNTAX, S("This is no message of the scheme Negotiate."));
}

enum step http_challenge_take(struct http_session *s, struct str scheme, struct str credentials)
{
	bool negotiate = str_ieq(scheme, S("Negotiate"));
	struct buf clear;
	struct str octets;
	enum err e;

	/* Whoever logs on anew is nobody until he has. */
	log_off(s);
	if (negotiate != s->bound.negotiate)
		stop(s);
	s->bound.negotiate = negotiate;
	buf_init(&clear, TOKEN_OCTETS_MAX);
	e = base64_get(&clear, credentials);
	if (e == ERR_TOOBIG)
		e = ERR_HEADTOOBIG;
	octets = arena_str(&s->arena, buf_str(&clear));
	buf_wipe(&clear);
	if (e != ERR_OK) {
		stop(s);
		return http_refuse(s, e, STR_NONE);
	}
	return !negotiate || str_starts(octets, S("NTLMSSP")) ? take_ntlm(s, octets, false) : take_spnego(s, octets);
}
