/*
 * An account's second factor: the key of its authenticator and its recovery codes are one secret property of its entry; which codes
 * were used stands in a row beside. Format of both: doc/format/directory.md. What codes are: directory/totp.h.
 */
#pragma once

#include "directory/directory.h"
#include "directory/totp.h"

struct factor {
	uint64_t account; /* not in the value: whose entry it is in */
	unsigned char key[TOTP_KEY_OCTETS];
	bool confirmed; /* a code has shown that the device knows the key; it counts from then on */
	uint64_t made;  /* seconds since 1970 */
	unsigned char recovery[TOTP_RECOVERY_CODES][TOTP_HASH_OCTETS]; /* once confirmed */
};

/* What was used of it. */
struct factor_use {
	uint64_t last;     /* step of the last code that was taken */
	uint16_t recovery; /* bit i: code i was used */
};

/* The property's value. */
enum err factor_encode(const struct factor *f, struct buf *to) MUST_USE;
/* Strict. ERR_NOTFOUND: value is empty, there is none; ERR_CORRUPT. The caller wipes ret. */
enum err factor_decode(struct str value, uint64_t account, struct factor *ret) MUST_USE;
enum err factor_use_encode(const struct factor_use *u, struct buf *to) MUST_USE;
enum err factor_use_decode(struct str value, struct factor_use *ret) MUST_USE;

/* Nothing used: zeros. ERR_CORRUPT, ERR_IO. */
enum err factor_use_get(struct directory *d, uint64_t account, struct factor_use *ret) MUST_USE;
/* Into a write set: NULL, nothing was used, or the account goes. */
void factor_use_put(const struct factor_use *u, uint64_t account, struct kv_write *w);

/* A fresh key, not confirmed. */
void factor_make(uint64_t account, uint64_t now_seconds, struct factor *ret);
/* New recovery codes instead of those there were: their words, each with a line end, into to; hashes into f. */
void factor_recovery(struct factor *f, struct buf *to);

/*
 * Is text a code that is good now: of the authenticator, or, of a confirmed factor, a recovery code? What was good once is not good
 * again: that is written before the call returns. ERR_OK sets *ret_recovery. ERR_AUTH; ERR_EXISTS: used before; ERR_IO, ERR_CORRUPT,
 * ERR_DISKFULL.
 */
enum err factor_take(struct directory *d, const struct factor *f, int64_t now_seconds, struct str text, bool *ret_recovery) MUST_USE;
