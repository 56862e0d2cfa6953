/*
 * One byte stream, plain and TLS: order, limits, time, ends, and that the owner may free it in any callback. The other
 * end is a bare descriptor; for TLS, an OpenSSL client over memory whose octets are carried by hand, n at a time.
 */
#include "io/conn.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "io/clock.h"
#include "io/deflate.h"
#include "io/file.h"
#include "io/loop_int.h"
#include "tap.h"

#define IN_MAX ((size_t)64 << 10)

enum callback { INPUT, DRAINED, SECURED, CLOSED, IDLE, CALLBACKS };
static const char *const callback_names[] = { "input", "drained", "secured", "closed", "idle" };

struct world {
	struct loop *loop;
	struct conn *conn;
	int fd; /* the peer's */
	int calls[CALLBACKS];
	int free_in; /* which callback frees the conn; -1: none */
	enum err error;
	bool eats; /* input is taken over into got at once */
	struct buf got;
	SSL_CTX *client_context;
	SSL *client;
};

static void called(struct world *w, enum callback which)
{
	w->calls[which]++;
	if (w->free_in == (int)which) {
		conn_free(w->conn);
		w->conn = NULL;
	}
}

static void on_input(void *arg)
{
	struct world *w = arg;

	if (w->eats) {
		buf_put(&w->got, conn_in(w->conn));
		conn_consume(w->conn, conn_in(w->conn).len);
	}
	called(w, INPUT);
}

static void on_drained(void *arg)
{
	called(arg, DRAINED);
}

static void on_secured(void *arg, enum err e)
{
	struct world *w = arg;

	w->error = e;
	called(w, SECURED);
}

static void on_closed(void *arg, enum err e)
{
	struct world *w = arg;

	w->error = e;
	called(w, CLOSED);
}

static void on_idle(void *arg)
{
	called(arg, IDLE);
}

static const struct conn_events events = { on_input, on_drained, on_secured, on_closed, on_idle };

static void begin_with(struct world *w, int ours, int theirs, size_t in_max)
{
	*w = (struct world){ .loop = loop_new(), .fd = theirs, .free_in = -1, .eats = true };
	buf_init(&w->got, (size_t)16 << 20);
	must(fd_nonblocking(theirs) == ERR_OK);
	w->conn = conn_new(w->loop, ours, in_max, &events, w);
}

static void begin(struct world *w, size_t in_max)
{
	int ends[2];

	must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
	begin_with(w, ends[0], ends[1], in_max);
}

static void end(struct world *w)
{
	conn_free(w->conn);
	fd_close(&w->fd);
	SSL_free(w->client);
	SSL_CTX_free(w->client_context);
	buf_done(&w->got);
	loop_free(w->loop);
}

static void turn(struct world *w)
{
	for (int i = 0; i < 4; i++)
		uv_run(loop_uv(w->loop), UV_RUN_NOWAIT);
}

static void turn_ms(struct world *w, uint64_t ms)
{
	uint64_t until = clock_mono_ms() + ms;

	while (clock_mono_ms() < until) {
		turn(w);
		usleep(500);
	}
}

static void say(struct world *w, struct str octets)
{
	must(write(w->fd, octets.at, octets.len) == (ssize_t)octets.len);
}

/* What the peer can read now; -1 in *ret_end: the end was seen, or an error (its errno). */
static size_t hear(struct world *w, struct buf *to, int *ret_end)
{
	char piece[65536];
	size_t before = to->len;
	ssize_t n;

	while ((n = read(w->fd, piece, sizeof(piece))) > 0)
		buf_put(to, str_make(piece, (size_t)n));
	*ret_end = n == 0 ? -1 : errno == EAGAIN ? 0 : errno;
	return to->len - before;
}

static void pattern(struct buf *to, size_t octets)
{
	for (size_t i = 0; i < octets; i++)
		buf_put_octet(to, (char)((i * 2654435761u) >> 11));
}

/* ---- plain ---- */

static void test_input(void)
{
	struct world w;

	begin(&w, IN_MAX);
	for (int i = 0; i < 300; i++) {
		say(&w, str_make(&"0123456789"[i % 10], 1));
		turn(&w);
	}
	IS_NUM(w.got.len, 300);
	IS_NUM(w.calls[INPUT], 300);
	IS_STR(str_sub(buf_str(&w.got), 290, 10), S("0123456789"));
	OK(!conn_in_ended(w.conn), "not at its end");
	say(&w, S("last"));
	shutdown(w.fd, SHUT_WR);
	turn(&w);
	OK(conn_in_ended(w.conn) && w.calls[CLOSED] == 0, "the peer's end is told as input: we may still answer");
	IS_STR(str_skip(buf_str(&w.got), 300), S("last"));
	conn_put(w.conn, S("bye"));
	conn_put_and_close(w.conn);
	turn(&w);
	IS_NUM(w.calls[CLOSED], 1);
	IS_NUM(w.error, ERR_OK);
	end(&w);
}

