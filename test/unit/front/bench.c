#include "bench.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#include "base/cursor.h"
#include "base/mem.h"
#include "front/smtp_intake.h"
#include "io/file.h"
#include "io/loop_int.h"

struct bench_held {
	struct list node;
	struct bench_peer *peer;
	struct buf octets;
	int fds[PEER_FDS_MAX];
	size_t fd_count;
};

/* ---- channels ---- */

static void on_message(void *arg, struct str octets, int *fds, size_t fd_count)
{
	struct link *link = arg;
	struct msg m = { .fd_count = fd_count };

	memcpy(m.fds, fds, sizeof(*fds) * fd_count);
	must(msg_decode(octets, link->role, link->env->def->role, &m) == ERR_OK);
	link->env->def->message(link->env, link, &m);
	for (size_t i = 0; i < m.fd_count; i++)
		fd_close(&m.fds[i]);
}

static void on_closed(void *arg)
{
	struct link *link = arg;

	list_remove(&link->node);
	peer_free(link->peer);
	link->peer = NULL;
	link->env->def->link_down(link->env, link);
	mem_free(link);
}

void bench_link(struct bench *b, struct bench_peer *p, enum role role, unsigned instance)
{
	int ends[2];

	must(peer_pair(ends) == ERR_OK);
	p->role = role;
	p->fd = ends[1];
	p->link = MEM_NEW(struct link);
	p->link->env = &b->env;
	p->link->role = role;
	p->link->instance = instance;
	list_init(&p->link->node);
	list_add_tail(&b->env.links, &p->link->node);
	p->link->peer = peer_new(b->env.loop, ends[0], on_message, on_closed, p->link);
}

void bench_unlink(struct bench *b, struct bench_peer *p)
{
	fd_close(&p->fd);
	p->link = NULL;
}

static void reply(struct bench_peer *p, const struct msg *m)
{
	struct buf octets;

	if (p->fd < 0)
		return;
	buf_init(&octets, PEER_MESSAGE_OCTETS_MAX);
	must(msg_encode(m, &octets) == ERR_OK);
	must(peer_send_now(p->fd, buf_str(&octets), m->fds, m->fd_count) == ERR_OK);
	buf_done(&octets);
}

/* ---- the directory ---- */

static enum err judge(struct str address)
{
	if (str_starts(address, S("nobody")))
		return ERR_RCPTUNKNOWN;
	if (str_starts(address, S("full")))
		return ERR_QUOTA;
	if (str_starts(address, S("mallory")))
		return ERR_SENDAS;
	return str_ends(address, S("@remote")) ? ERR_RELAY : ERR_OK;
}

static void play_authors(struct bench *b, struct bench_peer *p, uint64_t request)
{
	struct msg m = { .id = MSG_verdict, .verdict = { .request = request, .code = b->play.authors } };

	if (b->play.sender != NULL)
		m.verdict.ticket = str_from_c(b->play.sender);
	reply(p, &m);
}

static void play_verdict(
	struct bench *b, struct bench_peer *p, uint64_t request, struct str address, bool ticket)
{
	struct msg m = { .id = MSG_verdict,
		.verdict = { .request = request, .code = judge(address) } };
	struct buf octets;

	buf_init(&octets, PEER_MESSAGE_OCTETS_MAX);
	buf_printf(&octets, "[%.*s]", STR_FMT(address));
	while (octets.len < b->play.ticket_octets)
		buf_put_octet(&octets, '.');
	if (ticket && m.verdict.code == ERR_OK)
		m.verdict.ticket = buf_str(&octets);
	reply(p, &m);
	buf_done(&octets);
}

static void play_logon(struct bench_peer *p, uint64_t session, struct str name, struct str password)
{
	bool good = (str_eq(name, S("DOM\\alice")) && str_eq(password, S("secret"))) || str_eq(name, S("anonymous"));
	struct msg m = { .id = good ? MSG_logon_ok : MSG_logon_refused };

	if (good)
		m.logon_ok = (struct msg_logon_ok){ .session = session,
			.ticket = S("TICKET"),
			.account = S("DOM\\alice"),
			.mailbox = S("alice") };
	else
		m.logon_refused =
			(struct msg_logon_refused){ .session = session, .code = ERR_AUTH };
	reply(p, &m);
}

/* PLAIN and nothing else: authzid NUL authcid NUL password. */
static void play_response(
	struct bench *b, struct bench_peer *p, uint64_t session, struct str response)
{
	struct str authzid, authcid;

