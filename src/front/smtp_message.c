#include "front/smtp_message.h"

#include <stdio.h>

#include "base/cursor.h"
#include "base/log.h"
#include "front/smtp_authors.h"
#include "front/trace.h"
#include "io/clock.h"
#include "io/file.h"

/* Beside the record: sender, tickets and trace at their largest, and the lengths. */
#define DELIVER_RECORD_OCTETS_MAX ((size_t)16 << 10)
/* Tickets and trace at their largest beside a small message; with more of them it becomes a file. */
#define DELIVER_ENVELOPE_OCTETS_MAX ((size_t)64 << 10)

static enum step run_data(struct client *c);
static enum step run_chunk(struct client *c);
static enum step run_parsed(struct client *c);
static enum step run_pause(struct client *c);
static enum step run_delivered(struct client *c);
static enum step parse(struct smtp_session *s);
static enum step parsed(struct smtp_session *s, struct str record, uint64_t record_octets);

static const struct client_state data_state = { "data", run_data, CLIENT_FOR_OWN, false };
static const struct client_state chunk_state = { "chunk", run_chunk, CLIENT_FOR_OWN, false };
static const struct client_state parse_state = { "parse", run_parsed, CLIENT_FOR_ANSWER, true };
static const struct client_state pause_state = { "parser pause", run_pause, CLIENT_FOR_PAUSE,
	true };
static const struct client_state deliver_state = { "deliver", run_delivered, CLIENT_FOR_ANSWER,
	true };

static const struct config *config_of(const struct smtp_session *s)
{
	return s->client->front->env->config;
}

/* ---- octets in ---- */

/* As text: when, in which process, on which session, which of its messages. */
static void make_id(struct smtp_session *s)
{
	snprintf(s->id, sizeof(s->id), "%llx-%x-%llx-%x", (unsigned long long)clock_real_ms(),
		s->client->front->env->instance, (unsigned long long)s->client->number,
		s->transactions);
}

static void put_head(struct smtp_session *s, struct buf *to)
{
	struct client *c = s->client;
	struct trace_line line = {
		.sender = buf_str(&s->envelope.sender),
		.hello = buf_str(&s->hello),
		.address = c->address.text,
		.address_v6 = c->address.v6,
		.host_name = c->front->env->host_name,
		.lmtp = smtp_is_lmtp(s),
		.esmtp = s->esmtp,
		.tls = conn_is_secured(c->conn),
		.authenticated = s->known,
		.smtputf8 = s->envelope.smtputf8,
		.id = str_from_c(s->id),
		.seconds = clock_real_ms() / 1000,
	};

	trace_put_lines(to, &line);
}

static enum err begin(struct smtp_session *s, enum smtp_data_mode mode)
{
	struct buf head;
	enum err e;

	s->transactions++;
	make_id(s);
	buf_init(&head, 4096);
	put_head(s, &head);
	must(!buf_overflowed(&head));
	s->head_octets = head.len;
	e = smtp_intake_begin(&s->body, mode, buf_str(&head));
	buf_done(&head);
	return e;
}

static uint64_t now_ms(const struct smtp_session *s)
{
	return loop_now_ms(s->client->front->env->loop);
}

static void begin_pace(struct smtp_session *s)
{
	s->pace = (struct smtp_pace){ .since_ms = now_ms(s) };
}

/* Octets of the message have come, 0 for none: how long it may stay open without more of them, in a
 * chunk, between chunks and in DATA. Without a least rate that is as long as for a command. */
static void keep_pace(struct smtp_session *s, uint64_t octets)
{
	struct smtp_pace *p = &s->pace;
	uint64_t rate = config_of(s)->smtp_data_octets_per_second_min,
		 grace = rate ? SMTP_DATA_GRACE_MS : config_of(s)->smtp_command_ms_max;
	uint64_t earned;

	p->octets += octets;
	earned = rate ? p->octets * 1000 / rate : 0;
	/* What is earned beyond a whole grace is lost: a fast beginning buys no silence. */
	if (p->since_ms + earned > now_ms(s) || (rate == 0 && octets > 0)) {
		begin_pace(s);
		earned = 0;
	}
	client_hold_until(s->client, p->since_ms + earned + grace);
	client_deadline(s->client, config_of(s)->smtp_command_ms_max);
}

