#include "kv/check.h"

#include "base/mem.h"
#include "kv/checksum.h"

#define STEP_ROWS   512
#define STEP_OCTETS ((uint64_t)512 << 10)
#define BLOBS       64

enum phase { PHASE_KEYS, PHASE_JOURNAL, PHASE_BLOBS, PHASE_OVER };

struct kv_check {
	struct kv *kv;
	struct kv_check_options options;
	struct verify *verify; /* NULL: the driver has none, or it was let go */
	enum phase phase;
	bool bad;
	uint64_t digest;
	/* keys: where the next step begins */
	bool in_shard;
	uint64_t shard, keys_done, keys_total;
	char from[KV_KEY_OCTETS_MAX + 1];
	size_t from_octets, rows;
	/* blobs: the one at hand, and how far it is */
	struct kv_blob_row blobs[BLOBS];
	size_t blob, blobs_count;
	kv_blob blob_from;
	uint64_t at, hash, blobs_done, blobs_total;
	struct buf part;
};

static void on_problem(void *arg, const struct kv_problem *p)
{
	struct kv_check *c = arg;

	c->bad = true;
	if (c->options.each != NULL)
		c->options.each(c->options.arg, p);
}

static void problem(struct kv_check *c, const char *what)
{
	on_problem(c, &(struct kv_problem){ .what = what });
}

enum err kv_check_begin(struct kv *kv, const struct kv_check_options *options, struct kv_check **ret)
{
	struct kv_check *c = MEM_NEW(struct kv_check);
	struct kv_stats stats;
	enum err e;

	kv_stats(kv, &stats);
	c->kv = kv;
	c->options = *options;
	c->keys_total = stats.keys;
	c->blobs_total = stats.blobs;
	buf_init(&c->part, BLOB_PIECE_OCTETS);
	if (kv->driver->verify_begin != NULL && (options->what & (KV_CHECK_KEYS | KV_CHECK_JOURNAL | KV_CHECK_SNAPSHOT)) != 0) {
		e = kv->driver->verify_begin(kv, on_problem, c, &c->verify);
		if (e != ERR_OK) {
			kv_check_end(c);
			return e;
		}
	}
	*ret = c;
	return ERR_OK;
}

static void let_go(struct kv_check *c)
{
	if (c->verify != NULL)
		c->kv->driver->verify_end(c->verify);
	c->verify = NULL;
}

void kv_check_end(struct kv_check *c)
{
	if (c == NULL)
		return;
	let_go(c);
	buf_done(&c->part);
	mem_free(c);
}

/* ---- the snapshot ---- */

enum err kv_check_scan(struct kv_check *c, const struct kv_check_range *range, kv_each *each, void *arg)
{
	struct kv_range r = { .shard = range->shard, .from = range->from, .max = range->max };

	if (c->verify != NULL)
		return c->kv->driver->verify_scan(c->verify, &r, each, arg);
	return c->kv->driver->scan(c->kv, &r, each, arg);
}

size_t kv_check_shards(struct kv_check *c, uint64_t from, uint64_t *ret_ids, size_t max)
{
	if (c->verify != NULL)
		return c->kv->driver->verify_shards(c->verify, from, ret_ids, max);
	return c->kv->driver->shards(c->kv, from, ret_ids, max);
}

size_t kv_check_blobs(struct kv_check *c, kv_blob from, struct kv_blob_row *ret, size_t max)
{
	if (c->verify != NULL)
		return c->kv->driver->verify_blobs(c->verify, from, ret, max);
	return c->kv->driver->blobs(c->kv, from, ret, max);
}

bool kv_check_stale(const struct kv_check *c)
{
	return c->verify != NULL && c->kv->driver->verify_grown(c->verify);
}

/* ---- keys ---- */

/* The sum of the rows' hashes does not depend on their order. */
static bool see_key(void *arg, struct str key, struct str value)
{
	struct kv_check *c = arg;

	c->digest += hash64(hash64(hash64(1, str_make(&c->shard, sizeof(c->shard))), key), value);
	memcpy(c->from, key.at, key.len);
	c->from[key.len] = '\0';
	c->from_octets = key.len + 1;
	c->rows++;
	return true;
}

/* False: all keys were seen. */
static bool keys_step(struct kv_check *c, enum err *ret)
{
	struct kv_check_range range;

	if (!c->in_shard && kv_check_shards(c, c->shard, &c->shard, 1) == 0)
		return false;
	c->in_shard = true;
	c->rows = 0;
	range = (struct kv_check_range){ c->shard, str_make(c->from, c->from_octets), STEP_ROWS };
	*ret = kv_check_scan(c, &range, see_key, c);
	if (*ret == ERR_CORRUPT)
		problem(c, "a row of the index is damaged");
	c->keys_done += c->rows;
	if (c->rows == STEP_ROWS)
		return true;
	c->in_shard = false;
	c->from_octets = 0;
	return c->shard++ != UINT64_MAX;
}

/* ---- blobs ---- */

