#include "kv/draft.h"

#include "base/mem.h"
#include "kv/kv_int.h"
#include "kv/table.h"

#define ROW_OCTETS 160u /* of a row beside key and value, with what the allocator needs */

struct draft {
	struct kv kv;
	struct kv *base;
	struct table rows; /* data: NULL, or &gone for a deleted key */
	uint64_t octets, commits;
	bool frees;
};

static const char gone;

static void put_row(struct draft *d, const struct record_op *op)
{
	bool del = op->kind == RECORD_DEL;
	struct table_row *row = table_put(&d->rows, op->shard, op->key, del ? S("") : op->value);

	row->data = del ? (void *)(uintptr_t)&gone : NULL;
	d->octets += ROW_OCTETS + op->key.len + op->value.len;
}

static void draft_commit(struct kv *kv, struct kv_write *w)
{
	struct draft *d = (struct draft *)kv;
	struct record_walk walk = record_walk(buf_str(&w->payload));
	struct record_op op;

	while (w->outcome == ERR_OK && record_next(&walk, &op)) {
		must(op.kind == RECORD_PUT || op.kind == RECORD_DEL);
		put_row(d, &op);
	}
	d->frees |= w->frees;
	d->commits++;
	kv_post(kv, w, w->outcome);
}

static void draft_close(struct kv *kv)
{
	struct draft *d = (struct draft *)kv;

	while (kv->done_count > 0)
		kv_dispatch(kv);
	table_done(&d->rows);
	kv_teardown(kv);
	mem_free(d);
}

/* Copies, as the rows' order is the caller's and two places have them. */
static enum err draft_read_each(
	struct kv *kv, struct kv_read *rows, size_t count, kv_each_read *each, void *arg)
{
	struct draft *d = (struct draft *)kv;
	struct arena a;
	enum err e;

	arena_init(&a, ARENA_NONE);
	e = kv_read_all(d->base, rows, count, &a);
	for (size_t i = 0; e == ERR_OK && i < count; i++) {
		const struct table_row *own = table_find(&d->rows, rows[i].shard, rows[i].key);

		if (own != NULL) {
			rows[i].ret_found = own->data == NULL;
			rows[i].ret_value = rows[i].ret_found ? own->value : STR_NONE;
		}
		if (!each(arg, i))
			break;
	}
	arena_done(&a);
	return e;
}

struct merge {
	const struct kv_range *range;
	const struct table_row *own; /* the next of the draft's; NULL: no more */
	kv_each *each;
	void *arg;
	size_t told;
	bool over;
};

static bool tell(struct merge *m, struct str key, struct str value)
{
	m->over = !m->each(m->arg, key, value) || ++m->told == m->range->max;
	return !m->over;
}

static bool own_in_range(const struct merge *m)
{
	return m->own != NULL && m->own->shard == m->range->shard &&
	       (m->range->to.len == 0 || str_cmp(m->own->key, m->range->to) < 0);
}

static bool tell_own(struct merge *m)
{
	const struct table_row *row = m->own;

	m->own = table_after(row);
	return row->data != NULL || tell(m, row->key, row->value);
}

static bool merge_row(void *arg, struct str key, struct str value)
{
	struct merge *m = arg;

	while (own_in_range(m) && str_cmp(m->own->key, key) < 0)
		if (!tell_own(m))
			return false;
	if (own_in_range(m) && str_eq(m->own->key, key))
		return tell_own(m);
	return tell(m, key, value);
}

static enum err draft_scan(struct kv *kv, const struct kv_range *range, kv_each *each, void *arg)
{
	struct draft *d = (struct draft *)kv;
	struct merge m = { .range = range, .each = each, .arg = arg,
		.own = table_seek(&d->rows, range->shard, range->from) };
	enum err e = kv_scan(d->base, range->shard, range->from, range->to, 0, merge_row, &m);

	while (e == ERR_OK && !m.over && own_in_range(&m))
		(void)tell_own(&m);
	return e;
}

static size_t draft_shards(struct kv *kv, uint64_t from, uint64_t *ret_ids, size_t max)
{
	return kv_shards(((struct draft *)kv)->base, from, ret_ids, max);
}

static size_t draft_blobs(struct kv *kv, kv_blob from, struct kv_blob_row *ret, size_t max)
{
	return 0;
}

static enum err draft_blob_stat(struct kv *kv, kv_blob id, struct kv_blob_row *ret)
{
	return ERR_NOTFOUND;
}

static enum err draft_blob_read(struct kv *kv, kv_blob id, uint64_t from, uint64_t len, struct buf *to)
{
	return ERR_NOTFOUND;
}

static void draft_stats(struct kv *kv, struct kv_stats *ret)
{
	struct draft *d = (struct draft *)kv;

	*ret = (struct kv_stats){ .keys = d->rows.count, .live_octets = d->octets, .commits = d->commits };
}

static enum err draft_scrub(struct kv *kv, const struct kv_scrub_args *args)
{
	*args->ret_round = true;
	return ERR_OK;
}

static enum err draft_compact(struct kv *kv, unsigned percent, uint64_t *ret_octets)
{
	*ret_octets = 0;
	return ERR_OK;
}

static void draft_inject(struct kv *kv, enum kv_fault fault, unsigned nth)
{
}

static const struct kv_driver draft_driver = {
	.close = draft_close,
	.commit = draft_commit,
	.read_each = draft_read_each,
	.scan = draft_scan,
	.shards = draft_shards,
	.blobs = draft_blobs,
	.blob_stat = draft_blob_stat,
	.blob_read = draft_blob_read,
	.stats = draft_stats,
	.scrub = draft_scrub,
	.compact = draft_compact,
	.inject = draft_inject,
};

enum err kv_open_draft(struct kv *base, struct kv **ret)
{
	struct kv_options options = { 0 };
	struct draft *d = MEM_NEW(struct draft);

	if (kv_setup(&d->kv, &draft_driver, &options) != ERR_OK) {
		kv_teardown(&d->kv);
		mem_free(d);
		return ERR_IO;
	}
	d->base = base;
	table_init(&d->rows);
	*ret = &d->kv;
	return ERR_OK;
}

uint64_t kv_draft_octets(const struct kv *draft)
{
	must(draft->driver == &draft_driver);
	return ((const struct draft *)draft)->octets;
}

void kv_draft_put(const struct kv *draft, struct kv_write *w)
{
	const struct draft *d = (const struct draft *)draft;

	must(draft->driver == &draft_driver);
	for (const struct table_row *row = d->rows.heads[0]; row != NULL; row = table_after(row)) {
		if (row->data != NULL)
			kv_del(w, row->shard, row->key);
		else
			kv_put(w, row->shard, row->key, row->value);
	}
	if (d->frees)
		kv_write_frees(w);
}

void kv_draft_clear(struct kv *draft)
{
	struct draft *d = (struct draft *)draft;

	must(draft->driver == &draft_driver && draft->done_count == 0);
	table_done(&d->rows);
	table_init(&d->rows);
	d->octets = 0;
	d->frees = false;
}
