#include "front/pop3_session.h"

#include "base/code.h"
#include "base/log.h"
#include "base/mem.h"
#include "front/hand_over.h"
#include "front/logon.h"

static enum step run_greet(struct client *c);
static enum step run_secured(struct client *c);
static enum step run_command(struct client *c);
static enum step run_answer(struct client *c);
static enum step run_line(struct client *c);

static const struct client_state greet_state = { "greet", run_greet, CLIENT_FOR_COMMAND, false };
static const struct client_state secured_state = { "secured", run_secured, CLIENT_FOR_COMMAND,
	false };
static const struct client_state command_state = { "command", run_command, CLIENT_FOR_COMMAND,
	false };
static const struct client_state answer_state = { "logon", run_answer, CLIENT_FOR_ANSWER, true };
static const struct client_state line_state = { "auth response", run_line, CLIENT_FOR_COMMAND,
	false };

static struct pop3_session *session_of(struct client *c)
{
	return c->session;
}

static void *open_session(struct client *c)
{
	struct pop3_session *s = MEM_NEW(struct pop3_session);

	s->client = c;
	buf_init(&s->name, POP3_AUTH_OCTETS_MAX);
	log_put(LOG_session_opened, LOG_U("session", c->number), LOG_C("client", c->address.text),
		LOG_C("service", service_row(c->service)->name), LOG_END);
	return s;
}

static void close_session(struct client *c)
{
	struct pop3_session *s = c->session;

	buf_done(&s->name);
	mem_free(s);
}

const struct client_kind pop3_kind = { PROTOCOL_POP3, &greet_state, &secured_state, open_session,
	close_session };

/* ---- replies ---- */

static enum step next(struct pop3_session *s)
{
	conn_flush(s->client->conn);
	client_go(s->client, &command_state);
	return STEP_AGAIN;
}

static enum step good(struct pop3_session *s, struct str text)
{
	pop3_ok(conn_out(s->client->conn), text);
	return next(s);
}

static enum step refuse(struct pop3_session *s, enum err e, struct str text)
{
	pop3_err(conn_out(s->client->conn), e, text);
	return next(s);
}

static enum step bad(struct pop3_session *s, enum err e, struct str text)
{
	pop3_err(conn_out(s->client->conn), e, text);
	conn_flush(s->client->conn);
	return client_junk(s->client) ? STEP_DONE : next(s);
}

/* ---- commands ---- */

static enum step run_greet(struct client *c)
{
	const struct role_env *env = c->front->env;

	buf_printf(conn_out(c->conn), "+OK %.*s Bourse POP3 ready %.*s\r\n",
		STR_FMT(env->host_name), STR_FMT(env->server_instance));
	return next(session_of(c));
}

/* RFC 2595 section 4: what was learnt before TLS is forgotten. */
static enum step run_secured(struct client *c)
{
	struct pop3_session *s = session_of(c);

	buf_clear(&s->name);
	client_go(c, &command_state);
	return STEP_AGAIN;
}

static enum step do_user(struct pop3_session *s, const struct pop3_command *command)
{
	enum err e = client_judge_password(s->client);

	if (e != ERR_OK) {
		logon_turned_away(s->client, command->text, S("name and password"), e);
		return bad(s, e, STR_NONE);
	}
	buf_clear(&s->name);
	buf_put(&s->name, command->text);
	return good(s, S("password, please"));
}

static enum step do_pass(struct pop3_session *s, const struct pop3_command *command)
{
	enum err e = client_judge_password(s->client);
	enum step step;

	if (e != ERR_OK)
		return bad(s, e, STR_NONE);
	if (s->name.len == 0)
		return bad(s, ERR_SEQUENCE, S("USER first"));
	step = logon_password(s->client, buf_str(&s->name), command->text, &answer_state);
	buf_clear(&s->name);
	return step;
}

static enum step list_mechanisms(struct pop3_session *s)
{
	struct buf *out = conn_out(s->client->conn);
	struct buf names;

	buf_init(&names, OFFER_NAMES_OCTETS_MAX);
	logon_put_mechanisms(s->client, S(""), S("\r\n"), &names);
	pop3_ok(out, S("mechanisms"));
	buf_put(out, buf_str(&names));
	if (names.len > 0)
		buf_put_c(out, "\r\n");
	buf_done(&names);
	pop3_end(out);
	return next(s);
}

static enum step do_auth(struct pop3_session *s, const struct pop3_command *command)
{
	struct logon_start start = { command->mechanism, command->has_initial, command->initial };
	enum step step = STEP_AGAIN;
	enum err e;

	if (command->mechanism.len == 0)
		return list_mechanisms(s);
	e = logon_sasl_start(s->client, &start, &answer_state, &step);
	return e == ERR_OK ? step : bad(s, e, STR_NONE);
}

static enum step do_stls(struct pop3_session *s, const struct pop3_command *command)
{
	if (conn_is_secured(s->client->conn))
		return bad(s, ERR_SEQUENCE, STR_NONE);
	if (!client_may_start_tls(s->client))
		return refuse(s, ERR_NOTLS, STR_NONE);
	return client_start_tls(s->client, S("+OK begin TLS\r\n"));
}

static enum step do_capa(struct pop3_session *s, const struct pop3_command *command)
{
	static const char *const always[] = { "TOP", "UIDL", "RESP-CODES", "AUTH-RESP-CODE",
		"PIPELINING", "UTF8", "LANG", "EXPIRE NEVER", "IMPLEMENTATION Bourse" };
	struct buf *out = conn_out(s->client->conn);
	struct buf names;