/* False: there is none any more. */
static bool next_blob(struct kv_check *c)
{
	if (c->blob == c->blobs_count) {
		c->blobs_count = kv_blobs(c->kv, c->blob_from, c->blobs, BLOBS);
		c->blob = 0;
		if (c->blobs_count == 0)
			return false;
		c->blob_from = c->blobs[c->blobs_count - 1].id + 1;
	}
	c->at = 0;
	c->hash = hash64(2, str_make(&c->blobs[c->blob], sizeof(c->blobs[c->blob])));
	return true;
}

static void blob_over(struct kv_check *c, enum err e)
{
	const struct kv_blob_row *row = &c->blobs[c->blob++];
	struct kv_blob_row now;

	c->blobs_done++;
	c->at = 0;
	if (e == ERR_OK) {
		c->digest += c->hash;
		return;
	}
	if (kv_blob_stat(c->kv, row->id, &now) == ERR_NOTFOUND)
		return; /* it went while it was read */
	c->bad = true;
	if (c->options.blob != NULL)
		c->options.blob(c->options.arg, row->id);
	else
		problem(c, "the octets of a message are damaged");
}

static bool wanted(struct kv_check *c, const struct kv_blob_row *row)
{
	return c->options.segment == 0 || c->kv->driver->blob_segment == NULL ||
	       c->kv->driver->blob_segment(c->kv, row->id) == c->options.segment;
}

/* One piece; many small blobs. */
static bool blobs_step(struct kv_check *c, enum err *ret)
{
	for (uint64_t octets = 0, n = 0; octets < STEP_OCTETS && n < STEP_ROWS; n++) {
		const struct kv_blob_row *row;
		enum err e;

		if (c->at == 0 && !next_blob(c))
			return false;
		row = &c->blobs[c->blob];
		if (c->at == 0 && !wanted(c, row)) {
			c->blob++;
			continue;
		}
		buf_clear(&c->part);
		e = kv_blob_read(c->kv, row->id, c->at, BLOB_PIECE_OCTETS, &c->part);
		if (e == ERR_OK && c->part.len == 0 && c->at < row->octets)
			e = ERR_CORRUPT;
		c->hash = hash64(c->hash, buf_str(&c->part));
		c->at += c->part.len;
		octets += c->part.len;
		if (e != ERR_OK || c->at >= row->octets)
			blob_over(c, e);
	}
	return true;
}

/* ---- all of it ---- */

static bool journal_step(struct kv_check *c, enum err *ret)
{
	*ret = c->verify != NULL ? c->kv->driver->verify_step(c->verify, STEP_OCTETS) : ERR_OK;
	return *ret == ERR_NEEDMORE;
}

enum err kv_check_step(struct kv_check *c)
{
	static bool (*const steps[])(struct kv_check *c, enum err *ret) = { keys_step, journal_step, blobs_step };
	enum err e = ERR_OK;

	if (c->phase < PHASE_OVER && ((c->options.what & 1u << c->phase) == 0 || !steps[c->phase](c, &e))) {
		c->phase++;
		if (c->phase == PHASE_BLOBS)
			let_go(c);
	}
	if (e != ERR_OK && e != ERR_NEEDMORE && e != ERR_CORRUPT)
		return e;
	if (c->phase < PHASE_OVER)
		return ERR_NEEDMORE;
	return c->bad ? ERR_CORRUPT : ERR_OK;
}

void kv_check_progress(const struct kv_check *c, struct kv_check_progress *ret)
{
	*ret = (struct kv_check_progress){ "reading the index", c->keys_done, c->keys_total };
	if (c->phase == PHASE_JOURNAL && c->verify != NULL) {
		ret->what = "reading the journal";
		c->kv->driver->verify_progress(c->verify, &ret->done, &ret->total);
	} else if (c->phase >= PHASE_BLOBS) {
		*ret = (struct kv_check_progress){ "reading the messages", c->blobs_done, c->blobs_total };
	}
	if (ret->total < ret->done)
		ret->total = ret->done;
}

uint64_t kv_check_digest(const struct kv_check *c)
{
	return c->digest;
}

static enum err run(struct kv *kv, const struct kv_check_options *options, uint64_t *ret_digest)
{
	struct kv_check *c;
	enum err e = kv_check_begin(kv, options, &c);

	if (e != ERR_OK)
		return e;
	while ((e = kv_check_step(c)) == ERR_NEEDMORE)
		;
	*ret_digest = c->digest;
	kv_check_end(c);
	return e;
}

enum err kv_verify(struct kv *kv, void (*each)(void *arg, const struct kv_problem *p), void *arg)
{
	struct kv_check_options options = { .what = KV_CHECK_JOURNAL, .each = each, .arg = arg };
	uint64_t digest;

	return run(kv, &options, &digest);
}

enum err kv_digest(struct kv *kv, uint64_t *ret)
{
	struct kv_check_options options = { .what = KV_CHECK_KEYS | KV_CHECK_BLOBS };
	uint64_t digest = 0;
	enum err e = run(kv, &options, &digest);

	if (e == ERR_OK)
		*ret = digest;
	return e;
}
