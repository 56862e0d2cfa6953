/*
 * For tests of sessions: a store over the memory engine, one loop, clients on socketpairs, and a
 * reader of dialogues.
 *
 * A dialogue is a NULL-ended table of lines: a digit for the client (left out: 1), then
 *   C: text   the client sends text and CRLF        C- text   the same without CRLF
 *   S: glob   the next line the client gets matches; '*' stands for any octets, '?' for one
 *   X         the server has closed                 O         open a new connection for this client
 * "|" in text of C and S is a CRLF inside it.
 */
#pragma once

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cursor.h"
#include "base/mem.h"
#include "io/file.h"
#include "kv/kv.h"
#include "mail/record.h"
#include "store/search.h"
#include "store/session.h"
#include "../tap.h"

#define KIT_CLIENTS 4
#define KIT_WAIT_MS 60000 /* a hang, and not a sanitizer on a machine with other work */

struct kit;

struct kit_client {
	struct kit *kit;
	int fd;
	struct watch *watch;
	struct buf in;
	bool closed;             /* by the server */
	struct session *session; /* NULL: over */
	bool unindexed;          /* its searches read every message */
	bool delegate;           /* it is not the mailbox's owner */
	bool nameless;           /* of a public store: it has no account */
	struct str place;        /* NNTP: see session_options */
	enum err why;
};

struct kit {
	struct loop *loop;
	struct kv *kv;
	struct store *store;
	struct search *search; /* the test's; NULL: none */
	struct mailbox *mailbox;
	struct watch *kv_watch;
	struct deferred soon;
	struct timer *limit;
	struct arena arena;
	const struct config *config;
	struct session_budget budget;
	enum service service;
	bool (*until)(void *arg);
	void *until_arg;
	bool late;
	struct kit_client clients[KIT_CLIENTS];
	/* The last change. */
	bool done;
	enum err done_err;
	uint32_t done_uid;
	bool public; /* the mailbox is the public store */
	bool others; /* the directory names mailboxes of others */
	bool parse_fails, parse_late, parse_held; /* held: it answers at kit_close */
	struct deferred parse_deferred;
	struct str parse_octets;
	session_parsed_fn *parse_done;
	void *parse_arg;
};

static inline void kit_check(struct kit *k)
{
	if (k->until && k->until(k->until_arg))
		loop_stop(k->loop);
}

static inline void kit_late(void *arg)
{
	struct kit *k = arg;

	k->late = true;
	loop_stop(k->loop);
}

/* Runs the loop until the condition holds; false: it never did. */
static inline bool kit_until(struct kit *k, bool (*until)(void *arg), void *arg)
{
	if (until(arg))
		return true;
	k->until = until;
	k->until_arg = arg;
	k->late = false;
	timer_set(k->limit, KIT_WAIT_MS);
	loop_run(k->loop);
	timer_stop(k->limit);
	k->until = NULL;
	return !k->late;
}

static inline bool kit_never(void *arg)
{
	return false;
}

/* Lets things happen for a while. */
static inline void kit_rest(struct kit *k, uint64_t ms)
{
	k->until = kit_never;
	timer_set(k->limit, ms);
	loop_run(k->loop);
	timer_stop(k->limit);
}

/* ---- the store ---- */

static inline int64_t kit_now(void *arg)
{
	return 1000000000000;
}

static inline void kit_soon(void *arg)
{
	struct kit *k = arg;

	loop_defer(k->loop, &k->soon);
}

static inline void kit_changed(void *arg, uint64_t mailbox, uint64_t modseq)
{
	struct kit *k = arg;

	if (k->search)
		search_changed(k->search, mailbox);
}

static inline void kit_turn(void *arg)
{
	struct kit *k = arg;

	store_turn(k->store);
	kit_check(k);
}

static inline void kit_kv(void *arg, int events_seen)
{
	struct kit *k = arg;

	kv_dispatch(k->kv);
	kit_check(k);
}