	buf_clear(&b->said);
	buf_put(&b->said, response);
	if (str_cut(&response, '\0', &authzid) && str_cut(&response, '\0', &authcid)) {
		play_logon(p, session, authcid, response);
		return;
	}
	reply(p, &(struct msg){ .id = MSG_logon_refused,
			 .logon_refused = { .session = session, .code = ERR_SYNTAX } });
}

static void play_sasl_start(struct bench *b, struct bench_peer *p, const struct msg_sasl_start *q)
{
	struct msg m = { .id = MSG_sasl_challenge, .sasl_challenge = { .session = q->session } };

	if (!str_ieq(q->mechanism, S("PLAIN"))) {
		m.id = MSG_logon_refused;
		m.logon_refused =
			(struct msg_logon_refused){ .session = q->session, .code = ERR_MECHANISM };
		reply(p, &m);
	} else if (q->has_initial) {
		play_response(b, p, q->session, q->initial);
	} else {
		reply(p, &m);
	}
}

/* ---- parser and store ---- */

static void take_file(int fd, struct buf *to)
{
	struct str view;

	buf_init(to, BUF_NO_CEILING);
	must(fd_map(fd, (size_t)1 << 30, &view) == ERR_OK);
	buf_put(to, view);
	fd_unmap(&view);
}

static void play_parse(struct bench *b, struct bench_peer *p, struct msg *q)
{
	struct msg m = { .id = MSG_parsed,
		.parsed = { .request = q->parse.request, .code = b->play.parse } };
	struct buf record;

	b->parses_count++;
	if (q->parse.octets.len > 0)
		must(q->fd_count == 0 && q->parse.octets.len <= SMTP_SMALL_OCTETS_MAX);
	else
		must(q->fd_count == 2 && memfd_is_sealed(q->fds[0]));
	if (b->play.parser_dies) {
		bench_unlink(b, p);
		return;
	}
	buf_init(&record, BUF_NO_CEILING);
	while (record.len < b->play.record_octets)
		buf_put_octet(&record, 'R');
	if (b->play.parse == ERR_OK)
		m.parsed.record_octets = record.len;
	if (b->play.parse == ERR_OK && record.len <= (60 << 10))
		m.parsed.record = buf_str(&record);
	else if (b->play.parse == ERR_OK && q->fd_count == 0)
		m.parsed.code = ERR_NEEDMORE;
	else if (b->play.parse == ERR_OK)
		must(memfd_add(q->fds[1], buf_str(&record)) == ERR_OK);
	reply(p, &m);
	buf_done(&record);
}

static void keep(struct buf *to, struct str from)
{
	buf_init(to, BUF_NO_CEILING);
	buf_put(to, from);
}

static void play_deliver(struct bench *b, struct bench_peer *p, struct msg *q)
{
	struct bench_message *d = &b->messages[b->messages_count];
	struct msg m = { .id = MSG_delivered,
		.delivered = { .request = q->deliver.request, .code = b->play.deliver } };
	struct buf codes;
	struct wr w = wr_to(&codes);

	m.delivered.id = S("m1");
	buf_init(&codes, 64);
	for (int i = 0; i < 32; i++)
		wr_u16(&w, (uint16_t)(q->deliver.each ? b->play.deliver : ERR_OK));
	if (q->deliver.each) {
		m.delivered.code = ERR_OK;
		m.delivered.codes = buf_str(&codes);
	}
	if (b->play.deliver == ERR_OK && b->messages_count < BENCH_MESSAGES_MAX) {
		b->messages_count++;
		d->small = q->deliver.octets.len > 0;
		d->sealed = !d->small && memfd_is_sealed(q->fds[0]);
		d->record_octets = q->deliver.record_octets;
		if (d->small)
			keep(&d->octets, q->deliver.octets);
		else
			take_file(q->fds[0], &d->octets);
		keep(&d->sender, q->deliver.sender);
		keep(&d->tickets, q->deliver.recipient_tickets);
		keep(&d->trace, q->deliver.trace);
		if (q->fd_count == (d->small ? 1 : 2)) {
			d->record_sealed = memfd_is_sealed(q->fds[q->fd_count - 1]);
			take_file(q->fds[q->fd_count - 1], &d->record);
		} else {
			keep(&d->record, q->deliver.record);
		}
	}
	reply(p, &m);
	buf_done(&codes);
}

static void forget_taken(struct bench_hand_over *t)
{
	buf_done(&t->unread);
	buf_done(&t->ticket);
	buf_done(&t->tag);
	buf_done(&t->client);
	buf_done(&t->name);
	buf_done(&t->place);
	buf_done(&t->offers);
}

