/* One table of behaviour, run over every driver. */
#include "common.h"

#include <poll.h>

struct engine {
	const char *name;
	bool lasting; /* can be closed and opened again */
	char folder[64];
	struct kv *kv;
	struct kv_options options;
};

static unsigned fatal_calls;

static void fatal(void *arg, const char *what)
{
	fatal_calls++;
}

static bool engine_open(struct engine *g)
{
	struct kv_opened opened;

	g->options.on_fatal = fatal;
	if (!g->lasting)
		return kv_open_memory(&g->options, &g->kv) == ERR_OK;
	g->options.folder = g->folder;
	return kv_open_journal(&g->options, &g->kv, &opened) == ERR_OK;
}

/* Close and open; a volatile engine stays. */
static void engine_again(struct engine *g)
{
	if (!g->lasting)
		return;
	kv_close(g->kv);
	if (!engine_open(g))
		abort();
}

struct rows {
	struct buf text; /* "key=value " */
	size_t n, stop_at;
};

static bool row_add(void *arg, struct str key, struct str value)
{
	struct rows *rows = arg;

	buf_put(&rows->text, key);
	buf_put_octet(&rows->text, '=');
	buf_put(&rows->text, value);
	buf_put_octet(&rows->text, ' ');
	return ++rows->n != rows->stop_at;
}

/* ---- keys ---- */

static void test_put_del(struct engine *g)
{
	struct kv_write *w;
	struct buf v;

	buf_init(&v, 1000);
	OK(!value_of(g->kv, 1, "a", &v), "%s: nothing there at first", g->name);
	OK(put_now(g->kv, 1, "a", "one") == ERR_OK, "%s: put", g->name);
	OK(value_of(g->kv, 1, "a", &v), "%s: found", g->name);
	IS_STR(buf_str(&v), S("one"));
	OK(!value_of(g->kv, 2, "a", &v), "%s: another shard does not see it", g->name);
	OK(put_now(g->kv, 1, "a", "two") == ERR_OK, "%s: put over", g->name);
	OK(value_of(g->kv, 1, "a", &v), "%s: found again", g->name);
	IS_STR(buf_str(&v), S("two"));
	w = kv_write_new(g->kv);
	kv_put(w, 1, S("b"), S(""));
	kv_del(w, 1, S("a"));
	kv_del(w, 1, S("never was"));
	OK(kv_commit_now(g->kv, w) == ERR_OK, "%s: mixed write set", g->name);
	OK(!value_of(g->kv, 1, "a", &v), "%s: deleted", g->name);
	OK(value_of(g->kv, 1, "b", &v) && v.len == 0, "%s: an empty value is a value", g->name);
	w = kv_write_new(g->kv);
	kv_put(w, 1, S("c"), S("1"));
	kv_del(w, 1, S("c"));
	kv_del(w, 1, S("d"));
	kv_put(w, 1, S("d"), S("2"));
	kv_put(w, 1, S("d"), S("3"));
	OK(kv_commit_now(g->kv, w) == ERR_OK, "%s: one key several times", g->name);
	OK(!value_of(g->kv, 1, "c", &v), "%s: put then deleted", g->name);
	OK(value_of(g->kv, 1, "d", &v), "%s: deleted then put", g->name);
	IS_STR(buf_str(&v), S("3"));
	buf_done(&v);
}

static void test_read_set(struct engine *g)
{
	struct kv_read rows[3] = { { 1, S_INIT("x") }, { 1, S_INIT("y") }, { 2, S_INIT("x") } };
	struct kv_write *w = kv_write_new(g->kv);
	struct arena arena;

	arena_init(&arena, ARENA_COMMAND);
	kv_put(w, 1, S("x"), S("1x"));
	kv_put(w, 2, S("x"), S("2x"));
	OK(kv_commit_now(g->kv, w) == ERR_OK, "%s: write set over two shards", g->name);
	OK(kv_read_all(g->kv, rows, 3, &arena) == ERR_OK, "%s: read set", g->name);
	IS_STR(rows[0].ret_value, S("1x"));
	OK(!rows[1].ret_found, "%s: y is not there", g->name);
	IS_STR(rows[2].ret_value, S("2x"));
	arena_done(&arena);
}

/* Which rows were told, and what was open then: views of the engine's own. */
struct told {
	struct kv_read *rows;
	size_t stop_at;
	struct buf text;
};

