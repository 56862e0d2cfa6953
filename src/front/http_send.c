#include "front/http_send.h"

#include <stdio.h>

#include "base/log.h"
#include "front/form_message.h"
#include "front/http_account.h"
#include "front/http_place.h"
#include "front/smtp_message.h"
#include "front/trace.h"
#include "io/clock.h"
#include "io/file.h"
#include "wire/http_form.h"

#define HTML S("text/html; charset=utf-8")

static enum step parse(struct http_session *s);
static enum step deliver(struct http_session *s, struct str record, uint64_t record_octets);

/* ---- the form once more ---- */

static enum step on_told_again(struct http_session *s)
{
	const struct msg_place_told *t = s->client->answer != NULL ? &s->client->answer->place_told : NULL;
	enum err e = t != NULL ? (enum err)t->code : s->client->answer_code;

	if (e != ERR_OK)
		return e == ERR_NEEDAUTH ? http_ask_who(s, STR_NONE) : http_refuse(s, e, t != NULL ? t->text : STR_NONE);
	http_place_keep(s);
	return http_place_page(s);
}

/* What was typed is not lost, and there is a fresh token to send it with. */
static enum step again(struct http_session *s, enum err e, struct str text)
{
	unsigned status = err_row(e)->http;

	s->place->status = status == 401 ? 403 : status;
	s->place->wrong = arena_str(&s->arena, text.len > 0 ? text : str_from_c(err_text(e)));
	return http_place_ask(s, on_told_again);
}

static enum step say_again(struct http_session *s, const char *english, const char *german)
{
	return again(s, ERR_SYNTAX, str_from_c(http_place_say(s, english, german)));
}

/* ---- what was typed ---- */

static enum err read_one(struct http_session *s, const struct http_form *f, const char *name, struct str *ret)
{
	struct buf to;
	enum err e;

	buf_init(&to, f->body.len + 1);
	e = http_form_get(f, str_from_c(name), &to);
	*ret = e == ERR_OK ? arena_str(&s->arena, buf_str(&to)) : S("");
	buf_wipe(&to);
	return e == ERR_NOTFOUND ? ERR_OK : e;
}

static enum err read_all(struct http_session *s, const struct http_form *f)
{
	struct http_typed *t = &s->place->typed;
	const struct {
		const char *name;
		struct str *ret;
	} rows[] = { { "to", &t->to }, { "name", &t->name }, { "email", &t->email }, { "subject", &t->subject }, { "text", &t->text },
		{ "form", &t->form }, { "work", &t->work }, { "website", &t->website } };
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < sizeof(rows) / sizeof(*rows); i++)
		e = read_one(s, f, rows[i].name, rows[i].ret);
	t->name = str_trim(t->name);
	t->email = str_trim(t->email);
	return e;
}

/* What is no text cannot stand in the page that says so either. */
static enum step refuse_field(struct http_session *s, struct str *field, const char *english, const char *german)
{
	if (!form_text_good(*field))
		*field = S("");
	return say_again(s, english, german);
}

static enum step on_posted(struct http_session *s);

static enum step ask_post(struct http_session *s)
{
	const struct http_typed *t = &s->place->typed;
	struct role_env *env = s->client->front->env;
	struct msg m = { .id = MSG_place_post };

	m.place_post = (struct msg_place_post){ .request = role_request(env), .service = (uint8_t)s->client->service,
		.tls = conn_is_secured(s->client->conn), .client = http_place_client(s), .path = s->place->path, .token = s->token,
		.form = str_sub(t->form, 0, 256), .work = str_sub(t->work, 0, 64), .to = str_sub(t->to, 0, 512), .octets = t->text.len };
	return http_ask(s, role_link(env, ROLE_DIRECTORY, 0), &m, m.place_post.request, on_posted);
}

enum step http_send(struct http_session *s)
{
	struct http_typed *t = &s->place->typed;
	struct http_form form;
	enum err e = http_is_foreign(s) ? ERR_FORM : http_form_open(http_field(s->request, S("Content-Type")), buf_str(&s->body), &form);

