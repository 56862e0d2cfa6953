#include "front/client.h"

#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "front/http_session.h"
#include "front/imap_session.h"
#include "front/listener.h"
#include "front/nntp_session.h"
#include "ipc/messages.h"
#include "wire/imap_write.h"
#include "wire/pop3.h"
#include "wire/smtp_reply.h"

static const struct client_kind *const kinds[] = {
	[PROTOCOL_SMTP] = &smtp_kind,
	[PROTOCOL_POP3] = &pop3_kind,
	[PROTOCOL_IMAP] = &imap_kind,
	[PROTOCOL_HTTP] = &http_kind,
	[PROTOCOL_NNTP] = &nntp_kind,
};

static void on_input(void *arg);
static void on_secured(void *arg, enum err e);
static void on_closed(void *arg, enum err e);

static const struct conn_events events = {
	.input = on_input,
	.drained = on_input,
	.secured = on_secured,
	.closed = on_closed,
};

/* Nothing to do while OpenSSL works; its end is told by on_secured. */
static const struct client_state handshake_state = { "handshake", NULL, CLIENT_FOR_COMMAND, true };

static struct role_env *env_of(const struct client *c)
{
	return c->front->env;
}

/* ---- time ---- */

/* ms, or what is left until the deadline where that is less. */
static uint64_t at_most_until(const struct client *c, uint64_t deadline_ms, uint64_t ms)
{
	uint64_t now = loop_now_ms(env_of(c)->loop),
		 left = deadline_ms > now ? deadline_ms - now : 0;

	return deadline_ms != 0 && left < ms ? left : ms;
}

static void set_timer(struct client *c, uint64_t ms)
{
	ms = at_most_until(c, c->logon_deadline_ms, ms);
	timer_set(c->timer, at_most_until(c, c->hold_deadline_ms, ms));
}

static void arm(struct client *c)
{
	switch (c->state->patience) {
	case CLIENT_FOR_COMMAND:
		set_timer(c, env_of(c)->config->smtp_command_ms_max);
		break;
	case CLIENT_FOR_ANSWER:
		set_timer(c, CLIENT_ANSWER_MS_MAX);
		break;
	case CLIENT_FOR_PAUSE:
		timer_set(c->timer, CLIENT_PAUSE_MS);
		break;
	case CLIENT_FOR_OWN:
		break;
	}
}

void client_deadline(struct client *c, uint64_t ms)
{
	set_timer(c, ms);
}

void client_hold_until(struct client *c, uint64_t at_ms)
{
	c->hold_deadline_ms = at_ms;
}

/* ---- the driver ---- */

void client_go(struct client *c, const struct client_state *state)
{
	c->state = state;
	arm(c);
}

static bool may_run(const struct client *c)
{
	if (c->ending || c->handshaking)
		return false;
	/* An answer lives as long as this call: it is taken even while the output is congested. */
	return c->state->waits ? c->answered : !conn_congested(c->conn);
}

static void drive(struct client *c)
{
	enum step step = STEP_AGAIN;
	bool moved = false;

	while (step == STEP_AGAIN && may_run(c)) {
		c->answered = false;
		step = c->state->run(c);
		if (step == STEP_DONE)
			return;
		c->answer = NULL;
		moved |= step == STEP_AGAIN;
	}
	if (c->ending)
		return;
	/* Whoever has sent further commands ahead gets the answers together (RFC 2920 section 3.2);
	 * whoever has not is waiting for this one. */
	if (conn_out(c->conn)->len > 0 && (step != STEP_PEER || conn_in(c->conn).len == 0))
		conn_flush(c->conn);
	if (step == STEP_READ && conn_in_ended(c->conn))
		client_end(c, ERR_OK);
	else if (env_of(c)->stopping && !c->state->waits)
		client_end(c, ERR_SHUTDOWN);
	else if (moved)
		arm(c);
}

static void on_input(void *arg)
{
	drive(arg);
}

static bool is_too_slow(const struct client *c)
{
	return c->state->patience == CLIENT_FOR_OWN ||
	       (c->hold_deadline_ms != 0 && c->hold_deadline_ms <= loop_now_ms(env_of(c)->loop));
}

static void on_timer(void *arg)
{
	struct client *c = arg;

	if (c->state->patience == CLIENT_FOR_PAUSE && !c->handshaking) {
		c->answered = true;
		c->answer_code = ERR_TIMEOUT;
		drive(c);
		return;
	}
	if (c->handshaking)
		client_free(c);
	else
		client_end(c, is_too_slow(c) ? ERR_TOOSLOW : ERR_TIMEOUT);
}

