#include "front/smtp_session.h"

#include "base/log.h"
#include "base/mem.h"
#include "front/logon.h"
#include "io/file.h"

static enum step run_greet(struct client *c);
static enum step run_secured(struct client *c);
static enum step run_command(struct client *c);

const struct client_state smtp_command_state = { "command", run_command, CLIENT_FOR_COMMAND,
	false };
static const struct client_state greet_state = { "greet", run_greet, CLIENT_FOR_COMMAND, false };
static const struct client_state secured_state = { "secured", run_secured, CLIENT_FOR_COMMAND,
	false };

typedef enum step handler_fn(struct smtp_session *s, const struct smtp_command *command);

#define CMD(verb, flags, handler, rfc) smtp_do_##handler,
static handler_fn *const handlers[SMTP_VERB_COUNT] = {
#include "wire/smtp.tbl"
};
#undef CMD

static const struct config *config_of(const struct smtp_session *s)
{
	return s->client->front->env->config;
}

/* ---- replies ---- */

void smtp_say(struct smtp_session *s, enum err e, struct str text)
{
	smtp_reply(conn_out(s->client->conn), e, text);
}

void smtp_say_code(struct smtp_session *s, int code, const char *enhanced, struct str text)
{
	smtp_reply_code(conn_out(s->client->conn), code, enhanced, text);
}

enum step smtp_next(struct smtp_session *s, enum err e, struct str text)
{
	struct client *c = s->client;

	smtp_say(s, e, text);
	if (err_row(e)->smtp == 421) {
		client_end(c, ERR_OK);
		return STEP_DONE;
	}
	client_go(c, &smtp_command_state);
	return STEP_AGAIN;
}

enum step smtp_bad(struct smtp_session *s, enum err e, struct str text)
{
	struct client *c = s->client;

	smtp_say(s, e, text);
	if (client_junk(c))
		return STEP_DONE;
	client_go(c, &smtp_command_state);
	return STEP_AGAIN;
}

void smtp_log_refused(struct smtp_session *s, const char *what, struct str subject, enum err why)
{
	log_put(LOG_smtp_refused, LOG_U("session", s->client->number),
		LOG_C("client", s->client->address.text), LOG_C("what", what),
		LOG_S("address", subject), LOG_S("sender", buf_str(&s->envelope.sender)),
		LOG_C("why", err_name(why)), LOG_END);
}

bool smtp_is_submission(const struct smtp_session *s)
{
	return s->client->service == SERVICE_SUBMISSION || s->client->service == SERVICE_SUBMISSIONS;
}

bool smtp_is_lmtp(const struct smtp_session *s)
{
	return s->client->service == SERVICE_LMTP;
}

/* ---- the session ---- */

static void envelope_init(struct smtp_envelope *e)
{
	*e = (struct smtp_envelope){ 0 };
	buf_init(&e->sender, SMTP_PATH_OCTETS_MAX);
	buf_init(&e->envid, SMTP_LINE_OCTETS_MAX);
	buf_init(&e->tickets, SMTP_ENVELOPE_OCTETS_MAX);
	buf_init(&e->rows, SMTP_ENVELOPE_OCTETS_MAX);
	buf_init(&e->address, SMTP_PATH_OCTETS_MAX);
	buf_init(&e->orcpt_type, SMTP_AUTH_OCTETS_MAX);
	buf_init(&e->orcpt, SMTP_AUTH_OCTETS_MAX);
}

static void envelope_done(struct smtp_envelope *e)
{
	buf_done(&e->sender);
	buf_done(&e->envid);
	buf_done(&e->tickets);
	buf_done(&e->rows);
	buf_done(&e->address);
	buf_done(&e->orcpt_type);
	buf_done(&e->orcpt);
}