/* How many replies the end of this message has (RFC 2033 sections 4.2 and 4.3). */
static uint32_t replies(const struct smtp_session *s)
{
	return smtp_is_lmtp(s) && s->ended ? s->envelope.recipients : 1;
}

/* A message that is not taken; the transaction with it. */
enum step smtp_message_fail(struct smtp_session *s, enum err e, struct str text)
{
	bool hang_up = e == ERR_BARELINEEND && !smtp_is_submission(s);
	uint32_t count = replies(s);

	smtp_log_refused(s, "message", STR_NONE, e);
	smtp_forget(s);
	if (!hang_up && count == 1)
		return smtp_next(s, e, text);
	for (; count > 0; count--)
		smtp_say(s, e, text);
	client_go(s->client, &smtp_command_state);
	if (!hang_up)
		return STEP_AGAIN;
	/* Whoever sends such octets to port 25 tries to be read in two ways: no second sentence
	 * with him. */
	client_end(s->client, ERR_OK);
	return STEP_DONE;
}

static enum step finish(struct smtp_session *s)
{
	enum err e = smtp_intake_end(&s->body);

	s->ended = true;
	client_hold_until(s->client, 0); /* from here on we are the ones who take their time */
	if (e == ERR_OK)
		return parse(s);
	if (e == ERR_LOOP)
		log_put(LOG_smtp_loop, LOG_U("session", s->client->number),
			LOG_C("client", s->client->address.text),
			LOG_S("sender", buf_str(&s->envelope.sender)), LOG_END);
	return smtp_message_fail(s, e, STR_NONE);
}

/* ---- DATA ---- */

enum step smtp_do_data(struct smtp_session *s, const struct smtp_command *command)
{
	enum err e;

	if (s->envelope.chunked) {
		smtp_forget(s);
		return smtp_bad(s, ERR_SEQUENCE, S("DATA after BDAT; the message is dropped"));
	}
	if (s->envelope.recipients == 0)
		return smtp_bad(s, ERR_SEQUENCE, S("no valid recipients"));
	e = begin(s, SMTP_DATA_DOTS);
	if (e != ERR_OK)
		return smtp_next(s, e, STR_NONE);
	smtp_say_code(s, 354, NULL, S("send the message, end it with CRLF.CRLF"));
	client_go(s->client, &data_state);
	begin_pace(s);
	keep_pace(s, 0);
	return STEP_AGAIN;
}

static enum step run_data(struct client *c)
{
	struct smtp_session *s = smtp_of(c);
	size_t used = smtp_intake_feed(&s->body, conn_in(c->conn));

	conn_consume(c->conn, used);
	if (s->body.decoder.done)
		return finish(s);
	keep_pace(s, used);
	return STEP_READ;
}

/* ---- BDAT ---- */

static enum err judge_chunk(struct smtp_session *s)
{
	enum err e = ERR_OK;

	if (s->envelope.recipients == 0)
		return ERR_SEQUENCE;
	if (!s->envelope.chunked)
		e = begin(s, SMTP_DATA_CHUNKS);
	s->envelope.chunked = e == ERR_OK;
	return e;
}

/* s->chunk.fault is set when the command is not allowed now: then its octets are only read. */
enum step smtp_do_bdat(struct smtp_session *s, const struct smtp_command *command)
{
	s->chunk.left = command->bdat.octets;
	s->chunk.last = command->bdat.last;
	if (!s->envelope.chunked)
		begin_pace(s);
	if (s->chunk.fault == ERR_OK)
		s->chunk.fault = judge_chunk(s);
	client_go(s->client, &chunk_state);
	keep_pace(s, 0);
	return STEP_AGAIN;
}

static enum step end_chunk(struct smtp_session *s)
{
	char text[64];
	uint64_t octets = s->body.decoder.octets;

	s->ended = s->chunk.last;
	if (s->chunk.fault != ERR_OK)
		return smtp_message_fail(s, s->chunk.fault, STR_NONE);
	if (s->chunk.last)
		return finish(s);
	/* A fault is told with the chunk it is in; the chunks that follow belong to nothing. */
	if (s->body.decoder.faults != 0)
		return smtp_message_fail(s, ERR_BARELINEEND, STR_NONE);
	if (s->body.fault != ERR_OK)
		return smtp_message_fail(s, s->body.fault, STR_NONE);
	snprintf(text, sizeof(text), "%llu octets so far", (unsigned long long)octets);
	return smtp_next(s, ERR_OK, str_from_c(text));
}

