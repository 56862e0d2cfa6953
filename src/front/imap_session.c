#include "front/imap_session.h"

#include "base/code.h"
#include "base/log.h"
#include "base/mem.h"
#include "config/hide.h"
#include "config/identity.h"
#include "front/hand_over.h"
#include "front/logon.h"
#include "wire/imap_capability.h"
#include "wire/imap_language.h"
#include "wire/imap_url.h"
#include "wire/imap_write.h"

#define TAG_OCTETS_MAX      ((size_t)8192)
#define REFERRAL_OCTETS_MAX ((size_t)4096)

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

static struct imap_session *session_of(struct client *c)
{
	return c->session;
}

static void *open_session(struct client *c)
{
	struct imap_session *s = MEM_NEW(struct imap_session);

	s->client = c;
	arena_init(&s->arena, ARENA_SESSION);
	buf_init(&s->tag, TAG_OCTETS_MAX);
	buf_init(&s->client_name, FRONT_CLIENT_NAME_OCTETS_MAX);
	buf_init(&s->client_version, FRONT_CLIENT_NAME_OCTETS_MAX);
	log_put(LOG_session_opened, LOG_U("session", c->number), LOG_C("client", c->address.text),
		LOG_C("service", service_row(c->service)->name), LOG_END);
	return s;
}

static void close_session(struct client *c)
{
	struct imap_session *s = c->session;

	arena_wipe(&s->arena);
	buf_done(&s->tag);
	buf_done(&s->client_name);
	buf_done(&s->client_version);
	mem_free(s);
}

const struct client_kind imap_kind = { PROTOCOL_IMAP, &greet_state, &secured_state, open_session,
	close_session, &secured_state };

/* ---- replies ---- */

static enum step next(struct imap_session *s)
{
	conn_flush(s->client->conn);
	client_go(s->client, &command_state);
	return STEP_AGAIN;
}

static enum step good(struct imap_session *s, struct str text)
{
	imap_put_ok(conn_out(s->client->conn), s->language, buf_str(&s->tag), NULL, text);
	return next(s);
}

static void put_status(struct imap_session *s, enum err e, struct str text)
{
	imap_put_status(conn_out(s->client->conn), s->language, buf_str(&s->tag), e, text);
	conn_flush(s->client->conn);
}

static enum step bad(struct imap_session *s, enum err e, struct str text)
{
	put_status(s, e, text);
	return client_junk(s->client) ? STEP_DONE : next(s);
}

static void put_capabilities(const struct imap_session *s, struct buf *to)
{
	struct imap_caps caps = imap_caps_of(IMAP_BEFORE_LOGON);
	struct hide_client who = { .name = buf_str(&s->client_name),
		.version = buf_str(&s->client_version),
		.address = str_from_c(s->client->address.text) };

	hide_from(&s->client->front->env->config->imap_hide, &who, &caps);
	imap_put_caps(to, &caps, NULL, NULL);
	if (client_may_start_tls(s->client))
		buf_put_c(to, " STARTTLS");
	logon_put_mechanisms(s->client, S(" AUTH="), S(""), to);
	if (client_judge_password(s->client) != ERR_OK)
		buf_put_c(to, " LOGINDISABLED");
}

/* ---- commands ---- */

static enum step run_greet(struct client *c)
{
	const struct role_env *env = c->front->env;
	struct imap_session *s = session_of(c);
	struct buf *out = conn_out(c->conn);

	buf_put_c(out, "* OK [");
	put_capabilities(s, out);
	buf_printf(out, "] %.*s Bourse IMAP4 ready %.*s\r\n", STR_FMT(env->host_name),
		STR_FMT(env->server_instance));
	return next(s);
}

static enum step run_secured(struct client *c)
{
	struct imap_session *s = session_of(c);

	s->gos_sent = 0;
	/* RFC 5255 section 7: who stood in between may have chosen it. */
	s->language = LANGUAGE_I_DEFAULT;
	client_go(c, &command_state);
	return STEP_AGAIN;
}

static enum step do_capability(struct imap_session *s, struct imap_args *args)
{
	struct buf line;

	buf_init(&line, 512);
	put_capabilities(s, &line);
	imap_put_untagged(conn_out(s->client->conn), buf_str(&line));
	buf_done(&line);
	return good(s, S("CAPABILITY completed"));
}

static enum step do_noop(struct imap_session *s, struct imap_args *args)
{
	return good(s, S("NOOP completed"));
}

static enum step do_logout(struct imap_session *s, struct imap_args *args)
{
	struct buf *out = conn_out(s->client->conn);

	imap_put_bye(out, s->language, S("goodbye"));
	imap_put_ok(out, s->language, buf_str(&s->tag), NULL, S("LOGOUT completed"));
	client_end(s->client, ERR_OK);
	return STEP_DONE;
}

