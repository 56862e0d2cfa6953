/*
 * An ordered map in memory from (shard, octets) to octets and a pointer's worth of the user's: a skip list. The
 * memory driver keeps everything in one; the journal driver keeps in one what the index has not caught up with.
 */
#pragma once

#include "base/str.h"

#define TABLE_LEVELS 16

struct table_row {
	uint64_t shard;
	struct str key;   /* the table's copy */
	struct str value; /* the table's copy */
	uint64_t number;  /* the user's */
	void *data;       /* the user's; not freed by the table */
	struct table_row *next[]; /* for the table only */
};

/* Stays where it is initialised. */
struct table {
	struct table_row *heads[TABLE_LEVELS];
	/* The links that lead past the key changed last, and the row they begin behind: changes come in order mostly. */
	struct table_row **finger[TABLE_LEVELS], *before;
	uint64_t random;
	size_t count;
};

void table_init(struct table *t);
void table_done(struct table *t);

struct table_row *table_find(const struct table *t, uint64_t shard, struct str key);
/* The first row at or after (shard, key); NULL = none. Following rows: table_after. */
struct table_row *table_seek(const struct table *t, uint64_t shard, struct str key);
static inline struct table_row *table_after(const struct table_row *row)
{
	return row->next[0];
}
/* Adds or replaces; number and data of a new row are zero. A row keeps its address when its value is replaced. */
struct table_row *table_put(struct table *t, uint64_t shard, struct str key, struct str value);
/* False: was not there. */
bool table_del(struct table *t, uint64_t shard, struct str key);
