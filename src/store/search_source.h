/*
 * What the index over a mailbox's texts reads of the store: its messages in the order of their
 * email ids, which is the order in which they came. An email id stands for the same octets for
 * good, so an index that holds all ids up to some number misses nothing that changes later. Reads
 * through the engine without loading the mailbox.
 */
#pragma once

#include "store/store.h"

#define SEARCH_SOURCE_RAW_OCTETS_MAX ((size_t)1 << 20)   /* read of one message */
#define SEARCH_SOURCE_WHOLE_OCTETS   ((size_t)256 << 10) /* up to here it is read as a whole */

/* A range of a message that was read. */
struct search_piece {
	uint64_t at; /* in the message */
	size_t octets;
	size_t offset; /* in raw */
};

/* One message as far as search looks at it: its header, the headers of its parts, its texts. */
struct search_message {
	uint64_t email;
	uint64_t mark;   /* of its size and first octets: tells it from another one with that id */
	uint64_t octets; /* of the whole message */
	bool unsure;     /* cannot be read, or too much of it is text */
	struct str record;
	struct buf raw;
	struct search_piece *pieces;
	size_t count;
	struct arena arena;
};

/* The first message with an id of at least `from`. ERR_NOTFOUND: there is none. ERR_IO,
 * ERR_CORRUPT. Give it back with search_message_done after ERR_OK. */
enum err search_source_next(
	struct store *s, uint64_t mailbox, uint64_t from, struct search_message *ret) MUST_USE;
void search_message_done(struct search_message *m);

/* How many messages have an id of at least `from`, counted up to max; ids may be NULL, else it gets
 * them, ascending. */
size_t search_source_count(
	struct store *s, uint64_t mailbox, uint64_t from, uint64_t *ids, size_t max);
/* Of one message. ERR_NOTFOUND, ERR_IO, ERR_CORRUPT. */
enum err search_source_mark(
	struct store *s, uint64_t mailbox, uint64_t email, uint64_t *ret) MUST_USE;
/* The id that the mailbox's next message gets. ERR_NOTFOUND: no such mailbox. ERR_IO, ERR_CORRUPT.
 */
enum err search_source_next_id(struct store *s, uint64_t mailbox, uint64_t *ret) MUST_USE;
/* The first mailbox with a number of at least `from`. ERR_NOTFOUND. */
enum err search_source_mailbox(struct store *s, uint64_t from, uint64_t *ret) MUST_USE;