static inline void kit_open_keeping(struct kit *k, enum service service, uint32_t retention_days)
{
	struct kv_options kv = { .compress = false };
	struct store_options so = { .now_ms = kit_now, .soon = kit_soon, .changed = kit_changed, .arg = k };
	struct mailbox_limits limits = { .retention_days = retention_days };

	*k = (struct kit){ .service = service, .budget = { 0, (uint64_t)256 << 20 } };
	arena_init(&k->arena, ARENA_NONE);
	k->config = config_defaults(&k->arena);
	k->loop = loop_new();
	k->limit = timer_new(k->loop, kit_late, k);
	deferred_init(&k->soon, kit_turn, k);
	deferred_init(&k->parse_deferred, NULL, NULL);
	must(kv_open_memory(&kv, &k->kv) == ERR_OK);
	k->kv_watch = watch_new(k->loop, kv_wake_fd(k->kv), kit_kv, k);
	watch_set(k->kv_watch, WATCH_READ);
	k->store = store_new(k->kv, &so);
	must(store_mailbox_open(k->store, 1, &limits, &k->mailbox) == ERR_OK);
	for (int i = 0; i < KIT_CLIENTS; i++)
		k->clients[i] = (struct kit_client){ .kit = k, .fd = -1 };
}

static inline void kit_open(struct kit *k, enum service service)
{
	kit_open_keeping(k, service, 14);
}

static inline bool kit_is_done(void *arg)
{
	struct kit *k = arg;

	return k->done;
}

static inline void kit_on_done(void *arg, enum err e, const struct mailbox_result *result)
{
	struct kit *k = arg;

	k->done = true;
	k->done_err = e;
	k->done_uid = e == ERR_OK && result && result->new_uids && result->count > 0
			      ? result->new_uids[0]
			      : 0;
	kit_check(k);
}

static inline uint32_t kit_folder(struct kit *k, const char *name)
{
	struct folder_info info;

	return folder_find(k->mailbox, str_from_c(name), &info) == ERR_OK ? info.id : 0;
}

/* A message in a folder; its uid. */
static inline uint32_t kit_append(
	struct kit *k, const char *folder, struct str octets, uint8_t flags)
{
	struct buf record;
	struct append_request request = { .folder = kit_folder(k, folder),
		.flags = flags,
		.date = 1000000000,
		.octets = octets };

	buf_init(&record, RECORD_OCTETS_MAX);
	must(record_make(octets, &record) == ERR_OK);
	request.record = buf_str(&record);
	k->done = false;
	mailbox_append(k->mailbox, &request, kit_on_done, k);
	must(kit_until(k, kit_is_done, k) && k->done_err == ERR_OK);
	buf_done(&record);
	return k->done_uid;
}

/* The mailbox becomes the public store: its folders, made from here on, begin as those do. Clients are nobody's but an account's. */
static inline void kit_be_public(struct kit *k)
{
	k->public = true;
	store_public_set(k->store, mailbox_id(k->mailbox));
}

static inline void kit_create(struct kit *k, const char *folder)
{
	k->done = false;
	folder_create(k->mailbox, str_from_c(folder), FOLDER_SPECIAL_NONE, kit_on_done, k);
	must(kit_until(k, kit_is_done, k) && k->done_err == ERR_OK);
}

static inline void kit_expunge(struct kit *k, const char *folder, uint32_t uid)
{
	struct expunge_request request = { .folder = kit_folder(k, folder), .list = { &uid, 1 } };

	k->done = false;
	mailbox_expunge(k->mailbox, &request, kit_on_done, k);
	must(kit_until(k, kit_is_done, k) && k->done_err == ERR_OK);
}

static inline uint32_t kit_messages(struct kit *k, const char *folder)
{
	struct folder_info info;

	must(folder_find(k->mailbox, str_from_c(folder), &info) == ERR_OK);
	return info.messages;
}

/* ---- the parser ---- */

