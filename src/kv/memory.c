/* The volatile driver: two tables, changed at kv_commit, told at kv_dispatch. */
#include <signal.h>
#include <unistd.h>

#include "base/mem.h"
#include "kv/kv_int.h"
#include "kv/table.h"

struct memory_blob {
	struct kv_blob_row row;
	char *stored;
	size_t stored_octets;
};

struct memory {
	struct kv kv;
	struct table keys;  /* (shard, key) -> value */
	struct table blobs; /* (id, "") -> data is a struct memory_blob */
	uint64_t commits;
	uint64_t octets;
	enum kv_fault fault;
	unsigned fault_in; /* commits until the fault */
	bool dead;
};

static void blob_drop(struct memory *m, struct table_row *row)
{
	struct memory_blob *b = row->data;

	mem_free(b->stored);
	mem_free(b);
	table_del(&m->blobs, row->shard, STR_NONE);
}

static void apply_blob(struct memory *m, const struct record_op *op)
{
	struct memory_blob *b = MEM_NEW(struct memory_blob);

	b->row = (struct kv_blob_row){ op->blob, op->octets, op->count };
	b->stored = mem_copy(op->value.at, op->value.len);
	b->stored_octets = op->value.len;
	table_put(&m->blobs, op->blob, STR_NONE, STR_NONE)->data = b;
}

static void apply_count(struct memory *m, const struct record_op *op)
{
	struct table_row *row = table_find(&m->blobs, op->blob, STR_NONE);
	struct memory_blob *b;

	if (row == NULL)
		return;
	b = row->data;
	b->row.count += (uint64_t)op->change;
	if ((int64_t)b->row.count <= 0)
		blob_drop(m, row);
}

static void apply(struct memory *m, const struct kv_write *w)
{
	struct record_walk walk = record_walk(buf_str(&w->payload));
	struct record_op op;

	while (record_next(&walk, &op)) {
		if (op.kind == RECORD_PUT)
			table_put(&m->keys, op.shard, op.key, op.value);
		else if (op.kind == RECORD_DEL)
			table_del(&m->keys, op.shard, op.key);
		else if (op.kind == RECORD_BLOB)
			apply_blob(m, &op);
		else
			apply_count(m, &op);
	}
	must(record_sound(&walk));
	m->octets += w->payload.len;
	m->commits++;
}

static enum err fault_now(struct memory *m)
{
	if (m->fault == KV_FAULT_NONE || --m->fault_in > 0)
		return ERR_OK;
	switch (m->fault) {
	case KV_FAULT_WRITE_ENOSPC:
		m->fault = KV_FAULT_NONE;
		return ERR_DISKFULL;
	case KV_FAULT_DIE:
		kill(getpid(), SIGKILL);
		return ERR_IO;
	case KV_FAULT_WRITE_EIO:
	case KV_FAULT_FLUSH_EIO:
		m->fault = KV_FAULT_NONE;
		m->dead = true;
		kv_fatal(&m->kv, "a write to the journal failed");
		return ERR_IO;
	case KV_FAULT_NONE:
	case KV_FAULT_WRITE_SHORT:
		break;
	}
	m->fault = KV_FAULT_NONE;
	return ERR_OK;
}

static void memory_commit(struct kv *kv, struct kv_write *w)
{
	struct memory *m = (struct memory *)kv;
	enum err e = w->outcome;

	if (e == ERR_OK && m->dead)
		e = ERR_IO;
	if (e == ERR_OK)
		e = fault_now(m);
	if (e == ERR_DISKFULL && w->frees)
		e = ERR_OK;
	if (e == ERR_OK)
		apply(m, w);
	kv_post(kv, w, e);
}

static void memory_close(struct kv *kv)
{
	struct memory *m = (struct memory *)kv;

	while (kv->done_count > 0)
		kv_dispatch(kv);
	for (struct table_row *row = m->blobs.heads[0]; row != NULL; row = table_after(row)) {
		struct memory_blob *b = row->data;

		mem_free(b->stored);
		mem_free(b);
	}
	table_done(&m->blobs);
	table_done(&m->keys);
	kv_teardown(kv);
	mem_free(m);
}

static enum err memory_read_each(
	struct kv *kv, struct kv_read *rows, size_t count, kv_each_read *each, void *arg)
{
	struct memory *m = (struct memory *)kv;

	for (size_t i = 0; i < count; i++) {
		struct table_row *row = table_find(&m->keys, rows[i].shard, rows[i].key);

		rows[i].ret_found = row != NULL;
		rows[i].ret_value = row != NULL ? row->value : STR_NONE;
		if (!each(arg, i))
			break;
	}
	return ERR_OK;
}

