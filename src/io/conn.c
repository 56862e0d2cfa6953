#include "io/conn.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "io/deflate.h"
#include "io/file.h"

#define READ_OCTETS      ((size_t)16 << 10)
#define READS_PER_TURN   8
#define CLOSE_WAIT_MS    10000
#define CLOSE_MS_MAX     120000
#define LINGER_MS        2000
#define KEEP_IDLE_OCTETS ((size_t)512) /* buffers larger than this are given back when empty */
#define KEEP_BUSY_OCTETS (4 * CONN_OUT_HIGH_WATER) /* the same, while one answer follows the other */

enum tls_state { TLS_NONE, TLS_WANTED, TLS_HANDSHAKE, TLS_UP };

/* Between the buffers of a conn, which are clear, and the system or TLS. */
struct layer {
	struct deflate *deflate;
	struct buf in, out;  /* packed */
	size_t plain_octets; /* of conn->out, at its front: put before the layer was there */
	bool hungry, broken;
	bool finishing; /* out is to end, once everything is in it */
};

struct conn {
	struct loop *loop;
	struct watch *watch;
	struct timer *timer; /* made at first use: most connections need one, sessions in the store share few */
	struct deferred flush, again;
	const struct conn_events *events;
	void *arg;
	SSL *ssl;
	struct tls_context *tls;
	struct layer *layer; /* NULL: nothing is packed */
	struct buf in, out;
	uint64_t idle_ms, close_deadline_ms;
	int fd;
	enum tls_state tls_state;
	bool in_ended, paused, closing, lingering, dead, was_congested, out_ending, out_ended;
	bool ticket_given;
	bool out_waits;       /* the system took no more of out: it tells when it does */
	bool tls_wants_write; /* TLS itself has something to say and no room for it: nothing else goes on until then */
};

static void on_event(void *arg, int events);
static void flush_now(void *arg);
static void deliver_input(void *arg);
static void come_again(void *arg);
static void on_timer(void *arg);

struct conn *conn_new(struct loop *loop, int fd, size_t in_max, const struct conn_events *events, void *arg)
{
	struct conn *c = MEM_NEW(struct conn);

	must(fd >= 0);
	must(fd_nonblocking(fd) == ERR_OK);
	c->loop = loop;
	c->fd = fd;
	c->events = events;
	c->arg = arg;
	buf_init(&c->in, in_max);
	buf_init(&c->out, CONN_OUT_MAX);
	deferred_init(&c->flush, flush_now, c);
	deferred_init(&c->again, come_again, c);
	c->watch = watch_new(loop, fd, on_event, c);
	watch_set(c->watch, WATCH_READ);
	return c;
}

static void layer_free(struct layer *l)
{
	if (l == NULL)
		return;
	deflate_free(l->deflate);
	buf_done(&l->in);
	buf_done(&l->out);
	mem_free(l);
}

void conn_free(struct conn *c)
{
	if (c == NULL)
		return;
	deferred_cancel(&c->flush);
	deferred_cancel(&c->again);
	watch_free(c->watch);
	timer_free(c->timer);
	SSL_free(c->ssl);
	tls_context_unref(c->tls);
	layer_free(c->layer);
	buf_done(&c->in);
	buf_done(&c->out);
	fd_close(&c->fd);
	mem_free(c);
}

void conn_set_owner(struct conn *c, const struct conn_events *events, void *arg)
{
	c->events = events;
	c->arg = arg;
}

static bool may_read(const struct conn *c)
{
	return !c->paused && !c->in_ended && !c->closing && c->tls_state != TLS_WANTED && c->in.len < c->in.ceiling && c->out.len < CONN_OUT_HIGH_WATER;
}

static bool layer_holds_some(const struct conn *c)
{
	return c->layer != NULL && c->layer->in.len > 0;
}

/* Octets that were read, or that SSL has read, and that we have not had room for: no descriptor will announce them. */
static bool holds_some(const struct conn *c)
{
	if (layer_holds_some(c))
		return c->layer->hungry || c->in.len == 0;
	return c->tls_state == TLS_UP && SSL_pending(c->ssl) > 0;
}

static bool has_output(const struct conn *c)
{
	return c->out.len > 0 || (c->layer != NULL && (c->layer->out.len > 0 || c->layer->finishing));
}

