#include "front/nntp_session.h"

#include "base/code.h"
#include "base/log.h"
#include "base/mem.h"
#include "front/hand_over.h"
#include "front/logon.h"
#include "io/clock.h"
#include "wire/line.h"

/* The name of those who have no account (directory/anonymous.h). */
#define NAMELESS S("anonymous")
#define OFFERS_OCTETS_MAX (OFFER_NAMES_OCTETS_MAX + 64)

static enum step run_greet(struct client *c);
static enum step run_secured(struct client *c);
static enum step run_command(struct client *c);
static enum step run_answer(struct client *c);
static enum step run_entrance(struct client *c);
static enum step run_line(struct client *c);

static const struct client_state greet_state = { "greet", run_greet, CLIENT_FOR_COMMAND, false };
static const struct client_state secured_state = { "secured", run_secured, CLIENT_FOR_COMMAND, false };
static const struct client_state command_state = { "command", run_command, CLIENT_FOR_COMMAND, false };
static const struct client_state answer_state = { "logon", run_answer, CLIENT_FOR_ANSWER, true };
static const struct client_state entrance_state = { "entrance", run_entrance, CLIENT_FOR_ANSWER, true };
static const struct client_state line_state = { "auth response", run_line, CLIENT_FOR_COMMAND, false };

static struct nntp_session *session_of(struct client *c)
{
	return c->session;
}

static void *open_session(struct client *c)
{
	struct nntp_session *s = MEM_NEW(struct nntp_session);

	s->client = c;
	buf_init(&s->name, NNTP_AUTH_OCTETS_MAX);
	buf_init(&s->place, NNTP_PLACE_OCTETS_MAX);
	log_put(LOG_session_opened, LOG_U("session", c->number), LOG_C("client", c->address.text),
		LOG_C("service", service_row(c->service)->name), LOG_END);
	return s;
}

static void close_session(struct client *c)
{
	struct nntp_session *s = c->session;

	buf_done(&s->name);
	buf_done(&s->place);
	mem_free(s);
}

const struct client_kind nntp_kind = { PROTOCOL_NNTP, &greet_state, &secured_state, open_session, close_session, &command_state };

void nntp_session_place(struct client *c, struct str place)
{
	buf_put(&session_of(c)->place, place);
}

/* ---- replies ---- */

static enum step next(struct nntp_session *s)
{
	conn_flush(s->client->conn);
	client_go(s->client, &command_state);
	return STEP_AGAIN;
}

static enum step reply(struct nntp_session *s, int code, const char *text)
{
	nntp_reply(conn_out(s->client->conn), code, str_from_c(text));
	return next(s);
}

static enum step refuse(struct nntp_session *s, enum err e, struct str text)
{
	nntp_err(conn_out(s->client->conn), e, text);
	return next(s);
}

static enum step count_junk(struct nntp_session *s)
{
	conn_flush(s->client->conn);
	return client_junk(s->client) ? STEP_DONE : next(s);
}

static enum step bad(struct nntp_session *s, enum err e, struct str text)
{
	nntp_err(conn_out(s->client->conn), e, text);
	return count_junk(s);
}

/* RFC 4643 sections 2.3.1 and 2.4.1: what goes wrong in an exchange has a code of its own. */
static enum step bad_logon(struct nntp_session *s, enum err e, struct str text)
{
	if (e != ERR_SYNTAX && e != ERR_SEQUENCE)
		return bad(s, e, text);
	nntp_reply(conn_out(s->client->conn), 482, text.len > 0 ? text : str_from_c(err_text(e)));
	return count_junk(s);
}

static enum step end(struct client *c, enum err e, struct str text)
{
	nntp_err(conn_out(c->conn), e, text);
	client_end(c, ERR_OK);
	return STEP_DONE;
}

static enum step hang_up(struct client *c, enum err e)
{
	log_put(LOG_bad_input, LOG_U("session", c->number), LOG_C("client", c->address.text), LOG_C("what", err_text(e)), LOG_END);
	nntp_reply(conn_out(c->conn), 400, str_from_c(err_text(e)));
	client_end(c, ERR_OK);
	return STEP_DONE;
}

