#include "store/session.h"

#include "base/cursor.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "config/hide.h"
#include "config/identity.h"
#include "io/clock.h"
#include "store/meter.h"
#include "store/session_int.h"
#include "wire/nntp.h"

#define SLICE_MS      5      /* of work before others on the loop have their turn */
#define CLIENT_OCTETS_MAX   ((size_t)100)  /* of a client's name, and of its version */
#define IDENTITY_OCTETS_MAX ((size_t)2048)
#define WRITE_WAIT_MS 300000 /* a client that takes less than 64 KiB in it is dropped */

static void session_free(struct session *s)
{
	store_forget(s->store, s);
	s->engine->free(s);
	deferred_cancel(&s->wake);
	conn_free(s->conn);
	mailbox_unref(s->mailbox);
	buf_done(&s->unread);
	buf_done(&s->place);
	mem_free(s->client_octets);
	mem_free((void *)(uintptr_t)s->user.groups);
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

static void drop(struct session *s, enum err why)
{
	log_put(LOG_session_dropped, LOG_S("account", s->account), LOG_S("client", s->client),
		LOG_C("why", err_name(why)), LOG_END);
	if (!s->leaving)
		s->engine->farewell(s, why);
	close_politely(s, why);
}

/* No octet is read from here on: the next one may be for the front. */
static void leave(struct session *s)
{
	s->leaving = true;
	conn_pause(s->conn, true);
	if (conn_is_deflated(s->conn))
		conn_finish_deflate(s->conn);
	conn_await_drained(s->conn);
	patience(s, WRITE_WAIT_MS);
}

static void give_back(struct session *s)
{
	struct buf unread;
	int fd;

	if (conn_is_deflated(s->conn))
		conn_end_deflate(s->conn);
	fd = conn_take_fd(s->conn);
	must(fd >= 0);
	buf_init(&unread, BUF_NO_CEILING);
	buf_put(&unread, buf_str(&s->unread));
	buf_put(&unread, conn_in(s->conn));
	s->leave(s->arg, s, fd, buf_str(&unread));
	buf_done(&unread);
	end(s);
}

static void rest(struct session *s, enum step step)
{
	switch (step) {
	case STEP_AGAIN:
		session_wake(s); /* others have their turn first */
		break;
	case STEP_READ:
		conn_hungry(s->conn);
		if (conn_in_broken(s->conn))
			drop(s, ERR_SYNTAX);
		else if (conn_in_ended(s->conn))
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
	case STEP_LEAVE:
		leave(s);
		break;
	case STEP_DONE:
		close_politely(s, ERR_OK);
		break;
	}
	conn_flush(s->conn);
}

/* The engine, and what it took and gave, for the meter. */
static enum step run(struct session *s)
{
	size_t before = conn_out(s->conn)->len, after;
	enum step step = s->engine->run(s);

	if (s->meter == NULL)
		return step;
	after = conn_out(s->conn)->len;
	if (!meter_pour(s->meter, s->eaten_octets + (after > before ? after - before : 0), loop_now_ms(s->loop)) && !s->stopping) {
		log_put(LOG_limit_hit, LOG_C("what", "anonymous octets"), LOG_S("client", s->client), LOG_U("most", s->meter->most),
			LOG_END);
		session_stop(s, ERR_LIMIT);
	}
	s->eaten_octets = 0;
	return step;
}

static void go(void *arg)
{
	struct session *s = arg;
	uint64_t until = clock_mono_ms() + SLICE_MS;
	enum step step = STEP_AGAIN;

	if (s->closing || s->running || s->leaving)
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
			step = run(s);
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

void session_flush(struct session *s)
{
	if (!s->closing)
		conn_flush(s->conn);
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
	if (s->leaving)
		give_back(s);
	else
		go(s);
}

static void on_idle(void *arg)
{
	struct session *s = arg;

	if (s->questions > 0 || s->closing)
		return;
	drop(s, ERR_TIMEOUT);
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
	s->eaten_octets += octets;
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
	static const struct session_engine *const engines[] = {
		[PROTOCOL_POP3] = &pop3_engine, [PROTOCOL_IMAP] = &imap_engine, [PROTOCOL_NNTP] = &nntp_engine };
	const struct session_engine *engine = engines[service_row(service)->protocol];

	must(engine != NULL);
	return engine;
}

static struct session_limits limits_of(const struct config *c, const struct session_engine *engine)
{
	return (struct session_limits){
		.idle_ms = engine == &pop3_engine   ? c->pop3_idle_ms_max
			   : engine == &nntp_engine ? c->nntp_idle_ms_max
						    : c->imap_idle_ms_max,
		.line_octets_max = (size_t)(engine == &nntp_engine ? c->nntp_command_octets_max : c->pop3_command_octets_max),
		.arguments_octets_max = (size_t)c->imap_arguments_octets_max,
		.literals_max = (size_t)c->imap_literals_max,
		.message_octets_max = c->smtp_message_octets_max,
		.progress_ms = c->imap_progress_ms,
		.messages_max = (uint32_t)c->imap_messages_max,
		.saves_max = (uint32_t)c->imap_saves_max,
		.data_octets_per_second_min = c->smtp_data_octets_per_second_min,
	};
}

/* Who has no account is held shorter. */
static void take_limits(struct session *s, const struct session_options *o)
{
	const struct config *c = o->config;

	s->limits = limits_of(c, s->engine);
	if (o->access != ACCESS_ANYONE)
		return;
	s->limits.idle_ms = c->anonymous_idle_ms_max;
	if (s->limits.message_octets_max > c->anonymous_message_octets_max)
		s->limits.message_octets_max = c->anonymous_message_octets_max;
}

static void take_texts(struct session *s, const struct session_options *o)
{
	struct arena *a = &s->arena;

	s->account = arena_str(a, o->account);
	s->mailbox_name = arena_str(a, o->mailbox_name);
	s->client = arena_str(a, o->client);
	s->folder = o->folder.len > 0 ? arena_str(a, o->folder) : STR_NONE;
	s->tag = arena_str(a, o->tag);
	s->sasl = arena_str(a, o->sasl);
	s->offers = arena_str(a, o->offers);
	s->host_name = arena_str(a, o->host_name);
	s->server_instance = arena_str(a, o->server_instance);
	s->server_comment = o->config->imap_comment.len > 0 ? arena_str(a, o->config->imap_comment) : STR_NONE;
	s->server_admin = o->config->imap_admin.len > 0 ? arena_str(a, o->config->imap_admin) : STR_NONE;
}

static void take_rules(struct session *s, const struct config_list *rules)
{
	struct hide_client place = { .account = s->account, .address = s->client };
	struct str *kept = NULL;

	for (size_t i = 0; i < rules->count; i++) {
		if (!hide_may_hold(rules->at[i], &place))
			continue;
		if (kept == NULL)
			kept = ARENA_ARRAY(&s->arena, struct str, rules->count);
		kept[s->hide.count++] = arena_str(&s->arena, rules->at[i]);
	}
	s->hide.at = kept;
}

/* Only IMAP has ID, and rules about capabilities. */
static void take_identity(struct session *s, const struct session_options *o)
{
	struct buf id;

	s->opened_ms = loop_now_ms(o->loop);
	if (s->engine != &imap_engine)
		return;
	buf_init(&id, IDENTITY_OCTETS_MAX);
	identity_put(&id, o->config);
	s->id = arena_str(&s->arena, buf_str(&id));
	buf_done(&id);
	take_rules(s, &o->config->imap_hide);
	s->language = o->language;
	s->preferred = (enum language)o->config->imap_language;
	s->public_subscribed = o->config->imap_public_folders != 0 && s->user.access != ACCESS_ANYONE;
	session_client(s, o->client_name, o->client_version);
}

/* One octet for one: what is shown must be text. */
static struct str put_clean(char *to, struct str s)
{
	struct str whole = str_sub(s, 0, CLIENT_OCTETS_MAX);
	bool text = utf8_valid(whole);

	for (size_t i = 0; i < whole.len; i++) {
		unsigned char c = (unsigned char)whole.at[i];

		to[i] = c < 0x20 || c == 0x7f || (c >= 0x80 && !text) ? '?' : whole.at[i];
	}
	return str_make(to, whole.len);
}

void session_client(struct session *s, struct str name, struct str version)
{
	bool first = s->client_octets == NULL;

	if (first && name.len + version.len == 0)
		return;
	if (first)
		s->client_octets = mem_new(2 * CLIENT_OCTETS_MAX);
	s->client_name = put_clean(s->client_octets, name);
	s->client_version = put_clean(s->client_octets + CLIENT_OCTETS_MAX, version);
	/* Once: or a client could fill the log. */
	if (first)
		log_put(LOG_session_client, LOG_S("account", s->account), LOG_S("client", s->client),
			LOG_S("name", s->client_name), LOG_S("version", s->client_version), LOG_END);
}

void session_look(const struct session *s, struct session_figures *ret)
{
	*ret = (struct session_figures){ .account = s->account,
		.mailbox = s->mailbox_name,
		.client = s->client,
		.client_name = s->client_name,
		.client_version = s->client_version,
		.place = buf_str(&s->place),
		.service = s->service,
		.doing = session_doing(s),
		.age_s = (loop_now_ms(s->loop) - s->opened_ms) / 1000 };
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

static void take_rights(struct session *s, enum access access, struct str groups)
{
	struct rd r = rd_from(groups);
	size_t count = groups.len / sizeof(uint64_t);
	uint64_t *ids = count > 0 ? mem_new(count * sizeof(*ids)) : NULL;

	for (size_t i = 0; i < count; i++)
		ids[i] = rd_u64(&r);
	mem_free((void *)(uintptr_t)s->user.groups);
	s->user.access = access;
	s->user.groups = ids;
	s->user.groups_count = count;
}

void session_rights(struct session *s, const struct session_reply *reply)
{
	take_rights(s, reply->access, reply->groups);
	if (s->engine->rights != NULL && !s->closing)
		s->engine->rights(s, reply);
	session_wake(s);
}

struct granted_query session_granted(const struct session *s)
{
	return (struct granted_query){ s->user.account, s->user.groups, s->user.groups_count, true };
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
	s->user = (struct acl_user){ .account = o->account_id };
	take_rights(s, o->access, o->groups);
	s->budget = o->budget;
	s->parse = o->parse;
	s->ask_fn = o->ask;
	s->open = o->open;
	s->search = o->search;
	s->refused = o->refused;
	s->leave = o->leave;
	s->ended = o->ended;
	s->arg = o->arg;
	s->meter = o->meter;
	take_limits(s, o);
	arena_init(&s->arena, ARENA_SESSION);
	buf_init(&s->place, NNTP_PLACE_OCTETS_MAX);
	buf_put(&s->place, o->place);
	take_texts(s, o);
	take_identity(s, o);
	deferred_init(&s->wake, go, s);
	in_max = s->engine->in_octets_max;
	s->conn = conn_new(o->loop, o->fd, in_max, &events, s);
	buf_init(&s->unread, in_max > o->unread.len ? in_max : o->unread.len);
	buf_put(&s->unread, o->unread);
	log_put(LOG_session_opened, LOG_C("service", service_row(s->service)->name),
		LOG_S("account", s->account), LOG_S("mailbox", s->mailbox_name),
		LOG_S("client", s->client), LOG_U("delegate", o->access != ACCESS_OWNER), LOG_END);
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
