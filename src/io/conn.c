#include "io/conn.h"

#include <errno.h>
#include <openssl/err.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "io/conn_layer.h"
#include "io/conn_tls.h"
#include "io/file.h"

#define READS_PER_TURN   8
#define CLOSE_WAIT_MS    10000
#define CLOSE_MS_MAX     120000
#define LINGER_MS        2000
#define KEEP_IDLE_OCTETS ((size_t)512) /* buffers larger than this are given back when empty */
#define KEEP_BUSY_OCTETS (4 * CONN_OUT_HIGH_WATER) /* the same, while one answer follows the other */

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
	conn_layer_free(c->layer);
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

/* Octets that were read, or that SSL has read, and that we have not had room for: no descriptor will announce them. */
static bool holds_some(const struct conn *c)
{
	if (conn_layer_holds(c))
		return c->layer->hungry || c->in.len == 0;
	return c->tls_state == TLS_UP && SSL_pending(c->ssl) > 0;
}

bool conn_has_output(const struct conn *c)
{
	return c->out.len > 0 || (c->layer != NULL && (c->layer->out.len > 0 || c->layer->finishing));
}

void conn_arm(struct conn *c)
{
	bool want_read = c->tls_state == TLS_HANDSHAKE || c->lingering || (may_read(c) && !conn_layer_holds(c));
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

void conn_give_up(struct conn *c)
{
	c->dead = true;
	if (c->watch != NULL)
		watch_set(c->watch, 0);
	if (c->timer != NULL)
		timer_stop(c->timer);
}

void conn_die(struct conn *c, enum err e)
{
	if (c->dead)
		return;
	conn_give_up(c);
	if (c->events->closed)
		c->events->closed(c->arg, e);
}

void conn_set_in_max(struct conn *c, size_t in_max)
{
	must(in_max >= c->in.len);
	c->in.ceiling = in_max;
	c->in.overflowed = false;
	conn_arm(c);
}

struct str conn_in(const struct conn *c)
{
	return buf_str(&c->in);
}

void conn_restart_idle(struct conn *c)
{
	if (c->idle_ms > 0 && !c->closing && !c->dead)
		timer_set(c->timer, c->idle_ms);
}

void conn_consume(struct conn *c, size_t n)
{
	buf_drop(&c->in, n);
	if (c->in.len == 0 && c->in.held > KEEP_IDLE_OCTETS)
		buf_shrink(&c->in);
	conn_arm(c);
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
	conn_arm(c);
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
	conn_restart_idle(c);
}

static void on_timer(void *arg)
{
	struct conn *c = arg;

	if (c->closing)
		conn_die(c, c->lingering ? ERR_OK : ERR_TIMEOUT);
	else if (c->events->idle)
		c->events->idle(c->arg);
}

/* ---- octets in and out ---- */

static char scratch[CONN_READ_OCTETS]; /* between the system and the buffer, which thus holds no more than has come */

static void deliver_input(void *arg)
{
	struct conn *c = arg;

	if (!c->dead && !c->closing && c->events->input && (c->in.len > 0 || c->in_ended))
		c->events->input(c->arg);
}

static enum conn_taken read_input(struct conn *c)
{
	bool got = false;

	for (int i = 0; i < READS_PER_TURN; i++) {
		size_t room = c->in.ceiling - c->in.len;
		size_t n = room < CONN_READ_OCTETS ? room : CONN_READ_OCTETS;
		ssize_t r;

		if (n == 0)
			break;
		r = conn_tls_read(c, scratch, n);
		/* What came before the break is worth an answer; the break will be met again. */
		if (r == -2 && !got) {
			conn_die(c, ERR_IO);
			return CONN_TAKEN_DEAD;
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
	return got ? CONN_TAKEN_SOME : CONN_TAKEN_NONE;
}

static void take_input(struct conn *c)
{
	enum conn_taken taken = c->layer != NULL ? conn_layer_read(c) : read_input(c);

	if (taken == CONN_TAKEN_DEAD)
		return;
	conn_arm(c);
	if (taken == CONN_TAKEN_NONE)
		return;
	conn_restart_idle(c);
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
		conn_die(c, ERR_OK);
}

static void finish_close(struct conn *c)
{
	bool sends = c->in.len > 0;

	tell_end(c);
	if (c->in_ended || !forget_input(c, &sends) || !sends) {
		conn_die(c, ERR_OK);
		return;
	}
	if (!c->lingering)
		timer_set(c->timer, LINGER_MS);
	c->lingering = true;
	conn_arm(c);
}

/* Whoever takes something now and then may have the rest of it, within reason. */
static void restart_close(struct conn *c)
{
	uint64_t now = loop_now_ms(c->loop), left = c->close_deadline_ms > now ? c->close_deadline_ms - now : 0;

	timer_set(c->timer, left < CLOSE_WAIT_MS ? left : CLOSE_WAIT_MS);
}

static void flush_now(void *arg)
{
	struct conn *c = arg;
	bool progress = false;

	if (c->dead)
		return;
	/* Octets are missing: nothing sensible can follow. */
	if (buf_overflowed(&c->out)) {
		conn_die(c, ERR_LIMIT);
		return;
	}
	if (c->tls_state == TLS_HANDSHAKE) {
		if (c->closing)
			conn_die(c, ERR_OK); /* what waits for it could be read by nobody */
		return;
	}
	/* Whoever put so much has stopped, and waits to be told that it is gone. */
	if (c->out.len >= CONN_OUT_HIGH_WATER)
		c->was_congested = true;
	while (conn_has_output(c)) {
		ssize_t n = conn_tls_write(c, conn_layer_piece(c));

		if (n == -2) {
			conn_die(c, ERR_IO);
			return;
		}
		if (n < 0)
			break;
		conn_layer_drop(c, (size_t)n);
		progress = true;
	}
	c->out_waits = conn_has_output(c);
	conn_arm(c);
	if (c->closing && progress)
		restart_close(c);
	if (conn_has_output(c))
		return;
	if (c->out.held > (c->was_congested ? KEEP_BUSY_OCTETS : KEEP_IDLE_OCTETS))
		buf_shrink(&c->out);
	if (c->closing) {
		finish_close(c);
		return;
	}
	if (c->tls_state == TLS_WANTED) {
		conn_tls_begin(c);
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
		conn_tls_handshake(c);
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