void smtp_forget(struct smtp_session *s)
{
	envelope_done(&s->envelope);
	envelope_init(&s->envelope);
	smtp_intake_drop(&s->body);
	fd_close(&s->result_fd);
	client_hold_until(s->client, 0);
	s->chunk = (struct smtp_chunk){ 0 };
	buf_done(&s->record);
	buf_init(&s->record, PEER_MESSAGE_OCTETS_MAX);
	s->record_octets = 0;
	s->judged = false;
	s->parses = 0;
	s->pauses = 0;
	s->ended = false;
}

static void *open_session(struct client *c)
{
	struct smtp_session *s = MEM_NEW(struct smtp_session);

	s->client = c;
	s->result_fd = -1;
	arena_init(&s->arena, ARENA_COMMAND);
	buf_init(&s->hello, SMTP_DOMAIN_OCTETS_MAX);
	buf_init(&s->ticket, SMTP_ENVELOPE_OCTETS_MAX);
	buf_init(&s->account, SMTP_LINE_OCTETS_MAX);
	envelope_init(&s->envelope);
	smtp_intake_init(&s->body, c->front, &c->address, smtp_is_lmtp(s));
	log_put(LOG_smtp_connect, LOG_U("session", c->number), LOG_C("client", c->address.text),
		LOG_C("service", service_row(c->service)->name), LOG_END);
	return s;
}

static void close_session(struct client *c)
{
	struct smtp_session *s = c->session;

	log_put(LOG_smtp_closed, LOG_U("session", c->number), LOG_C("client", c->address.text),
		LOG_U("messages", s->transactions), LOG_END);
	smtp_forget(s);
	envelope_done(&s->envelope);
	buf_done(&s->hello);
	buf_done(&s->ticket);
	buf_done(&s->account);
	arena_wipe(&s->arena); /* the line of a logon that ended the session */
	mem_free(s);
}

const struct client_kind smtp_kind = { PROTOCOL_SMTP, &greet_state, &secured_state, open_session,
	close_session };

static enum step run_greet(struct client *c)
{
	const struct role_env *env = c->front->env;

	struct str organisation = env->config->organisation_name;

	buf_printf(conn_out(c->conn), "220 %.*s %s Bourse %.*s", STR_FMT(env->host_name),
		c->service == SERVICE_LMTP ? "LMTP" : "ESMTP", STR_FMT(env->server_instance));
	/* RFC 5321 section 4.2 text; the organisation is the host's name where none was given. */
	if (!str_eq(organisation, env->host_name) && str_is_ascii(organisation) && !str_has_control(organisation))
		buf_printf(conn_out(c->conn), " (%.*s)", STR_FMT(organisation));
	buf_put_c(conn_out(c->conn), "\r\n");
	conn_flush(c->conn);
	client_go(c, &smtp_command_state);
	return STEP_AGAIN;
}

/* RFC 3207 section 4.2: what was learnt before TLS is forgotten. */
static enum step run_secured(struct client *c)
{
	struct smtp_session *s = smtp_of(c);

	smtp_forget(s);
	buf_clear(&s->hello);
	buf_clear(&s->ticket);
	s->known = false;
	client_go(c, &smtp_command_state);
	return STEP_AGAIN;
}

/* ---- one command ---- */

static bool needs_logon(const struct smtp_session *s, enum smtp_verb verb)
{
	if (!smtp_is_submission(s) || s->known)
		return false;
	return verb == SMTP_MAIL || verb == SMTP_RCPT || verb == SMTP_DATA || verb == SMTP_BDAT ||
	       verb == SMTP_VRFY || verb == SMTP_EXPN;
}

/* What the row's flags say about a command in this state. */
static enum err judge(const struct smtp_session *s, enum smtp_verb verb)
{
	unsigned flags = smtp_row(verb)->flags;

	if ((flags & SMTP_AFTER_HELLO) && s->hello.len == 0)
		return ERR_SEQUENCE;
	if (needs_logon(s, verb))
		return ERR_NEEDAUTH;
	if ((flags & SMTP_TRANSACTION) && !s->envelope.open)
		return ERR_SEQUENCE;
	if ((flags & SMTP_NO_TRANSACTION) && s->envelope.open)
		return ERR_SEQUENCE;
	return ERR_OK;
}

