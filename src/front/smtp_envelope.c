#include "front/smtp_envelope.h"

#include "front/trace.h"

static enum step run_sender(struct client *c);
static enum step run_recipient(struct client *c);

static const struct client_state sender_state = { "sender", run_sender, CLIENT_FOR_ANSWER, true };
static const struct client_state recipient_state = { "recipient", run_recipient, CLIENT_FOR_ANSWER,
	true };

/* The verdict that run was called with; views live as long as run. */
struct verdict {
	enum err code;
	struct str text, ticket;
};

static struct verdict verdict_of(const struct client *c)
{
	if (c->answer == NULL)
		return (struct verdict){ .code = c->answer_code };
	return (struct verdict){ c->answer->verdict.code, c->answer->verdict.text,
		c->answer->verdict.ticket };
}

static enum step ask_directory(struct smtp_session *s, const struct msg *m, uint64_t number,
	const struct client_state *wait)
{
	struct client_question q = { .number = number, .expect = MSG_verdict };

	return client_ask(
		s->client, role_link(s->client->front->env, ROLE_DIRECTORY, 0), m, &q, wait);
}

/* ---- MAIL ---- */

static enum err judge_mail(const struct smtp_session *s, const struct smtp_mail *mail)
{
	const struct front *f = s->client->front;

	if (mail->body == SMTP_BODY_BINARYMIME)
		return ERR_UNSUPPORTED;
	if (smtp_is_lmtp(s) && (mail->ret != SMTP_RET_NONE || mail->has_envid))
		return ERR_PARAMETER;
	if (mail->size_octets > f->env->config->smtp_message_octets_max)
		return ERR_TOOBIG;
	if (!room_is_likely(&s->body.room, mail->size_octets))
		return ERR_LIMIT;
	return ERR_OK;
}

static enum step accept_sender(struct smtp_session *s)
{
	s->envelope.open = true;
	smtp_say_code(s, 250, "2.1.0", S("sender accepted"));
	client_go(s->client, &smtp_command_state);
	return STEP_AGAIN;
}

enum step smtp_do_mail(struct smtp_session *s, const struct smtp_command *command)
{
	const struct smtp_mail *mail = &command->mail;
	struct smtp_envelope *v = &s->envelope;
	struct msg m = { .id = MSG_sender_judge };
	enum err e = judge_mail(s, mail);

	if (e != ERR_OK)
		return smtp_next(s, e, STR_NONE);
	buf_put(&v->sender, mail->from.text);
	buf_put(&v->envid, mail->envid);
	v->size_octets = mail->size_octets;
	v->body_type = mail->body;
	v->smtputf8 = mail->smtputf8;
	v->ret = mail->ret;
	if (!smtp_is_submission(s))
		return accept_sender(s);
	m.sender_judge.request = role_request(s->client->front->env);
	m.sender_judge.ticket = buf_str(&s->ticket);
	m.sender_judge.address = mail->from.text;
	return ask_directory(s, &m, m.sender_judge.request, &sender_state);
}

static enum step run_sender(struct client *c)
{
	struct smtp_session *s = smtp_of(c);
	struct verdict v = verdict_of(c);

	if (v.code == ERR_OK)
		return accept_sender(s);
	smtp_log_refused(s, "sender", buf_str(&s->envelope.sender), v.code);
	smtp_forget(s);
	return smtp_next(s, v.code, v.text);
}

/* ---- RCPT ---- */

static enum err judge_rcpt(const struct smtp_session *s, const struct smtp_rcpt *rcpt)
{
	const struct smtp_envelope *v = &s->envelope;

	if (v->chunked)
		return ERR_SEQUENCE;
	if (smtp_is_lmtp(s) && (rcpt->notify != 0 || rcpt->orcpt_type.len > 0))
		return ERR_PARAMETER;
	if (rcpt->to.utf8 && !v->smtputf8)
		return ERR_NEEDUTF8;
	if (v->recipients >= s->client->front->env->config->smtp_recipients_max)
		return ERR_TOOMANYRCPT;
	return ERR_OK;
}

static struct str address_of(const struct smtp_path *to)
{
	return to->kind == SMTP_PATH_POSTMASTER ? S("postmaster") : to->text;
}

enum step smtp_do_rcpt(struct smtp_session *s, const struct smtp_command *command)
{
	const struct smtp_rcpt *rcpt = &command->rcpt;
	struct smtp_envelope *v = &s->envelope;
	struct msg m = { .id = MSG_recipient_judge };
	enum err e = judge_rcpt(s, rcpt);

	if (e != ERR_OK)
		return smtp_next(s, e, STR_NONE);
	buf_clear(&v->address);
	buf_clear(&v->orcpt_type);
	buf_clear(&v->orcpt);
	buf_put(&v->address, address_of(&rcpt->to));
	buf_put(&v->orcpt_type, rcpt->orcpt_type);
	buf_put(&v->orcpt, rcpt->orcpt);
	v->notify = rcpt->notify;
	m.recipient_judge.request = role_request(s->client->front->env);
	m.recipient_judge.ticket = buf_str(&s->ticket);
	m.recipient_judge.sender = buf_str(&v->sender);
	m.recipient_judge.address = buf_str(&v->address);
	m.recipient_judge.octets = v->size_octets;
	return ask_directory(s, &m, m.recipient_judge.request, &recipient_state);
}

/* False: the envelope is full. Nothing has changed then. */
static bool add_recipient(struct smtp_envelope *v, struct str ticket)
{
	struct trace_recipient r = { .ticket_octets = (uint32_t)ticket.len,
		.address = buf_str(&v->address),
		.notify = (uint8_t)v->notify,
		.orcpt_type = buf_str(&v->orcpt_type),
		.orcpt = buf_str(&v->orcpt) };
	/* Four lengths, the ticket's size and the notify octet. */
	size_t row = r.address.len + r.orcpt_type.len + r.orcpt.len + 3 * sizeof(uint32_t) +
		     sizeof(uint32_t) + 1;

	if (v->tickets.len + v->rows.len + ticket.len + row > SMTP_ENVELOPE_OCTETS_MAX)
		return false;
	buf_put(&v->tickets, ticket);
	trace_put_recipient(&v->rows, &r);
	v->recipients++;
	return true;
}

static enum step refuse_recipient(struct smtp_session *s, const struct verdict *v)
{
	smtp_log_refused(s, "recipient", buf_str(&s->envelope.address), v->code);
	if (err_row(v->code)->smtp / 100 == 5 && ++s->refused >= SMTP_REFUSED_MAX) {
		smtp_say(s, v->code, v->text);
		client_end(s->client, ERR_JUNK);
		return STEP_DONE;
	}
	return smtp_next(s, v->code, v->text);
}

static enum step run_recipient(struct client *c)
{
	struct smtp_session *s = smtp_of(c);
	struct verdict v = verdict_of(c);

	/* A ticket that proves nothing would lose the mail later. */
	if (v.code == ERR_OK && v.ticket.len == 0)
		v.code = ERR_PEER;
	if (v.code == ERR_OK && !add_recipient(&s->envelope, v.ticket))
		v = (struct verdict){ .code = ERR_TOOMANYRCPT };
	if (v.code != ERR_OK)
		return refuse_recipient(s, &v);
	smtp_say_code(s, 250, "2.1.5", v.text.len > 0 ? v.text : S("recipient accepted"));
	client_go(c, &smtp_command_state);
	return STEP_AGAIN;
}
