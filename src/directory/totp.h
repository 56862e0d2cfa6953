/*
 * One-time codes: HOTP (RFC 4226) and TOTP (RFC 6238), and the codes that stand in for a lost device. Pure: time, random octets and
 * memory are the caller's; nothing is kept.
 *
 * Codes have TOTP_DIGITS digits, a step is TOTP_STEP_SECONDS long, the hash is HMAC-SHA-1: what every authenticator knows and most
 * know alone. (HMAC keeps SHA-1 safe here; RFC 4226 appendix B.)
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"

#define TOTP_KEY_OCTETS      ((size_t)20) /* 160 bits: RFC 4226 section 4, R6 */
#define TOTP_DIGITS          6u
#define TOTP_STEP_SECONDS    30
#define TOTP_WINDOW_STEPS    1u /* before and after now: RFC 6238 section 5.2 advises one */
#define TOTP_SKEW_STEPS      20u /* how far totp_skew looks: ten minutes */
#define TOTP_RECOVERY_CODES  10u
#define TOTP_RECOVERY_OCTETS ((size_t)10) /* 80 bits of a recovery code, 16 characters */
#define TOTP_HASH_OCTETS     ((size_t)32) /* SHA-256 of such a code, salted with the account */

enum totp_hash { TOTP_SHA1, TOTP_SHA256, TOTP_SHA512 };

/* RFC 4226 section 5.3, with RFC 6238 section 1.2's other hashes. digits: 6 to 8. */
uint32_t totp_hotp(struct str key, uint64_t counter, enum totp_hash hash, unsigned digits);

/* The step of an instant (seconds since 1970); 0 before 1970. */
uint64_t totp_step(int64_t now_seconds);

/*
 * Is text the code of a step near now? All steps of the window are computed and compared whatever comes of it. ERR_OK sets *ret_step:
 * keep it, and give it as `last` the next time, so that no code is good twice (RFC 6238 section 5.2). ERR_EXISTS: it is a code of
 * the window, but of a step up to last: replayed. ERR_AUTH: it is none. ERR_SYNTAX: not TOTP_DIGITS digits.
 */
enum err totp_check(struct str key, int64_t now_seconds, uint64_t last, struct str text, uint64_t *ret_step) MUST_USE;
/*
 * Of a code that totp_check refused: by how many steps the device's clock is ahead (positive) or behind. False: it is no code of
 * TOTP_SKEW_STEPS around now. For the explanation only: a code that is found so opens nothing.
 */
bool totp_skew(struct str key, int64_t now_seconds, struct str text, int *ret_steps);

/* Base32 (RFC 4648 section 6) without padding, upper case: how people type a key. */
void totp_key_put(struct buf *to, struct str key);
/* otpauth://totp/ISSUER:ACCOUNT?secret=...: what a QR code for authenticators holds. */
void totp_uri_put(struct buf *to, struct str issuer, struct str account, struct str key);

/*
 * Words that people copy by hand: 5 bits a character, without i, l, o and u, in groups of four with a dash between. Reading takes
 * either case, blanks and dashes anywhere, o for 0, i and l for 1. octets * 8 must be a multiple of 5.
 */
void totp_words_put(struct buf *to, struct str octets);
/* The octets of exactly ret_octets * 8 / 5 characters; false otherwise, with ret written or not. */
bool totp_words_get(struct str text, unsigned char *ret, size_t ret_octets);

/* What is kept of a recovery code (the octets of its words). */
void totp_recovery_hash(uint64_t account, const unsigned char code[TOTP_RECOVERY_OCTETS], unsigned char ret[TOTP_HASH_OCTETS]);
