#include "kv/index.h"

#include <errno.h>

#include "kv/checksum.h"

#define MAP_OCTETS ((size_t)1 << 38) /* sparse: address space, not memory */
#define FORMAT     4u
#define ROW_HEAD   ((size_t)20) /* check, place, since */
#define KEY_HEAD   ((size_t)8)  /* shard, big-endian */

#define LINE_OCTETS          ((size_t)64) /* of the processor's cache */
#define NEIGHBOUR_OCTETS_MAX ((size_t)1024)

static enum err err_of(int rc)
{
	switch (rc) {
	case 0:
		return ERR_OK;
	case MDB_NOTFOUND:
		return ERR_NOTFOUND;
	case ENOSPC:
	case EDQUOT:
		return ERR_DISKFULL;
	case MDB_CORRUPTED:
	case MDB_PAGE_NOTFOUND:
	case MDB_INVALID:
	case MDB_VERSION_MISMATCH:
		return ERR_CORRUPT;
	default:
		return ERR_IO;
	}
}

static int open_tables(struct index *x, MDB_txn *txn)
{
	int rc = mdb_dbi_open(txn, "keys", MDB_CREATE, &x->keys);

	if (rc == 0)
		rc = mdb_dbi_open(txn, "blobs", MDB_CREATE, &x->blobs);
	if (rc == 0)
		rc = mdb_dbi_open(txn, "gone", MDB_CREATE, &x->gone);
	if (rc == 0)
		rc = mdb_dbi_open(txn, "segments", MDB_CREATE, &x->segments);
	if (rc == 0)
		rc = mdb_dbi_open(txn, "meta", MDB_CREATE, &x->meta);
	return rc;
}

static int open_env(struct index *x, const char *path)
{
	MDB_txn *txn;
	int rc = mdb_env_create(&x->env), dead;

	if (rc != 0)
		return rc;
	mdb_env_set_mapsize(x->env, MAP_OCTETS);
	mdb_env_set_maxdbs(x->env, 5);
	rc = mdb_env_open(
		x->env, path, MDB_NOSUBDIR | MDB_NOMETASYNC | MDB_NOTLS | MDB_NORDAHEAD, 0600);
	if (rc == 0)
		rc = mdb_reader_check(x->env, &dead);
	if (rc == 0)
		rc = mdb_txn_begin(x->env, NULL, 0, &txn);
	if (rc != 0)
		return rc;
	rc = open_tables(x, txn);
	if (rc != 0) {
		mdb_txn_abort(txn);
		return rc;
	}
	rc = mdb_txn_commit(txn);
	if (rc == 0)
		rc = mdb_txn_begin(x->env, NULL, MDB_RDONLY, &x->view);
	if (rc == 0)
		mdb_txn_reset(x->view);
	return rc;
}

enum err index_open(const char *path, struct index *ret)
{
	struct index x = { 0 };
	int rc = open_env(&x, path);

	if (rc != 0) {
		if (x.env != NULL)
			mdb_env_close(x.env);
		return err_of(rc);
	}
	*ret = x;
	return ERR_OK;
}

void index_close(struct index *x)
{
	if (x->env == NULL)
		return;
	index_abort(x);
	mdb_txn_abort(x->view);
	mdb_env_close(x->env);
	*x = (struct index){ 0 };
}

enum err index_begin(struct index *x)
{
	return x->txn != NULL ? ERR_OK : err_of(mdb_txn_begin(x->env, NULL, 0, &x->txn));
}

void index_abort(struct index *x)
{
	if (x->txn != NULL)
		mdb_txn_abort(x->txn);
	x->txn = NULL;
}

enum err index_flush(struct index *x)
{
	return err_of(mdb_env_sync(x->env, 1));
}

static MDB_val val(struct str s)
{
	return (MDB_val){ s.len, (void *)(uintptr_t)s.at };
}

static struct str str_of(MDB_val v)
{
	return str_make(v.mv_data, v.mv_size);
}

/* A small row or key being put together. */
struct small {
	char octets[1 + KEY_HEAD + KV_KEY_OCTETS_MAX];
	struct buf b;
};

static struct wr small_begin(struct small *s)
{
	s->b = (struct buf){
		.at = s->octets, .held = sizeof(s->octets), .ceiling = sizeof(s->octets)
	};
	return wr_to(&s->b);
}

