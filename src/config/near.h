/*
 * What a mistyped word was meant to be. Words are compared as written (edits, exchanged neighbours)
 * and by their parts between '.', '_', '-' and ' ' in any order, so that max_message finds
 * message_octets_max.
 */
#pragma once

#include "base/str.h"

#define NEAR_OCTETS_MAX ((size_t)64) /* what is longer is compared by its beginning */
#define NEAR_LEAST      60           /* a worse score is no suggestion */

/* 0 (nothing in common) to 100 (equal but for ASCII case). */
unsigned near_score(struct str a, struct str b);

/* Keeps the best of the candidates shown to it; views are borrowed. */
struct near {
	struct str word, best;
	unsigned score;
};

static inline struct near near_to(struct str word)
{
	return (struct near){ .word = word };
}

void near_try(struct near *n, struct str candidate);
/* The best candidate so far, or STR_NONE when none is near enough. */
struct str near_best(const struct near *n);
