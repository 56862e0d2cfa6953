/*
 * Tokens of the forms of virtual directories. One is made with each page that shows such a form, and is good for one message: it says when
 * the page was made, for which directory, for whom and for which network, under a key that nobody but this process has. So a form that
 * another site made, or that was never shown, is refused; one that was sent before is refused; and how long somebody took to fill it in is
 * known. A program can be made to work for each: to find a number with which the token's SHA-256 begins with so many zero bits.
 *
 * Tokens end with the process, and after FORM_TOKEN_MS_MAX. Pure but for random octets; time is given by the caller.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/map.h"
#include "ipc/web.h"

#define FORM_TOKEN_MS_MAX  ((uint64_t)3600000)
#define FORM_TOKEN_KEY     ((size_t)32)
#define FORM_TOKENS_USED   ((size_t)65536) /* remembered; when all of them are younger than FORM_TOKEN_MS_MAX, no other is taken */
#define FORM_WORK_OCTETS   ((size_t)20)    /* of the number, in digits */

struct form_used {
	uint64_t number, expires_ms;
};

struct form_tokens {
	char key[FORM_TOKEN_KEY];
	struct map used; /* number -> its place in ring */
	struct form_used *ring;
	size_t next;
};

/* Whose form it is. */
struct form_owner {
	uint64_t place, account, source;
};

void form_tokens_init(struct form_tokens *t);
void form_tokens_done(struct form_tokens *t);

/* Appends WEB_TOKEN_OCTETS hexadecimal digits. */
void form_token_make(const struct form_tokens *t, const struct form_owner *owner, uint64_t now_ms, struct buf *to);
/*
 * ERR_OK: made here for this owner, not too old, and not used; *ret_age_ms is how long ago. ERR_FORM: forged, another's, or too old.
 * ERR_EXISTS: used before.
 */
enum err form_token_check(const struct form_tokens *t, const struct form_owner *owner, struct str token, uint64_t now_ms,
	uint64_t *ret_age_ms) MUST_USE;
/* A checked one, from now on used. ERR_LIMIT: too many were within the last hour. */
enum err form_token_use(struct form_tokens *t, struct str token, uint64_t now_ms) MUST_USE;
/* Whether SHA-256 of token ":" work begins with so many zero bits; work is digits. */
bool form_token_worked(struct str token, struct str work, unsigned bits);