static MDB_val key_of(struct small *s, uint64_t shard, struct str key)
{
	struct wr w = small_begin(s);

	wr_be64(&w, shard);
	wr_octets(&w, key);
	must(wr_end(&w) == ERR_OK);
	return val(buf_str(&s->b));
}

static MDB_val key_of_u64(struct small *s, uint64_t number)
{
	return key_of(s, number, STR_NONE);
}

/* What every row holds: place, since, octets; before them a check of all that, of the key and of the table. */
struct row {
	uint64_t at;
	uint32_t since;
	struct str value;
};

/* Tables are opened in one order, so their numbers last. */
static uint64_t check_of(MDB_dbi table, MDB_val key, const struct row *row)
{
	uint64_t first = (row->at ^ (uint64_t)row->since << 40) + (uint64_t)table * 0x9e3779b97f4a7c15u;

	return hash64(hash64(first, str_of(key)), row->value);
}

static enum err row_put(struct index *x, MDB_dbi table, MDB_val key, struct row row)
{
	MDB_val at = { ROW_HEAD + row.value.len, NULL };
	struct buf b;
	struct wr w;
	int rc = mdb_put(x->txn, table, &key, &at, MDB_RESERVE);

	if (rc != 0)
		return err_of(rc);
	b = (struct buf){ .at = at.mv_data, .held = at.mv_size, .ceiling = at.mv_size };
	w = wr_to(&b);
	wr_u64(&w, check_of(table, key, &row));
	wr_u64(&w, row.at);
	wr_u32(&w, row.since);
	wr_octets(&w, row.value);
	return wr_end(&w);
}

static enum err row_split(MDB_dbi table, MDB_val key, MDB_val octets, struct row *ret)
{
	struct rd r = rd_from(str_of(octets));
	uint64_t check = rd_u64(&r);
	struct row row;

	row.at = rd_u64(&r);
	row.since = rd_u32(&r);
	row.value = r.rest;
	if (r.failed || check != check_of(table, key, &row))
		return ERR_CORRUPT;
	*ret = row;
	return ERR_OK;
}

static enum err row_get(MDB_txn *txn, MDB_dbi table, MDB_val key, struct row *ret)
{
	MDB_val octets;
	int rc = mdb_get(txn, table, &key, &octets);

	return rc != 0 ? err_of(rc) : row_split(table, key, octets, ret);
}

static enum err row_del(struct index *x, MDB_dbi table, MDB_val key)
{
	int rc = mdb_del(x->txn, table, &key, NULL);

	return rc == MDB_NOTFOUND ? ERR_OK : err_of(rc);
}

/* ---- keys ---- */

enum err index_put(struct index *x, uint64_t shard, struct str key, const struct index_key *row)
{
	UNZEROED struct small s;

	return row_put(x, x->keys, key_of(&s, shard, key),
		(struct row){ row->at, row->since, row->value });
}

enum err index_del(struct index *x, uint64_t shard, struct str key)
{
	UNZEROED struct small s;

	return row_del(x, x->keys, key_of(&s, shard, key));
}

enum err index_get(
	struct index *x, MDB_txn *txn, uint64_t shard, struct str key, struct index_key *ret)
{
	UNZEROED struct small s;
	struct row row;
	enum err e = row_get(txn, x->keys, key_of(&s, shard, key), &row);

	if (e == ERR_OK)
		*ret = (struct index_key){ row.value, row.at, row.since };
	return e;
}

static uint64_t rows_in(MDB_txn *txn, MDB_dbi table)
{
	MDB_stat stat;

	return mdb_stat(txn, table, &stat) == 0 ? stat.ms_entries : 0;
}

uint64_t index_keys(struct index *x, MDB_txn *txn)
{
	return rows_in(txn, x->keys);
}

uint64_t index_blobs(struct index *x, MDB_txn *txn)
{
	return rows_in(txn, x->blobs);
}

/* ---- blobs ---- */

enum err index_blob_put(struct index *x, kv_blob id, const struct index_blob *row)
{
	UNZEROED struct small key, value;
	struct wr w = small_begin(&value);