static void play_hand_over(struct bench *b, struct msg *q)
{
	struct bench_hand_over *t = &b->taken;

	must(q->fd_count == 1 && t->fd < 0);
	t->fd = q->fds[0];
	q->fds[0] = -1;
	t->tls = q->hand_over.tls;
	t->service = q->hand_over.service;
	t->language = q->hand_over.language;
	t->session = q->hand_over.session;
	forget_taken(t); /* a client that has come back is handed over again */
	keep(&t->unread, q->hand_over.unread);
	keep(&t->ticket, q->hand_over.ticket);
	keep(&t->tag, q->hand_over.tag);
	keep(&t->client, q->hand_over.client);
	keep(&t->name, q->hand_over.client_name);
	keep(&t->place, q->hand_over.place);
	keep(&t->offers, q->hand_over.offers);
}

/* ---- one question ---- */

static void play(struct bench *b, struct bench_peer *p, struct msg *q)
{
	if (q->id == MSG_sender_judge)
		play_verdict(b, p, q->sender_judge.request, q->sender_judge.address, false);
	else if (q->id == MSG_author_judge)
		play_authors(b, p, q->author_judge.request);
	else if (q->id == MSG_recipient_judge)
		play_verdict(b, p, q->recipient_judge.request, q->recipient_judge.address, true);
	else if (q->id == MSG_logon)
		play_logon(p, q->logon.session, q->logon.name, q->logon.password);
	else if (q->id == MSG_sasl_start)
		play_sasl_start(b, p, &q->sasl_start);
	else if (q->id == MSG_sasl_step && q->sasl_step.cancel)
		b->cancels_count++;
	else if (q->id == MSG_sasl_step)
		play_response(b, p, q->sasl_step.session, q->sasl_step.response);
	else if (q->id == MSG_logon_turned_away)
		b->turned_away_count++;
	else if (q->id == MSG_session_gone)
		b->gone_count++;
	else if (q->id == MSG_parse)
		play_parse(b, p, q);
	else if (q->id == MSG_deliver)
		play_deliver(b, p, q);
	else if (q->id == MSG_hand_over)
		play_hand_over(b, q);
	else
		must(false); /* no front sends that */
}

static void answer(struct bench *b, struct bench_peer *p, struct bench_held *h)
{
	struct msg m = { .fd_count = h->fd_count };

	memcpy(m.fds, h->fds, sizeof(h->fds));
	must(msg_decode(buf_str(&h->octets), b->env.def->role, p->role, &m) == ERR_OK);
	play(b, p, &m);
	for (size_t i = 0; i < m.fd_count; i++)
		fd_close(&m.fds[i]);
	buf_done(&h->octets);
	mem_free(h);
}

static bool serve(struct bench *b, struct bench_peer *p)
{
	struct bench_held *h;
	struct pollfd can = { .fd = p->fd, .events = POLLIN };

	if (p->fd < 0 || poll(&can, 1, 0) != 1 || !(can.revents & POLLIN))
		return false;
	h = MEM_NEW(struct bench_held);
	list_init(&h->node);
	h->peer = p;
	buf_init(&h->octets, PEER_MESSAGE_OCTETS_MAX);
	must(peer_receive_now(p->fd, &h->octets, h->fds, &h->fd_count, 0) == ERR_OK);
	b->asks_count++;
	if (b->play.hold)
		list_add_tail(&b->held, &h->node);
	else
		answer(b, p, h);
	return true;
}

void bench_give_back(struct bench *b, struct str unread)
{
	struct bench_hand_over *t = &b->taken;
	struct msg m = { .id = MSG_hand_back, .fd_count = 1, .fds = { t->fd } };

	m.hand_back = (struct msg_hand_back){ .session = t->session,
		.service = t->service,
		.client = buf_str(&t->client),
		.unread = unread,
		.client_name = S("Example Mail"),
		.place = t->service == SERVICE_NNTP ? S("a.group 7") : STR_NONE };
	reply(&b->store, &m);
	fd_close(&t->fd);
	bench_settle(b);
}

void bench_release(struct bench *b)
{
	b->play.hold = false;
	LIST_EACH (node, &b->held) {
		struct bench_held *h = LIST_OF(node, struct bench_held, node);

		list_remove(node);
		answer(b, h->peer, h);
	}
	bench_settle(b);
}

void bench_settle(struct bench *b)
{
	for (int quiet = 0; quiet < 3; quiet++) {
		uv_run(loop_uv(b->env.loop), UV_RUN_NOWAIT);
		if (serve(b, &b->directory) || serve(b, &b->store) || serve(b, &b->parsers[0]) ||
			serve(b, &b->parsers[1]))
			quiet = -1;
	}
}