static void note_client(struct imap_session *s, struct str name, struct str version)
{
	buf_clear(&s->client_name);
	buf_put(&s->client_name, name);
	buf_clear(&s->client_version);
	buf_put(&s->client_version, version);
}

void imap_session_client(struct client *c, struct str name, struct str version)
{
	note_client(session_of(c), name, version);
}

void imap_session_farewell(struct client *c, enum err why)
{
	imap_put_status(conn_out(c->conn), session_of(c)->language, STR_NONE, why, STR_NONE);
}

static enum step do_id(struct imap_session *s, struct imap_args *args)
{
	struct imap_id *id = ARENA_NEW(&s->arena, struct imap_id);
	struct buf *to = conn_out(s->client->conn);
	enum err e;

	imap_arg_id(args, id);
	e = imap_args_end(args);
	if (e != ERR_OK)
		return bad(s, e, STR_NONE);
	note_client(s, imap_id_value(id, S("name")), imap_id_value(id, S("version")));
	buf_put_c(to, "* ");
	identity_put(to, s->client->front->env->config);
	buf_put_c(to, "\r\n");
	return good(s, S("ID completed"));
}

static enum step do_language(struct imap_session *s, struct imap_args *args)
{
	enum language preferred = (enum language)s->client->front->env->config->imap_language;
	struct buf *to = conn_out(s->client->conn);
	struct imap_language l;
	enum err e;

	imap_arg_language(args, preferred, &l);
	e = imap_args_end(args);
	if (e != ERR_OK)
		return bad(s, e, STR_NONE);
	if (l.asked && l.none != ERR_OK)
		return bad(s, l.none, IMAP_LANGUAGE_NONE);
	if (l.asked) {
		s->language = l.chosen;
		imap_put_language(to, s->language);
	} else {
		imap_put_languages(to);
	}
	return good(s, S("LANGUAGE completed"));
}

static enum step do_starttls(struct imap_session *s, struct imap_args *args)
{
	struct client *c = s->client;
	struct buf line;
	enum step step;

	if (conn_is_secured(c->conn))
		return bad(s, ERR_SEQUENCE, STR_NONE);
	if (!client_may_start_tls(c))
		return bad(s, ERR_NOTLS, STR_NONE);
	buf_init(&line, TAG_OCTETS_MAX + 64);
	imap_put_ok(&line, s->language, buf_str(&s->tag), NULL, S("begin TLS"));
	step = client_start_tls(c, buf_str(&line));
	buf_done(&line);
	return step;
}

static enum step do_login(struct imap_session *s, struct imap_args *args)
{
	struct str name = imap_arg_login(args), password = imap_arg_astring(args);
	enum err e = imap_args_end(args);

	if (e == ERR_OK) {
		e = client_judge_password(s->client);
		if (e != ERR_OK)
			logon_turned_away(s->client, name, S("name and password"), e);
	}
	if (e != ERR_OK)
		return bad(s, e, STR_NONE);
	return logon_password(s->client, name, password, &answer_state);
}

static enum step do_authenticate(struct imap_session *s, struct imap_args *args)
{
	struct logon_start start = { .mechanism = imap_arg_atom(args) };
	enum step step = STEP_AGAIN;
	enum err e;

	if (imap_arg_more(args)) {
		start.has_initial = true;
		start.initial = imap_arg_base64(args);
		if (str_eq(start.initial, S("=")))
			start.initial = S("");
	}
	e = imap_args_end(args);
	if (e == ERR_OK)
		e = logon_sasl_start(s->client, &start, &answer_state, &step);
	return e == ERR_OK ? step : bad(s, e, STR_NONE);
}

struct handler {
	enum step (*run)(struct imap_session *s, struct imap_args *args);
	bool no_args;
};

/* Rows of wire/imap.tbl that the front answers; for the others a logon comes first. */
static const struct handler handlers[IMAP_VERB_COUNT] = {
	[IMAP_CAPABILITY] = { do_capability, true },
	[IMAP_NOOP] = { do_noop, true },
	[IMAP_LOGOUT] = { do_logout, true },
	[IMAP_ID] = { do_id, false },
	[IMAP_LANGUAGE] = { do_language, false },
	[IMAP_STARTTLS] = { do_starttls, true },
	[IMAP_AUTHENTICATE] = { do_authenticate, false },
	[IMAP_LOGIN] = { do_login, false },
};

/* ---- one command ---- */

static enum step obey(struct imap_session *s, struct str text)
{
	struct imap_command command;
	struct imap_args args;
	enum err e;