static inline void kit_parsed(void *arg)
{
	struct kit *k = arg;
	struct buf record;
	session_parsed_fn *done = k->parse_done;

	k->parse_done = NULL;
	if (done == NULL)
		return;
	buf_init(&record, RECORD_OCTETS_MAX);
	if (k->parse_fails || record_make(k->parse_octets, &record) != ERR_OK)
		done(k->parse_arg, ERR_UNAVAILABLE, STR_NONE);
	else
		done(k->parse_arg, ERR_OK, buf_str(&record));
	buf_done(&record);
}

static inline void kit_parse(void *arg, struct str octets, session_parsed_fn *done, void *done_arg)
{
	struct kit *k = arg;

	k->parse_octets = octets;
	k->parse_done = done;
	k->parse_arg = done_arg;
	deferred_init(&k->parse_deferred, kit_parsed, k);
	if (k->parse_held)
		return;
	if (k->parse_late)
		loop_defer(k->loop, &k->parse_deferred);
	else
		kit_parsed(k);
}

/* ---- the directory ---- */

#define KIT_OWNER     1u
#define KIT_DELEGATE  2u
#define KIT_BOB       1002u /* mailboxes of others */
#define KIT_CARLA     1003u
#define KIT_GONE      13u /* an account that is no more */
#define KIT_LIMIT_BAD 13u /* no mailbox may have so few folders */

/* Any name but "nobody" is an account's, whose id is the name's length. */
static inline void kit_tell_accounts(const struct session_question *q, session_told_fn *done, void *done_arg)
{
	struct session_reply reply = { .owner = KIT_OWNER, .account = q->name.len };
	struct buf names;
	struct wr w = wr_to(&names);

	if (str_eq(q->name, S("nobody"))) {
		done(done_arg, ERR_NOTFOUND, &reply);
		return;
	}
	buf_init(&names, 1 << 20);
	wr_str(&w, S("EXAMPLE\\anna"));
	for (size_t i = 0; i < q->ids_count; i++) {
		char name[32];

		snprintf(name, sizeof(name), "EXAMPLE\\%llu", (unsigned long long)q->ids[i]);
		wr_str(&w, q->ids[i] == KIT_GONE ? S("") : str_from_c(name));
	}
	reply.names = buf_str(&names);
	done(done_arg, ERR_OK, &reply);
	buf_done(&names);
}

/* alice owns the mailbox, bob is her delegate, carla may not log on. */
static inline void kit_tell_url(struct kit *k, const struct session_question *q, session_told_fn *done, void *done_arg)
{
	struct session_reply reply = { .mailbox = k->mailbox, .owner = KIT_OWNER };

	if (str_eq(q->reader, S("alice")) || str_eq(q->reader, S("bob")))
		reply.account = str_eq(q->reader, S("bob")) ? KIT_DELEGATE : KIT_OWNER;
	reply.access = str_eq(q->name, S("bob")) ? ACCESS_FULL : ACCESS_OWNER;
	if (reply.access == ACCESS_FULL)
		reply.owner = KIT_DELEGATE;
	if (str_eq(q->name, S("alice")) || reply.access == ACCESS_FULL)
		done(done_arg, ERR_OK, &reply);
	else
		done(done_arg, ERR_ACCOUNTOFF, &(struct session_reply){ .account = reply.account });
}

/* Another mailbox that may be changed, and one that may be read, when there are any. */
static inline void kit_tell_reach(struct kit *k, session_told_fn *done, void *done_arg)
{
	struct session_reply reply = { .access = k->clients[0].delegate ? ACCESS_FULL : ACCESS_OWNER };
	struct buf rows;
	struct wr w = wr_to(&rows);

	if (!k->others) {
		done(done_arg, ERR_UNAVAILABLE, NULL);
		return;
	}
	buf_init(&rows, 100);
	wr_u64(&w, KIT_BOB);
	wr_u8(&w, ACCESS_FULL);
	wr_str(&w, S("bob"));
	wr_u64(&w, KIT_CARLA);
	wr_u8(&w, ACCESS_READ);
	wr_str(&w, S("carla"));
	reply.mailboxes = buf_str(&rows);
	done(done_arg, ERR_OK, &reply);
	buf_done(&rows);
}