/* ---- life ---- */

void bench_init(struct bench *b, enum role role)
{
	struct failure failure = { 0 };

	signal(SIGPIPE, SIG_IGN);
	*b = (struct bench){ 0 };
	b->env.def = role == ROLE_FRONT_MX ? &front_mx_role : &front_user_role;
	list_init(&b->env.links);
	list_init(&b->held);
	arena_init(&b->arena, ARENA_NONE);
	b->config = *config_defaults(&b->arena);
	b->env.config = &b->config;
	b->env.loop = loop_new();
	b->env.host_name = S("mail.example.org");
	b->env.server_instance = S("i1");
	must(b->env.def->open(&b->env, &failure) == ERR_OK);
	b->front = b->env.state;
	b->play.record_octets = 100;
	b->taken.fd = -1;
	buf_init(&b->said, BUF_NO_CEILING);
	bench_link(b, &b->directory, ROLE_DIRECTORY, 0);
	bench_link(b, &b->store, ROLE_STORE, 0);
	bench_link(b, &b->parsers[0], ROLE_PARSER, 0);
	bench_link(b, &b->parsers[1], ROLE_PARSER, 1);
	b->env.def->go(&b->env);
}

static void drop_message(struct bench_message *d)
{
	buf_done(&d->octets);
	buf_done(&d->sender);
	buf_done(&d->tickets);
	buf_done(&d->trace);
	buf_done(&d->record);
}

void bench_done(struct bench *b)
{
	if (!b->env.stopping) {
		b->env.stopping = true;
		b->env.def->stop(&b->env);
	}
	bench_settle(b);
	while (!list_empty(&b->front->clients))
		client_free(LIST_OF(b->front->clients.next, struct client, node));
	must(b->front->in_transit_octets == 0 && b->front->clients_count == 0 &&
		b->front->strangers_count == 0);
	must(b->front->waiting.count == 0 && b->front->by_address.count == 0);
	for (size_t i = 0; i < b->messages_count; i++)
		drop_message(&b->messages[i]);
	forget_taken(&b->taken);
	fd_close(&b->taken.fd);
	bench_unlink(b, &b->directory);
	bench_unlink(b, &b->store);
	bench_unlink(b, &b->parsers[0]);
	bench_unlink(b, &b->parsers[1]);
	bench_settle(b);
	front_close(&b->env);
	for (size_t i = 0; i < b->keys_count; i++) {
		must(pthread_join(b->keys[i].thread, NULL) == 0);
		tls_key_free(b->keys[i].key);
		fd_close(&b->keys[i].fd);
	}
	bench_settle(b); /* a stop of the loop that is still pending would keep loop_free from its
			    work */
	buf_done(&b->said);
	loop_free(b->env.loop);
	arena_done(&b->arena);
}

/* ---- clients ---- */

void bench_connect(
	struct bench *b, struct bench_client *c, enum service service, const char *address)
{
	struct sockaddr_storage from = { 0 };
	struct sockaddr_in *in = (struct sockaddr_in *)(void *)&from;
	struct crowd_address a;
	int ends[2];

	*c = (struct bench_client){ .bench = b };
	buf_init(&c->out, BUF_NO_CEILING);
	must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) == 0);
	c->fd = ends[0];
	in->sin_family = AF_INET;
	in->sin_port = htons(4711);
	must(inet_pton(AF_INET, address, &in->sin_addr) == 1);
	crowd_address_read(&from, &a);
	client_new(b->front, service, ends[1], &a);
	if (!service_row(service)->implicit_tls)
		bench_read(c);
}

void bench_hang_up(struct bench_client *c)
{
	SSL_free(c->ssl);
	c->ssl = NULL;
	fd_close(&c->fd);
	buf_done(&c->out);
	bench_settle(c->bench);
}

void bench_send(struct bench_client *c, struct str octets)
{
	while (octets.len > 0) {
		ssize_t n = c->ssl ? SSL_write(c->ssl, octets.at, (int)octets.len)
				   : send(c->fd, octets.at, octets.len, MSG_NOSIGNAL);

		if (n <= 0 && (c->closed || (!c->ssl && errno != EAGAIN)))
			return;
		if (n > 0)
			octets = str_skip(octets, (size_t)n);
		else
			bench_read(c);
	}
}

