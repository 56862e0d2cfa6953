#include "kv/read.h"

#include <time.h>

#include "kv/ahead.h"
#include "kv/files.h"

#define SLICE_ROWS 10000 /* a view is renewed after so many rows or so many milliseconds */
#define SLICE_MS   10

static struct journal *journal_of(struct kv *kv)
{
	return (struct journal *)kv;
}

enum err read_each(
	struct kv *kv, struct kv_read *rows, size_t count, kv_each_read *each, void *arg)
{
	struct journal *j = journal_of(kv);
	struct recent_walk walk;
	enum err e = recent_walk_init(&walk, &j->recent, &j->index, false);

	if (e != ERR_OK)
		return e;
	/* A cursor finds neighbours on the page where it stands; for one row it is not worth making. */
	if (count > 1)
		e = recent_walk_near(&walk);
	for (size_t i = 0; e == ERR_OK && i < count; i++) {
		struct str value = STR_NONE;

		e = recent_get(&walk, rows[i].shard, rows[i].key, &value);
		if (e != ERR_OK && e != ERR_NOTFOUND)
			break;
		rows[i].ret_found = e == ERR_OK;
		rows[i].ret_value = value;
		e = ERR_OK;
		if (!each(arg, i))
			break;
	}
	recent_walk_done(&walk);
	return e;
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

struct scan {
	const struct kv_range *range;
	kv_each *each;
	void *arg;
	char from[KV_KEY_OCTETS_MAX + 1]; /* where the next slice begins */
	size_t from_octets;
	size_t rows;
	bool over;
};

/* The next slice begins right behind the key: at the key with a zero octet more. */
static void go_on_after(struct scan *s, struct str key)
{
	memcpy(s->from, key.at, key.len);
	s->from[key.len] = '\0';
	s->from_octets = key.len + 1;
}

static bool scan_row(struct scan *s, const struct recent_row *row)
{
	const struct kv_range *range = s->range;

	if (row->shard != range->shard || (range->to.len > 0 && str_cmp(row->key, range->to) >= 0))
		return false;
	return s->each(s->arg, row->key, row->value) && ++s->rows != range->max;
}

static enum err scan_slice(struct scan *s, struct journal *j)
{
	int64_t until = now_ms() + SLICE_MS;
	struct recent_walk walk;
	struct recent_row row;
	enum err e = recent_walk_init(&walk, &j->recent, &j->index, false);

	if (e != ERR_OK)
		return e;
	e = recent_seek(&walk, s->range->shard, str_make(s->from, s->from_octets));
	for (size_t n = 1; e == ERR_OK && !s->over; n++) {
		e = recent_next(&walk, &row);
		s->over = e != ERR_OK || !scan_row(s, &row);
		if (!s->over && (n % SLICE_ROWS == 0 || (n % 64 == 0 && now_ms() >= until))) {
			go_on_after(s, row.key);
			break;
		}
	}
	recent_walk_done(&walk);
	return e == ERR_NOTFOUND ? ERR_OK : e;
}

enum err read_scan(struct kv *kv, const struct kv_range *range, kv_each *each, void *arg)
{
	struct scan s = {
		.range = range, .each = each, .arg = arg, .from_octets = range->from.len
	};
	enum err e = ERR_OK;

	if (range->from.len > 0)
		memcpy(s.from, range->from.at, range->from.len);
	while (e == ERR_OK && !s.over)
		e = scan_slice(&s, journal_of(kv));
	return e;
}

size_t read_shards(struct kv *kv, uint64_t from, uint64_t *ret_ids, size_t max)
{
	struct journal *j = journal_of(kv);
	struct recent_walk walk;
	struct recent_row row;
	size_t n = 0;

	if (recent_walk_init(&walk, &j->recent, &j->index, false) != ERR_OK)
		return 0;
	while (n < max && recent_seek(&walk, from, STR_NONE) == ERR_OK &&
		recent_next(&walk, &row) == ERR_OK) {
		ret_ids[n++] = row.shard;
		if (row.shard == UINT64_MAX)
			break;
		from = row.shard + 1;
	}
	recent_walk_done(&walk);
	return n;
}

static struct kv_blob_row public_row(kv_blob id, const struct index_blob *row)
{
	return (struct kv_blob_row){ id, row->octets, (uint64_t)row->count };
}

size_t read_blobs(struct kv *kv, kv_blob from, struct kv_blob_row *ret, size_t max)
{
	struct journal *j = journal_of(kv);
	struct recent_walk walk;
	struct recent_row row;
	struct index_blob blob;
	size_t n = 0;

	if (recent_walk_init(&walk, &j->recent, &j->index, true) != ERR_OK)
		return 0;
	if (recent_seek(&walk, from, STR_NONE) == ERR_OK) {
		while (n < max && recent_next(&walk, &row) == ERR_OK &&
			recent_row_blob(&row, &blob) == ERR_OK)
			ret[n++] = public_row(row.shard, &blob);
	}
	recent_walk_done(&walk);
	return n;
}

static enum err blob_find(struct journal *j, kv_blob id, struct index_blob *ret)
{
	struct recent_walk walk;
	enum err e = recent_walk_init(&walk, &j->recent, &j->index, true);