/* ---- what there is before a logon ---- */

/* RFC 3977 section 5.1: 200 is for who may post. Nobody may before he is known or reads; MODE READER says what is so then. */
static enum step run_greet(struct client *c)
{
	const struct role_env *env = c->front->env;

	buf_printf(conn_out(c->conn), "201 %.*s Bourse NNTP ready %.*s\r\n", STR_FMT(env->host_name), STR_FMT(env->server_instance));
	return next(session_of(c));
}

/* RFC 4642 section 2.2.2: what was learnt before TLS is forgotten. */
static enum step run_secured(struct client *c)
{
	struct nntp_session *s = session_of(c);

	buf_clear(&s->name);
	buf_clear(&s->place);
	s->cutter = (struct nntp_cutter){ 0 };
	client_go(c, &command_state);
	return STEP_AGAIN;
}

/* RFC 4642 section 2.1, RFC 4643 section 2.1. After a logon only SASL stays, by which a client sees that nobody has changed it. */
static void put_offers(const struct client *c, bool known, struct buf *to)
{
	struct buf names;

	buf_init(&names, OFFER_NAMES_OCTETS_MAX);
	logon_put_mechanisms(c, S(" "), S(""), &names);
	if (!known && client_may_start_tls(c))
		buf_put_c(to, "STARTTLS\r\n");
	if (!known)
		buf_printf(to, "AUTHINFO%s%s\r\n", client_judge_password(c) == ERR_OK ? " USER" : "", names.len > 0 ? " SASL" : "");
	if (names.len > 0)
		buf_printf(to, "SASL%.*s\r\n", STR_FMT(buf_str(&names)));
	buf_done(&names);
}

static enum step do_capabilities(struct nntp_session *s, const struct nntp_command *command)
{
	struct buf offers;

	buf_init(&offers, OFFERS_OCTETS_MAX);
	put_offers(s->client, false, &offers);
	nntp_put_capabilities(conn_out(s->client->conn), false, buf_str(&offers));
	buf_done(&offers);
	return next(s);
}

static enum step do_help(struct nntp_session *s, const struct nntp_command *command)
{
	nntp_put_help(conn_out(s->client->conn));
	return next(s);
}

static enum step do_date(struct nntp_session *s, const struct nntp_command *command)
{
	nntp_put_date(conn_out(s->client->conn), clock_real_ms() / 1000);
	return next(s);
}

static enum step do_quit(struct nntp_session *s, const struct nntp_command *command)
{
	nntp_reply(conn_out(s->client->conn), 205, S("goodbye"));
	client_end(s->client, ERR_OK);
	return STEP_DONE;
}

static enum step do_starttls(struct nntp_session *s, const struct nntp_command *command)
{
	if (conn_is_secured(s->client->conn))
		return bad(s, ERR_SEQUENCE, S("TLS is there already"));
	if (!client_may_start_tls(s->client))
		return refuse(s, ERR_NOTLS, STR_NONE);
	return client_start_tls(s->client, S("382 begin TLS\r\n"));
}

/* ---- AUTHINFO ---- */

/* Who has no account sends nothing that is secret. */
static enum err judge_name(const struct client *c, struct str name)
{
	if (str_ieq(name, NAMELESS) && offer_nameless(c->front->env->config, PROTOCOL_NNTP))
		return ERR_OK;
	return client_judge_password(c);
}

static enum step do_user(struct nntp_session *s, const struct nntp_command *command)
{
	enum err e = judge_name(s->client, command->text);

	if (e != ERR_OK) {
		logon_turned_away(s->client, command->text, S("name and password"), e);
		return bad(s, e, STR_NONE);
	}
	buf_clear(&s->name);
	buf_put(&s->name, command->text);
	return reply(s, 381, "password, please");
}

