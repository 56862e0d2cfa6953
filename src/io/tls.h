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
	struct str client_ca_pem; /* whose certificates clients are asked for; empty: they are not asked */
};

/* ERR_CONFIG: the chain cannot be read or its key is of no supported kind (RSA or ECDSA). */
enum err tls_context_new(const struct tls_options *options, struct tls_context **ret, struct failure *f) MUST_USE;
struct tls_context *tls_context_ref(struct tls_context *context);
void tls_context_unref(struct tls_context *context); /* accepts NULL */
struct ssl_st *tls_server_new(struct tls_context *context, int fd);

/*
 * Sends a ticket with what is written next (RFC 8446 section 4.6.1); once a connection, when its first words are at hand.
 * Sent by itself behind the handshake it would meet the client's first words, and clients that read and write in two
 * threads hang where both are at work in their TLS library at that moment.
 */
void tls_give_ticket(struct ssl_st *ssl);

/*
 * What binds a logon to this connection and no other (RFC 5056); octets 0: not defined for it.
 * exporter   tls-exporter (RFC 9266): TLS 1.3, and TLS 1.2 with the extended master secret
 * unique     tls-unique (RFC 5929 section 3): TLS 1.2 with the extended master secret (RFC 7677 section 4)
 * end_point  tls-server-end-point (RFC 5929 section 4): where the certificate's signature has a hash of its own
 */
#define TLS_BINDING_OCTETS_MAX ((size_t)64)

struct tls_binding {
	size_t octets;
	unsigned char at[TLS_BINDING_OCTETS_MAX];
};

struct tls_bindings {
	struct tls_binding exporter, unique, end_point;
};

/* The certificate that a client has shown: a chain to tls_options.client_ca_pem that is good for clients, and the client has its key. */
#define TLS_SHOWN_ADDRESSES_OCTETS_MAX ((size_t)1024)

struct tls_shown {
	char fingerprint[65];                           /* SHA-256 of the certificate in hexadecimal, with a NUL; empty: none */
	char addresses[TLS_SHOWN_ADDRESSES_OCTETS_MAX]; /* its rfc822Names, parted by blanks, with a NUL */
};

/* False: it has shown none, or none that we believe. */
bool tls_shows(struct ssl_st *ssl);
void tls_shown(struct ssl_st *ssl, struct tls_shown *ret);

/* After the handshake. */
void tls_bind(struct ssl_st *ssl, struct tls_bindings *ret);
/* Whether there is any. */
bool tls_binds(struct ssl_st *ssl);

/* The other half, for the process that holds the key: does one operation. ERR_SYNTAX for an unknown one. */
struct tls_key;
enum err tls_key_load(struct str pem, struct tls_key **ret) MUST_USE;
void tls_key_free(struct tls_key *key);
enum err tls_key_sign(const struct tls_key *key, enum tls_operation operation, int padding, struct str input, struct buf *to) MUST_USE;
/* True when the chain's first certificate belongs to the key. */
bool tls_key_matches(const struct tls_key *key, struct str chain_pem);

/* A key (ECDSA P-256) and a certificate signed by itself for ten years; both appended as PEM. */
enum err tls_self_signed(struct str host_name, struct buf *key_pem, struct buf *chain_pem) MUST_USE;
