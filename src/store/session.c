#include "store/session.h"

#include "base/log.h"
#include "base/mem.h"
#include "io/clock.h"
#include "store/session_int.h"

#define SLICE_MS      5      /* of work before others on the loop have their turn */
#define WRITE_WAIT_MS 300000 /* a client that takes less than 64 KiB in it is dropped */

static void session_free(struct session *s)
{
	store_forget(s->store, s);
	s->engine->free(s);
	deferred_cancel(&s->wake);
	conn_free(s->conn);
	mailbox_unref(s->mailbox);
	buf_done(&s->unread);
	arena_done(&s->arena);
	mem_free(s);
}

static void end(struct session *s)
{
	session_ended_fn *ended = s->ended;
	void *arg = s->arg;
	enum err why = s->why;

	log_put(LOG_session_closed, LOG_C("service", service_row(s->service)->name),
		LOG_S("account", s->account), LOG_S("mailbox", s->mailbox_name),
		LOG_S("client", s->client), LOG_C("why", err_name(why)), LOG_END);
	/* The owner may look at the address; the memory behind it goes last. */
	if (ended != NULL)
		ended(arg, s, why);
	session_free(s);
}

static void close_politely(struct session *s, enum err why)
{
	if (s->closing)
		return;
	s->closing = true;
	s->why = why;
	conn_put_and_close(s->conn);
}

/* ---- waiting ---- */

/* A session woken by its folder goes on waiting for its client as before: the time runs on. */
static void patience(struct session *s, uint64_t ms)
{
	if (s->patience_ms != ms)
		conn_set_idle(s->conn, ms);
	s->patience_ms = ms;
}

static void rest(struct session *s, enum step step)
{
	switch (step) {
	case STEP_AGAIN:
		session_wake(s); /* others have their turn first */
		break;
	case STEP_READ:
		if (conn_in_ended(s->conn))
			close_politely(s, ERR_OK);
		else
			patience(s, s->read_ms > 0 ? s->read_ms : s->limits.idle_ms);
		break;
	case STEP_WRITE:
		/* The connection may take all of it at its next flush; `drained` comes only when it
		 * did not. */
		conn_flush(s->conn);
		if (!s->blocked)
			session_wake(s);
		s->blocked = true;
		patience(s, WRITE_WAIT_MS);
		break;
	case STEP_PEER:
		patience(s, 0);
		break;
	case STEP_DONE:
		close_politely(s, ERR_OK);
		break;
	}
	conn_flush(s->conn);
}

static void go(void *arg)
{
	struct session *s = arg;
	uint64_t until = clock_mono_ms() + SLICE_MS;
	enum step step = STEP_AGAIN;

	if (s->closing || s->running)
		return;
	s->running = true;
	while (step == STEP_AGAIN && clock_mono_ms() <= until) {
		if (s->questions > 0) {
			step = STEP_PEER;
		} else if (s->stopping && !s->answered) {
			s->engine->farewell(s, s->why);
			step = STEP_DONE;
		} else if (conn_congested(s->conn)) {
			step = STEP_WRITE;
		} else {
			s->answered = false;
			s->blocked = false;
			step = s->engine->run(s);
		}
		if (step == STEP_PEER && s->questions == 0)
			step = STEP_AGAIN; /* answered within the call */
	}
	s->running = false;
	if (buf_overflowed(conn_out(s->conn))) {
		/* Octets are missing in the output: nothing sensible can follow. */
		log_put(LOG_session_dropped, LOG_S("account", s->account),
			LOG_S("client", s->client), LOG_C("why", err_name(ERR_LIMIT)), LOG_END);
		s->why = ERR_LIMIT;
		end(s);
		return;
	}
	if (s->stopping && step == STEP_DONE)
		close_politely(s, s->why);
	rest(s, step);
}

void session_wake(struct session *s)
{
	if (!s->closing)
		loop_defer(s->loop, &s->wake);
}

void session_asked(struct session *s)
{
	s->questions++;
}

void session_answered(struct session *s)
{
	must(s->questions > 0);
	s->questions--;
	s->answered = true;
	session_wake(s);
}

void session_ask(struct session *s, const struct session_question *question, session_told_fn *done)
{
	if (s->ask_fn != NULL)
		s->ask_fn(s->arg, question, done, s);
	else
		done(s, ERR_UNAVAILABLE, NULL);
}

/* ---- the connection ---- */

static void on_closed(void *arg, enum err e)
{
	struct session *s = arg;

	if (!s->closing)
		s->why = e;
	end(s);
}

static void on_drained(void *arg)
{
	struct session *s = arg;

	if (s->closing)
		return;
	patience(s, 0);
	go(s);
}