static enum step do_pass(struct nntp_session *s, const struct nntp_command *command)
{
	enum err e = judge_name(s->client, buf_str(&s->name));
	enum step step;

	if (e != ERR_OK)
		return bad(s, e, STR_NONE);
	if (s->name.len == 0)
		return bad_logon(s, ERR_SEQUENCE, S("AUTHINFO USER first"));
	step = logon_password(s->client, buf_str(&s->name), command->text, &answer_state);
	buf_clear(&s->name);
	return step;
}

static enum step do_sasl(struct nntp_session *s, const struct nntp_command *command)
{
	struct logon_start start = { command->mechanism, command->has_initial, command->initial };
	enum step step = STEP_AGAIN;
	enum err e = logon_sasl_start(s->client, &start, &answer_state, &step);

	return e == ERR_OK ? step : bad(s, e, STR_NONE);
}

typedef enum step handler_fn(struct nntp_session *s, const struct nntp_command *command);

/* Rows of wire/nntp.tbl that the front answers; the others are for readers. */
static handler_fn *const handlers[NNTP_VERB_COUNT] = {
	[NNTP_CAPABILITIES] = do_capabilities,
	[NNTP_QUIT] = do_quit,
	[NNTP_DATE] = do_date,
	[NNTP_HELP] = do_help,
	[NNTP_STARTTLS] = do_starttls,
	[NNTP_AUTHINFO_USER] = do_user,
	[NNTP_AUTHINFO_PASS] = do_pass,
	[NNTP_AUTHINFO_SASL] = do_sasl,
};

/* ---- one command ---- */

static enum err cut(struct nntp_session *s, struct nntp_cut *ret)
{
	return nntp_cut(&s->cutter, conn_in(s->client->conn), s->client->front->env->config->nntp_command_octets_max, ret);
}

/* The line stays in the input: the store is to answer it. */
static enum step enter(struct nntp_session *s, size_t used)
{
	if (offer_nameless(s->client->front->env->config, PROTOCOL_NNTP))
		return logon_password(s->client, NAMELESS, S(""), &entrance_state);
	conn_consume(s->client->conn, used);
	return refuse(s, ERR_NEEDAUTH, STR_NONE);
}

/* Optional commands that are not done here (RFC 3977 section 3.2.1). An article that comes behind one is not to be taken for commands. */
static enum step absent(struct nntp_session *s, const struct nntp_row *row)
{
	if ((row->flags & NNTP_ENDS) == 0)
		return bad(s, ERR_COMMAND, S("articles are taken by POST alone"));
	return end(s->client, ERR_COMMAND, S("articles are taken by POST alone; goodbye"));
}

static enum step obey(struct nntp_session *s, struct str line, size_t used)
{
	struct client *c = s->client;
	struct nntp_command command;
	const struct nntp_row *row;
	enum err e = nntp_parse(line, &command);
	struct arena arena;
	enum step step;

	if (e != ERR_OK) {
		client_consume_secret(c, used);
		return bad(s, e, STR_NONE);
	}
	row = nntp_row(command.verb);
	if ((row->homes & NNTP_IN_FRONT) == 0)
		return enter(s, used);
	/* The input must be eaten before STARTTLS is judged, and the command lives on. */
	arena_init(&arena, ARENA_SESSION);
	line = arena_str(&arena, line);
	client_consume_secret(c, used);
	must(nntp_parse(line, &command) == ERR_OK);
	step = (row->flags & NNTP_ABSENT) != 0 ? absent(s, row) : handlers[command.verb](s, &command);
	arena_wipe(&arena);
	return step;
}

static enum step run_command(struct client *c)
{
	struct nntp_session *s = session_of(c);
	struct nntp_cut line;
	enum err e = cut(s, &line);

	if (e == ERR_OK)
		return obey(s, line.line, line.used);
	if (line.used > 0)
		client_consume_secret(c, line.used);
	if (e == ERR_NEEDMORE)
		return STEP_READ;
	return e == ERR_TOOLONG ? bad(s, ERR_SYNTAX, str_from_c(err_text(e))) : hang_up(c, e);
}

