/*
 * The index over the texts of all mailboxes (search/finder.h), kept beside the store and up to date
 * in the background: one thread of its own reads no file of the store and does all the work on the
 * index; the loop hands it messages, a few at a time. Nothing waits for it. While mail comes in
 * fast it takes a small share of one processor.
 *
 * An index is begun when a mailbox holds SEARCH_TAIL messages; as many may be missing at its end.
 * It is trusted after its last texts were compared with the store's messages; whatever fails, the
 * files are thrown away and made anew. Messages that are gone stay in an index until half of it, or
 * after a day a tenth, is garbage.
 *
 * An answer never leaves out a message in which the string is, among those up to its position.
 */
#pragma once

#include "io/loop.h"
#include "search/finder.h"
#include "store/store.h"

#define SEARCH_TAIL     256u /* messages that are rather looked through than added */
#define SEARCH_KEYS_MAX 8u   /* strings of one question that are looked up */

struct search;

struct search_options {
	struct loop *loop;
	struct store *store; /* must outlive it */
	const char *folder;  /* made when missing; the only place where files are made */
	bool on;
	unsigned share_percent; /* of one processor while mail comes in fast; 1 .. 100 */
	uint64_t old_ms;        /* after that time a tenth of garbage is too much; 0: a day */
};

/* Once a process, before the sandbox and while the system's files can be opened. The owner calls
 * work_prepare (io/work.h), too; one thread is enough. */
void search_prepare(void);
/* ERR_IO, ERR_PERM: the folder cannot be made. */
enum err search_new(const struct search_options *options, struct search **ret) MUST_USE;
/* No more work is begun. The owner calls search_free when search_idle. */
void search_stop(struct search *s);
bool search_idle(const struct search *s);
void search_free(struct search *s); /* accepts NULL */

/* Off: questions are answered with nothing known, and the index is not kept up to date. */
void search_set(struct search *s, bool on, unsigned share_percent);

/* Messages may have come into the mailbox or gone from it. Cheap. */
void search_changed(struct search *s, uint64_t mailbox);
/* The mailbox is gone for good. */
void search_removed(struct search *s, uint64_t mailbox);

struct search_answer {
	uint64_t position; /* messages with a larger email id are not in it; 0: nothing is known */
	size_t count;
	struct finder_hits hits[SEARCH_KEYS_MAX]; /* email ids, for each key */
};

/* answer is the callee's to give back: search_answer_done. */
typedef void search_answered_fn(void *arg, const struct search_answer *answer);

struct search_question {
	uint64_t mailbox;
	const struct str *keys;   /* folded; copied */
	size_t count;             /* at most SEARCH_KEYS_MAX */
	search_answered_fn *done; /* exactly once, perhaps within the call */
	void *arg;
};

void search_ask(struct search *s, const struct search_question *question);
/* No done with this arg is called any more. s may be NULL. */
void search_forget(struct search *s, const void *arg);
void search_answer_done(struct search_answer *a);
/* May the message match key number n? False only when it does not. */
bool search_answer_may(const struct search_answer *a, size_t n, uint64_t email);

/* ---- for the administrator ---- */

/*
 * Throws the index of a mailbox away and makes it anew, however small the mailbox is; 0: of every
 * mailbox, and small ones have none afterwards. ERR_NOBOX; ERR_UNAVAILABLE: switched off.
 */
enum err search_rebuild(struct search *s, uint64_t mailbox) MUST_USE;
/* How far that is, in messages; 0: every mailbox. False: it is over. ret_failed: some failed. */
bool search_rebuilding(struct search *s, uint64_t mailbox, uint64_t *ret_done, uint64_t *ret_total,
	bool *ret_failed);

struct search_figures {
	uint64_t mailbox;
	uint64_t texts, position; /* 0, 0: there is no index */
	uint64_t waiting;         /* messages that are not in it, counted up to 100,000 */
	uint64_t octets;          /* of its files */
	bool working;             /* being brought up to date now */
};

/* Mailboxes seen since the start, ascending; how many. Rows from mem_new. */
size_t search_figures(struct search *s, struct search_figures **ret);