/* RFC 2920 section 3.1. STARTTLS sees to itself, more sharply; after QUIT nothing is read any more.
 */
static bool is_sent_ahead(const struct smtp_session *s, enum smtp_verb verb)
{
	return (smtp_row(verb)->flags & SMTP_LAST) && conn_in(s->client->conn).len > 0 &&
	       verb != SMTP_STARTTLS && verb != SMTP_QUIT;
}

static enum step hang_up(struct smtp_session *s, enum err e)
{
	struct client *c = s->client;

	log_put(LOG_bad_input, LOG_U("session", c->number), LOG_C("client", c->address.text),
		LOG_C("what", err_text(e)), LOG_END);
	smtp_say(s, e, STR_NONE);
	client_end(c, ERR_OK);
	return STEP_DONE;
}

/* The octets of a chunk stand behind the line whatever becomes of it: nobody may take them for
 * commands. */
static enum step obey_bdat(
	struct smtp_session *s, const struct smtp_command *command, enum err parsed)
{
	enum err e;

	if (parsed != ERR_OK)
		return hang_up(s, parsed);
	e = judge(s, SMTP_BDAT);
	if (e != ERR_OK) {
		smtp_forget(s);
		s->chunk.fault = e;
	}
	return smtp_do_bdat(s, command);
}

/* RFC 2033 section 4.1: whoever mixes the two up is told at the first word. */
static bool is_known(const struct smtp_session *s, enum smtp_verb verb)
{
	return !(smtp_row(verb)->flags & (smtp_is_lmtp(s) ? SMTP_NO_LMTP : SMTP_LMTP));
}

static enum step obey(struct smtp_session *s, struct str line)
{
	struct smtp_command command;
	enum smtp_verb verb;
	enum err e = smtp_find(line, &verb);

	if (e == ERR_OK && !is_known(s, verb))
		e = ERR_COMMAND;
	if (e != ERR_OK)
		return smtp_bad(s, e, STR_NONE);
	if (is_sent_ahead(s, verb))
		return hang_up(s, ERR_PIPELINING);
	e = smtp_parse(&s->arena, line, &command);
	if (verb == SMTP_BDAT)
		return obey_bdat(s, &command, e);
	if (e == ERR_OK)
		e = judge(s, verb);
	else if (judge(s, verb) == ERR_NEEDAUTH)
		e = ERR_NEEDAUTH;
	if (e != ERR_OK)
		return smtp_bad(s, e, STR_NONE);
	return handlers[verb](s, &command);
}

static size_t line_max(const struct smtp_session *s, struct str in)
{
	bool long_line = str_istarts(in, S("AUTH "));

	return long_line ? config_of(s)->smtp_auth_line_octets_max
			 : config_of(s)->smtp_command_octets_max;
}

static enum step run_command(struct client *c)
{
	struct smtp_session *s = smtp_of(c);
	struct str in = conn_in(c->conn), line;
	enum err e = line_cut(in, line_max(s, in), &line);
	enum step step;
	size_t used;

	if (e == ERR_NEEDMORE)
		return STEP_READ;
	if (e != ERR_OK)
		return hang_up(s, e);
	arena_clear(&s->arena);
	used = line.len + 2;
	line = arena_str(&s->arena, line);
	if (!str_istarts(line, S("AUTH "))) {
		conn_consume(c->conn, used);
		return obey(s, line);
	}
	client_consume_secret(c, used);
	step = obey(s, line);
	if (step != STEP_DONE)
		arena_wipe(&s->arena);
	return step;
}

/* ---- the small commands ---- */

static void greet_back(struct smtp_session *s, const struct smtp_command *command, bool esmtp)
{
	smtp_forget(s);
	buf_clear(&s->hello);
	buf_put(&s->hello, command->hello.name);
	s->esmtp = esmtp;
}

enum step smtp_do_helo(struct smtp_session *s, const struct smtp_command *command)
{
	greet_back(s, command, false);
	smtp_say_code(s, 250, NULL, s->client->front->env->host_name);
	return STEP_AGAIN;
}

