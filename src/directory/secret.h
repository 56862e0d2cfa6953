/*
 * Passwords as Argon2id strings (RFC 9106), and their check. Passwords are compared in NFC; a
 * control character, an invalid octet or more than SECRET_PASSWORD_OCTETS_MAX is never right. One
 * set of costs for all of them, so that the check takes the same time for every account and for
 * none.
 */
#pragma once

#include "base/err.h"
#include "base/buf.h"

#define SECRET_PASSWORD_OCTETS_MAX ((size_t)1024)
#define SECRET_OCTETS_MAX          ((size_t)160) /* of an Argon2id string with its NUL */
#define SECRET_MEMORY_KIB          19456u        /* m = 19 MiB */
#define SECRET_PASSES              2u            /* t */
#define SECRET_LANES               1u            /* p */

/* Appends the Argon2id string with a fresh salt. ERR_SYNTAX: empty, over long, not UTF-8 or control
 * characters; ERR_IO: no random octets. */
enum err secret_make(struct str password, struct buf *to) MUST_USE;

/* Could that be a password? ERR_SYNTAX as secret_make. */
enum err secret_check(struct str password) MUST_USE;

/* One check, complete in itself: it may be moved to another thread by pointer. About 1.2 KiB. */
struct secret_job {
	char encoded[SECRET_OCTETS_MAX];
	char password[SECRET_PASSWORD_OCTETS_MAX + 1];
	size_t password_len;
	bool known; /* false: do the same work, the answer is no */
	bool done;
	bool right; /* valid after secret_verify */
};

/* encoded empty: there is no such account or it has no password; the work is then done for nothing.
 * Copies both. */
void secret_job_init(struct secret_job *job, struct str encoded, struct str password);
/* Touches nothing but the job; any thread, some 20 ms. Wipes the password. */
void secret_verify(struct secret_job *job);
/* Wipes the whole job. */
void secret_job_wipe(struct secret_job *job);
