/*
 * What an account has instead of a password for SCRAM (RFC 5802 section 3, RFC 7677): salt, number of
 * iterations, StoredKey and ServerKey. Neither key lets anybody log on, but both are secrets: whoever
 * has them can play the server, and can try passwords on them.
 *
 * Kept as text in the form of RFC 5803 section 2, one for each hash:
 * "SCRAM-SHA-256$15000:<salt>$<StoredKey>:<ServerKey>", base64 each. Pure.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"

enum scram_hash { SCRAM_SHA_1, SCRAM_SHA_256, SCRAM_HASH_COUNT };

#define SCRAM_KEY_OCTETS_MAX  ((size_t)32)
#define SCRAM_SALT_OCTETS     ((size_t)16)
#define SCRAM_SALT_OCTETS_MAX ((size_t)64)
#define SCRAM_ITERATIONS_MIN  4096u /* RFC 5802 section 5.1 */
#define SCRAM_ITERATIONS_MAX  1000000u
#define SCRAM_TEXT_OCTETS_MAX ((size_t)256) /* of the whole text */

struct scram_keys {
	enum scram_hash hash;
	uint32_t iterations;
	size_t salt_octets;
	unsigned char salt[SCRAM_SALT_OCTETS_MAX];
	unsigned char stored[SCRAM_KEY_OCTETS_MAX]; /* scram_key_octets of them */
	unsigned char server[SCRAM_KEY_OCTETS_MAX];
};

/* "SHA-256"; as it stands in the mechanism's name. */
const char *scram_hash_name(enum scram_hash hash);
size_t scram_key_octets(enum scram_hash hash);
/* Of a mechanism of this family. */
enum scram_hash scram_hash_of(struct str mechanism);

/*
 * Fills stored and server from a normalised password and from hash, iterations and salt, which the
 * caller has set. Takes milliseconds: iterations times two blocks of the hash.
 */
void scram_keys_derive(struct scram_keys *k, struct str password);
/*
 * What somebody is told who asks for an account that is not there, or that has no keys: the same salt
 * for the same name as long as the key is the same, and keys that no password fits. hash and
 * iterations are the caller's.
 */
void scram_keys_feign(struct scram_keys *k, struct str key, struct str name);

/* Appends the text. */
void scram_keys_put(const struct scram_keys *k, struct buf *to);
/* ERR_CORRUPT: not such a text, or for no hash that is known here. */
enum err scram_keys_get(struct str text, struct scram_keys *ret) MUST_USE;

/* HMAC(key, text) of the hash, scram_key_octets long; for src/sasl. */
void scram_hmac(enum scram_hash hash, struct str key, struct str text, unsigned char *to);
/* H(text), likewise. */
void scram_digest(enum scram_hash hash, struct str text, unsigned char *to);