static void arm(struct conn *c)
{
	bool want_read = c->tls_state == TLS_HANDSHAKE || c->lingering || (may_read(c) && !layer_holds_some(c));
	bool want_write = c->tls_state != TLS_HANDSHAKE && c->out_waits;

	if (c->dead || c->watch == NULL)
		return;
	if (holds_some(c) && may_read(c))
		loop_defer(c->loop, &c->again);
	if (c->tls_wants_write)
		watch_set(c->watch, WATCH_WRITE);
	else
		watch_set(c->watch, (want_read ? WATCH_READ : 0) | (want_write ? WATCH_WRITE : 0));
}

static void give_up(struct conn *c)
{
	c->dead = true;
	if (c->watch != NULL)
		watch_set(c->watch, 0);
	if (c->timer != NULL)
		timer_stop(c->timer);
}

static void die(struct conn *c, enum err e)
{
	if (c->dead)
		return;
	give_up(c);
	if (c->events->closed)
		c->events->closed(c->arg, e);
}

void conn_set_in_max(struct conn *c, size_t in_max)
{
	must(in_max >= c->in.len);
	c->in.ceiling = in_max;
	c->in.overflowed = false;
	arm(c);
}

struct str conn_in(const struct conn *c)
{
	return buf_str(&c->in);
}

static void restart_idle(struct conn *c)
{
	if (c->idle_ms > 0 && !c->closing && !c->dead)
		timer_set(c->timer, c->idle_ms);
}

void conn_consume(struct conn *c, size_t n)
{
	buf_drop(&c->in, n);
	if (c->in.len == 0 && c->in.held > KEEP_IDLE_OCTETS)
		buf_shrink(&c->in);
	arm(c);
}

void conn_again(struct conn *c)
{
	loop_defer(c->loop, &c->again);
}

bool conn_in_ended(const struct conn *c)
{
	return c->in_ended;
}

void conn_pause(struct conn *c, bool paused)
{
	c->paused = paused;
	arm(c);
}

struct buf *conn_out(struct conn *c)
{
	return &c->out;
}

void conn_flush(struct conn *c)
{
	if (!c->dead)
		loop_defer(c->loop, &c->flush);
}

void conn_put(struct conn *c, struct str octets)
{
	if (c->dead)
		return;
	buf_put(&c->out, octets);
	conn_flush(c);
}

bool conn_congested(const struct conn *c)
{
	return c->out.len >= CONN_OUT_HIGH_WATER;
}

void conn_put_and_close(struct conn *c)
{
	if (c->closing || c->dead)
		return;
	c->closing = true;
	c->close_deadline_ms = loop_now_ms(c->loop) + CLOSE_MS_MAX;
	if (c->timer == NULL)
		c->timer = timer_new(c->loop, on_timer, c);
	timer_set(c->timer, CLOSE_WAIT_MS);
	conn_flush(c);
}

void conn_end_output(struct conn *c)
{
	c->out_ending = true;
	conn_flush(c);
}

void conn_set_idle(struct conn *c, uint64_t ms)
{
	c->idle_ms = ms;
	if (c->closing || c->dead)
		return;
	if (c->timer == NULL && ms > 0)
		c->timer = timer_new(c->loop, on_timer, c);
	if (c->timer != NULL && ms == 0)
		timer_stop(c->timer);
	restart_idle(c);
}

static void on_timer(void *arg)
{
	struct conn *c = arg;

	if (c->closing)
		die(c, c->lingering ? ERR_OK : ERR_TIMEOUT);
	else if (c->events->idle)
		c->events->idle(c->arg);
}

/* ---- octets in and out ---- */

/* Each call says that it must not wait: whoever gave us the descriptor may hold it too, and make it one that waits. */
static char scratch[READ_OCTETS]; /* between the system and the buffers, which thus hold no more than has come */

/* > 0 octets, 0 the end, -1 nothing now, -2 broken */
static ssize_t read_some(struct conn *c, char *to, size_t n)
{
	ssize_t got;
	int got_ssl;

	if (c->tls_state != TLS_UP) {
		do {
			got = recv(c->fd, to, n, MSG_DONTWAIT);
		} while (got < 0 && errno == EINTR);
		return got >= 0 ? got : errno == EAGAIN ? -1 : -2;
	}
	got_ssl = SSL_read(c->ssl, to, (int)n);
	if (got_ssl > 0)
		return got_ssl;
	switch (SSL_get_error(c->ssl, got_ssl)) {
	case SSL_ERROR_WANT_WRITE:
		/* The answer to a key update does not fit: its asker does not read, and gets no more of our time until it does. */
		c->tls_wants_write = true;
		return -1;
	case SSL_ERROR_WANT_READ:
		return -1;
	case SSL_ERROR_ZERO_RETURN:
		return 0;
	default:
		ERR_clear_error();
		return -2;
	}
}