static bool tell(void *arg, size_t i)
{
	struct told *t = arg;

	buf_put(&t->text, t->rows[i].ret_found ? t->rows[i].ret_value : S("-"));
	buf_put_octet(&t->text, ' ');
	return i != t->stop_at;
}

static void read_each(struct engine *g, const char *keys, size_t stop_at, const char *want)
{
	struct kv_read rows[16];
	struct told t = { .rows = rows, .stop_at = stop_at };
	size_t n = strlen(keys);

	buf_init(&t.text, BUF_NO_CEILING);
	for (size_t i = 0; i < n; i++)
		rows[i] = (struct kv_read){ 9, str_make(keys + i, 1) };
	OK(kv_read_each(g->kv, rows, n, tell, &t) == ERR_OK, "%s: told row by row", g->name);
	IS_STR(buf_str(&t.text), str_from_c(want));
	buf_done(&t.text);
}

/* Neighbours, gaps, backwards, twice, what is in the index and what is not there yet. */
static void test_read_each(struct engine *g)
{
	struct kv_write *w = kv_write_new(g->kv);

	for (char c = 'b'; c <= 'h'; c++) {
		if (c != 'e')
			kv_put(w, 9, str_make(&c, 1), str_make((char[]){ c, '1' }, 2));
	}
	OK(kv_commit_now(g->kv, w) == ERR_OK, "%s: some rows", g->name);
	engine_again(g);
	w = kv_write_new(g->kv);
	kv_put(w, 9, S("d"), S("d2"));
	kv_put(w, 9, S("e"), S("e2"));
	kv_del(w, 9, S("g"));
	OK(kv_commit_now(g->kv, w) == ERR_OK, "%s: newer ones", g->name);
	read_each(g, "abcdefghi", 99, "- b1 c1 d2 e2 f1 - h1 - ");
	read_each(g, "bcfh", 99, "b1 c1 f1 h1 ");
	read_each(g, "hfcb", 99, "h1 f1 c1 b1 ");
	read_each(g, "bbcca", 99, "b1 b1 c1 c1 - ");
	read_each(g, "c", 99, "c1 ");
	read_each(g, "bcdefgh", 2, "b1 c1 d2 ");
	read_each(g, "", 99, "");
}

static void test_big(struct engine *g)
{
	static char key[KV_KEY_OCTETS_MAX], value[KV_VALUE_OCTETS_MAX];
	struct kv_read row = { UINT64_MAX, str_make(key, sizeof(key)) };
	struct kv_write *w = kv_write_new(g->kv);
	struct arena arena;

	memset(key, 0xff, sizeof(key));
	memset(value, 'v', sizeof(value));
	arena_init(&arena, ARENA_NONE);
	kv_put(w, UINT64_MAX, row.key, str_make(value, sizeof(value)));
	kv_put(w, 0, STR_NONE, S("the empty key"));
	OK(kv_commit_now(g->kv, w) == ERR_OK, "%s: longest key and value", g->name);
	engine_again(g);
	OK(kv_read_all(g->kv, &row, 1, &arena) == ERR_OK, "%s: read it", g->name);
	OK(str_eq(row.ret_value, str_make(value, sizeof(value))), "%s: it is whole", g->name);
	row = (struct kv_read){ 0, STR_NONE };
	OK(kv_read_all(g->kv, &row, 1, &arena) == ERR_OK, "%s: read the empty key", g->name);
	IS_STR(row.ret_value, S("the empty key"));
	arena_done(&arena);
}

struct scan_case {
	uint64_t shard;
	const char *from, *to;
	size_t max, stop_at;
	const char *want;
};

static const struct scan_case scan_cases[] = {
	{ 5, "", "", 0, 0, "a=1 aa=2 b=3 c=4 " },
	{ 5, "aa", "", 0, 0, "aa=2 b=3 c=4 " },
	{ 5, "ab", "c", 0, 0, "b=3 " },
	{ 5, "", "aa", 0, 0, "a=1 " },
	{ 5, "", "", 2, 0, "a=1 aa=2 " },
	{ 5, "", "", 0, 3, "a=1 aa=2 b=3 " },
	{ 5, "d", "", 0, 0, "" },
	{ 5, "c", "a", 0, 0, "" },
	{ 4, "", "", 0, 0, "z=other " },
	{ 6, "", "", 0, 0, "a=other " },
	{ 7, "", "", 0, 0, "" },
};