	wr_u64(&w, row->octets);
	wr_u64(&w, (uint64_t)row->count);
	wr_u32(&w, row->stored);
	wr_u32(&w, row->dict);
	wr_u64(&w, row->is_at);
	return row_put(x, x->blobs, key_of_u64(&key, id),
		(struct row){ row->at, row->since, buf_str(&value.b) });
}

enum err index_blob_del(struct index *x, kv_blob id)
{
	UNZEROED struct small s;

	return row_del(x, x->blobs, key_of_u64(&s, id));
}

enum err index_blob_decode(const struct index_row *row, struct index_blob *ret)
{
	struct rd r = rd_from(row->value);

	ret->at = row->at;
	ret->since = row->since;
	ret->octets = rd_u64(&r);
	ret->count = (int64_t)rd_u64(&r);
	ret->stored = rd_u32(&r);
	ret->dict = rd_u32(&r);
	ret->is_at = rd_u64(&r);
	return rd_end(&r);
}

enum err index_blob_get(struct index *x, MDB_txn *txn, kv_blob id, struct index_blob *ret)
{
	UNZEROED struct small s;
	struct row row;
	enum err e = row_get(txn, x->blobs, key_of_u64(&s, id), &row);

	if (e != ERR_OK)
		return e;
	return index_blob_decode(
		&(struct index_row){ id, STR_NONE, row.value, row.at, row.since }, ret);
}

/* ---- deletions that hide something ---- */

static MDB_val gone_key(struct small *s, bool blob, uint64_t shard, struct str key)
{
	struct wr w = small_begin(s);

	wr_bool(&w, blob);
	wr_be64(&w, shard);
	wr_octets(&w, key);
	must(wr_end(&w) == ERR_OK);
	return val(buf_str(&s->b));
}

enum err index_gone_put(
	struct index *x, bool blob, uint64_t shard, struct str key, const struct index_gone *row)
{
	UNZEROED struct small at, value;
	struct wr w = small_begin(&value);

	wr_u32(&w, row->origin);
	wr_u32(&w, row->octets);
	wr_bool(&w, row->is);
	return row_put(x, x->gone, gone_key(&at, blob, shard, key),
		(struct row){ row->at, row->since, buf_str(&value.b) });
}

enum err index_gone_del(struct index *x, bool blob, uint64_t shard, struct str key)
{
	UNZEROED struct small s;

	return row_del(x, x->gone, gone_key(&s, blob, shard, key));
}

enum err index_gone_get(
	struct index *x, bool blob, uint64_t shard, struct str key, struct index_gone *ret)
{
	UNZEROED struct small s;
	struct row row;
	struct rd r;
	enum err e = row_get(x->txn, x->gone, gone_key(&s, blob, shard, key), &row);

	if (e != ERR_OK)
		return e;
	r = rd_from(row.value);
	ret->at = row.at;
	ret->since = row.since;
	ret->origin = rd_u32(&r);
	ret->octets = rd_u32(&r);
	ret->is = rd_bool(&r);
	return rd_end(&r);
}

/* ---- cursors ---- */

static enum err cursor_open(struct index *x, MDB_txn *txn, MDB_dbi table, struct index_cursor *ret)
{
	*ret = (struct index_cursor){ .x = x };
	return err_of(mdb_cursor_open(txn, table, &ret->cursor));
}

enum err index_cursor_keys(struct index *x, MDB_txn *txn, struct index_cursor *ret)
{
	return cursor_open(x, txn, x->keys, ret);
}

enum err index_cursor_blobs(struct index *x, MDB_txn *txn, struct index_cursor *ret)
{
	return cursor_open(x, txn, x->blobs, ret);
}

void index_cursor_done(struct index_cursor *c)
{
	if (c->cursor != NULL)
		mdb_cursor_close(c->cursor);
	c->cursor = NULL;
}

static enum err cursor_row(
	struct index_cursor *c, MDB_val key, MDB_cursor_op op, struct index_row *ret)
{
	MDB_val octets;
	struct row row;
	struct rd r;
	enum err e = err_of(mdb_cursor_get(c->cursor, &key, &octets, op));