	if (e == ERR_OK)
		e = read_all(s, &form);
	if (e != ERR_OK)
		return http_refuse(s, e, STR_NONE);
	if (!form_line_good(t->name) || t->name.len > FORM_NAME_OCTETS_MAX)
		return refuse_field(s, &t->name, "The name has something in it that no name has, or is too long.",
			"Der Name enthält etwas, das in keinem Namen steht, oder ist zu lang.");
	if (!form_address_good(t->email))
		return refuse_field(s, &t->email, "This is no e-mail address that could be answered to.",
			"Das ist keine E-Mail-Adresse, an die geantwortet werden kann.");
	if (!form_line_good(t->subject) || t->subject.len > FORM_SUBJECT_OCTETS_MAX || str_trim(t->subject).len == 0)
		return refuse_field(s, &t->subject, "The subject is missing, is too long, or has something in it that no line has.",
			"Der Betreff fehlt, ist zu lang oder enthält etwas, das in keiner Zeile steht.");
	if (!form_text_good(t->text) || str_trim(t->text).len == 0)
		return refuse_field(s, &t->text, "The message is empty, or is no text.", "Die Nachricht ist leer oder kein Text.");
	if (t->website.len > 0)
		return say_again(s, "The field that says so has to be left empty. Send it again without it.",
			"Das Feld, das leer bleiben soll, war ausgefüllt. Senden Sie es noch einmal ohne.");
	return ask_post(s);
}

/* ---- to whom ---- */

static void put_message(struct http_session *s)
{
	const struct http_place *p = s->place;
	const struct client *c = s->client;
	struct form_message m = { .sender = p->sender, .display = p->display, .to = p->to, .name = p->typed.name, .address = p->typed.email,
		.subject = p->typed.subject, .text = p->typed.text, .path = p->path, .client = c->address.text, .client_v6 = c->address.v6,
		.tls = conn_is_secured(c->conn), .host_name = c->front->env->host_name, .id = str_from_c(p->id), .seconds = clock_real_ms() / 1000 };

	buf_clear(&s->message);
	form_message_put(&s->message, &m);
}

static enum step on_recipient(struct http_session *s)
{
	const struct msg_verdict *v = s->client->answer != NULL ? &s->client->answer->verdict : NULL;
	enum err e = v != NULL ? (enum err)v->code : s->client->answer_code;
	struct role_env *env = s->client->front->env;

	if (e != ERR_OK)
		return again(s, e, v != NULL ? v->text : STR_NONE);
	s->place->ticket = arena_str(&s->arena, v->ticket);
	snprintf(s->place->id, sizeof(s->place->id), "%llx-%x-%llx-%x", (unsigned long long)clock_real_ms(), env->instance,
		(unsigned long long)s->client->number, s->requests);
	put_message(s);
	if (buf_overflowed(&s->message))
		return again(s, ERR_TOOBIG, STR_NONE);
	s->place->octets = s->message.len;
	return parse(s);
}

static enum step on_posted(struct http_session *s)
{
	const struct msg_place_posted *p = s->client->answer != NULL ? &s->client->answer->place_posted : NULL;
	enum err e = p != NULL ? (enum err)p->code : s->client->answer_code;
	struct role_env *env = s->client->front->env;
	struct msg m = { .id = MSG_recipient_judge };

	if (e != ERR_OK)
		return again(s, e, p != NULL ? p->text : STR_NONE);
	s->place->sender = arena_str(&s->arena, p->sender);
	s->place->display = arena_str(&s->arena, form_line_good(p->display) ? p->display : S(""));
	s->place->to = arena_str(&s->arena, p->to);
	s->place->account = arena_str(&s->arena, p->account);
	m.recipient_judge = (struct msg_recipient_judge){ .request = role_request(env), .ticket = p->ticket, .sender = p->sender, .address = p->to,
		.octets = s->place->typed.text.len };
	return http_ask(s, role_link(env, ROLE_DIRECTORY, 0), &m, m.recipient_judge.request, on_recipient);
}

/* ---- parser and store ---- */

static bool is_small(const struct http_session *s)
{
	return s->message.len <= SMTP_SMALL_OCTETS_MAX;
}

/* A large one goes as a file. */
static enum err make_file(struct http_session *s)
{
	if (is_small(s) || s->message_fd >= 0)
		return ERR_OK;
	s->message_fd = memfd_new("message");
	if (s->message_fd < 0 || memfd_add(s->message_fd, buf_str(&s->message)) != ERR_OK || memfd_seal(s->message_fd) != ERR_OK)
		return ERR_LIMIT;
	return ERR_OK;
}

static enum step on_parsed(struct http_session *s)
{
	const struct msg *m = s->client->answer;

	/* It died, perhaps of another one's message: once more, on another worker; then the store keeps it as it is. */
	if (m == NULL)
		return s->place->parses < SMTP_PARSES_MAX ? parse(s) : deliver(s, STR_NONE, 0);
	if (m->parsed.code != ERR_OK)
		return deliver(s, STR_NONE, 0);
	return deliver(s, m->parsed.record, m->parsed.record_octets);
}

static enum step parse(struct http_session *s)
{
	struct front *f = s->client->front;
	struct msg m = { .id = MSG_parse };