	imap_args_init(&args, &s->arena, text);
	e = imap_command(&args, &command);
	buf_clear(&s->tag);
	buf_put(&s->tag, command.tag);
	if (e == ERR_OK && handlers[command.verb].run == NULL)
		return bad(s, ERR_SEQUENCE, S("log on first"));
	if (e == ERR_OK && handlers[command.verb].no_args)
		e = imap_args_end(&args);
	if (e != ERR_OK)
		return bad(s, e, STR_NONE);
	return handlers[command.verb].run(s, &args);
}

static enum step hang_up(struct client *c, enum err e)
{
	log_put(LOG_bad_input, LOG_U("session", c->number), LOG_C("client", c->address.text),
		LOG_C("what", err_text(e)), LOG_END);
	imap_put_bye(conn_out(c->conn), session_of(c)->language, str_from_c(err_text(e)));
	client_end(c, ERR_OK);
	return STEP_DONE;
}

static void send_gos(struct imap_session *s, size_t gos)
{
	for (; s->gos_sent < gos; s->gos_sent++)
		imap_put_go(conn_out(s->client->conn), s->language, S("go ahead"));
	conn_flush(s->client->conn);
}

static struct imap_limits limits_of(const struct client *c)
{
	struct imap_limits limits = IMAP_LIMITS_PREAUTH;

	limits.octets_max = c->front->env->config->imap_prelogon_octets_max;
	return limits;
}

/* The command's octets: copied, eaten and, as a password may be among them, overwritten. */
static enum step take_command(struct imap_session *s, const struct imap_cut *cut)
{
	struct str text = arena_str(&s->arena, cut->command);
	enum step step;
	struct arena *arena = &s->arena;
	struct client *c = s->client;

	client_consume_secret(c, cut->used);
	s->gos_sent = 0;
	step = obey(s, text);
	if (step == STEP_DONE)
		return step;
	arena_wipe(arena);
	return step;
}

static enum step run_command(struct client *c)
{
	struct imap_session *s = session_of(c);
	struct imap_limits limits = limits_of(c);
	struct imap_cut cut;
	enum err e = imap_cut(&limits, conn_in(c->conn), &cut);

	send_gos(s, cut.gos);
	if (e == ERR_NEEDMORE)
		return STEP_READ;
	if (e == ERR_OK)
		return take_command(s, &cut);
	if (e != ERR_TOOBIG && e != ERR_SYNTAX)
		return hang_up(c, e);
	buf_clear(&s->tag);
	buf_put(&s->tag, cut.tag);
	client_consume_secret(c, cut.used);
	s->gos_sent = 0;
	return bad(s, e, e == ERR_TOOBIG ? S("literal too large") : STR_NONE);
}

/* ---- the logon ---- */

static enum step challenge(struct imap_session *s, struct str octets)
{
	struct buf line;

	buf_init(&line, IMAP_AUTH_OCTETS_MAX * 2);
	base64_put(&line, octets);
	imap_put_go(conn_out(s->client->conn), LANGUAGE_I_DEFAULT, buf_str(&line));
	conn_flush(s->client->conn);
	buf_done(&line);
	client_go(s->client, &line_state);
	return STEP_AGAIN;
}

/* RFC 2221 section 4.1. */
static enum step refer(struct imap_session *s, const struct msg_logon_refused *m)
{
	struct buf code, *out = conn_out(s->client->conn);

	buf_init(&code, REFERRAL_OCTETS_MAX);
	buf_put_c(&code, "REFERRAL ");
	imap_url_put_server(&code, m->user, m->home);
	buf_put_octet(&code, '\0');
	imap_put_begin(out, buf_str(&s->tag), err_row(ERR_MOVED)->imap_status, code.at);
	imap_put_text(out, s->language, m->text);
	buf_done(&code);
	return next(s);
}

static enum step run_answer(struct client *c)
{
	struct imap_session *s = session_of(c);
	struct str text;
	enum err e = logon_answer(c, &text);

	if (e == ERR_NEEDMORE)
		return challenge(s, c->answer->sasl_challenge.challenge);
	if (e == ERR_OK) {
		e = hand_over(c,
			&(struct hand_over){ .ticket = c->answer->logon_ok.ticket,
				.tag = buf_str(&s->tag),
				.client_name = buf_str(&s->client_name),
				.client_version = buf_str(&s->client_version),
				.language = s->language });
		if (e == ERR_OK)
			return STEP_DONE;
	}
	if (e == ERR_MOVED && c->answer->logon_refused.home.len > 0)
		return refer(s, &c->answer->logon_refused);
	if (err_row(e)->smtp != 421)
		return bad(s, e, text);
	put_status(s, e, text);
	client_end(c, ERR_OK);
	return STEP_DONE;
}

static enum step run_line(struct client *c)
{
	struct imap_session *s = session_of(c);
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