static enum step run_chunk(struct client *c)
{
	struct smtp_session *s = smtp_of(c);
	struct str in = conn_in(c->conn);
	size_t used;

	in = str_sub(in, 0, s->chunk.left < in.len ? (size_t)s->chunk.left : in.len);
	used = s->chunk.fault == ERR_OK ? smtp_intake_feed(&s->body, in) : in.len;
	conn_consume(c->conn, used);
	s->chunk.left -= used;
	keep_pace(s, used);
	if (s->chunk.left == 0)
		return end_chunk(s);
	return STEP_READ;
}

/* ---- the parser ---- */

static enum step give_up_parsing(struct smtp_session *s)
{
	log_put(LOG_parser_gave_up, LOG_U("session", s->client->number), LOG_C("id", s->id),
		LOG_END);
	fd_close(&s->result_fd);
	return parsed(s, STR_NONE, 0);
}

/* The message is in the question, or beside it with a file for its record. */
static enum err put_question(struct smtp_session *s, struct msg *m)
{
	fd_close(&s->result_fd);
	m->parse.octets = buf_str(&s->body.small);
	if (s->body.fd < 0)
		return ERR_OK;
	s->result_fd = memfd_new("record");
	m->fds[0] = s->body.fd;
	m->fds[1] = s->result_fd;
	m->fd_count = 2;
	return s->result_fd < 0 ? ERR_LIMIT : ERR_OK;
}

static enum step parse(struct smtp_session *s)
{
	struct front *f = s->client->front;
	struct link *parser = role_link(f->env, ROLE_PARSER, f->parser_pick++);
	struct msg m = { .id = MSG_parse };
	struct client_question q = { .expect = MSG_parsed };

	if (s->parses >= SMTP_PARSES_MAX)
		return give_up_parsing(s);
	if (parser == NULL && s->pauses++ < SMTP_PAUSES_MAX) {
		client_go(s->client, &pause_state);
		return STEP_PEER;
	}
	if (parser == NULL)
		return give_up_parsing(s);
	s->parses++;
	if (put_question(s, &m) != ERR_OK)
		return smtp_message_fail(s, ERR_LIMIT, STR_NONE);
	q.number = role_request(f->env);
	m.parse.request = q.number;
	return client_ask(s->client, parser, &m, &q, &parse_state);
}

static enum step run_pause(struct client *c)
{
	return parse(smtp_of(c));
}

static enum step run_parsed(struct client *c)
{
	struct smtp_session *s = smtp_of(c);
	const struct msg *m = c->answer;

	/* It died of this message, perhaps; or of another. */
	if (m == NULL)
		return parse(s);
	/* A small message with a large record: once more, with a file for it. */
	if (m->parsed.code == ERR_NEEDMORE && s->body.fd < 0) {
		s->parses--;
		return smtp_intake_to_file(&s->body) == ERR_OK ? parse(s)
							       : give_up_parsing(s);
	}
	if (m->parsed.code != ERR_OK)
		return give_up_parsing(s);
	return parsed(s, m->parsed.record, m->parsed.record_octets);
}

enum step smtp_message_parse(struct smtp_session *s)
{
	s->parses = 0;
	return parse(s);
}

/* Who submits mail is held to what he may write in From: and Sender:. */
static enum step parsed(struct smtp_session *s, struct str record, uint64_t record_octets)
{
	if (smtp_is_submission(s) && !s->judged)
		return smtp_authors_judge(s, record, record_octets);
	return smtp_message_deliver(s, record, record_octets);
}

/* ---- the store ---- */

static void put_trace(struct smtp_session *s, struct buf *to)
{
	const struct smtp_envelope *v = &s->envelope;
	struct trace_envelope trace = {
		.body = v->body_type == SMTP_BODY_8BITMIME,
		.ret = (uint8_t)v->ret,
		.smtputf8 = v->smtputf8,
		.envid = buf_str(&v->envid),
		.id = str_from_c(s->id),
		.recipients = v->recipients,
		.rows = buf_str(&v->rows),
	};

	trace_put_envelope(to, &trace);
}

