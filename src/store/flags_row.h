/*
 * Flags of many messages in one row: a block is the messages of a folder whose uids have the same number before the last ten bits.
 * A message's flags, keywords and modseq are those of its own row, or those here where the modseq is higher: a STORE of many
 * messages writes a row or two for each block instead of one for each message. doc/format/store.md.
 */
#pragma once

#include "base/cursor.h"
#include "store/item.h"

#define FLAGS_BLOCK_UIDS 1024u

static inline uint32_t flags_block(uint32_t uid)
{
	return uid / FLAGS_BLOCK_UIDS;
}

/* Messages with uids first to last, as far as there are any: all have the same. */
struct flags_run {
	uint32_t first, last;
	uint64_t modseq;
	uint8_t flags;
	uint8_t keywords[ITEM_KEYWORDS_MAX / 8];
};

/* True: the run has the message, and what it says is newer; *it is changed, and it.apart set. */
bool flags_run_apply(const struct flags_run *run, struct item *it);

struct flags_writer {
	struct wr to;
	uint32_t at; /* uids below it are told */
	struct flags_run run;
	bool open;
	size_t runs; /* that were put */
};

/* Begins a row in an empty buffer. */
void flags_row_begin(struct flags_writer *w, struct buf *to, uint32_t block);
/* Ascending uids of the block. */
void flags_row_add(struct flags_writer *w, const struct item *it);
/* There is a message here that is not in the row. */
void flags_row_pass(struct flags_writer *w);
/* Runs that the row has. */
size_t flags_row_end(struct flags_writer *w);
/* A whole run, as flags_row_next gave it. */
void flags_row_put(struct flags_writer *w, const struct flags_run *run);

struct flags_reader {
	struct rd rest;
	uint32_t at;
};

/* ERR_CORRUPT. The row is sound as a whole. */
enum err flags_row_open(struct str value, uint32_t block, struct flags_reader *ret) MUST_USE;
/* False at the end. */
bool flags_row_next(struct flags_reader *r, struct flags_run *ret);