	s->place->parses++;
	if (make_file(s) != ERR_OK)
		return again(s, ERR_LIMIT, STR_NONE);
	m.parse = (struct msg_parse){ .request = role_request(f->env), .octets = is_small(s) ? buf_str(&s->message) : STR_NONE };
	if (!is_small(s)) {
		fd_close(&s->record_fd);
		s->record_fd = memfd_new("record");
		if (s->record_fd < 0)
			return again(s, ERR_LIMIT, STR_NONE);
		m.fds[0] = s->message_fd;
		m.fds[1] = s->record_fd;
		m.fd_count = 2;
	}
	return http_ask(s, role_link(f->env, ROLE_PARSER, f->parser_pick++), &m, m.parse.request, on_parsed);
}

static enum step thank(struct http_session *s, struct str stored)
{
	struct str id = str_from_c(s->place->id);

	log_put(LOG_form_accepted, LOG_U("session", s->client->number), LOG_C("client", s->client->address.text), LOG_S("path", s->place->path),
		LOG_S("account", s->place->account), LOG_S("id", id), LOG_S("stored", stored), LOG_S("sender", s->place->sender),
		LOG_S("recipient", s->place->to), LOG_U("octets", s->place->octets), LOG_END);
	buf_clear(&s->page);
	buf_printf(&s->page, "<!DOCTYPE html>\r\n<html lang=\"%s\"><head><meta charset=\"utf-8\">"
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>%s</title><link rel=\"stylesheet\" href=\"/style.css\">"
		"</head>\r\n<body><main><h1>%s</h1>\r\n<p class=\"good\" role=\"status\">", http_place_say(s, "en", "de"),
		http_place_say(s, "Thank you", "Danke"), http_place_say(s, "Thank you", "Danke"));
	buf_put_c(&s->page, http_place_say(s, "Your message was accepted, and is kept. Its number is", "Ihre Nachricht ist angenommen. Ihre Nummer ist"));
	buf_put_c(&s->page, " <code>");
	http_put_html(&s->page, id);
	buf_printf(&s->page, "</code>.</p>\r\n<p><a href=\"%.*s\">%s</a></p></main></body></html>\r\n", STR_FMT(s->place->path),
		http_place_say(s, "Back", "Zurück"));
	return http_answer(s, &(struct http_reply){ .status = 200, .type = HTML, .body = buf_str(&s->page) });
}

static enum step on_delivered(struct http_session *s)
{
	const struct msg_delivered *d = s->client->answer != NULL ? &s->client->answer->delivered : NULL;
	enum err e = d != NULL ? (enum err)d->code : s->client->answer_code;

	return e == ERR_OK ? thank(s, d->id) : again(s, e, d != NULL ? d->text : STR_NONE);
}

static void put_trace(const struct http_session *s, struct buf *to)
{
	struct trace_recipient row = { .ticket_octets = (uint32_t)s->place->ticket.len, .address = s->place->to, .orcpt_type = S(""),
		.orcpt = S("") };
	struct trace_envelope envelope = { .envid = S(""), .id = str_from_c(s->place->id), .recipients = 1 };
	struct buf rows;

	buf_init(&rows, 4096);
	trace_put_recipient(&rows, &row);
	envelope.rows = buf_str(&rows);
	trace_put_envelope(to, &envelope);
	buf_done(&rows);
}

/* The store's answer comes when it is on disk; only then is anybody thanked. */
static enum step deliver(struct http_session *s, struct str record, uint64_t record_octets)
{
	struct front *f = s->client->front;
	struct msg m = { .id = MSG_deliver };
	struct buf trace;
	enum step step;

	buf_init(&trace, 8192);
	put_trace(s, &trace);
	m.deliver = (struct msg_deliver){ .request = role_request(f->env), .octets = is_small(s) ? buf_str(&s->message) : STR_NONE,
		.sender = s->place->sender, .recipient_tickets = s->place->ticket, .trace = buf_str(&trace), .record = record,
		.record_octets = record.len > 0 ? record.len : record_octets };
	if (!is_small(s))
		m.fds[m.fd_count++] = s->message_fd;
	if (record.len == 0 && record_octets > 0 && (memfd_is_sealed(s->record_fd) || memfd_seal(s->record_fd) == ERR_OK))
		m.fds[m.fd_count++] = s->record_fd;
	else if (record.len == 0)
		m.deliver.record_octets = 0;
	step = http_ask(s, role_link(f->env, ROLE_STORE, 0), &m, m.deliver.request, on_delivered);
	buf_done(&trace);
	return step;
}
