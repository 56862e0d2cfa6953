/*
 * Signatures made by the keys role. The one thing a front waits for with everything else standing
 * still: a handshake cannot be half-way in OpenSSL 3.0, and keys does nothing but answer this.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "io/tls.h"
#include "ipc/roles.h"

#define SIGNER_MS_MAX 5000

struct signer {
	enum role role; /* ours */
	int fd;         /* the channel to keys; -1: none now */
	uint64_t last_request;
};

void signer_init(struct signer *s, enum role role);
void signer_done(struct signer *s);
/* A new channel; takes fd and closes the old one. */
void signer_take(struct signer *s, int fd);
/* tls_sign_fn; arg is the signer. ERR_UNAVAILABLE: keys is not there or was silent for
 * SIGNER_MS_MAX. */
enum err signer_sign(void *arg, uint32_t key, enum tls_operation operation, int padding,
	struct str input, struct buf *to);