void bench_read(struct bench_client *c)
{
	ssize_t n = 1;

	bench_settle(c->bench);
	while (n > 0) {
		char *room = buf_room(&c->out, 65536);

		must(room != NULL);
		n = c->ssl ? SSL_read(c->ssl, room, 65536) : read(c->fd, room, 65536);
		if (n > 0)
			buf_added(&c->out, (size_t)n);
		else if (c->ssl ? SSL_get_error(c->ssl, (int)n) != SSL_ERROR_WANT_READ
				: n == 0 || errno != EAGAIN)
			c->closed = true;
		bench_settle(c->bench);
	}
}

void bench_say(struct bench_client *c, struct str octets)
{
	bench_send(c, octets);
	bench_read(c);
}

struct str bench_heard(struct bench_client *c)
{
	static struct buf last = { .ceiling = BUF_NO_CEILING };

	bench_read(c);
	buf_clear(&last);
	buf_put(&last, buf_str(&c->out));
	buf_clear(&c->out);
	return buf_str(&last);
}

const char *bench_codes(struct bench_client *c)
{
	static char codes[4096];
	struct str rest = bench_heard(c), line;
	size_t n = 0;

	codes[0] = '\0';
	while (str_cut(&rest, '\n', &line)) {
		if (line.len >= 4 && line.at[3] == '-')
			continue;
		must(n + 5 < sizeof(codes));
		n += (size_t)snprintf(codes + n, sizeof(codes) - n, "%s%.*s", n ? " " : "",
			line.len < 3 ? (int)line.len : 3, line.at);
	}
	return codes;
}

/* ---- TLS ---- */

/* Keys answers from a thread of its own: the front stands still while it asks. */
static void *run_keys(void *arg)
{
	struct bench_keys *keys = arg;

	for (bool open = true; open;) {
		struct msg m, a = { .id = MSG_signature };
		struct buf octets, output;
		int fds[PEER_FDS_MAX];
		size_t fd_count = 0;

		buf_init(&octets, PEER_MESSAGE_OCTETS_MAX);
		buf_init(&output, 4096);
		open = peer_receive_now(keys->fd, &octets, fds, &fd_count, -1) == ERR_OK;
		if (open) {
			must(msg_decode(buf_str(&octets), ROLE_FRONT_USER, ROLE_KEYS, &m) ==
					ERR_OK &&
				m.id == MSG_sign);
			a.signature.request = m.sign.request;
			a.signature.code =
				tls_key_sign(keys->key, (enum tls_operation)m.sign.operation,
					(int)m.sign.padding, m.sign.input, &output);
			a.signature.output = buf_str(&output);
			buf_clear(&octets);
			must(msg_encode(&a, &octets) == ERR_OK);
			must(peer_send_now(keys->fd, buf_str(&octets), NULL, 0) == ERR_OK);
		}
		buf_done(&octets);
		buf_done(&output);
	}
	return NULL;
}

void bench_add_tls(struct bench *b)
{
	struct buf key_pem, chain_pem;
	struct link attendant = { .env = &b->env, .role = ROLE_ATTENDANT };
	struct msg m = { .id = MSG_certificate };
	struct bench_keys *keys = &b->keys[b->keys_count++];
	int ends[2];

	must(b->keys_count <= BENCH_KEYS_MAX && peer_pair(ends) == ERR_OK);
	must(b->env.def->take_link(&b->env, ROLE_KEYS, 0, ends[0]));
	keys->fd = ends[1];
	buf_init(&key_pem, 65536);
	buf_init(&chain_pem, 65536);
	must(tls_self_signed(b->env.host_name, &key_pem, &chain_pem) == ERR_OK);
	must(tls_key_load(buf_str(&key_pem), &keys->key) == ERR_OK);
	m.certificate.chain_pem = buf_str(&chain_pem);
	b->env.def->message(&b->env, &attendant, &m);
	must(pthread_create(&keys->thread, NULL, run_keys, keys) == 0);
	buf_done(&key_pem);
	buf_done(&chain_pem);
}

bool bench_start_tls(struct bench_client *c)
{
	static SSL_CTX *context;
	int r = -1;

	if (context == NULL)
		context = SSL_CTX_new(TLS_client_method());
	c->ssl = SSL_new(context);
	must(SSL_set_fd(c->ssl, c->fd) == 1);
	SSL_set_connect_state(c->ssl);
	for (int i = 0; i < 100 && r != 1; i++) {
		r = SSL_do_handshake(c->ssl);
		bench_settle(c->bench);
		if (r != 1 && SSL_get_error(c->ssl, r) != SSL_ERROR_WANT_READ)
			break;
	}
	ERR_clear_error();
	return r == 1;
}