static void test_input_limit(void)
{
	struct world w;
	struct buf sent;

	begin(&w, 100);
	w.eats = false;
	buf_init(&sent, IN_MAX);
	pattern(&sent, 1000);
	say(&w, buf_str(&sent));
	turn(&w);
	IS_NUM(conn_in(w.conn).len, 100);
	while (conn_in(w.conn).len > 0) {
		struct str some = str_sub(conn_in(w.conn), 0, 7);

		buf_put(&w.got, some);
		conn_consume(w.conn, some.len);
		turn(&w);
	}
	OK(str_eq(buf_str(&w.got), buf_str(&sent)), "all of it in order, never more than fits");
	conn_set_in_max(w.conn, 2000);
	say(&w, buf_str(&sent));
	turn(&w);
	IS_NUM(conn_in(w.conn).len, 1000);
	conn_pause(w.conn, true);
	conn_consume(w.conn, 1000);
	say(&w, S("later"));
	turn(&w);
	IS_NUM(conn_in(w.conn).len, 0);
	conn_pause(w.conn, false);
	turn(&w);
	IS_STR(conn_in(w.conn), S("later"));
	w.calls[INPUT] = 0;
	conn_again(w.conn);
	turn(&w);
	IS_NUM(w.calls[INPUT], 1);
	buf_done(&sent);
	end(&w);
}

static void test_output(void)
{
	struct world w;
	struct buf heard;
	int ended;

	begin(&w, IN_MAX);
	buf_init(&heard, IN_MAX);
	conn_put(w.conn, S("one "));
	conn_put(w.conn, S("two "));
	buf_put_c(conn_out(w.conn), "three");
	conn_flush(w.conn);
	hear(&w, &heard, &ended);
	IS_NUM(heard.len, 0); /* not before the end of the turn */
	turn(&w);
	hear(&w, &heard, &ended);
	IS_STR(buf_str(&heard), S("one two three"));
	conn_end_output(w.conn);
	turn(&w);
	hear(&w, &heard, &ended);
	OK(ended == -1 && w.calls[CLOSED] == 0, "half-closed");
	say(&w, S("still heard"));
	turn(&w);
	IS_STR(buf_str(&w.got), S("still heard"));
	buf_done(&heard);
	end(&w);
}

static void test_congestion(void)
{
	struct world w;
	struct buf sent, heard;
	int ended;

	begin(&w, IN_MAX);
	buf_init(&sent, (size_t)4 << 20);
	buf_init(&heard, (size_t)4 << 20);
	pattern(&sent, (size_t)3 << 20);
	conn_put(w.conn, buf_str(&sent));
	turn(&w);
	OK(conn_congested(w.conn), "congested");
	say(&w, S("more questions"));
	turn(&w);
	IS_NUM(w.got.len, 0); /* not read while answers pile up */
	while (heard.len < sent.len) {
		must(hear(&w, &heard, &ended) > 0);
		turn(&w);
	}
	OK(str_eq(buf_str(&heard), buf_str(&sent)), "all octets in order");
	IS_NUM(w.calls[DRAINED], 1);
	IS_STR(buf_str(&w.got), S("more questions"));
	conn_put(w.conn, str_sub(buf_str(&sent), 0, 2 * CONN_OUT_HIGH_WATER));
	turn(&w);
	while (heard.len < sent.len + 2 * CONN_OUT_HIGH_WATER) {
		must(hear(&w, &heard, &ended) > 0);
		turn(&w);
	}
	IS_NUM(w.calls[DRAINED], 2);
	turn(&w);
	IS_NUM(conn_out(w.conn)->held, 0); /* whoever has nothing to say holds no memory for it */
	/* More than any reply may be: cut output must not be taken for whole. */
	for (size_t put = 0; put <= CONN_OUT_MAX; put += sent.len)
		conn_put(w.conn, buf_str(&sent));
	turn(&w);
	IS_NUM(w.calls[CLOSED], 1);
	IS_NUM(w.error, ERR_LIMIT);
	buf_done(&sent);
	buf_done(&heard);
	end(&w);
}