static inline enum err kit_open_other(void *arg, uint64_t mailbox, struct mailbox **ret)
{
	struct kit *k = arg;

	return store_mailbox_open(k->store, mailbox, mailbox_limits(k->mailbox), ret);
}

static inline void kit_ask(void *arg, const struct session_question *q, session_told_fn *done, void *done_arg)
{
	struct kit *k = arg;
	struct session_reply reply = { .text = S("it may not have so few") };
	struct mailbox_limits limits = *mailbox_limits(k->mailbox);

	if (q->kind == SESSION_ASK_REACH) {
		kit_tell_reach(k, done, done_arg);
		return;
	}
	if (q->kind == SESSION_ASK_ACCOUNTS) {
		kit_tell_accounts(q, done, done_arg);
		return;
	}
	if (q->kind == SESSION_ASK_URL) {
		kit_tell_url(k, q, done, done_arg);
		return;
	}
	if (q->folders == KIT_LIMIT_BAD) {
		done(done_arg, ERR_CONFLICT, &reply);
		return;
	}
	limits.receive_octets = q->octets == UINT64_MAX ? 0 : q->octets;
	limits.messages_max = q->messages == UINT64_MAX ? 0 : q->messages;
	limits.folders_max = q->folders > FOLDERS_MAX ? 0 : (uint32_t)q->folders;
	mailbox_limits_set(k->mailbox, &limits);
	done(done_arg, ERR_OK, &reply);
}

/* ---- clients ---- */

static inline void kit_ended(void *arg, struct session *session, enum err why)
{
	struct kit *k = arg;

	for (int i = 0; i < KIT_CLIENTS; i++) {
		if (k->clients[i].session == session) {
			k->clients[i].session = NULL;
			k->clients[i].why = why;
		}
	}
	kit_check(k);
}

static inline void kit_readable(void *arg, int events_seen)
{
	struct kit_client *c = arg;
	ssize_t n = 0;

	/* A whole write of the server's at a time, so that what it says in one turn is seen in one
	 * turn. */
	for (char *to; (to = buf_room(&c->in, 65536)) != NULL;) {
		n = read(c->fd, to, 65536);
		if (n <= 0)
			break;
		buf_added(&c->in, (size_t)n);
	}
	if (n == 0) {
		c->closed = true;
		watch_set(c->watch, 0);
		shutdown(c->fd, SHUT_WR);
	}
	kit_check(c->kit);
}

static inline void kit_drop(struct kit_client *c)
{
	watch_free(c->watch);
	c->watch = NULL;
	fd_close(&c->fd);
	buf_done(&c->in);
}

/* Whoever takes the connection back hangs up. */
static inline void kit_leave(void *arg, struct session *session, int fd, struct str unread)
{
	close(fd);
}

static inline void kit_connect_with(
	struct kit_client *c, struct str unread, const struct config *config)
{
	struct kit *k = c->kit;
	int fds[2];
	struct session_options o = {
		.loop = k->loop,
		.store = k->store,
		.mailbox = k->mailbox,
		.config = config,
		.service = k->service,
		.account = S("EXAMPLE\\anna"),
		.mailbox_name = S("Anna"),
		.client = S("192.0.2.1"),
		.unread = unread,
		.tag = S("t0"),
		.sasl = S("PLAIN LOGIN"),
		.host_name = S("mail.example.org"),
		.budget = &k->budget,
		.search = c->unindexed ? NULL : k->search,
		.parse = kit_parse,
		.leave = kit_leave,
		.ask = kit_ask,
		.open = kit_open_other,
		.access = c->delegate ? ACCESS_FULL : ACCESS_OWNER,
		.account_id = c->delegate ? KIT_DELEGATE : KIT_OWNER,
		.ended = kit_ended,
		.arg = k,
	};

