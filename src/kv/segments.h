/* Which segments there are and how much of each is alive. Every call takes the lock of the table. */
#pragma once

#include <pthread.h>

#include "kv/segment.h"

struct segment_row {
	uint32_t number;
	uint64_t octets; /* of the file */
	uint64_t live;   /* of these not garbage, about */
	uint64_t hiding; /* deletions that hide something in segments from `since` on, and are kept while those are there */
	uint32_t since;  /* of the deletions ever counted, the oldest */
	bool dirty;      /* differs from what the index has */
};

struct segments {
	pthread_mutex_t lock;
	struct segment_row *rows; /* ascending */
	size_t count, held;
};

void segments_init(struct segments *s);
void segments_done(struct segments *s);

/* Nothing when it is there. */
void segments_add(struct segments *s, uint32_t number);
void segments_remove(struct segments *s, uint32_t number);
void segments_set_octets(struct segments *s, uint32_t number, uint64_t octets);
/* As the index has them. */
void segments_set(struct segments *s, const struct segment_row *row);
/* An unknown number counts for nothing. */
void segments_live(struct segments *s, uint32_t number, int64_t change);

void segments_hiding(struct segments *s, uint32_t number, int64_t change, uint32_t since);
/* Is there a segment with from <= number < below? */
bool segments_any(struct segments *s, uint32_t from, uint32_t below);

/* False: no such segment. */
bool segments_get(struct segments *s, uint32_t number, struct segment_row *ret);
/* The first segment with a number >= number. */
bool segments_from(struct segments *s, uint32_t number, struct segment_row *ret);
bool segments_dirty(struct segments *s, struct segment_row *ret); /* and marks it clean */
/* Appends the list operation (record.h); `last` is written to and gets 0 octets. */
void segments_list(struct segments *s, kv_blob next, uint32_t last, struct buf *to);
/* The closed one (not `last`) with most garbage of those with at least percent; false: none. */
bool segments_worst(struct segments *s, uint32_t last, unsigned percent, struct segment_row *ret);
void segments_sum(struct segments *s, size_t *ret_count, uint64_t *ret_octets, uint64_t *ret_live);