static void test_close(void)
{
	struct world w;
	struct buf sent, heard;
	int ended = 0;

	buf_init(&sent, (size_t)4 << 20);
	buf_init(&heard, (size_t)4 << 20);
	pattern(&sent, (size_t)1 << 20);
	begin(&w, IN_MAX);
	conn_put(w.conn, buf_str(&sent));
	conn_put_and_close(w.conn);
	turn(&w);
	IS_NUM(w.calls[CLOSED], 0);
	while (ended == 0) {
		hear(&w, &heard, &ended);
		turn(&w);
	}
	OK(ended == -1 && heard.len == sent.len, "output that waited is sent before the end");
	IS_NUM(w.calls[CLOSED], 1);
	IS_NUM(w.error, ERR_OK);
	end(&w);
	/* A peer that goes away instead of taking it. */
	begin(&w, IN_MAX);
	conn_put(w.conn, buf_str(&sent));
	conn_put_and_close(w.conn);
	turn(&w);
	fd_close(&w.fd);
	turn(&w);
	IS_NUM(w.calls[CLOSED], 1);
	IS_NUM(w.error, ERR_IO);
	conn_put(w.conn, S("nobody hears it"));
	conn_put_and_close(w.conn);
	conn_set_idle(w.conn, 1);
	turn_ms(&w, 10);
	OK(w.calls[CLOSED] == 1 && w.calls[IDLE] == 0, "the end is told once and nothing after it");
	end(&w);
	buf_done(&sent);
	buf_done(&heard);
}

static void tcp_pair(int ends[2])
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof(at);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	must(bind(listener, (struct sockaddr *)&at, sizeof(at)) == 0 && listen(listener, 1) == 0);
	must(getsockname(listener, (struct sockaddr *)&at, &length) == 0);
	ends[1] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	must(connect(ends[1], (struct sockaddr *)&at, sizeof(at)) == 0);
	ends[0] = accept(listener, NULL, NULL);
	must(ends[0] >= 0);
	fd_close(&listener);
}

/* TCP throws away what it has sent when it is closed over unread input: our last words must not get lost so. */
static void test_last_words(void)
{
	struct world w;
	struct buf heard;
	int ends[2], ended = 0;
	char more[30000] = { 0 };

	buf_init(&heard, IN_MAX);
	tcp_pair(ends);
	begin_with(&w, ends[0], ends[1], 1000);
	w.eats = false;
	say(&w, str_make(more, sizeof(more)));
	turn(&w);
	conn_put(w.conn, S("554 go away\r\n"));
	conn_put_and_close(w.conn);
	turn(&w);
	(void)!write(w.fd, more, sizeof(more)); /* it has not noticed yet */
	turn_ms(&w, 20);
	hear(&w, &heard, &ended);
	IS_STR(buf_str(&heard), S("554 go away\r\n"));
	IS_NUM(ended, -1);
	shutdown(w.fd, SHUT_WR);
	turn_ms(&w, 20);
	IS_NUM(w.calls[CLOSED], 1);
	end(&w);
	buf_done(&heard);
}