static void test_scan(struct engine *g)
{
	struct kv_write *w = kv_write_new(g->kv);

	kv_put(w, 5, S("c"), S("4"));
	kv_put(w, 5, S("aa"), S("2"));
	kv_put(w, 5, S("b"), S("3"));
	kv_put(w, 5, S("a"), S("1"));
	kv_put(w, 6, S("a"), S("other"));
	kv_put(w, 4, S("z"), S("other"));
	OK(kv_commit_now(g->kv, w) == ERR_OK, "%s: rows to scan", g->name);
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < sizeof(scan_cases) / sizeof(scan_cases[0]); i++) {
			const struct scan_case *c = &scan_cases[i];
			struct rows rows = { .stop_at = c->stop_at };

			buf_init(&rows.text, 1000);
			OK(kv_scan(g->kv, c->shard, c_str(c->from), c_str(c->to), c->max, row_add,
				   &rows) == ERR_OK,
				"%s: scan %zu", g->name, i);
			IS_STR(buf_str(&rows.text), c_str(c->want));
			buf_done(&rows.text);
		}
		engine_again(g);
	}
}

static bool count_row(void *arg, struct str key, struct str value)
{
	++*(size_t *)arg;
	return true;
}

/* Old rows in the index, new and deleted ones not yet in it: one order, nothing twice. */
static void test_scan_mixed(struct engine *g)
{
	struct kv_write *w = kv_write_new(g->kv);
	struct rows rows = { 0 };
	uint64_t shards[8];

	kv_put(w, 20, S("b"), S("old"));
	kv_put(w, 20, S("d"), S("old"));
	kv_put(w, 20, S("f"), S("old"));
	kv_put(w, 22, S("only"), S("old"));
	OK(kv_commit_now(g->kv, w) == ERR_OK, "%s: old rows", g->name);
	engine_again(g);
	w = kv_write_new(g->kv);
	kv_put(w, 20, S("a"), S("new"));
	kv_put(w, 20, S("d"), S("new"));
	kv_del(w, 20, S("f"));
	kv_put(w, 20, S("g"), S("new"));
	kv_put(w, 20, S("h"), S("new"));
	kv_del(w, 20, S("h"));
	kv_del(w, 22, S("only"));
	kv_put(w, 21, S("k"), S("new"));
	OK(kv_commit_now(g->kv, w) == ERR_OK, "%s: new rows", g->name);
	buf_init(&rows.text, 1000);
	OK(kv_scan(g->kv, 20, STR_NONE, STR_NONE, 0, row_add, &rows) == ERR_OK, "%s: scan",
		g->name);
	IS_STR(buf_str(&rows.text), S("a=new b=old d=new g=new "));
	buf_done(&rows.text);
	IS_NUM(kv_shards(g->kv, 0, shards, 8), 2);
	OK(shards[0] == 20 && shards[1] == 21, "%s: a shard without keys is none", g->name);
}

static void test_shards(struct engine *g)
{
	static const uint64_t want[] = { 0, 3, 4, 1000, UINT64_MAX };
	struct kv_write *w = kv_write_new(g->kv);
	uint64_t got[8];
	size_t rows = 0;

	for (size_t i = 0; i < 5; i++) {
		kv_put(w, want[i], S("k1"), S(""));
		kv_put(w, want[i], S("k2"), S(""));
	}
	for (unsigned i = 0; i < 25000; i++) {
		char key[8];

		snprintf(key, sizeof(key), "%07u", i);
		kv_put(w, 3, str_make(key, 7), S("v"));
	}
	OK(kv_commit_now(g->kv, w) == ERR_OK, "%s: five shards", g->name);
	IS_NUM(kv_shards(g->kv, 0, got, 8), 5);
	OK(memcmp(got, want, sizeof(want)) == 0, "%s: in order", g->name);
	IS_NUM(kv_shards(g->kv, 4, got, 8), 3);
	IS_NUM(kv_shards(g->kv, 5, got, 1), 1);
	IS_NUM(got[0], 1000);
	OK(kv_scan(g->kv, 3, STR_NONE, STR_NONE, 0, count_row, &rows) == ERR_OK, "%s: long scan",
		g->name);
	IS_NUM(rows, 25002);
}

/* ---- blobs ---- */