/* Where the record is to be: in the message when it is small, in the file otherwise. */
static bool place_record(struct smtp_session *s, struct str *record, uint64_t *record_octets)
{
	if (record->len > 0 && record->len <= DELIVER_RECORD_OCTETS_MAX) {
		*record_octets = record->len;
		return true;
	}
	if (record->len > 0) {
		*record_octets = record->len;
		if (s->result_fd < 0)
			s->result_fd = memfd_new("record");
		if (memfd_add(s->result_fd, *record) != ERR_OK)
			return false;
		*record = STR_NONE;
	}
	/* The parser still holds the file: what the store reads must not change under its eyes. */
	return *record_octets == 0 || memfd_is_sealed(s->result_fd) || memfd_seal(s->result_fd) == ERR_OK;
}

/* record empty and record_octets 0: no record. */
enum step smtp_message_deliver(struct smtp_session *s, struct str record, uint64_t record_octets)
{
	struct front *f = s->client->front;
	struct msg m = { .id = MSG_deliver };
	struct client_question q = { .number = role_request(f->env), .expect = MSG_delivered };
	struct buf trace;
	enum step step;

	if (!place_record(s, &record, &record_octets)) {
		record = STR_NONE;
		record_octets = 0;
	}
	buf_init(&trace, SMTP_ENVELOPE_OCTETS_MAX + 4096);
	put_trace(s, &trace);
	if (s->body.fd < 0 && s->envelope.tickets.len + trace.len > DELIVER_ENVELOPE_OCTETS_MAX &&
		smtp_intake_to_file(&s->body) != ERR_OK) {
		buf_done(&trace);
		return smtp_message_fail(s, ERR_LIMIT, STR_NONE);
	}
	m.deliver.request = q.number;
	m.deliver.each = smtp_is_lmtp(s);
	m.deliver.sender = buf_str(&s->envelope.sender);
	m.deliver.recipient_tickets = buf_str(&s->envelope.tickets);
	m.deliver.trace = buf_str(&trace);
	m.deliver.record = record;
	m.deliver.record_octets = record_octets;
	m.deliver.octets = buf_str(&s->body.small);
	if (s->body.fd >= 0)
		m.fds[m.fd_count++] = s->body.fd;
	if (record.len == 0 && record_octets > 0)
		m.fds[m.fd_count++] = s->result_fd;
	step = client_ask(s->client, role_link(f->env, ROLE_STORE, 0), &m, &q, &deliver_state);
	buf_done(&trace);
	return step;
}

/* The store's word on recipient i; what cannot be read is not taken. */
static enum err code_of(struct str codes, uint32_t i)
{
	struct rd r = rd_from(str_skip(codes, (size_t)i * sizeof(uint16_t)));
	uint16_t code = rd_u16(&r);

	return r.failed || !err_valid(code) ? ERR_PEER : (enum err)code;
}

static enum step say_delivered(struct smtp_session *s, struct str codes, struct str accepted)
{
	uint32_t count = replies(s);

	if (!smtp_is_lmtp(s)) {
		smtp_forget(s);
		return smtp_next(s, ERR_OK, accepted);
	}
	for (uint32_t i = 0; i < count; i++) {
		enum err e = code_of(codes, i);

		if (e != ERR_OK)
			smtp_log_refused(s, "recipient", STR_NONE, e);
		smtp_say(s, e, e == ERR_OK ? accepted : STR_NONE);
	}
	smtp_forget(s);
	client_go(s->client, &smtp_command_state);
	return STEP_AGAIN;
}

static enum step run_delivered(struct client *c)
{
	struct smtp_session *s = smtp_of(c);
	const struct msg_delivered *d = c->answer ? &c->answer->delivered : NULL;
	enum err e = d ? d->code : c->answer_code;
	char text[240];

	if (e != ERR_OK)
		return smtp_message_fail(s, e, d ? d->text : STR_NONE);
	log_put(LOG_smtp_accepted, LOG_U("session", c->number), LOG_C("client", c->address.text),
		LOG_C("id", s->id), LOG_S("stored", d->id),
		LOG_S("sender", buf_str(&s->envelope.sender)),
		LOG_U("recipients", s->envelope.recipients),
		LOG_U("octets", s->body.decoder.octets), LOG_S("account", buf_str(&s->account)),
		LOG_END);
	snprintf(text, sizeof(text), "accepted %.*s%s", STR_FMT(str_sub(d->id, 0, 128)),
		d->held ? "; what is for a moderated folder is held until a moderator approves it" : "");
	return say_delivered(s, d->codes, str_from_c(text));
}