	if (e == ERR_OK)
		e = row_split(mdb_cursor_dbi(c->cursor), key, octets, &row);
	if (e != ERR_OK)
		return e;
	r = rd_from(str_of(key));
	*ret = (struct index_row){ rd_be64(&r), r.rest, row.value, row.at, row.since };
	ret->key = r.rest;
	return r.failed ? ERR_CORRUPT : ERR_OK;
}

/* A page is filled from its end, so the neighbour to come mostly lies right below a row, and is about as large: on its way while this
 * one is looked at. Only a hint: what lies there is not read. */
static void fetch_neighbour(MDB_val octets)
{
	const uintptr_t at = (uintptr_t)octets.mv_data;
	size_t below = octets.mv_size + 2 * LINE_OCTETS;

	if (below > NEIGHBOUR_OCTETS_MAX)
		below = NEIGHBOUR_OCTETS_MAX;
	for (size_t n = LINE_OCTETS; n <= below; n += LINE_OCTETS)
		__builtin_prefetch((const void *)(at - n));
}

enum err index_cursor_get(
	struct index_cursor *c, uint64_t shard, struct str key, struct index_key *ret)
{
	UNZEROED struct small s;
	MDB_val at = key_of(&s, shard, key), next, octets;
	struct row row;
	enum err e = ERR_NOTFOUND;

	/* Who reads many rows mostly reads neighbours. */
	if (c->positioned && mdb_cursor_get(c->cursor, &next, &octets, MDB_NEXT) == 0 &&
		str_eq(str_of(next), str_of(at)))
		e = ERR_OK;
	else
		e = err_of(mdb_cursor_get(c->cursor, &at, &octets, MDB_SET));
	c->positioned = e == ERR_OK;
	if (e == ERR_OK)
		fetch_neighbour(octets);
	if (e == ERR_OK)
		e = row_split(mdb_cursor_dbi(c->cursor), at, octets, &row);
	if (e == ERR_OK)
		*ret = (struct index_key){ row.value, row.at, row.since };
	return e;
}

enum err index_seek(struct index_cursor *c, uint64_t shard, struct str key, struct index_row *ret)
{
	UNZEROED struct small s;

	return cursor_row(c, key_of(&s, shard, key), MDB_SET_RANGE, ret);
}

enum err index_next(struct index_cursor *c, struct index_row *ret)
{
	return cursor_row(c, (MDB_val){ 0, NULL }, MDB_NEXT, ret);
}

/* ---- segments, dictionaries, position: all as rows with a number for a key ---- */

enum { META_POSITION = 0 }; /* other numbers in meta are dictionaries */

enum err index_segment_put(struct index *x, const struct segment_row *row)
{
	UNZEROED struct small key, value;
	struct wr w = small_begin(&value);

	wr_u64(&w, row->octets);
	wr_u64(&w, row->hiding);
	return row_put(x, x->segments, key_of_u64(&key, row->number),
		(struct row){ row->live, row->since, buf_str(&value.b) });
}

enum err index_segment_del(struct index *x, uint32_t number)
{
	UNZEROED struct small s;

	return row_del(x, x->segments, key_of_u64(&s, number));
}

enum err index_segments(struct index *x, MDB_txn *txn,
	void (*each)(void *arg, const struct segment_row *row), void *arg)
{
	struct index_cursor c;
	struct index_row row;
	enum err e = cursor_open(x, txn, x->segments, &c);

	for (e = e == ERR_OK ? index_seek(&c, 0, STR_NONE, &row) : e; e == ERR_OK;
		e = index_next(&c, &row)) {
		struct segment_row segment = {
			.number = (uint32_t)row.shard, .live = row.at, .since = row.since
		};
		struct rd r = rd_from(row.value);

		segment.octets = rd_u64(&r);
		segment.hiding = rd_u64(&r);
		each(arg, &segment);
	}
	index_cursor_done(&c);
	return e == ERR_NOTFOUND ? ERR_OK : e;
}

enum err index_dict_put(struct index *x, uint32_t id, struct str octets, uint64_t at)
{
	UNZEROED struct small s;

	must(id != META_POSITION);
	return row_put(x, x->meta, key_of_u64(&s, id), (struct row){ at, 0, octets });
}

enum err index_dict_at(struct index *x, MDB_txn *txn, uint32_t id, uint64_t *ret_at)
{
	UNZEROED struct small s;
	struct row row;
	enum err e = row_get(txn, x->meta, key_of_u64(&s, id), &row);

