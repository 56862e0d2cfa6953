/*
 * What becomes of the messages that a search has found: SEARCH tells them as it goes, the commands built upon it (SEARCH
 * RETURN, SORT, THREAD) have them all first.
 */
#pragma once

#include "store/imap_engine.h"
#include "wire/imap_search.h"

struct imap_after {
	/* A step, again and again until it ends with imap_engine_over. seqs ascending. */
	enum step (*run)(struct imap *i, void *state, const uint32_t *seqs, size_t count);
	void (*free)(void *state); /* NULL: nothing to do */
};

/* Makes i->state; the command's arguments are to be read into what is returned. */
struct imap_search *imap_found_new(struct imap *i, const struct imap_after *after, void *state);
/* Results after the first n are not looked for. */
void imap_found_enough(struct imap *i, size_t n);
/* How relevant each result is, 1 .. 100 (RFC 6203); NULL: nothing was FUZZY. */
const uint8_t *imap_found_scores(const struct imap *i);
/* Another end for it, once the arguments are known. */
void imap_found_then(struct imap *i, const struct imap_after *after, void *state);
/* The handler's run and free. */
enum step imap_found_run(struct imap *i);
void imap_found_free(struct imap *i);

/* Message numbers are in it. */
bool imap_found_names_seqs(const struct imap_search *search);
/* Texts in another charset become UTF-8, in i->arena. ERR_CHARSET. */
enum err imap_found_decode(struct imap *i, struct imap_search *search) MUST_USE;
/* "$" in the sets becomes what it stands for in the selected folder, and so does a star beside it. ERR_LIMIT. */
enum err imap_found_resolve(struct imap *i, struct imap_search *search) MUST_USE;
/* The highest modseq of the messages found, when MODSEQ was asked for and there are any; else 0 (RFC 7162 section 3.1.6). */
uint64_t imap_found_modseq(const struct imap *i);
/* " (MODSEQ 12)", at the end of SEARCH and SORT. */
void imap_found_put_modseq(struct imap *i);

/* The number or, in a UID command, the uid of a message. */
static inline uint32_t imap_found_number(const struct imap *i, uint32_t seq)
{
	return i->command.uid ? view_uid(i->view, seq) : seq;
}

/*
 * Reads the records of some more of the messages: each is called in their order, once for each message; record NULL: it
 * cannot be read. each must not call into the store. Returns how many were told, at least one; the caller goes on there.
 */
typedef void imap_found_each(void *arg, size_t n, const struct item *it, const struct record *record);
size_t imap_found_records(struct imap *i, const uint32_t *seqs, size_t count, imap_found_each *each, void *arg);