	pop3_ok(out, S("capabilities"));
	if (client_judge_password(s->client) == ERR_OK)
		pop3_line(out, S("USER"));
	buf_init(&names, OFFER_NAMES_OCTETS_MAX);
	buf_put_c(&names, "SASL");
	logon_put_mechanisms(s->client, S(" "), S(""), &names);
	if (names.len > 4)
		pop3_line(out, buf_str(&names));
	buf_done(&names);
	if (client_may_start_tls(s->client))
		pop3_line(out, S("STLS"));
	for (size_t i = 0; i < sizeof(always) / sizeof(*always); i++)
		pop3_line(out, str_from_c(always[i]));
	pop3_end(out);
	return next(s);
}

/* Messages are sent as they are, in UTF-8 or not: there is no mode to remember (RFC 6856
 * section 2.1). */
static enum step do_utf8(struct pop3_session *s, const struct pop3_command *command)
{
	return good(s, S("UTF-8 it is"));
}

static enum step do_lang(struct pop3_session *s, const struct pop3_command *command)
{
	struct buf *out = conn_out(s->client->conn);

	if (command->text.len == 0) {
		pop3_ok(out, S("languages"));
		pop3_line(out, S("en English"));
		pop3_end(out);
		return next(s);
	}
	if (str_ieq(command->text, S("en")) || str_eq(command->text, S("*")) ||
		str_ieq(command->text, S("i-default")))
		return good(s, S("en English it is"));
	return refuse(s, ERR_UNSUPPORTED, S("only English is spoken here"));
}

static enum step do_quit(struct pop3_session *s, const struct pop3_command *command)
{
	pop3_ok(conn_out(s->client->conn), S("goodbye"));
	client_end(s->client, ERR_OK);
	return STEP_DONE;
}

typedef enum step handler_fn(struct pop3_session *s, const struct pop3_command *command);

/* Rows of wire/pop3.tbl that the front answers; for the others a logon comes first. */
static handler_fn *const handlers[POP3_VERB_COUNT] = {
	[POP3_USER] = do_user,
	[POP3_PASS] = do_pass,
	[POP3_AUTH] = do_auth,
	[POP3_STLS] = do_stls,
	[POP3_CAPA] = do_capa,
	[POP3_UTF8] = do_utf8,
	[POP3_LANG] = do_lang,
	[POP3_QUIT] = do_quit,
};

/* ---- one command ---- */

static size_t line_max(const struct client *c, struct str in)
{
	const struct config *config = c->front->env->config;

	return pop3_may_be_long(in) ? config->smtp_auth_line_octets_max
				    : config->pop3_command_octets_max;
}

static enum step obey(struct pop3_session *s, struct str line, size_t used)
{
	struct client *c = s->client;
	struct pop3_command command;
	enum err e = pop3_parse(line, &command);
	struct arena arena;
	enum step step;

	if (e != ERR_OK) {
		client_consume_secret(c, used);
		return bad(s, e, STR_NONE);
	}
	if (handlers[command.verb] == NULL) {
		conn_consume(c->conn, used);
		return bad(s, ERR_SEQUENCE, S("log on first"));
	}
	/* The input must be eaten before STLS is judged, and the command lives on. */
	arena_init(&arena, ARENA_SESSION);
	line = arena_str(&arena, line);
	client_consume_secret(c, used);
	must(pop3_parse(line, &command) == ERR_OK);
	step = handlers[command.verb](s, &command);
	arena_wipe(&arena);
	return step;
}

static enum step hang_up(struct client *c, enum err e)
{
	log_put(LOG_bad_input, LOG_U("session", c->number), LOG_C("client", c->address.text),
		LOG_C("what", err_text(e)), LOG_END);
	pop3_err(conn_out(c->conn), e, STR_NONE);
	client_end(c, ERR_OK);
	return STEP_DONE;
}

static enum step run_command(struct client *c)
{
	struct str in = conn_in(c->conn), line;
	enum err e = line_cut(in, line_max(c, in), &line);

	if (e == ERR_NEEDMORE)
		return STEP_READ;
	if (e != ERR_OK)
		return hang_up(c, e);
	return obey(session_of(c), line, line.len + 2);
}

/* ---- the logon ---- */

static enum step challenge(struct pop3_session *s, struct str octets)
{
	struct buf line;

	buf_init(&line, POP3_AUTH_OCTETS_MAX * 2);
	base64_put(&line, octets);
	buf_printf(conn_out(s->client->conn), "+ %.*s\r\n", STR_FMT(buf_str(&line)));
	conn_flush(s->client->conn);
	buf_done(&line);
	client_go(s->client, &line_state);
	return STEP_AGAIN;
}

static enum step run_answer(struct client *c)
{
	struct pop3_session *s = session_of(c);
	struct str text;
	enum err e = logon_answer(c, &text);

	if (e == ERR_NEEDMORE)
		return challenge(s, c->answer->sasl_challenge.challenge);
	if (e == ERR_OK) {
		e = hand_over(c, &(struct hand_over){ .ticket = c->answer->logon_ok.ticket });
		if (e == ERR_OK)
			return STEP_DONE;
	}
	if (err_row(e)->smtp != 421)
		return bad(s, e, text);
	pop3_err(conn_out(c->conn), e, text);
	client_end(c, ERR_OK);
	return STEP_DONE;
}

static enum step run_line(struct client *c)
{
	struct pop3_session *s = session_of(c);
	struct str in = conn_in(c->conn), line;
	enum step step = STEP_AGAIN;
	enum err e = line_cut(in, c->front->env->config->smtp_auth_line_octets_max, &line);
	size_t used;

	if (e == ERR_NEEDMORE)
		return STEP_READ;
	if (e != ERR_OK)
		return hang_up(c, e);
	used = line.len + 2;
	e = logon_sasl_line(c, line, &answer_state, &step);
	client_consume_secret(c, used);
	return e == ERR_OK ? step : bad(s, e, STR_NONE);
}
