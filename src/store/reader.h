/*
 * What one reader has seen of a folder in which \Seen is each reader's own, as it is in the public store. All other flags are
 * everybody's. A message that no span has was never seen; its modseq is its own.
 *
 * Kept in rows `S` of at most READER_BLOCK_UIDS messages each (doc/format/store.md), and in memory while somebody looks.
 */
#pragma once

#include "store/folder.h"

struct write;

#define READER_BLOCK_UIDS 256u

struct reader_span { /* messages with these uids, as far as there are any */
	uint32_t first, last;
	bool seen;
	uint64_t modseq; /* of the change that made it so */
};

struct reader_spans { /* ascending, none over another */
	struct reader_span *at;
	size_t count, room;
};

/* What was known of these messages goes; neighbours of one change become one. */
void reader_spans_set(struct reader_spans *s, const struct reader_span *span);
/* NULL: none has it. */
const struct reader_span *reader_spans_find(const struct reader_spans *s, uint32_t uid);
void reader_spans_done(struct reader_spans *s);

/* The row of a block; empty: no span has any of it. */
void reader_row_put(struct wr *to, const struct reader_spans *s, uint32_t block);
/* Adds to s. ERR_CORRUPT. */
enum err reader_row_get(struct str value, uint32_t block, struct reader_spans *s) MUST_USE;

/* Whether it is a row as the above writes it. */
bool reader_row_is_sound(struct str key, struct str value);

/* One account in one folder, shared by all of its sessions. */
struct reader {
	struct folder *folder; /* used */
	struct list node;      /* in folder->readers */
	uint64_t account;
	size_t users;
	struct reader_spans spans;
};

/* *ret is NULL where \Seen is everybody's, and for account 0 and ACCESS_ANYONE_ACCOUNT, of whom nothing is kept. ERR_IO, ERR_CORRUPT. */
enum err reader_open(struct folder *f, uint64_t account, struct reader **ret) MUST_USE;
void reader_close(struct reader *r); /* accepts NULL */
/* it as the reader sees it, where each has a \Seen of its own. NULL: as one does of whom nothing is kept. */
void reader_show(const struct reader *r, struct item *it);
/* How many messages it has not seen; the folder is loaded. */
uint32_t reader_unseen(const struct reader *r);
/* Messages of the folder are seen, or not, once that is on disk. r NULL or an empty list: nothing happens. */
void reader_mark(const struct reader *r, struct write *w, struct uid_list list, bool seen);
/* That is on disk: whoever has the folder open sees it. */
void reader_appear(struct folder *f, uint64_t account, const struct reader_span *span);