static void fill(struct buf *b, size_t octets, unsigned kind)
{
	uint64_t state = octets + 1;

	buf_clear(b);
	while (b->len < octets) {
		if (kind == 0)
			buf_put_c(b, "Received: from somewhere by somewhere else; ");
		else
			buf_put_octet(b, (char)random_next(&state));
	}
	b->len = octets;
}

static const size_t blob_sizes[] = { 0, 1, 2, 100, 4096, (256 << 10) - 1, 256 << 10,
	(256 << 10) + 1, 1000000 };

static void test_blob_sizes(struct engine *g)
{
	struct buf in, out;

	buf_init(&in, 2 << 20);
	buf_init(&out, 2 << 20);
	for (size_t i = 0; i < 2 * sizeof(blob_sizes) / sizeof(blob_sizes[0]); i++) {
		size_t octets = blob_sizes[i / 2];
		struct kv_write *w = kv_write_new(g->kv);
		struct kv_blob_row row;
		kv_blob id;

		fill(&in, octets, i % 2);
		id = kv_blob_add(w, buf_str(&in), 1);
		OK(kv_commit_now(g->kv, w) == ERR_OK, "%s: blob of %zu", g->name, octets);
		if (i % 3 == 0)
			engine_again(g);
		OK(kv_blob_stat(g->kv, id, &row) == ERR_OK && row.octets == octets &&
				row.count == 1,
			"%s: its row", g->name);
		buf_clear(&out);
		buf_put_c(&out, "before ");
		OK(kv_blob_read(g->kv, id, 0, UINT64_MAX, &out) == ERR_OK, "%s: read", g->name);
		OK(str_eq(str_skip(buf_str(&out), 7), buf_str(&in)), "%s: whole", g->name);
		for (size_t from = 0; from < octets + 1; from += octets / 7 + 1) {
			buf_clear(&out);
			OK(kv_blob_read(g->kv, id, from, 300000, &out) == ERR_OK, "%s: part",
				g->name);
			OK(str_eq(buf_str(&out), str_sub(buf_str(&in), from, 300000)),
				"%s: part is right", g->name);
		}
	}
	buf_done(&out);
	buf_init(&out, 10);
	OK(kv_blob_read(g->kv, 17, 0, 11, &out) == ERR_TOOBIG && out.len == 0, "%s: ceiling",
		g->name);
	buf_done(&in);
	buf_done(&out);
}

static void test_blob_counts(struct engine *g)
{
	struct kv_write *w = kv_write_new(g->kv);
	kv_blob a = kv_blob_add(w, S("a blob"), 2), b = kv_blob_add(w, S("b blob"), 1), c;
	struct kv_blob_row rows[4];
	struct buf out;

	buf_init(&out, 100);
	OK(a != 0 && b == a + 1, "%s: ids", g->name);
	OK(kv_blob_stat(g->kv, a, rows) == ERR_NOTFOUND, "%s: not before commit", g->name);
	OK(kv_commit_now(g->kv, w) == ERR_OK, "%s: two blobs", g->name);
	w = kv_write_new(g->kv);
	kv_blob_count(w, a, -1);
	kv_blob_count(w, b, 1);
	kv_blob_count(w, 999999, 1);
	OK(kv_commit_now(g->kv, w) == ERR_OK, "%s: counts", g->name);
	IS_NUM(kv_blobs(g->kv, 0, rows, 4), 2);
	OK(rows[0].id == a && rows[0].count == 1 && rows[1].id == b && rows[1].count == 2,
		"%s: counted", g->name);
	engine_again(g);
	w = kv_write_new(g->kv);
	kv_blob_count(w, a, -1);
	kv_blob_count(w, b, -1);
	c = kv_blob_add(w, S("c blob"), 1);
	kv_blob_count(w, c, -1);
	OK(kv_commit_now(g->kv, w) == ERR_OK, "%s: to zero", g->name);
	OK(kv_blob_stat(g->kv, a, rows) == ERR_NOTFOUND, "%s: a is gone", g->name);
	OK(kv_blob_read(g->kv, a, 0, 1, &out) == ERR_NOTFOUND, "%s: a cannot be read", g->name);
	OK(kv_blob_stat(g->kv, c, rows) == ERR_NOTFOUND, "%s: c never was", g->name);
	engine_again(g);
	IS_NUM(kv_blobs(g->kv, 0, rows, 4), 1);
	OK(rows[0].id == b && rows[0].count == 1, "%s: b stays", g->name);
	w = kv_write_new(g->kv);
	OK(kv_blob_add(w, S("d"), 1) > c, "%s: no id twice", g->name);
	kv_write_free(w);
	buf_done(&out);
}

