#include "kv/table.h"

#include "base/mem.h"

void table_init(struct table *t)
{
	*t = (struct table){ .random = 0x9e3779b97f4a7c15u };
}

static void row_free(struct table_row *row)
{
	mem_free((char *)(uintptr_t)row->value.at);
	mem_free(row);
}

void table_done(struct table *t)
{
	struct table_row *row = t->heads[0];

	while (row != NULL) {
		struct table_row *next = row->next[0];

		row_free(row);
		row = next;
	}
	table_init(t);
}

static int compare(const struct table_row *row, uint64_t shard, struct str key)
{
	if (row->shard != shard)
		return row->shard < shard ? -1 : 1;
	return str_cmp(row->key, key);
}

/* Up to the first level whose link leads far enough: from there on all do. From the beginning where the finger is behind the key. */
static int climb(struct table *t, uint64_t shard, struct str key)
{
	int level = 0;

	if (t->before == NULL || compare(t->before, shard, key) >= 0) {
		t->before = NULL;
		for (; level < TABLE_LEVELS; level++)
			t->finger[level] = &t->heads[level];
		return level;
	}
	while (level < TABLE_LEVELS && *t->finger[level] != NULL && compare(*t->finger[level], shard, key) < 0)
		level++;
	return level;
}

/* Afterwards the finger's links lead to the first row at or after the key, one for each level. */
static void point(struct table *t, uint64_t shard, struct str key)
{
	struct table_row **links = NULL;

	for (int level = climb(t, shard, key) - 1; level >= 0; level--) {
		struct table_row **at = links != NULL ? &links[level] : t->finger[level];

		while (*at != NULL && compare(*at, shard, key) < 0) {
			t->before = *at;
			links = t->before->next;
			at = &links[level];
		}
		t->finger[level] = at;
	}
}

struct table_row *table_seek(const struct table *t, uint64_t shard, struct str key)
{
	struct table_row *const *links = t->heads;

	if (t->count == 0)
		return NULL;
	for (int level = TABLE_LEVELS - 1; level >= 0; level--) {
		while (links[level] != NULL && compare(links[level], shard, key) < 0)
			links = links[level]->next;
	}
	return links[0];
}

struct table_row *table_find(const struct table *t, uint64_t shard, struct str key)
{
	struct table_row *row = table_seek(t, shard, key);

	return row != NULL && compare(row, shard, key) == 0 ? row : NULL;
}

static int height(struct table *t)
{
	int levels = 1;

	t->random ^= t->random << 13;
	t->random ^= t->random >> 7;
	t->random ^= t->random << 17;
	for (uint64_t bits = t->random >> 20; (bits & 3) == 0 && levels < TABLE_LEVELS; bits >>= 2)
		levels++;
	return levels;
}

static struct table_row *row_new(struct table *t, struct str key)
{
	int levels = height(t);
	size_t head = sizeof(struct table_row) + (size_t)levels * sizeof(struct table_row *);
	struct table_row *row = mem_new(head + key.len);

	if (key.len > 0)
		memcpy((char *)row + head, key.at, key.len);
	row->key = str_make((char *)row + head, key.len);
	for (int level = 0; level < levels; level++) {
		row->next[level] = *t->finger[level];
		*t->finger[level] = row;
	}
	t->count++;
	return row;
}

struct table_row *table_put(struct table *t, uint64_t shard, struct str key, struct str value)
{
	struct table_row *row;
	char *copy = mem_copy(value.at, value.len);

	point(t, shard, key);
	row = *t->finger[0];
	if (row == NULL || compare(row, shard, key) != 0) {
		row = row_new(t, key);
		row->shard = shard;
	}
	mem_free((char *)(uintptr_t)row->value.at);
	row->value = str_make(copy, value.len);
	return row;
}

bool table_del(struct table *t, uint64_t shard, struct str key)
{
	struct table_row *row;

	point(t, shard, key);
	row = *t->finger[0];
	if (row == NULL || compare(row, shard, key) != 0)
		return false;
	for (int level = 0; level < TABLE_LEVELS && *t->finger[level] == row; level++)
		*t->finger[level] = row->next[level];
	t->count--;
	row_free(row);
	return true;
}
