/*
 * One byte stream to a peer: buffered, non-blocking, plain or TLS. The owner reads what has come with
 * conn_in, eats with conn_consume, writes with conn_put; what is put in one turn of the loop leaves in one
 * write at its end. Reading stops by itself while the input buffer is full or the output is over high water,
 * so a peer that does not read cannot make us hold more than CONN_OUT_HIGH_WATER plus one reply.
 *
 * Life: conn_new ... conn_free by the owner, which may be done inside any callback. A callback table
 * is constant; every callback is optional.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "io/loop.h"
#include "io/tls.h"

#define CONN_OUT_HIGH_WATER ((size_t)64 << 10)
#define CONN_OUT_MAX        ((size_t)4 << 20)

struct conn;

struct conn_events {
	void (*input)(void *arg);               /* more octets in conn_in, or the peer has closed its sending side */
	void (*drained)(void *arg);             /* after congestion: all output is gone */
	void (*secured)(void *arg, enum err e); /* the TLS handshake is over; an error is the end, `closed` does not follow */
	void (*closed)(void *arg, enum err e);  /* nothing more will come or go; ERR_OK: an orderly end */
	void (*idle)(void *arg);                /* no input for conn_set_idle milliseconds */
};

/* Takes fd, a stream socket (made non-blocking). in_max: octets buffered at most. */
struct conn *conn_new(struct loop *loop, int fd, size_t in_max, const struct conn_events *events, void *arg);
void conn_free(struct conn *conn); /* closes the descriptor; accepts NULL */
void conn_set_owner(struct conn *conn, const struct conn_events *events, void *arg);
void conn_set_in_max(struct conn *conn, size_t in_max);

struct str conn_in(const struct conn *conn); /* valid until the next call on this conn */
void conn_consume(struct conn *conn, size_t n);
/* Deliver `input` once more at the end of this turn if octets are left: for owners who stop half-way. */
void conn_again(struct conn *conn);
bool conn_in_ended(const struct conn *conn); /* the peer has closed; conn_in holds the last of it */
void conn_pause(struct conn *conn, bool paused); /* no more reading */

void conn_put(struct conn *conn, struct str octets);
struct buf *conn_out(struct conn *conn); /* for writers that format; call conn_flush after */
void conn_flush(struct conn *conn);      /* at the end of this turn */
bool conn_congested(const struct conn *conn); /* output is over high water: produce no more until `drained` */
/* `closed` comes when all output is gone. A peer that still sends is given 2 s to close first: closing at once would make the
 * kernel throw our last words away. 10 s without
 * progress, or two minutes, end it in any case. */
void conn_put_and_close(struct conn *conn);
/* Half-close: when all output is gone the peer is told that no more will come; input goes on. */
void conn_end_output(struct conn *conn);

/* After what has been put is on its way, talk TLS. Input that is already here is dropped by the caller's rule:
 * it must be empty (RFC 3207 section 4.2 against injected commands), or this returns ERR_SYNTAX. first is for
 * implicit TLS, where the client speaks first. */
enum err conn_start_tls(struct conn *conn, struct tls_context *tls) MUST_USE;
bool conn_is_secured(const struct conn *conn);
const char *conn_tls_version(const struct conn *conn); /* "TLSv1.3", NULL when plain */
const char *conn_tls_cipher(const struct conn *conn);
void conn_bind(const struct conn *conn, struct tls_bindings *ret); /* none when plain */
bool conn_shows(const struct conn *conn); /* a client's certificate that we believe */
void conn_shown(const struct conn *conn, struct tls_shown *ret); /* empty when plain */
bool conn_binds(const struct conn *conn);                          /* whether there is any */

/*
 * RFC 4978: what was put until now goes out as it is, everything after it is packed, and input is unpacked. No input may
 * be there. What comes packed is unpacked up to where the peer has flushed; further only when conn_in is empty, or when
 * conn_hungry says that the owner can do nothing with what is there. Input that is no DEFLATE is the end of input.
 */
void conn_start_deflate(struct conn *conn);
bool conn_is_deflated(const struct conn *conn);
bool conn_in_broken(const struct conn *conn); /* the end of input was one of these */
void conn_hungry(struct conn *conn);
/* What has been put until now is the last that is packed: the peer sees where it ends. Nothing may be put until it is gone. */
void conn_finish_deflate(struct conn *conn);
/* Both directions are plain again; all output must be gone. Octets that came behind the packed ones are conn_in. */
void conn_end_deflate(struct conn *conn);
/* Once all output is gone `drained` is called, as if it had been congested. */
void conn_await_drained(struct conn *conn);

/* 0 = never. Any input starts the time again. */
void conn_set_idle(struct conn *conn, uint64_t ms);

/* Puts octets in front of what is in conn_in, whatever its ceiling: input that somebody else had read already. */
void conn_unread(struct conn *conn, struct str octets);
/* The bare descriptor, for hand-over to another process: only plain and with no output waiting (else -1).
 * The conn must be freed next; conn_in is still there. */
int conn_take_fd(struct conn *conn);