/* ---- the logon ---- */

/* Code is that of the answer to a logon, which the store gives; empty: there was none. */
static enum err give(struct client *c, struct str code)
{
	struct nntp_session *s = session_of(c);
	struct buf offers;
	enum err e;

	buf_init(&offers, OFFERS_OCTETS_MAX);
	/* Who reads without an account may still log on. */
	put_offers(c, code.len > 0, &offers);
	e = hand_over(c, &(struct hand_over){ .ticket = c->answer->logon_ok.ticket, .tag = code, .place = buf_str(&s->place),
				 .offers = buf_str(&offers) });
	buf_done(&offers);
	return e;
}

static enum step challenge(struct nntp_session *s, struct str octets)
{
	struct buf line;

	buf_init(&line, NNTP_AUTH_OCTETS_MAX * 2);
	base64_put(&line, octets);
	buf_printf(conn_out(s->client->conn), "383 %.*s\r\n", STR_FMT(octets.len > 0 ? buf_str(&line) : S("=")));
	conn_flush(s->client->conn);
	buf_done(&line);
	client_go(s->client, &line_state);
	return STEP_AGAIN;
}

/* RFC 4643 section 2.4.2: 283 when the mechanism has a last word. */
static enum err logged_on(struct client *c)
{
	struct str last = c->answer->logon_ok.last;
	struct buf code;
	enum err e;

	buf_init(&code, NNTP_AUTH_OCTETS_MAX * 2);
	buf_put_c(&code, last.len > 0 ? "283 " : "281");
	base64_put(&code, last);
	e = give(c, buf_str(&code));
	buf_done(&code);
	return e;
}

static enum step run_answer(struct client *c)
{
	struct nntp_session *s = session_of(c);
	struct str text;
	enum err e = logon_answer(c, &text);

	if (e == ERR_NEEDMORE)
		return challenge(s, c->answer->sasl_challenge.challenge);
	if (e == ERR_OK) {
		e = logged_on(c);
		if (e == ERR_OK)
			return STEP_DONE;
	}
	return err_row(e)->smtp == 421 ? end(c, e, text) : bad_logon(s, e, text);
}

/* A reader without an account. What keeps him out is not of a logon's codes, for he has not sent one. */
static enum step run_entrance(struct client *c)
{
	struct nntp_session *s = session_of(c);
	struct nntp_cut line;
	struct str text;
	enum err e = logon_answer(c, &text);

	if (e == ERR_NEEDMORE)
		e = ERR_PEER;
	if (e == ERR_OK) {
		e = give(c, STR_NONE);
		if (e == ERR_OK)
			return STEP_DONE;
	}
	if (err_row(e)->smtp == 421 || e == ERR_LOGONPACE) {
		nntp_reply(conn_out(c->conn), 400, text.len > 0 ? text : str_from_c(err_text(e)));
		client_end(c, ERR_OK);
		return STEP_DONE;
	}
	must(cut(s, &line) == ERR_OK);
	conn_consume(c->conn, line.used);
	return err_row(e)->smtp < 500 ? refuse(s, e, text) : refuse(s, ERR_NEEDAUTH, text);
}

/* "=" is an empty response (RFC 4643 section 2.4.2). */
static enum step run_line(struct client *c)
{
	struct nntp_session *s = session_of(c);
	struct str in = conn_in(c->conn), line;
	enum step step = STEP_AGAIN;
	enum err e = line_cut(in, c->front->env->config->smtp_auth_line_octets_max, &line);
	size_t used;

	if (e == ERR_NEEDMORE)
		return STEP_READ;
	if (e != ERR_OK)
		return hang_up(c, e);
	used = line.len + 2;
	if (str_eq(line, S("=")))
		step = logon_octets_line(c, S(""), &answer_state);
	else
		e = logon_sasl_line(c, line, &answer_state, &step);
	client_consume_secret(c, used);
	return e == ERR_OK ? step : bad_logon(s, e, STR_NONE);
}