static ssize_t write_some(struct conn *c, struct str octets)
{
	ssize_t put;
	int put_ssl;

	if (c->tls_state != TLS_UP) {
		do {
			put = send(c->fd, octets.at, octets.len, MSG_NOSIGNAL | MSG_DONTWAIT);
		} while (put < 0 && errno == EINTR);
		return put >= 0 ? put : errno == EAGAIN ? -1 : -2;
	}
	if (!c->ticket_given)
		tls_give_ticket(c->ssl);
	c->ticket_given = true;
	put_ssl = SSL_write(c->ssl, octets.at, (int)(octets.len < (1u << 30) ? octets.len : 1u << 30));
	if (put_ssl > 0)
		return put_ssl;
	switch (SSL_get_error(c->ssl, put_ssl)) {
	case SSL_ERROR_WANT_READ:
	case SSL_ERROR_WANT_WRITE:
		return -1;
	default:
		ERR_clear_error();
		return -2;
	}
}

static void deliver_input(void *arg)
{
	struct conn *c = arg;

	if (!c->dead && !c->closing && c->events->input && (c->in.len > 0 || c->in_ended))
		c->events->input(c->arg);
}

enum taken { TAKEN_NONE, TAKEN_SOME, TAKEN_DEAD };

/* As read_input. What is packed goes through a buffer of its own, as there may not be room for all that it holds. */
static enum taken read_packed(struct conn *c)
{
	struct layer *l = c->layer;
	size_t before = c->in.len, used;
	ssize_t r = 1;
	enum err e;

	if (l->in.len == 0) {
		r = read_some(c, scratch, sizeof(scratch));
		buf_put(&l->in, str_make(scratch, r > 0 ? (size_t)r : 0));
	}
	if (r == -2) {
		die(c, ERR_IO);
		return TAKEN_DEAD;
	}
	e = deflate_unpack(l->deflate, buf_str(&l->in), &c->in, &used);
	buf_drop(&l->in, used);
	if (l->in.len == 0)
		buf_shrink(&l->in);
	l->hungry = false;
	l->broken = e == ERR_SYNTAX;
	/* What has been unpacked is worth an answer; then it is over. */
	c->in_ended = r == 0 || l->broken || (e == ERR_NOTFOUND && l->in.len > 0);
	return c->in.len > before || c->in_ended ? TAKEN_SOME : TAKEN_NONE;
}

static enum taken read_input(struct conn *c)
{
	bool got = false;

	for (int i = 0; i < READS_PER_TURN; i++) {
		size_t room = c->in.ceiling - c->in.len;
		size_t n = room < READ_OCTETS ? room : READ_OCTETS;
		ssize_t r;

		if (n == 0)
			break;
		r = read_some(c, scratch, n);
		/* What came before the break is worth an answer; the break will be met again. */
		if (r == -2 && !got) {
			die(c, ERR_IO);
			return TAKEN_DEAD;
		}
		if (r < 0)
			break;
		got = true;
		if (r == 0) {
			c->in_ended = true;
			break;
		}
		buf_put(&c->in, str_make(scratch, (size_t)r));
		mem_wipe(scratch, (size_t)r); /* passwords come this way */
		if ((size_t)r < n && c->tls_state != TLS_UP)
			break;
	}
	return got ? TAKEN_SOME : TAKEN_NONE;
}

static void take_input(struct conn *c)
{
	enum taken taken = c->layer != NULL ? read_packed(c) : read_input(c);

	if (taken == TAKEN_DEAD)
		return;
	arm(c);
	if (taken == TAKEN_NONE)
		return;
	restart_idle(c);
	deliver_input(c);
}

static void come_again(void *arg)
{
	struct conn *c = arg;

	if (!c->dead && holds_some(c) && may_read(c))
		take_input(c);
	else
		deliver_input(c);
}

