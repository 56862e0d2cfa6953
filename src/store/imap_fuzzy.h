/*
 * How well words stand in a text (RFC 6203): each word of the key takes the word of the text that is
 * nearest to it. The same word is worth more than one that begins with it, that more than one with a
 * letter or two wrong, missing, too many or in the place of its neighbour. All words must be met; of
 * four and more a quarter may be missing. Pure.
 */
#pragma once

#include "base/arena.h"

#define IMAP_FUZZY_WORDS_MAX   16u  /* of a key; those behind are not looked for */
#define IMAP_FUZZY_LETTERS_MAX 32u  /* of a word; those behind are not looked at */
#define IMAP_FUZZY_OVERLAP     160u /* octets that two pieces of a text should share */

struct imap_fuzzy;

/* key is folded (imap_text_fold, IMAP_UNICODE_CASEMAP) and copied. */
struct imap_fuzzy *imap_fuzzy_new(struct arena *a, struct str key) MUST_USE;
/* Another text begins. */
void imap_fuzzy_begin(struct imap_fuzzy *f);
/* A piece of it, folded in the same way. */
void imap_fuzzy_look(struct imap_fuzzy *f, struct str piece);
/* Of what was looked at: 0 (no match), 1 .. 100. */
unsigned imap_fuzzy_score(const struct imap_fuzzy *f);

/* For values that lie `off` beside a range: 100 within it, less outside, 0 from `most` on. */
unsigned imap_fuzzy_distance(uint64_t off, uint64_t most);