static enum err memory_scan(struct kv *kv, const struct kv_range *range, kv_each *each, void *arg)
{
	struct memory *m = (struct memory *)kv;
	const struct table_row *row = table_seek(&m->keys, range->shard, range->from);
	size_t n = 0;

	for (; row != NULL && row->shard == range->shard; row = table_after(row)) {
		if (range->to.len > 0 && str_cmp(row->key, range->to) >= 0)
			break;
		if (!each(arg, row->key, row->value) || ++n == range->max)
			break;
	}
	return ERR_OK;
}

static size_t memory_shards(struct kv *kv, uint64_t from, uint64_t *ret_ids, size_t max)
{
	struct memory *m = (struct memory *)kv;
	const struct table_row *row = table_seek(&m->keys, from, STR_NONE);
	size_t n = 0;

	while (row != NULL && n < max) {
		ret_ids[n++] = row->shard;
		if (row->shard == UINT64_MAX)
			break;
		row = table_seek(&m->keys, row->shard + 1, STR_NONE);
	}
	return n;
}

static size_t memory_blobs(struct kv *kv, kv_blob from, struct kv_blob_row *ret, size_t max)
{
	struct memory *m = (struct memory *)kv;
	const struct table_row *row = table_seek(&m->blobs, from, STR_NONE);
	size_t n = 0;

	for (; row != NULL && n < max; row = table_after(row))
		ret[n++] = ((struct memory_blob *)row->data)->row;
	return n;
}

static enum err memory_blob_stat(struct kv *kv, kv_blob id, struct kv_blob_row *ret)
{
	struct memory *m = (struct memory *)kv;
	struct table_row *row = table_find(&m->blobs, id, STR_NONE);

	if (row == NULL)
		return ERR_NOTFOUND;
	*ret = ((struct memory_blob *)row->data)->row;
	return ERR_OK;
}

static enum err stored_read(void *arg, uint64_t from, char *to, size_t len)
{
	const struct memory_blob *b = arg;

	if (from > b->stored_octets || len > b->stored_octets - from)
		return ERR_CORRUPT;
	memcpy(to, b->stored + from, len);
	return ERR_OK;
}

static enum err memory_blob_read(
	struct kv *kv, kv_blob id, uint64_t from, uint64_t len, struct buf *to)
{
	struct memory *m = (struct memory *)kv;
	struct table_row *row = table_find(&m->blobs, id, STR_NONE);
	struct memory_blob *b;

	if (row == NULL)
		return ERR_NOTFOUND;
	b = row->data;
	return blob_range(&(struct blob_source){ .read = stored_read,
				  .arg = b,
				  .id = id,
				  .octets = b->row.octets,
				  .stored = b->stored_octets },
		from, len, to);
}

static void memory_stats(struct kv *kv, struct kv_stats *ret)
{
	struct memory *m = (struct memory *)kv;

	*ret = (struct kv_stats){ .keys = m->keys.count,
		.blobs = m->blobs.count,
		.journal_octets = m->octets,
		.live_octets = m->octets,
		.commits = m->commits };
}

static enum err memory_scrub(struct kv *kv, const struct kv_scrub_args *args)
{
	*args->ret_round = true;
	return ERR_OK;
}

static enum err memory_compact(struct kv *kv, unsigned percent, uint64_t *ret_octets)
{
	*ret_octets = 0;
	return ERR_OK;
}

static void memory_inject(struct kv *kv, enum kv_fault fault, unsigned nth)
{
	struct memory *m = (struct memory *)kv;

	must(nth > 0 || fault == KV_FAULT_NONE);
	m->fault = fault;
	m->fault_in = nth;
}

static const struct kv_driver memory_driver = {
	.close = memory_close,
	.commit = memory_commit,
	.read_each = memory_read_each,
	.scan = memory_scan,
	.shards = memory_shards,
	.blobs = memory_blobs,
	.blob_stat = memory_blob_stat,
	.blob_read = memory_blob_read,
	.stats = memory_stats,
	.scrub = memory_scrub,
	.compact = memory_compact,
	.inject = memory_inject,
};

enum err kv_open_memory(const struct kv_options *options, struct kv **ret)
{
	struct memory *m = MEM_NEW(struct memory);

	if (kv_setup(&m->kv, &memory_driver, options) != ERR_OK) {
		kv_teardown(&m->kv);
		mem_free(m);
		return ERR_IO;
	}
	table_init(&m->keys);
	table_init(&m->blobs);
	*ret = &m->kv;
	return ERR_OK;
}
