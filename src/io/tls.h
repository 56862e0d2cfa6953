/*
 * TLS for a server whose private key lives in another process: every private-key operation is handed to
 * `sign`. TLS 1.2 and later (RFC 8996), no renegotiation, no compression.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"

struct tls_context; /* one certificate chain and its settings; shared by connections, counted */
struct ssl_st;

enum tls_operation { TLS_RSA_SIGN = 1, TLS_ECDSA_SIGN = 2 };

/* Blocking. input: for RSA what is to be padded per `padding` (OpenSSL's numbers), for ECDSA the digest.
 * Appends the signature. */
typedef enum err tls_sign_fn(void *arg, uint32_t key, enum tls_operation operation, int padding, struct str input, struct buf *to);

/* Loads what OpenSSL would otherwise load at first use; once a process, before its sandbox. */
void tls_prepare(void);

struct tls_options {
	struct str chain_pem; /* leaf first */
	uint32_t key;         /* the number `sign` knows the private key by */
	int minimum;          /* 12 or 13 */
	tls_sign_fn *sign;
	void *arg;
};

/* ERR_CONFIG: the chain cannot be read or its key is of no supported kind (RSA or ECDSA). */
enum err tls_context_new(const struct tls_options *options, struct tls_context **ret, struct failure *f) MUST_USE;
struct tls_context *tls_context_ref(struct tls_context *context);
void tls_context_unref(struct tls_context *context); /* accepts NULL */
struct ssl_st *tls_server_new(struct tls_context *context, int fd);

/* The other half, for the process that holds the key: does one operation. ERR_SYNTAX for an unknown one. */
struct tls_key;
enum err tls_key_load(struct str pem, struct tls_key **ret) MUST_USE;
void tls_key_free(struct tls_key *key);
enum err tls_key_sign(const struct tls_key *key, enum tls_operation operation, int padding, struct str input, struct buf *to) MUST_USE;
/* True when the chain's first certificate belongs to the key. */
bool tls_key_matches(const struct tls_key *key, struct str chain_pem);

/* A key (ECDSA P-256) and a certificate signed by itself for ten years; both appended as PEM. */
enum err tls_self_signed(struct str host_name, struct buf *key_pem, struct buf *chain_pem) MUST_USE;