static void handshake(struct conn *c)
{
	int r = SSL_do_handshake(c->ssl);
	int why = r == 1 ? SSL_ERROR_NONE : SSL_get_error(c->ssl, r);
	bool done = r == 1;

	c->tls_wants_write = why == SSL_ERROR_WANT_WRITE && !done;
	if (!done && (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE)) {
		arm(c);
		return;
	}
	ERR_clear_error();
	c->tls_state = done ? TLS_UP : TLS_HANDSHAKE;
	if (!done) {
		give_up(c);
		if (c->events->secured)
			c->events->secured(c->arg, ERR_PEER);
		return;
	}
	restart_idle(c);
	arm(c);
	if (SSL_has_pending(c->ssl))
		conn_again(c);
	if (c->events->secured)
		c->events->secured(c->arg, ERR_OK);
}

static void begin_handshake(struct conn *c)
{
	c->ssl = tls_server_new(c->tls, c->fd);
	c->tls_state = TLS_HANDSHAKE;
	handshake(c);
}

static void tell_end(struct conn *c)
{
	if (c->out_ended)
		return;
	c->out_ended = true;
	if (c->tls_state == TLS_UP) {
		SSL_shutdown(c->ssl);
		ERR_clear_error();
	}
	shutdown(c->fd, SHUT_WR);
}