static bool reads_right(struct engine *g, kv_blob id, size_t octets, bool gone)
{
	struct buf want, out;
	bool right;
	enum err e;

	buf_init(&want, 2 << 20);
	buf_init(&out, 2 << 20);
	fill(&want, octets, octets % 2);
	e = kv_blob_read(g->kv, id, 0, UINT64_MAX, &out);
	right = gone ? e == ERR_NOTFOUND && out.len == 0
		     : e == ERR_OK && str_eq(buf_str(&out), buf_str(&want));
	buf_done(&want);
	buf_done(&out);
	return right;
}

/* A hint changes nothing that is read: not for what goes or moves between the two, nor for what was never there. */
static void test_blob_ahead(struct engine *g)
{
	struct kv_write *w = kv_write_new(g->kv);
	kv_blob ids[301];
	uint64_t octets;
	unsigned wrong = 0;
	struct buf in;

	buf_init(&in, 2 << 20);
	for (size_t i = 0; i < 300; i++) {
		fill(&in, i * 331 % 70000, i * 331 % 70000 % 2);
		ids[i] = kv_blob_add(w, buf_str(&in), 1);
	}
	buf_done(&in);
	ids[300] = ids[299] + 7;
	OK(kv_commit_now(g->kv, w) == ERR_OK, "%s: 300 blobs", g->name);
	for (size_t i = 0; i < 300; i += 60) {
		kv_blob_ahead(g->kv, ids + i, 61);
		w = kv_write_new(g->kv);
		kv_blob_count(w, ids[i + 30], -1);
		OK(kv_commit_now(g->kv, w) == ERR_OK, "%s: one of them goes", g->name);
		if (i % 120 == 0)
			OK(kv_compact_now(g->kv, 1, &octets) == ERR_OK, "%s: others move", g->name);
		for (size_t n = i; n < i + 60; n++)
			wrong += !reads_right(g, ids[n], n * 331 % 70000, n == i + 30);
	}
	IS_NUM(wrong, 0);
	kv_blob_ahead(g->kv, ids, 300); /* and nobody comes for them */
}

/* ---- order and done ---- */

struct order {
	struct kv *kv;
	unsigned next, wrong, more;
};

struct order_one {
	struct order *order;
	unsigned number;
};

static void in_order(void *arg, enum err e)
{
	struct order_one *one = arg;

	if (e != ERR_OK || one->number != one->order->next)
		one->order->wrong++;
	one->order->next++;
	if (one->order->more > 0) { /* committing from done is allowed */
		one->order->more--;
		kv_commit(one->order->kv, kv_write_new(one->order->kv), NULL, NULL);
	}
}

static void test_order(struct engine *g)
{
	static struct order_one ones[500];
	struct order order = { .kv = g->kv, .more = 50 };
	struct kv_stats stats;
	struct buf v;

	for (unsigned i = 0; i < 500; i++) {
		struct kv_write *w = kv_write_new(g->kv);
		char value[16];

		snprintf(value, sizeof(value), "%u", i);
		kv_put(w, 9, S("last"), c_str(value));
		ones[i] = (struct order_one){ &order, i };
		kv_commit(g->kv, w, in_order, &ones[i]);
	}
	IS_NUM(order.next, 0);
	for (int turns = 0; order.next < 500 && turns < 10000; turns++) {
		struct pollfd wake = { .fd = kv_wake_fd(g->kv), .events = POLLIN };

		if (poll(&wake, 1, 10000) != 1)
			break;
		kv_dispatch(g->kv);
	}
	OK(order.next == 500 && order.wrong == 0, "%s: done in order", g->name);
	buf_init(&v, 100);
	OK(value_of(g->kv, 9, "last", &v), "%s: last", g->name);
	IS_STR(buf_str(&v), S("499"));
	OK(kv_commit_now(g->kv, kv_write_new(g->kv)) == ERR_OK, "%s: an empty write set", g->name);
	kv_stats(g->kv, &stats);
	OK(stats.keys == 1 && stats.commits >= 551, "%s: stats", g->name);
	buf_done(&v);
}