	if (e == ERR_OK)
		*ret_at = row.at;
	return e;
}

enum err index_dicts(struct index *x, MDB_txn *txn,
	void (*each)(void *arg, uint32_t id, struct str octets), void *arg)
{
	struct index_cursor c;
	struct index_row row;
	enum err e = cursor_open(x, txn, x->meta, &c);

	for (e = e == ERR_OK ? index_seek(&c, META_POSITION + 1, STR_NONE, &row) : e; e == ERR_OK;
		e = index_next(&c, &row))
		each(arg, (uint32_t)row.shard, row.value);
	index_cursor_done(&c);
	return e == ERR_NOTFOUND ? ERR_OK : e;
}

enum err index_position(struct index *x, MDB_txn *txn, struct index_position *ret)
{
	UNZEROED struct small s;
	struct row row;
	struct str id;
	struct rd r;
	enum err e = row_get(txn, x->meta, key_of_u64(&s, META_POSITION), &row);

	if (e != ERR_OK)
		return e;
	r = rd_from(row.value);
	ret->segment = rd_u32(&r);
	ret->offset = rd_u64(&r);
	ret->epoch = rd_u64(&r);
	ret->seq = rd_u64(&r);
	ret->next_blob = rd_u64(&r);
	ret->building = rd_bool(&r);
	id = rd_octets(&r, STORE_ID_OCTETS);
	ret->keys = rd_u64(&r);
	ret->blobs = rd_u64(&r);
	if (row.at != FORMAT || rd_end(&r) != ERR_OK)
		return ERR_CORRUPT;
	memcpy(ret->id, id.at, STORE_ID_OCTETS);
	return ERR_OK;
}

enum err index_commit(struct index *x, const struct index_position *p)
{
	UNZEROED struct small key, value;
	struct wr w = small_begin(&value);
	enum err e = index_begin(x);
	int rc;

	if (e != ERR_OK)
		return e;
	wr_u32(&w, p->segment);
	wr_u64(&w, p->offset);
	wr_u64(&w, p->epoch);
	wr_u64(&w, p->seq);
	wr_u64(&w, p->next_blob);
	wr_bool(&w, p->building);
	wr_octets(&w, str_make(p->id, STORE_ID_OCTETS));
	wr_u64(&w, rows_in(x->txn, x->keys));
	wr_u64(&w, rows_in(x->txn, x->blobs));
	e = row_put(x, x->meta, key_of_u64(&key, META_POSITION), (struct row){ FORMAT, 0, buf_str(&value.b) });
	if (e != ERR_OK)
		return e;
	rc = mdb_txn_commit(x->txn);
	x->txn = NULL;
	return err_of(rc);
}

enum err index_view(struct index *x, MDB_txn **ret, struct index_position *ret_position)
{
	int rc = mdb_txn_renew(x->view);
	enum err e;

	if (rc != 0)
		return err_of(rc);
	e = index_position(x, x->view, ret_position);
	if (e != ERR_OK) {
		mdb_txn_reset(x->view);
		return e == ERR_NOTFOUND ? ERR_CORRUPT : e;
	}
	*ret = x->view;
	return ERR_OK;
}

void index_view_done(struct index *x)
{
	mdb_txn_reset(x->view);
}

enum err index_snapshot(struct index *x, MDB_txn **ret, struct index_position *ret_position)
{
	MDB_txn *txn;
	int rc = mdb_txn_begin(x->env, NULL, MDB_RDONLY, &txn);
	enum err e;

	if (rc != 0)
		return err_of(rc);
	e = index_position(x, txn, ret_position);
	if (e != ERR_OK) {
		mdb_txn_abort(txn);
		return e == ERR_NOTFOUND ? ERR_CORRUPT : e;
	}
	*ret = txn;
	return ERR_OK;
}

void index_snapshot_done(MDB_txn *txn)
{
	mdb_txn_abort(txn);
}

uint64_t index_octets(struct index *x)
{
	MDB_envinfo info;
	MDB_stat stat;

	if (mdb_env_info(x->env, &info) != 0 || mdb_env_stat(x->env, &stat) != 0)
		return 0;
	return (uint64_t)(info.me_last_pgno + 1) * stat.ms_psize;
}
