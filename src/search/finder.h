/*
 * The index of one mailbox: which of its texts can hold a string. A text is what is searched of one
 * message, folded (UTF-8, lower case), under a number that grows. Three characters in a row (a
 * trigram) lead to the numbers of the texts that hold them; a string of three or more characters
 * can stand only in texts that hold all of its trigrams. So an answer may name texts in which the
 * string is not, but never leaves out one in which it is: who asks looks into those that are named.
 *
 * It is SQLite's FTS5, one file for each mailbox and its write-ahead journal beside it. Nothing in
 * it is the only copy: whatever is wrong with it, it is thrown away and made anew. Why:
 * doc/why/007.
 *
 * Each commit holds its position: texts with numbers up to it that were there are in the index. A
 * process that is killed leaves the last commit; so does a power cut, or one before it.
 *
 * Calls block on files, so they belong on a thread of their own; one call at a time for each
 * finder.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"

#define FINDER_KEY_CHARACTERS_MIN 3u
#define FINDER_TEXT_OCTETS_MAX    ((size_t)1 << 20) /* of one text; a longer one is always named */
#define FINDER_RECENT             64u               /* texts that finder_recent tells of */
#define FINDER_HITS_MAX           ((size_t)1 << 20)

struct finder;

/* Once a process, before its sandbox. */
void finder_prepare(void);

/*
 * name is the file's. make: when there is none, or it is no index of this version, an empty one is
 * made. ERR_NOTFOUND (none, and not to be made), ERR_CORRUPT (not to be used; not with make),
 * ERR_DISKFULL, ERR_IO.
 */
enum err finder_open(const char *name, bool make, struct finder **ret) MUST_USE;
/* What was added and not committed is forgotten. Accepts NULL. */
void finder_close(struct finder *f);
/* The files of a finder that is closed. Fine when there are none. */
void finder_remove(const char *name);

/* Octets of its files. */
uint64_t finder_octets(const char *name);
/* Every file in the folder by its name. ERR_IO. */
enum err finder_each(
	const char *folder, void (*each)(void *arg, const char *name), void *arg) MUST_USE;

uint64_t finder_position(const struct finder *f); /* of the last commit; 0: nothing is in it */
uint64_t finder_texts(const struct finder *f);    /* how many, as of the last commit */

/* A text as the index remembers it: mark is whatever was given with it. */
struct finder_text {
	uint64_t number;
	uint64_t mark;
};

/* The last FINDER_RECENT texts at most, descending. ERR_CORRUPT, ERR_IO. */
enum err finder_recent(struct finder *f, struct finder_text *ret, size_t *ret_count) MUST_USE;

/* Numbers above all that were added before. text is UTF-8 without NUL. unsure: it is named in every
 * answer, and text is not looked at. After an error only finder_close is allowed. ERR_DISKFULL,
 * ERR_CORRUPT, ERR_IO. */
enum err finder_add(
	struct finder *f, const struct finder_text *what, struct str text, bool unsure) MUST_USE;
/* Everything added, and the position. Errors as above. */
enum err finder_commit(struct finder *f, uint64_t position) MUST_USE;
/* Gives back the room of a write-ahead journal that has grown; when no more texts are waiting. name: as it was opened. Errors as
 * above. */
enum err finder_settle(struct finder *f, const char *name) MUST_USE;

/* Numbers ascending; from mem_new. all: there are too many, or the key is too short, to say. */
struct finder_hits {
	bool all;
	uint64_t *numbers;
	size_t count;
};

/* key is folded. ERR_CORRUPT, ERR_IO: the index is not to be used any more. */
enum err finder_find(struct finder *f, struct str key, struct finder_hits *ret) MUST_USE;
void finder_hits_done(struct finder_hits *h);
bool finder_hits_has(const struct finder_hits *h, uint64_t number); /* not when all */
/* Can it be looked up: three characters or more of UTF-8, and no NUL? */
bool finder_key(struct str key);
/* Reads every page and has FTS5 compare its own lists. ERR_CORRUPT, ERR_IO. */
enum err finder_check(struct finder *f) MUST_USE;
