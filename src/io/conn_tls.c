#include "io/conn_tls.h"

#include <errno.h>
#include <openssl/err.h>
#include <sys/socket.h>

/* Each call says that it must not wait: whoever gave us the descriptor may hold it too, and make it one that waits. */
ssize_t conn_tls_read(struct conn *c, char *to, size_t n)
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

ssize_t conn_tls_write(struct conn *c, struct str octets)
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

void conn_tls_handshake(struct conn *c)
{
	int r = SSL_do_handshake(c->ssl);
	int why = r == 1 ? SSL_ERROR_NONE : SSL_get_error(c->ssl, r);
	bool done = r == 1;

	c->tls_wants_write = why == SSL_ERROR_WANT_WRITE && !done;
	if (!done && (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE)) {
		conn_arm(c);
		return;
	}
	ERR_clear_error();
	c->tls_state = done ? TLS_UP : TLS_HANDSHAKE;
	if (!done) {
		conn_give_up(c);
		if (c->events->secured)
			c->events->secured(c->arg, ERR_PEER);
		return;
	}
	conn_restart_idle(c);
	conn_arm(c);
	if (SSL_has_pending(c->ssl))
		conn_again(c);
	if (c->events->secured)
		c->events->secured(c->arg, ERR_OK);
}

void conn_tls_begin(struct conn *c)
{
	c->ssl = tls_server_new(c->tls, c->fd);
	c->tls_state = TLS_HANDSHAKE;
	conn_tls_handshake(c);
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