/* What came before the connection broke is delivered; the break is told, too. */
static void test_reset(void)
{
	struct linger at_once = { 1, 0 };
	struct world w;
	int ends[2];

	tcp_pair(ends);
	begin_with(&w, ends[0], ends[1], IN_MAX);
	say(&w, S("QUIT\r\n"));
	turn_ms(&w, 5);
	setsockopt(w.fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	fd_close(&w.fd);
	turn_ms(&w, 20);
	IS_STR(buf_str(&w.got), S("QUIT\r\n"));
	OK(w.calls[CLOSED] == 1 || conn_in_ended(w.conn), "a reset is noticed");
	end(&w);
}

static void test_idle(void)
{
	struct world w;

	begin(&w, IN_MAX);
	conn_set_idle(w.conn, 60);
	for (int i = 0; i < 6; i++) {
		turn_ms(&w, 20);
		say(&w, S("x"));
	}
	turn(&w);
	IS_NUM(w.calls[IDLE], 0);
	turn_ms(&w, 100);
	IS_NUM(w.calls[IDLE], 1);
	conn_set_idle(w.conn, 20);
	conn_set_idle(w.conn, 0);
	turn_ms(&w, 50);
	IS_NUM(w.calls[IDLE], 1);
	end(&w);
}

static void test_take_fd(void)
{
	struct world w;
	int fd;

	begin(&w, IN_MAX);
	conn_put(w.conn, S("not sent yet"));
	IS_NUM(conn_take_fd(w.conn), -1);
	turn(&w);
	fd = conn_take_fd(w.conn);
	OK(fd >= 0, "handed over");
	say(&w, S("for the next owner"));
	turn(&w);
	IS_NUM(w.calls[INPUT], 0);
	fd_close(&fd);
	end(&w);
	begin(&w, IN_MAX);
	conn_put_and_close(w.conn);
	IS_NUM(conn_take_fd(w.conn), -1);
	end(&w);
}

/* ---- packed (RFC 4978) ---- */

/* What the peer has said, unpacked, or hears, packed. */
static void pack(struct deflate *d, struct str octets, struct buf *to)
{
	while (octets.len > 0)
		octets = str_skip(octets, deflate_pack(d, octets, to));
}

static void unpack(struct deflate *d, struct str from, struct buf *to)
{
	size_t used = 1;

	while (from.len > 0 && used > 0) {
		must(deflate_unpack(d, from, to, &used) != ERR_SYNTAX);
		from = str_skip(from, used);
	}
}

static void test_deflate(void)
{
	struct deflate *peer = deflate_new();
	struct buf sent, heard, clear;
	struct world w;
	int ended;

	begin(&w, IN_MAX);
	buf_init(&sent, BUF_NO_CEILING);
	buf_init(&heard, BUF_NO_CEILING);
	buf_init(&clear, BUF_NO_CEILING);
	conn_put(w.conn, S("plain"));
	conn_start_deflate(w.conn);
	conn_put(w.conn, S("packed"));
	turn(&w);
	hear(&w, &heard, &ended);
	OK(str_starts(buf_str(&heard), S("plain")), "what was put before goes as it is");
	unpack(peer, str_skip(buf_str(&heard), 5), &clear);
	IS_STR(buf_str(&clear), S("packed"));
	pack(peer, S("hello"), &sent);
	for (size_t i = 0; i < sent.len; i++) {
		say(&w, str_make(sent.at + i, 1));
		turn(&w);
	}
	IS_STR(buf_str(&w.got), S("hello"));
	buf_clear(&heard);
	buf_clear(&clear);
	buf_clear(&sent);
	pattern(&sent, (size_t)3 << 20);
	conn_put(w.conn, buf_str(&sent));
	for (int i = 0; i < 2000 && !w.calls[DRAINED]; i++) {
		turn(&w);
		hear(&w, &heard, &ended);
	}
	IS_NUM(w.calls[DRAINED], 1);
	hear(&w, &heard, &ended);
	unpack(peer, buf_str(&heard), &clear);
	OK(str_eq(buf_str(&clear), buf_str(&sent)), "three million octets arrive, in order");
	deflate_free(peer);
	buf_done(&sent);
	buf_done(&heard);
	buf_done(&clear);
	end(&w);
}

/* A few octets that stand for many: as much as there is room for, and the rest when there is. */
static void test_deflate_limit(void)
{
	struct deflate *peer = deflate_new();
	struct buf sent, packed;
	struct world w;
	size_t all = 0;

	begin(&w, 1000);
	w.eats = false;
	buf_init(&sent, BUF_NO_CEILING);
	buf_init(&packed, BUF_NO_CEILING);
	for (int i = 0; i < 1000000; i++)
		buf_put_octet(&sent, 'x');
	pack(peer, buf_str(&sent), &packed);
	conn_set_idle(w.conn, 600000); /* a loop with nothing to wait for does not turn */
	conn_start_deflate(w.conn);
	say(&w, buf_str(&packed));
	for (int i = 0; i < 5000 && all < sent.len; i++) {
		turn(&w);
		must(conn_in(w.conn).len <= 1000);
		all += conn_in(w.conn).len;
		conn_consume(w.conn, conn_in(w.conn).len);
	}
	IS_NUM(all, sent.len);
	deflate_free(peer);
	buf_done(&sent);
	buf_done(&packed);
	end(&w);
}

/* Behind a flush may stand what is not packed: it is left alone unless the owner asks for more. */
static void test_deflate_ends(void)
{
	struct deflate *peer = deflate_new();
	struct buf sent, heard, clear;
	struct world w;
	int ended;

	begin(&w, IN_MAX);
	w.eats = false;
	buf_init(&sent, BUF_NO_CEILING);
	buf_init(&heard, BUF_NO_CEILING);
	buf_init(&clear, BUF_NO_CEILING);
	conn_set_idle(w.conn, 600000); /* a loop with nothing to wait for does not turn */
	conn_start_deflate(w.conn);
	pack(peer, S("one "), &sent);
	pack(peer, S("two "), &sent);
	pack(peer, S("leave"), &sent);
	buf_put(&sent, S("clear"));
	say(&w, buf_str(&sent));
	turn(&w);
	IS_STR(conn_in(w.conn), S("one "));
	conn_hungry(w.conn);
	turn(&w);
	IS_STR(conn_in(w.conn), S("one two "));
	conn_consume(w.conn, 8);
	turn(&w);
	IS_STR(conn_in(w.conn), S("leave"));
	conn_pause(w.conn, true);
	conn_consume(w.conn, 5);
	conn_put(w.conn, S("bye"));
	conn_finish_deflate(w.conn);
	conn_await_drained(w.conn);
	turn(&w);
	IS_NUM(w.calls[DRAINED], 1);
	conn_end_deflate(w.conn);
	OK(!conn_is_deflated(w.conn), "plain again");
	IS_STR(conn_in(w.conn), S("clear"));
	conn_unread(w.conn, S("not so "));
	IS_STR(conn_in(w.conn), S("not so clear"));
	conn_put(w.conn, S("plain"));
	turn(&w);
	hear(&w, &heard, &ended);
	unpack(peer, str_sub(buf_str(&heard), 0, heard.len - 5), &clear);
	IS_STR(buf_str(&clear), S("bye"));
	OK(str_ends(buf_str(&heard), S("\x03\x00plain")), "the end is seen, and what follows it");
	deflate_free(peer);
	buf_done(&sent);
	buf_done(&heard);
	buf_done(&clear);
	end(&w);
}

static void test_deflate_broken(void)
{
	struct world w;

	begin(&w, IN_MAX);
	conn_start_deflate(w.conn);
	say(&w, S("\xff\xff\xff\xff"));
	turn(&w);
	OK(conn_in_ended(w.conn) && conn_in_broken(w.conn) && w.calls[CLOSED] == 0, "the end of input; we may still answer");
	end(&w);
	begin(&w, IN_MAX);
	conn_start_deflate(w.conn);
	say(&w, S("\x03\x00"));
	turn(&w);
	say(&w, S("x"));
	turn(&w);
	OK(conn_in_ended(w.conn) && !conn_in_broken(w.conn), "behind the peer's end nothing is read");
	end(&w);
}

/* ---- TLS ---- */

static struct tls_context *context;
static struct tls_key *key;

static enum err sign(void *arg, uint32_t number, enum tls_operation operation, int padding, struct str input, struct buf *to)
{
	return number == 7 ? tls_key_sign(key, operation, padding, input, to) : ERR_NOTLS;
}

static void make_context(void)
{
	struct buf key_pem, chain_pem;
	struct failure f = { 0 };
	struct tls_options options = { .key = 7, .minimum = 12, .sign = sign };

	buf_init(&key_pem, IN_MAX);
	buf_init(&chain_pem, IN_MAX);
	must(tls_self_signed(S("mail.example.org"), &key_pem, &chain_pem) == ERR_OK);
	must(tls_key_load(buf_str(&key_pem), &key) == ERR_OK);
	options.chain_pem = buf_str(&chain_pem);
	must(tls_context_new(&options, &context, &f) == ERR_OK);
	buf_done(&key_pem);
	buf_done(&chain_pem);
}

/* Carries octets between the client's memory and the wire, at most n at once each way. */
static void carry(struct world *w, size_t n)
{
	char piece[65536];
	int out;
	ssize_t in;

	n = n < sizeof(piece) ? n : sizeof(piece);
	out = BIO_read(SSL_get_wbio(w->client), piece, (int)n);
	if (out > 0)
		say(w, str_make(piece, (size_t)out));
	turn(w);
	in = read(w->fd, piece, n);
	if (in > 0)
		must(BIO_write(SSL_get_rbio(w->client), piece, (int)in) == in);
}

static int client_version; /* the newest that the client speaks; 0: any */
static uint64_t client_options;
static SSL_SESSION *client_session; /* taken up again; NULL: a new one */

static void make_client(struct world *w)
{
	w->client_context = SSL_CTX_new(TLS_client_method());
	SSL_CTX_set_max_proto_version(w->client_context, client_version);
	SSL_CTX_set_options(w->client_context, client_options);
	w->client = SSL_new(w->client_context);
	SSL_set_bio(w->client, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
	if (client_session != NULL)
		must(SSL_set_session(w->client, client_session) == 1);
	SSL_set_connect_state(w->client);
}

static void secure(struct world *w, size_t n)
{
	make_client(w);
	must(conn_start_tls(w->conn, context) == ERR_OK);
	for (int i = 0; i < 20000 && (w->calls[SECURED] == 0 || !SSL_is_init_finished(w->client)); i++) {
		SSL_do_handshake(w->client);
		carry(w, n);
	}
}

static void test_tls(size_t n, size_t in_max, size_t record)
{
	struct world w;
	struct buf sent, heard;
	char piece[16384];
	int got;

	begin(&w, in_max);
	buf_init(&sent, (size_t)1 << 20);
	buf_init(&heard, (size_t)1 << 20);
	pattern(&sent, n == 1 ? 20000 : 300000);
	secure(&w, n);
	OK(conn_is_secured(w.conn) && w.error == ERR_OK && w.calls[SECURED] == 1, "secured, %zu octets at a time", n);
	IS_STR(str_from_c(conn_tls_version(w.conn)), S("TLSv1.3"));
	IS_NUM(conn_take_fd(w.conn), -1);
	for (size_t at = 0; at < sent.len; at += record) {
		struct str some = str_sub(buf_str(&sent), at, record);

		must(SSL_write(w.client, some.at, (int)some.len) == (int)some.len);
		while (BIO_ctrl_pending(SSL_get_wbio(w.client)) > 0)
			carry(&w, n);
	}
	for (size_t before = SIZE_MAX; before != w.got.len; turn(&w))
		before = w.got.len;
	OK(str_eq(buf_str(&w.got), buf_str(&sent)), "up: %zu at a time, room for %zu, records of %zu: got %zu", n, in_max, record, w.got.len);
	conn_put(w.conn, buf_str(&sent));
	for (int i = 0; i < 100000 && heard.len < sent.len; i++) {
		carry(&w, n);
		while ((got = SSL_read(w.client, piece, sizeof(piece))) > 0)
			buf_put(&heard, str_make(piece, (size_t)got));
	}
	OK(str_eq(buf_str(&heard), buf_str(&sent)), "down: %zu at a time", n);
	conn_put(w.conn, S("bye"));
	conn_put_and_close(w.conn);
	for (int i = 0; i < 100; i++)
		carry(&w, n > 100 ? n : 100);
	OK(SSL_read(w.client, piece, sizeof(piece)) == 3 && SSL_read(w.client, piece, sizeof(piece)) == 0 &&
			SSL_get_shutdown(w.client) & SSL_RECEIVED_SHUTDOWN,
		"the last words and an orderly end of TLS");
	buf_done(&sent);
	buf_done(&heard);
	end(&w);
}

static bool client_has_ticket(struct world *w)
{
	char piece[64];

	carry(w, 65536);
	carry(w, 65536);
	(void)SSL_read(w->client, piece, sizeof(piece));
	return SSL_SESSION_is_resumable(SSL_get0_session(w->client));
}

/* Never by itself: tls_give_ticket says why. */
static void test_ticket(void)
{
	struct world w;

	begin(&w, IN_MAX);
	secure(&w, 65536);
	OK(!client_has_ticket(&w), "behind the handshake nothing comes by itself");
	conn_put(w.conn, S("hello"));
	OK(client_has_ticket(&w), "the first words bring a ticket");
	client_session = SSL_get1_session(w.client);
	SSL_set_shutdown(w.client, SSL_SENT_SHUTDOWN); /* in order: it may be taken up */
	end(&w);
	begin(&w, IN_MAX);
	secure(&w, 65536);
	OK(SSL_session_reused(w.client), "which is good");
	SSL_SESSION_free(client_session);
	client_session = NULL;
	end(&w);
}

static bool is(const struct tls_binding *b, const void *octets, size_t count)
{
	return b->octets == count && memcmp(b->at, octets, count) == 0;
}

/* Both sides must come to the same octets, and two connections to different ones. */
static void test_bindings(int version, bool unique)
{
	unsigned char exporter[32], end_point[64], first[64];
	struct tls_bindings ours, others;
	struct world w;
	unsigned octets = 0;
	size_t first_octets;
	X509 *leaf;

	client_version = version;
	client_options = unique ? 0 : SSL_OP_NO_EXTENDED_MASTER_SECRET;
	begin(&w, IN_MAX);
	conn_bind(w.conn, &ours);
	OK(ours.exporter.octets + ours.unique.octets + ours.end_point.octets == 0 && !conn_binds(w.conn), "plain: none");
	secure(&w, 65536);
	OK(conn_binds(w.conn), "some");
	conn_bind(w.conn, &ours);
	leaf = SSL_get1_peer_certificate(w.client);
	must(X509_digest(leaf, EVP_sha256(), end_point, &octets) == 1);
	X509_free(leaf);
	OK(is(&ours.end_point, end_point, octets) && octets == 32, "the certificate's");
	must(SSL_export_keying_material(w.client, exporter, 32, "EXPORTER-Channel-Binding", 24, (const unsigned char *)"", 0, 1) == 1);
	OK(unique ? is(&ours.exporter, exporter, 32) : ours.exporter.octets == 0, "the exporter's");
	first_octets = SSL_get_finished(w.client, first, sizeof(first));
	OK(version == TLS1_2_VERSION && unique ? is(&ours.unique, first, first_octets) && first_octets == 12 : ours.unique.octets == 0,
		"the first of the Finished messages");
	end(&w);
	begin(&w, IN_MAX);
	secure(&w, 65536);
	conn_bind(w.conn, &others);
	OK(is(&others.end_point, end_point, octets) && (!unique || !is(&others.exporter, exporter, 32)), "of another connection");
	end(&w);
	client_version = 0;
	client_options = 0;
}

/* A TLS 1.2 session that is taken up again: there the server's Finished comes first. */
static void test_bindings_resumed(void)
{
	unsigned char first[64];
	struct tls_bindings ours;
	SSL_SESSION *session;
	struct world w;
	size_t n;

	client_version = TLS1_2_VERSION;
	begin(&w, IN_MAX);
	secure(&w, 65536);
	session = SSL_get1_session(w.client);
	SSL_set_shutdown(w.client, SSL_SENT_SHUTDOWN); /* in order: it may be taken up */
	end(&w);
	begin(&w, IN_MAX);
	client_session = session;
	secure(&w, 65536);
	client_session = NULL;
	OK(SSL_session_reused(w.client), "taken up");
	conn_bind(w.conn, &ours);
	n = SSL_get_peer_finished(w.client, first, sizeof(first));
	OK(n == 12 && is(&ours.unique, first, n) && ours.exporter.octets == 32, "the server's");
	end(&w);
	SSL_SESSION_free(session);
	client_version = 0;
}

/* An owner that eats slowly, from a buffer smaller than a record: TLS holds octets that no descriptor announces. */
static void test_slow_owner(void)
{
	struct world w;
	struct buf sent;

	begin(&w, 1000);
	w.eats = false;
	buf_init(&sent, (size_t)1 << 20);
	pattern(&sent, 16000);
	secure(&w, 65536);
	must(SSL_write(w.client, sent.at, (int)sent.len) == (int)sent.len);
	carry(&w, 65536);
	turn(&w);
	for (int i = 0; i < 1000 && w.got.len < sent.len; i++) {
		struct str some = str_sub(conn_in(w.conn), 0, 333);

		buf_put(&w.got, some);
		conn_consume(w.conn, some.len);
		turn(&w);
	}
	OK(str_eq(buf_str(&w.got), buf_str(&sent)), "nothing is left behind in TLS (%zu of %zu)", w.got.len, sent.len);
	buf_done(&sent);
	end(&w);
}

static void test_tls_refused(void)
{
	struct world w;

	begin(&w, IN_MAX);
	w.eats = false;
	say(&w, S("MAIL FROM:<injected>\r\n"));
	turn(&w);
	OK(conn_start_tls(w.conn, context) == ERR_SYNTAX, "what came in plaintext must not be taken for secured");
	end(&w);
	begin(&w, IN_MAX);
	must(conn_start_tls(w.conn, context) == ERR_OK);
	say(&w, S("MAIL FROM:<injected>\r\n"));
	turn(&w);
	IS_NUM(w.got.len, 0);
	IS_NUM(w.calls[SECURED], 1);
	OK(w.error != ERR_OK && !conn_is_secured(w.conn), "no TLS, no connection");
	say(&w, S("more\r\n"));
	turn(&w);
	OK(w.calls[SECURED] == 1 && w.calls[INPUT] == 0, "told once");
	end(&w);
	/* An end inside the handshake. */
	begin(&w, IN_MAX);
	must(conn_start_tls(w.conn, context) == ERR_OK);
	say(&w, S("\x16\x03\x01"));
	turn(&w);
	shutdown(w.fd, SHUT_WR);
	turn(&w);
	OK(w.calls[SECURED] == 1 && w.error != ERR_OK, "cut off in the handshake");
	end(&w);
	/* We lose patience inside the handshake. */
	begin(&w, IN_MAX);
	must(conn_start_tls(w.conn, context) == ERR_OK);
	turn(&w);
	conn_put_and_close(w.conn);
	turn(&w);
	IS_NUM(w.calls[CLOSED], 1);
	end(&w);
}

/* Key updates that ask for an answer, from somebody who reads none: each costs us work, so they get one step a turn and, when
 * nothing more fits, none. */
static void test_key_updates(void)
{
	struct world w;
	size_t sent = 0;
	struct pollfd p;
	char octets[65536];
	uint64_t turns = 0;

	begin(&w, IN_MAX);
	secure(&w, 65536);
	p = (struct pollfd){ .fd = w.fd, .events = POLLOUT };
	for (int i = 0; i < 200000; i++) {
		int n;

		if (poll(&p, 1, 0) == 0 && ++turns > 20000)
			break;
		if (p.revents & POLLOUT && SSL_key_update(w.client, SSL_KEY_UPDATE_REQUESTED) == 1 && SSL_do_handshake(w.client) == 1)
			sent++;
		n = BIO_read(SSL_get_wbio(w.client), octets, sizeof(octets));
		if (n > 0 && write(w.fd, octets, (size_t)n) != n)
			break;
		uv_run(loop_uv(w.loop), UV_RUN_NOWAIT);
	}
	OK(sent > 100, "%zu key updates", sent);
	OK(poll(&p, 1, 0) == 0, "in the end their sender is not read any more");
	IS_NUM(w.calls[INPUT], 0);
	/* Nothing may be left that keeps the loop running. */
	turns = 0;
	uv_run(loop_uv(w.loop), UV_RUN_NOWAIT);
	OK(uv_backend_timeout(loop_uv(w.loop)) != 0, "and the loop rests");
	p = (struct pollfd){ .fd = uv_backend_fd(loop_uv(w.loop)), .events = POLLIN };
	OK(poll(&p, 1, 20) == 0, "with nothing to do");
	end(&w);
}

/* ---- freed by its owner in every callback ---- */

static void provoke(struct world *w, enum callback which)
{
	char octets[200000] = { 0 };
	struct buf heard;
	int ended;

	if (which == INPUT) {
		say(w, S("x"));
	} else if (which == SECURED) {
		secure(w, 65536);
	} else if (which == IDLE) {
		conn_set_idle(w->conn, 1);
		turn_ms(w, 5);
	} else if (which == CLOSED) {
		conn_put_and_close(w->conn);
	} else {
		buf_init(&heard, sizeof(octets) * 10);
		for (int i = 0; i < 5; i++)
			conn_put(w->conn, str_make(octets, sizeof(octets)));
		for (int i = 0; i < 50 && w->conn != NULL; i++) {
			turn(w);
			hear(w, &heard, &ended);
		}
		buf_done(&heard);
	}
	turn(w);
}

static void test_free(void)
{
	for (int which = 0; which < CALLBACKS; which++) {
		struct world w;

		begin(&w, IN_MAX);
		w.free_in = which;
		provoke(&w, (enum callback)which);
		OK(w.calls[which] == 1 && w.conn == NULL, "freed in %s", callback_names[which]);
		end(&w);
	}
	conn_free(NULL);
}

int main(void)
{
	static const size_t pieces[] = { 1, 7, 1000, 65536 };
	static const size_t records[] = { 333, 5000, 16384 };

	signal(SIGPIPE, SIG_IGN);
	tls_prepare();
	make_context();
	test_input();
	test_input_limit();
	test_output();
	test_congestion();
	test_close();
	test_last_words();
	test_reset();
	test_idle();
	test_take_fd();
	test_deflate();
	test_deflate_limit();
	test_deflate_ends();
	test_deflate_broken();
	for (size_t i = 0; i < 4; i++)
		test_tls(pieces[i], IN_MAX, 5000);
	for (size_t i = 0; i < 3; i++)
		test_tls(65536, 1000, records[i]);
	test_ticket();
	test_bindings(TLS1_3_VERSION, true);
	test_bindings(TLS1_2_VERSION, true);
	test_bindings(TLS1_2_VERSION, false);
	test_bindings_resumed();
	test_slow_owner();
	test_tls_refused();
	test_key_updates();
	test_free();
	tls_context_unref(context);
	tls_key_free(key);
	return tap_done();
}