static void on_closed(void *arg, enum err e)
{
	client_free(arg);
}

/* ---- questions ---- */

static void forget_question(struct client *c)
{
	if (c->question.number != 0)
		map_remove(&c->front->waiting, c->question.number);
	c->question = (struct client_question){ 0 };
}

enum step client_ask(struct client *c, struct link *link, const struct msg *m,
	const struct client_question *q, const struct client_state *wait)
{
	must(c->question.number == 0 && wait->waits);
	client_go(c, wait);
	if (!link_send(link, m)) {
		c->answered = true;
		c->answer_code = ERR_UNAVAILABLE;
		return STEP_AGAIN;
	}
	c->question = *q;
	c->question.link = link;
	map_put(&c->front->waiting, q->number, c);
	return STEP_PEER;
}

static void resume(struct client *c, enum err code, struct msg *m)
{
	forget_question(c);
	c->answered = true;
	c->answer_code = code;
	c->answer = m;
	drive(c);
}

void client_answer(struct client *c, struct msg *m)
{
	resume(c, ERR_OK, m);
}

void client_link_down(struct client *c)
{
	resume(c, ERR_UNAVAILABLE, NULL);
}

/* ---- TLS and passwords ---- */

bool client_may_start_tls(const struct client *c)
{
	return !conn_is_secured(c->conn) && front_tls(c->front) != NULL;
}

struct offer_client client_offer(const struct client *c)
{
	return (struct offer_client){ .protocol = c->kind->protocol,
		.tls = conn_is_secured(c->conn),
		.loopback = c->address.loopback,
		.binds = !c->bound && conn_binds(c->conn),
		.shows = conn_shows(c->conn),
		.kerberos = c->front->kerberos };
}

enum err client_judge_password(const struct client *c)
{
	struct offer_client who = client_offer(c);

	return offer_password(env_of(c)->config, &who);
}

static bool begin_tls(struct client *c)
{
	/* Nothing may be read between here and the handshake: it would be taken for plaintext. */
	conn_pause(c->conn, true);
	if (conn_start_tls(c->conn, front_tls(c->front)) != ERR_OK)
		return false;
	client_go(c, &handshake_state);
	c->handshaking = true;
	return true;
}

enum step client_start_tls(struct client *c, struct str go_ahead)
{
	if (conn_in(c->conn).len > 0 || !begin_tls(c)) {
		log_put(LOG_bad_input, LOG_U("session", c->number),
			LOG_C("client", c->address.text),
			LOG_C("what", "commands sent in plaintext behind STARTTLS"), LOG_END);
		client_free(c);
		return STEP_DONE;
	}
	conn_put(c->conn, go_ahead);
	return STEP_PEER;
}

static void on_secured(void *arg, enum err e)
{
	struct client *c = arg;

	if (e != ERR_OK) {
		log_put(LOG_tls_failed, LOG_U("session", c->number),
			LOG_C("client", c->address.text),
			LOG_C("service", service_row(c->service)->name), LOG_END);
		client_free(c);
		return;
	}
	c->handshaking = false;
	conn_pause(c->conn, false);
	client_go(c, service_row(c->service)->implicit_tls ? c->kind->greet : c->kind->secured);
	drive(c);
}

void client_consume_secret(struct client *c, size_t n)
{
	struct str in = conn_in(c->conn);

	must(n <= in.len);
	/* The view is of the connection's own buffer, which is ours to overwrite. */
	mem_wipe((void *)(uintptr_t)in.at, n);
	conn_consume(c->conn, n);
}

/* ---- life ---- */

static void count_in(struct client *c)
{
	struct front *f = c->front;

	list_add_tail(&f->clients, &c->node);
	f->clients_count++;
	crowd_add(&f->by_address, c->address.key);
	c->crowded = true;
	if (f->env->def->role != ROLE_FRONT_USER)
		return;
	list_add_tail(&f->strangers, &c->stranger);
	f->strangers_count++;
	c->logon_deadline_ms = loop_now_ms(f->env->loop) + f->env->config->front_logon_ms_max;
}

static void no_stranger(struct client *c)
{
	if (!list_empty(&c->stranger)) {
		list_remove(&c->stranger);
		c->front->strangers_count--;
	}
	if (c->crowded)
		crowd_remove(&c->front->by_address, c->address.key);
	c->crowded = false;
	c->logon_deadline_ms = 0;
}

void client_is_known(struct client *c)
{
	no_stranger(c);
}

static struct client *make(struct front *f, enum service service, const struct crowd_address *from)
{
	struct client *c = MEM_NEW(struct client);