	if (e != ERR_OK)
		return e;
	e = recent_blob(&walk, id, ret);
	recent_walk_done(&walk);
	return e;
}

enum err read_blob_stat(struct kv *kv, kv_blob id, struct kv_blob_row *ret)
{
	struct index_blob row;
	enum err e = blob_find(journal_of(kv), id, &row);

	if (e == ERR_OK)
		*ret = public_row(id, &row);
	return e;
}

uint32_t read_blob_segment(struct kv *kv, kv_blob id)
{
	struct index_blob row;

	return blob_find(journal_of(kv), id, &row) == ERR_OK ? (uint32_t)(row.at >> 32) : 0;
}

static struct unpacking unpacking(struct kv *kv, const struct index_blob *row)
{
	return kv->compress != NULL ? compress_unpacking(kv->compress, row->dict) : (struct unpacking){ 0 };
}

/* Where its stored form is, from a walk over blobs. False: not to be had this way. */
static bool find_ahead(struct kv *kv, struct recent_walk *walk, kv_blob id, struct ahead_blob *ret)
{
	struct journal *j = journal_of(kv);
	struct index_blob row;

	if (recent_blob(walk, id, &row) != ERR_OK || row.octets > AHEAD_BLOB_OCTETS_MAX)
		return false;
	*ret = (struct ahead_blob){ .id = id,
		.octets = row.octets,
		.stored = { .at = (uint32_t)row.at + RECORD_BLOB_HEAD, .octets = row.stored },
		.unpacking = unpacking(kv, &row) };
	return files_get(j->files, j, (uint32_t)(row.at >> 32), &ret->stored.fd) == ERR_OK;
}

void read_ahead(struct kv *kv, const kv_blob *ids, size_t count)
{
	struct journal *j = journal_of(kv);
	struct recent_walk walk;
	struct ahead_blob blob;

	if (recent_walk_init(&walk, &j->recent, &j->index, true) != ERR_OK)
		return;
	for (size_t i = 0; i < count; i++) {
		if (find_ahead(kv, &walk, ids[i], &blob))
			ahead_put(j->ahead, &blob);
	}
	recent_walk_done(&walk);
}

enum err read_blob(struct kv *kv, kv_blob id, uint64_t from, uint64_t len, struct buf *to)
{
	struct journal *j = journal_of(kv);
	struct index_blob row;
	struct stored stored;
	enum err e = ERR_NOTFOUND;

	/* Compaction may take the segment away between the two steps; then the blob has moved. */
	for (int i = 0; e == ERR_NOTFOUND && i < 3; i++) {
		e = blob_find(j, id, &row);
		if (e != ERR_OK)
			return e;
		if (ahead_take(j->ahead, id, from, len, to))
			return buf_overflowed(to) ? ERR_TOOBIG : ERR_OK;
		e = files_get(j->files, j, (uint32_t)(row.at >> 32), &stored.fd);
	}
	if (e != ERR_OK)
		return e == ERR_NOTFOUND ? ERR_CORRUPT : e;
	stored.at = (uint32_t)row.at + RECORD_BLOB_HEAD;
	stored.octets = row.stored;
	return blob_range(&(struct blob_source){ .read = stored_read,
				  .arg = &stored,
				  .id = id,
				  .octets = row.octets,
				  .stored = row.stored,
				  .unpacking = unpacking(kv, &row),
				  .pieces = j->pieces },
		from, len, to);
}

static bool in_index(const struct recent_walk *w, const struct table_row *row)
{
	struct index_blob blob;
	struct index_key found;

	if (w->blobs)
		return index_blob_get(w->cursor.x, w->txn, row->shard, &blob) == ERR_OK;
	return index_get(w->cursor.x, w->txn, row->shard, row->key, &found) == ERR_OK;
}

static uint64_t count(struct journal *j, bool blobs)
{
	struct recent_walk walk;
	const struct table_row *row;
	uint64_t n;

	if (recent_walk_init(&walk, &j->recent, &j->index, blobs) != ERR_OK)
		return 0;
	n = blobs ? index_blobs(&j->index, walk.txn) : index_keys(&j->index, walk.txn);
	row = table_seek(blobs ? &j->recent.blobs : &j->recent.keys, 0, STR_NONE);
	for (; row != NULL; row = table_after(row)) {
		if (row->number <= walk.indexed_seq)
			continue;
		n -= in_index(&walk, row);
		n += !recent_is_gone(&walk, row);
	}
	recent_walk_done(&walk);
	return n;
}

void read_counts(struct kv *kv, uint64_t *ret_keys, uint64_t *ret_blobs)
{
	*ret_keys = count(journal_of(kv), false);
	*ret_blobs = count(journal_of(kv), true);
}
