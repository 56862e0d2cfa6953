/*
 * A stream as its parts share it: conn.c has the buffers and the life, conn_tls.c what is between them and the system,
 * conn_layer.c what is packed.
 */
#pragma once

#include <openssl/ssl.h>
#include <sys/types.h>

#include "io/conn.h"
#include "io/deflate.h"

#define CONN_READ_OCTETS ((size_t)16 << 10)

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

/* Waits for what the stream is to wait for now. */
void conn_arm(struct conn *c);
/* Nothing comes or goes any more. */
void conn_give_up(struct conn *c);
/* The same, and `closed` says so; nothing if it was so before. */
void conn_die(struct conn *c, enum err e);
void conn_restart_idle(struct conn *c);
bool conn_has_output(const struct conn *c);
