#include "front/smtp_logon.h"

#include "base/code.h"
#include "front/logon.h"

static enum step run_answer(struct client *c);
static enum step run_line(struct client *c);

static const struct client_state answer_state = { "auth", run_answer, CLIENT_FOR_ANSWER, true };
static const struct client_state line_state = { "auth response", run_line, CLIENT_FOR_COMMAND,
	false };

static enum err judge_auth(const struct smtp_session *s)
{
	/* RFC 4954 section 3: not offered is not known. */
	if (!smtp_is_submission(s))
		return ERR_COMMAND;
	return s->known ? ERR_SEQUENCE : ERR_OK;
}

enum step smtp_do_auth(struct smtp_session *s, const struct smtp_command *command)
{
	struct logon_start start = { command->auth.mechanism, command->auth.has_initial,
		command->auth.initial };
	enum step step = STEP_AGAIN;
	enum err e = judge_auth(s);

	if (e == ERR_OK)
		e = logon_sasl_start(s->client, &start, &answer_state, &step);
	return e == ERR_OK ? step : smtp_bad(s, e, STR_NONE);
}

static enum step challenge(struct smtp_session *s, struct str octets)
{
	struct buf line;

	buf_init(&line, SMTP_AUTH_OCTETS_MAX);
	base64_put(&line, octets);
	/* A challenge may be longer than a reply line; it is base64, so nothing in it needs care.
	 */
	buf_printf(conn_out(s->client->conn), "334 %.*s\r\n", STR_FMT(buf_str(&line)));
	conn_flush(s->client->conn);
	buf_done(&line);
	client_go(s->client, &line_state);
	return STEP_AGAIN;
}

static enum step welcome(struct smtp_session *s)
{
	const struct msg_logon_ok *ok = &s->client->answer->logon_ok;

	s->known = true;
	buf_clear(&s->ticket);
	buf_clear(&s->account);
	buf_put(&s->ticket, ok->ticket);
	buf_put(&s->account, ok->account);
	client_is_known(s->client);
	smtp_say_code(s, 235, "2.7.0", S("logged on"));
	client_go(s->client, &smtp_command_state);
	return STEP_AGAIN;
}

static enum step run_answer(struct client *c)
{
	struct smtp_session *s = smtp_of(c);
	struct str text;
	enum err e = logon_answer(c, &text);

	if (e == ERR_NEEDMORE)
		return challenge(s, c->answer->sasl_challenge.challenge);
	if (e == ERR_OK)
		return welcome(s);
	if (err_row(e)->smtp == 421)
		return smtp_next(s, e, text);
	return smtp_bad(s, e, text);
}

static enum step run_line(struct client *c)
{
	struct smtp_session *s = smtp_of(c);
	struct str in = conn_in(c->conn), line;
	enum step step = STEP_AGAIN;
	enum err e = line_cut(in, c->front->env->config->smtp_auth_line_octets_max, &line);
	size_t used;

	if (e == ERR_NEEDMORE)
		return STEP_READ;
	if (e != ERR_OK) {
		smtp_say(s, e, STR_NONE);
		client_end(c, ERR_OK);
		return STEP_DONE;
	}
	used = line.len + 2;
	e = logon_sasl_line(c, line, &answer_state, &step);
	client_consume_secret(c, used);
	return e == ERR_OK ? step : smtp_bad(s, e, STR_NONE);
}