static void offer_auth(struct smtp_session *s, struct buf *out)
{
	struct buf line;

	if (!smtp_is_submission(s) || s->known)
		return;
	buf_init(&line, OFFER_NAMES_OCTETS_MAX);
	buf_put_c(&line, "AUTH");
	logon_put_mechanisms(s->client, S(" "), S(""), &line);
	if (line.len > 4)
		smtp_reply_more(out, 250, NULL, buf_str(&line));
	buf_done(&line);
}

enum step smtp_do_ehlo(struct smtp_session *s, const struct smtp_command *command)
{
	static const char *const always[] = { "PIPELINING", "8BITMIME", "SMTPUTF8",
		"ENHANCEDSTATUSCODES", "CHUNKING" };
	struct client *c = s->client;
	struct buf *out = conn_out(c->conn);

	greet_back(s, command, true);
	smtp_reply_more(out, 250, NULL, c->front->env->host_name);
	for (size_t i = 0; i < sizeof(always) / sizeof(*always); i++)
		smtp_reply_more(out, 250, NULL, str_from_c(always[i]));
	/* Whoever hands over for the last time reports to the sender himself. */
	if (!smtp_is_lmtp(s))
		smtp_reply_more(out, 250, NULL, S("DSN"));
	if (client_may_start_tls(c))
		smtp_reply_more(out, 250, NULL, S("STARTTLS"));
	offer_auth(s, out);
	buf_printf(out, "250 SIZE %llu\r\n",
		(unsigned long long)config_of(s)->smtp_message_octets_max);
	conn_flush(c->conn);
	return STEP_AGAIN;
}

enum step smtp_do_lhlo(struct smtp_session *s, const struct smtp_command *command)
{
	return smtp_do_ehlo(s, command);
}

enum step smtp_do_rset(struct smtp_session *s, const struct smtp_command *command)
{
	smtp_forget(s);
	return smtp_next(s, ERR_OK, STR_NONE);
}

enum step smtp_do_noop(struct smtp_session *s, const struct smtp_command *command)
{
	return smtp_next(s, ERR_OK, STR_NONE);
}

enum step smtp_do_quit(struct smtp_session *s, const struct smtp_command *command)
{
	smtp_say_code(s, 221, "2.0.0", S("goodbye"));
	client_end(s->client, ERR_OK);
	return STEP_DONE;
}

/* Whether an address exists is told to nobody who only asks (RFC 5321 section 7.3). */
enum step smtp_do_vrfy(struct smtp_session *s, const struct smtp_command *command)
{
	smtp_say_code(
		s, 252, "2.1.5", S("addresses are not verified here; mail for them is tried"));
	return STEP_AGAIN;
}

enum step smtp_do_expn(struct smtp_session *s, const struct smtp_command *command)
{
	smtp_say_code(s, 252, "2.1.5", S("lists are not shown here; mail for them is tried"));
	return STEP_AGAIN;
}

enum step smtp_do_help(struct smtp_session *s, const struct smtp_command *command)
{
	struct buf line;

	buf_init(&line, 512);
	buf_put_c(&line, "commands:");
	for (int i = 0; i < SMTP_VERB_COUNT; i++) {
		if (is_known(s, (enum smtp_verb)i))
			buf_printf(&line, " %s", smtp_row((enum smtp_verb)i)->verb);
	}
	smtp_say_code(s, 214, "2.0.0", buf_str(&line));
	buf_done(&line);
	return STEP_AGAIN;
}

enum step smtp_do_starttls(struct smtp_session *s, const struct smtp_command *command)
{
	if (conn_is_secured(s->client->conn))
		return smtp_bad(s, ERR_SEQUENCE, STR_NONE);
	if (!client_may_start_tls(s->client))
		return smtp_next(s, ERR_NOTLS, STR_NONE);
	return client_start_tls(s->client, S("220 2.0.0 begin TLS\r\n"));
}