	if (k->public) { /* nobody's: only lists give something */
		o.access = c->nameless ? ACCESS_ANYONE : ACCESS_NONE;
		o.account_id = c->nameless ? ACCESS_ANYONE_ACCOUNT : KIT_OWNER;
		o.tag = S("");
		o.offers = S("SASL PLAIN\r\n");
		o.place = c->place;
	}
	must(socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0);
	must(fd_nonblocking(fds[0]) == ERR_OK);
	o.fd = fds[1];
	c->fd = fds[0];
	c->closed = false;
	buf_init(&c->in, BUF_NO_CEILING);
	c->watch = watch_new(k->loop, c->fd, kit_readable, c);
	watch_set(c->watch, WATCH_READ);
	c->session = session_new(&o);
}

static inline void kit_connect(struct kit_client *c)
{
	kit_connect_with(c, STR_NONE, c->kit->config);
}

struct kit_sending {
	struct kit_client *c;
	struct str rest;
};

static inline bool kit_try_send(void *arg)
{
	struct kit_sending *s = arg;
	ssize_t n;

	while (s->rest.len > 0) {
		n = send(s->c->fd, s->rest.at, s->rest.len, MSG_NOSIGNAL);
		if (n < 0 && errno == EAGAIN)
			return false;
		if (n < 0)
			return true;
		s->rest = str_skip(s->rest, (size_t)n);
	}
	return true;
}

static inline void kit_send(struct kit_client *c, struct str octets)
{
	struct kit_sending s = { c, octets };

	while (!kit_try_send(&s))
		kit_rest(c->kit, 1);
}

static inline bool kit_has_line(void *arg)
{
	struct kit_client *c = arg;

	return c->closed || str_find_str(buf_str(&c->in), S("\r\n")) != STR_NPOS;
}

static inline bool kit_is_closed(void *arg)
{
	struct kit_client *c = arg;

	return c->closed && c->session == NULL;
}

/* Everything the server says until it closes. */
static inline struct str kit_all(struct kit_client *c)
{
	kit_until(c->kit, kit_is_closed, c);
	return buf_str(&c->in);
}

static inline void kit_close(struct kit *k)
{
	for (int i = 0; i < KIT_CLIENTS; i++) {
		if (k->clients[i].fd >= 0)
			kit_drop(&k->clients[i]);
		if (k->clients[i].session)
			session_kick(k->clients[i].session);
	}
	deferred_cancel(&k->parse_deferred);
	kit_parsed(k);
	for (int i = 0; i < 1000 && !store_idle(k->store); i++)
		kit_rest(k, 1);
	deferred_cancel(&k->soon);
	mailbox_unref(k->mailbox);
	store_free(k->store);
	watch_free(k->kv_watch);
	timer_free(k->limit);
	kv_close(k->kv);
	loop_free(k->loop);
	arena_done(&k->arena);
}

/* What the process holds now. */
static inline size_t kit_memory(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	unsigned long pages = 0, resident = 0;

	must(f && fscanf(f, "%lu %lu", &pages, &resident) == 2);
	fclose(f);
	return resident * 4096;
}

/* A sanitizer keeps freed memory for a while. */
#if UNDER_ASAN
#define KIT_MEMORY_SLACK ((size_t)64 << 20)
#else
#define KIT_MEMORY_SLACK ((size_t)2 << 20)
#endif

/* ---- dialogues ---- */

static inline bool kit_glob(struct str glob, struct str s)
{
	size_t g = 0, i = 0, star = STR_NPOS, mark = 0;

	while (i < s.len) {
		if (g < glob.len && glob.at[g] == '*') {
			star = g++;
			mark = i;
		} else if (g < glob.len && (glob.at[g] == s.at[i] || glob.at[g] == '?')) {
			g++;
			i++;
		} else if (star != STR_NPOS) {
			g = star + 1;
			i = ++mark;
		} else {
			return false;
		}
	}
	while (g < glob.len && glob.at[g] == '*')
		g++;
	return g == glob.len;
}