/* What a peer still sends behind our last words is read and forgotten. False: it sends no more. */
static bool forget_input(struct conn *c, bool *ret_some)
{
	char forgotten[4096];
	ssize_t n = 1;

	for (int i = 0; i < READS_PER_TURN && n > 0; i++) {
		n = recv(c->fd, forgotten, sizeof(forgotten), MSG_DONTWAIT);
		*ret_some = *ret_some || n > 0;
	}
	return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

static void linger(struct conn *c)
{
	bool some = false;

	if (!forget_input(c, &some))
		die(c, ERR_OK);
}

static void finish_close(struct conn *c)
{
	bool sends = c->in.len > 0;

	tell_end(c);
	if (c->in_ended || !forget_input(c, &sends) || !sends) {
		die(c, ERR_OK);
		return;
	}
	if (!c->lingering)
		timer_set(c->timer, LINGER_MS);
	c->lingering = true;
	arm(c);
}

/* Whoever takes something now and then may have the rest of it, within reason. */
static void restart_close(struct conn *c)
{
	uint64_t now = loop_now_ms(c->loop), left = c->close_deadline_ms > now ? c->close_deadline_ms - now : 0;

	timer_set(c->timer, left < CLOSE_WAIT_MS ? left : CLOSE_WAIT_MS);
}

/* What the system or TLS is to get next; packs it when it is its time. */
static struct str next_piece(struct conn *c)
{
	struct layer *l = c->layer;

	if (l == NULL)
		return buf_str(&c->out);
	if (l->plain_octets > 0)
		return str_sub(buf_str(&c->out), 0, l->plain_octets);
	if (l->out.len == 0 && c->out.len > 0)
		buf_drop(&c->out, deflate_pack(l->deflate, buf_str(&c->out), &l->out));
	if (c->out.len == 0 && l->finishing) {
		deflate_put_end(&l->out);
		l->finishing = false;
	}
	return buf_str(&l->out);
}

static void drop_piece(struct conn *c, size_t n)
{
	struct layer *l = c->layer;

	if (l == NULL || l->plain_octets > 0) {
		buf_drop(&c->out, n);
		if (l != NULL)
			l->plain_octets -= n;
		return;
	}
	buf_drop(&l->out, n);
	if (l->out.len == 0)
		buf_shrink(&l->out);
}

static void flush_now(void *arg)
{
	struct conn *c = arg;
	bool progress = false;

	if (c->dead)
		return;
	/* Octets are missing: nothing sensible can follow. */
	if (buf_overflowed(&c->out)) {
		die(c, ERR_LIMIT);
		return;
	}
	if (c->tls_state == TLS_HANDSHAKE) {
		if (c->closing)
			die(c, ERR_OK); /* what waits for it could be read by nobody */
		return;
	}
	/* Whoever put so much has stopped, and waits to be told that it is gone. */
	if (c->out.len >= CONN_OUT_HIGH_WATER)
		c->was_congested = true;
	while (has_output(c)) {
		ssize_t n = write_some(c, next_piece(c));

		if (n == -2) {
			die(c, ERR_IO);
			return;
		}
		if (n < 0)
			break;
		drop_piece(c, (size_t)n);
		progress = true;
	}
	c->out_waits = has_output(c);
	arm(c);
	if (c->closing && progress)
		restart_close(c);
	if (has_output(c))
		return;
	if (c->out.held > (c->was_congested ? KEEP_BUSY_OCTETS : KEEP_IDLE_OCTETS))
		buf_shrink(&c->out);
	if (c->closing) {
		finish_close(c);
		return;
	}
	if (c->tls_state == TLS_WANTED) {
		begin_handshake(c);
		return;
	}
	if (c->out_ending)
		tell_end(c);
	if (c->was_congested) {
		c->was_congested = false;
		/* More of the same is likely to fill the buffer at once. If not, the next flush gives it back. */
		conn_flush(c);
		if (c->events->drained)
			c->events->drained(c->arg);
	}
}

static void on_event(void *arg, int events)
{
	struct conn *c = arg;

	if (c->lingering) {
		linger(c);
		return;
	}
	if (c->tls_state == TLS_HANDSHAKE) {
		handshake(c);
		return;
	}
	/* Writing is left to the end of the turn, after input has been answered: freeing in a callback stays safe. */
	if (events & WATCH_WRITE)
		conn_flush(c);
	if (c->tls_wants_write) {
		c->tls_wants_write = false;
		events |= WATCH_READ;
	}
	if (events & (WATCH_READ | WATCH_ERROR))
		take_input(c);
}

enum err conn_start_tls(struct conn *c, struct tls_context *tls)
{
	must(c->tls_state == TLS_NONE);
	if (c->in.len > 0)
		return ERR_SYNTAX;
	c->tls = tls_context_ref(tls);
	c->tls_state = TLS_WANTED;
	conn_flush(c);
	return ERR_OK;
}

bool conn_is_secured(const struct conn *c)
{
	return c->tls_state == TLS_UP;
}

const char *conn_tls_version(const struct conn *c)
{
	return c->tls_state == TLS_UP ? SSL_get_version(c->ssl) : NULL;
}

const char *conn_tls_cipher(const struct conn *c)
{
	return c->tls_state == TLS_UP ? SSL_get_cipher_name(c->ssl) : NULL;
}

void conn_bind(const struct conn *c, struct tls_bindings *ret)
{
	*ret = (struct tls_bindings){ 0 };
	if (c->tls_state == TLS_UP)
		tls_bind(c->ssl, ret);
}

bool conn_shows(const struct conn *c)
{
	return c->tls_state == TLS_UP && tls_shows(c->ssl);
}

void conn_shown(const struct conn *c, struct tls_shown *ret)
{
	*ret = (struct tls_shown){ 0 };
	if (c->tls_state == TLS_UP)
		tls_shown(c->ssl, ret);
}

bool conn_binds(const struct conn *c)
{
	return c->tls_state == TLS_UP && tls_binds(c->ssl);
}

void conn_start_deflate(struct conn *c)
{
	must(c->layer == NULL && c->in.len == 0);
	c->layer = MEM_NEW(struct layer);
	c->layer->deflate = deflate_new();
	c->layer->plain_octets = c->out.len;
	buf_init(&c->layer->in, READ_OCTETS);
	buf_init(&c->layer->out, DEFLATE_OUT_OCTETS_MAX);
}

bool conn_is_deflated(const struct conn *c)
{
	return c->layer != NULL;
}

bool conn_in_broken(const struct conn *c)
{
	return c->layer != NULL && c->layer->broken;
}

void conn_hungry(struct conn *c)
{
	if (c->layer == NULL)
		return;
	c->layer->hungry = true;
	if (layer_holds_some(c))
		arm(c);
}

void conn_unread(struct conn *c, struct str octets)
{
	struct buf in;

	if (c->in.ceiling < c->in.len + octets.len)
		c->in.ceiling = c->in.len + octets.len;
	buf_init(&in, c->in.ceiling);
	buf_put(&in, octets);
	buf_put(&in, buf_str(&c->in));
	buf_done(&c->in);
	c->in = in;
}

void conn_finish_deflate(struct conn *c)
{
	must(c->layer != NULL);
	c->layer->finishing = true;
	conn_flush(c);
}

void conn_end_deflate(struct conn *c)
{
	must(c->layer != NULL && !has_output(c));
	conn_unread(c, buf_str(&c->layer->in));
	layer_free(c->layer);
	c->layer = NULL;
	arm(c);
}

void conn_await_drained(struct conn *c)
{
	c->was_congested = true;
	conn_flush(c);
}

int conn_take_fd(struct conn *c)
{
	int fd = c->fd;

	if (c->tls_state != TLS_NONE || c->layer != NULL || c->out.len > 0 || c->dead || c->closing)
		return -1;
	watch_free(c->watch);
	c->watch = NULL;
	c->dead = true;
	c->fd = -1;
	return fd;
}