static void on_idle(void *arg)
{
	struct session *s = arg;

	if (s->questions > 0 || s->closing)
		return;
	log_put(LOG_session_dropped, LOG_S("account", s->account), LOG_S("client", s->client),
		LOG_C("why", err_name(ERR_TIMEOUT)), LOG_END);
	s->engine->farewell(s, ERR_TIMEOUT);
	close_politely(s, ERR_TIMEOUT);
}

static const struct conn_events events = {
	.input = go,
	.drained = on_drained,
	.closed = on_closed,
	.idle = on_idle,
};

struct str session_in(struct session *s)
{
	struct str in = conn_in(s->conn);
	size_t room = s->unread.ceiling - s->unread.len;

	if (s->unread.len == 0)
		return in;
	in = str_sub(in, 0, room);
	buf_put(&s->unread, in);
	conn_consume(s->conn, in.len);
	return buf_str(&s->unread);
}

void session_consume(struct session *s, size_t octets)
{
	if (s->unread.len == 0) {
		conn_consume(s->conn, octets);
		return;
	}
	buf_drop(&s->unread, octets);
	if (s->unread.len == 0)
		buf_shrink(&s->unread);
}

void session_in_max(struct session *s, size_t octets)
{
	size_t least = s->engine->in_octets_max, held = conn_in(s->conn).len;

	octets = octets > least ? octets : least;
	conn_set_in_max(s->conn, octets > held ? octets : held);
	s->unread.ceiling = octets > s->unread.len ? octets : s->unread.len;
}

struct buf *session_out(struct session *s)
{
	return conn_out(s->conn);
}

/* ---- life ---- */

static const struct session_engine *engine_of(enum service service)
{
	must(service_row(service)->protocol != PROTOCOL_SMTP);
	return service_row(service)->protocol == PROTOCOL_POP3 ? &pop3_engine : &imap_engine;
}

static struct session_limits limits_of(const struct config *c, const struct session_engine *engine)
{
	return (struct session_limits){
		.idle_ms = engine == &pop3_engine ? c->pop3_idle_ms_max : c->imap_idle_ms_max,
		.line_octets_max = (size_t)c->pop3_command_octets_max,
		.arguments_octets_max = (size_t)c->imap_arguments_octets_max,
		.literals_max = (size_t)c->imap_literals_max,
		.message_octets_max = c->smtp_message_octets_max,
		.data_octets_per_second_min = c->smtp_data_octets_per_second_min,
	};
}

static void take_texts(struct session *s, const struct session_options *o)
{
	struct arena *a = &s->arena;

	s->account = arena_str(a, o->account);
	s->mailbox_name = arena_str(a, o->mailbox_name);
	s->client = arena_str(a, o->client);
	s->tag = arena_str(a, o->tag);
	s->sasl = arena_str(a, o->sasl);
	s->host_name = arena_str(a, o->host_name);
	s->server_instance = arena_str(a, o->server_instance);
}

static void open_engine(struct session *s)
{
	enum err e = s->engine->open(s);

	if (e == ERR_OK) {
		session_wake(s);
		return;
	}
	s->engine->farewell(s, e);
	close_politely(s, e);
}

struct session *session_new(const struct session_options *o)
{
	struct session *s = MEM_NEW(struct session);
	size_t in_max;

	s->engine = engine_of(o->service);
	s->loop = o->loop;
	s->store = o->store;
	s->mailbox = mailbox_ref(o->mailbox);
	s->service = o->service;
	s->user = (struct acl_user){ .account = o->account_id, .delegate = o->delegate };
	s->budget = o->budget;
	s->parse = o->parse;
	s->ask_fn = o->ask;
	s->search = o->search;
	s->refused = o->refused;
	s->ended = o->ended;
	s->arg = o->arg;
	s->limits = limits_of(o->config, s->engine);
	arena_init(&s->arena, ARENA_SESSION);
	take_texts(s, o);
	deferred_init(&s->wake, go, s);
	in_max = s->engine->in_octets_max;
	s->conn = conn_new(o->loop, o->fd, in_max, &events, s);
	buf_init(&s->unread, in_max > o->unread.len ? in_max : o->unread.len);
	buf_put(&s->unread, o->unread);
	log_put(LOG_session_opened, LOG_C("service", service_row(s->service)->name),
		LOG_S("account", s->account), LOG_S("mailbox", s->mailbox_name),
		LOG_S("client", s->client), LOG_U("delegate", o->delegate), LOG_END);
	open_engine(s);
	return s;
}

void session_stop(struct session *s, enum err why)
{
	if (s->closing || s->stopping)
		return;
	s->stopping = true;
	s->why = why;
	session_wake(s);
}

void session_kick(struct session *s)
{
	session_free(s);
}

const char *session_doing(const struct session *s)
{
	return s->closing ? "closing" : s->questions > 0 ? "waiting" : s->engine->doing(s);
}