	c->front = f;
	c->kind = kinds[service_row(service)->protocol];
	c->service = service;
	c->address = *from;
	list_init(&c->node);
	list_init(&c->stranger);
	return c;
}

static void begin(struct client *c)
{
	c->timer = timer_new(env_of(c)->loop, on_timer, c);
	count_in(c);
	c->session = c->kind->open(c);
}

void client_back(struct front *f, const struct client_back *back)
{
	enum err e = back->refused != ERR_OK ? back->refused :
		     f->env->stopping	     ? ERR_SHUTDOWN :
					       listener_admit(f, back->service, back->address.key);
	struct client *c = make(f, back->service, &back->address);

	c->number = back->number;
	c->conn = back->conn;
	c->bound = c->kind != &nntp_kind; /* there nobody has logged on yet */
	conn_set_owner(c->conn, &events, c);
	begin(c);
	if (c->kind == &nntp_kind)
		nntp_session_place(c, back->place);
	else
		imap_session_client(c, back->name, back->version);
	conn_unread(c->conn, back->unread);
	if (conn_in(c->conn).len > FRONT_IN_OCTETS_MAX && e == ERR_OK)
		e = ERR_JUNK;
	client_go(c, c->kind->back);
	if (e != ERR_OK) {
		client_end(c, e);
		return;
	}
	conn_set_in_max(c->conn, FRONT_IN_OCTETS_MAX);
	conn_pause(c->conn, false);
	drive(c);
}

void client_new(struct front *f, enum service service, int fd, const struct crowd_address *from)
{
	const struct service_row *row = service_row(service);
	struct client *c;

	if (row->implicit_tls && front_tls(f) == NULL) {
		close(fd);
		return;
	}
	c = make(f, service, from);
	c->number = role_request(f->env);
	c->conn = conn_new(f->env->loop, fd, FRONT_IN_OCTETS_MAX, &events, c);
	begin(c);
	if (row->implicit_tls) {
		must(begin_tls(c));
		return;
	}
	client_go(c, c->kind->greet);
	drive(c);
}

/* The directory keeps half a logon for us: tell it that the rest will not come. */
static void abandon_exchange(struct client *c)
{
	struct msg m = { .id = MSG_session_gone, .session_gone = { .session = c->exchange } };

	if (c->exchange != 0 && c->exchange_link != NULL)
		link_send(role_link(env_of(c), ROLE_DIRECTORY, 0), &m);
	c->exchange = 0;
}

static void close_session(struct client *c)
{
	forget_question(c);
	abandon_exchange(c);
	no_stranger(c);
	if (c->session != NULL)
		c->kind->close(c);
	c->session = NULL;
}

void client_free(struct client *c)
{
	struct front *f = c->front;

	close_session(c);
	list_remove(&c->node);
	f->clients_count--;
	timer_free(c->timer);
	conn_free(c->conn);
	mem_free(c);
	front_one_less(f);
}

void client_put_farewell(struct buf *to, enum service_protocol protocol, enum err why)
{
	if (protocol == PROTOCOL_SMTP)
		smtp_reply(to, why, STR_NONE);
	else if (protocol == PROTOCOL_POP3)
		pop3_err(to, why, STR_NONE);
	else if (protocol == PROTOCOL_HTTP)
		http_put_farewell(to, why);
	else if (protocol == PROTOCOL_NNTP)
		nntp_err(to, why, STR_NONE);
	else
		imap_put_status(to, LANGUAGE_I_DEFAULT, STR_NONE, why, STR_NONE);
}

void client_end(struct client *c, enum err why)
{
	if (c->ending)
		return;
	if (c->handshaking) {
		client_free(c);
		return;
	}
	if (why != ERR_OK) {
		if (c->kind == &http_kind)
			http_session_farewell(c, why);
		else if (c->kind == &imap_kind)
			imap_session_farewell(c, why);
		else
			client_put_farewell(conn_out(c->conn), c->kind->protocol, why);
		log_put(LOG_session_dropped, LOG_U("session", c->number),
			LOG_C("client", c->address.text), LOG_C("why", err_text(why)),
			LOG_C("state", c->state->name), LOG_END);
	}
	c->ending = true;
	close_session(c);
	timer_stop(c->timer);
	conn_put_and_close(c->conn);
}

bool client_junk(struct client *c)
{
	if (++c->junk < CLIENT_JUNK_MAX)
		return false;
	client_end(c, ERR_JUNK);
	return true;
}

struct conn *client_take_conn(struct client *c)
{
	struct conn *conn = c->conn;

	c->conn = NULL;
	return conn;
}