/* Whatever was told to be done is seen, however far the index has come meanwhile. */
static void test_own_writes(struct engine *g)
{
	unsigned wrong = 0;
	kv_blob id = 0;
	struct buf v;

	buf_init(&v, 100);
	for (unsigned i = 1; i <= 2000; i++) {
		struct kv_write *w = kv_write_new(g->kv);
		struct kv_blob_row row = { 0 };
		char key[16], value[16];

		snprintf(key, sizeof(key), "%u", i % 3);
		snprintf(value, sizeof(value), "%u", i);
		kv_put(w, 1, c_str(key), S("not yet"));
		if (id == 0)
			id = kv_blob_add(w, S("octets"), 1);
		kv_blob_count(w, id, 1);
		kv_commit(g->kv, w, NULL, NULL);
		w = kv_write_new(g->kv);
		if (i % 7 != 0)
			kv_put(w, 1, c_str(key), c_str(value));
		else
			kv_del(w, 1, c_str(key));
		kv_blob_count(w, id, 1);
		wrong += kv_commit_now(g->kv, w) != ERR_OK;
		wrong += value_of(g->kv, 1, key, &v) != (i % 7 != 0);
		wrong += i % 7 != 0 && !str_eq(buf_str(&v), c_str(value));
		wrong += kv_blob_stat(g->kv, id, &row) != ERR_OK || row.count != 1 + 2 * (uint64_t)i;
	}
	OK(wrong == 0, "%s: own writes are seen (%u times not)", g->name, wrong);
	buf_done(&v);
}

static void test_faults(struct engine *g)
{
	struct kv_write *w;
	struct buf v;

	buf_init(&v, 100);
	kv_fault_inject(g->kv, KV_FAULT_WRITE_ENOSPC, 1);
	OK(put_now(g->kv, 1, "full", "x") == ERR_DISKFULL, "%s: disk full", g->name);
	OK(!value_of(g->kv, 1, "full", &v), "%s: refused whole", g->name);
	w = kv_write_new(g->kv);
	kv_put(w, 1, S("frees"), S("x"));
	kv_write_frees(w);
	OK(kv_commit_now(g->kv, w) == ERR_OK, "%s: what frees is taken", g->name);
	kv_fault_inject(g->kv, KV_FAULT_WRITE_SHORT, 1);
	fatal_calls = 0;
	kv_fault_inject(g->kv, KV_FAULT_FLUSH_EIO, 1);
	OK(put_now(g->kv, 1, "flush", "x") == ERR_IO && fatal_calls == 1, "%s: a flush failed",
		g->name);
	OK(put_now(g->kv, 1, "after", "x") == ERR_IO, "%s: nothing is taken after it", g->name);
	buf_done(&v);
}

static const struct {
	const char *name;
	void (*run)(struct engine *g);
} tests[] = {
	{ "put_del", test_put_del },
	{ "read_set", test_read_set },
	{ "read_each", test_read_each },
	{ "big", test_big },
	{ "scan", test_scan },
	{ "scan_mixed", test_scan_mixed },
	{ "shards", test_shards },
	{ "blob_sizes", test_blob_sizes },
	{ "blob_counts", test_blob_counts },
	{ "order", test_order },
	{ "own_writes", test_own_writes },
	{ "blob_ahead", test_blob_ahead },
	{ "faults", test_faults },
};

int main(void)
{
	struct engine engines[] = {
		{ .name = "memory" },
#ifndef KV_TEST_MEMORY_ONLY
		{ .name = "journal", .lasting = true },
		{ .name = "journal compressed", .lasting = true, .options.compress = true },
		{ .name = "journal small",
			.lasting = true,
			.options.segment_octets = 4096,
			.options.index_ms_max = 1 },
#endif
	};

	for (size_t t = 0; t < sizeof(tests) / sizeof(tests[0]); t++) {
		uint64_t want = 0;

		for (size_t i = 0; i < sizeof(engines) / sizeof(engines[0]); i++) {
			struct engine *g = &engines[i];
			uint64_t digest;

			if (g->lasting)
				folder_new(g->folder);
			OK(engine_open(g), "%s: open for %s", g->name, tests[t].name);
			tests[t].run(g);
			digest = digest_of(g->kv);
			want = i == 0 ? digest : want;
			OK(digest == want || tests[t].run == test_faults, "%s: digest after %s",
				g->name, tests[t].name);
			kv_close(g->kv);
			if (g->lasting)
				folder_remove(g->folder);
		}
	}
	return tap_done();
}