static inline struct str kit_text(struct kit *k, const char *text, bool end)
{
	struct buf b;
	struct str copy;

	buf_init(&b, BUF_NO_CEILING);
	for (; *text; text++) {
		if (*text == '|')
			buf_put(&b, S("\r\n"));
		else
			buf_put_octet(&b, *text);
	}
	if (end)
		buf_put(&b, S("\r\n"));
	copy = arena_str(&k->arena, buf_str(&b));
	buf_done(&b);
	return copy;
}

static inline bool kit_line(struct kit_client *c, const char *glob, const char *name)
{
	struct str in, line;
	bool good;

	kit_until(c->kit, kit_has_line, c);
	in = buf_str(&c->in);
	line = str_sub(in, 0, str_find_str(in, S("\r\n")));
	good = in.len > 0 && kit_glob(str_from_c(glob), line);
	if (!good)
		printf("# %s: want '%s', got '%.*s'%s\n", name, glob, STR_FMT(line),
			c->closed ? " and the end" : "");
	buf_drop(&c->in, line.len + 2 <= in.len ? line.len + 2 : in.len);
	return good;
}

/* One check for a whole dialogue. */
static inline void kit_play(struct kit *k, const char *name, const char *const *lines)
{
	bool good = true;

	for (size_t i = 0; good && lines[i] != NULL; i++) {
		const char *at = lines[i];
		int number = *at >= '1' && *at <= '4' ? *at++ - '0' : 1;
		struct kit_client *c = &k->clients[number - 1];

		if (*at == 'O') {
			kit_connect(c);
		} else if (*at == 'X') {
			good = kit_until(k, kit_is_closed, c) && c->in.len == 0;
			if (!good)
				printf("# %s: no close, left '%.*s'\n", name,
					STR_FMT(buf_str(&c->in)));
			kit_drop(c);
		} else if (*at == 'C') {
			kit_send(c, kit_text(k, at + 3, at[1] == ':'));
		} else {
			must(*at == 'S');
			good = kit_line(c, at + 3, name);
		}
		if (!good)
			printf("# %s: at line %zu: %s\n", name, i + 1, lines[i]);
	}
	OK(good, "dialogue: %s", name);
}

/* All that the server answers to octets sent at once (cut 0), one by one (cut 1) or in two pieces,
 * until it closes. */
static inline struct str kit_talk(
	struct kit *k, struct kit_client *c, struct str octets, size_t cut)
{
	if (cut == 1) {
		for (size_t i = 0; i < octets.len; i++) {
			kit_send(c, str_sub(octets, i, 1));
			kit_rest(k, 0);
		}
	} else {
		kit_send(c, str_sub(octets, 0, cut > 1 ? cut : octets.len));
		if (cut > 1) {
			kit_rest(k, 0);
			kit_send(c, str_skip(octets, cut));
		}
	}
	return arena_str(&k->arena, kit_all(c));
}

/* ---- for fuzz targets ---- */

/* Sends the octets in one piece or two, then says no more; back when the session is over. */
static inline void kit_feed_open(struct kit_client *c, struct str octets, uint8_t cut)
{
	size_t first = octets.len * cut / 256;

	kit_send(c, str_sub(octets, 0, first));
	if (first > 0)
		kit_rest(c->kit, 0);
	kit_send(c, str_skip(octets, first));
	shutdown(c->fd, SHUT_WR);
	must(kit_until(c->kit, kit_is_closed, c));
}

static inline void kit_feed(struct kit_client *c, struct str octets, uint8_t cut)
{
	kit_connect(c);
	kit_feed_open(c, octets, cut);
}
