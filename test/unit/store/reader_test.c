/* \Seen where it is each reader's own: spans against a list of single messages, and two readers of one folder. */
#include "store/reader.h"

#include "harness.h"
#include "store/keys.h"
#include "store/sight.h"

/* ---- spans ---- */

#define UIDS 700u

struct model {
	struct {
		bool known, seen;
		uint64_t modseq;
	} at[UIDS];
};

static unsigned state = 1;

static unsigned some(unsigned below)
{
	state = state * 1103515245u + 12345u;
	return state / 65536u % below;
}

static bool agree(const struct reader_spans *s, const struct model *m)
{
	for (uint32_t uid = 0; uid < UIDS; uid++) {
		const struct reader_span *span = reader_spans_find(s, uid);

		if ((span != NULL) != m->at[uid].known)
			return false;
		if (span && (span->seen != m->at[uid].seen || span->modseq != m->at[uid].modseq))
			return false;
	}
	for (size_t i = 1; i < s->count; i++) {
		if (s->at[i].first <= s->at[i - 1].last)
			return false;
	}
	return true;
}

static void test_spans(void)
{
	static struct model m;
	struct reader_spans s = { 0 };
	unsigned wrong = 0;

	for (unsigned round = 0; round < 3000; round++) {
		struct reader_span span = { some(UIDS), 0, some(2) == 1, 1 + round / 3 };

		span.last = span.first + some(some(4) == 0 ? 300 : 4);
		span.last = span.last < UIDS ? span.last : UIDS - 1;
		for (uint32_t uid = span.first; uid <= span.last; uid++) {
			m.at[uid].known = true;
			m.at[uid].seen = span.seen;
			m.at[uid].modseq = span.modseq;
		}
		reader_spans_set(&s, &span);
		wrong += !agree(&s, &m);
	}
	OK(wrong == 0, "spans are what was set (%u of 3000 times not)", wrong);
	reader_spans_done(&s);
}

static void test_joined(void)
{
	struct reader_spans s = { 0 };

	for (uint32_t uid = 10; uid < 20; uid++)
		reader_spans_set(&s, &(struct reader_span){ uid, uid, true, 5 });
	IS_NUM(s.count, 1);
	reader_spans_set(&s, &(struct reader_span){ 20, 25, true, 6 });
	IS_NUM(s.count, 2);
	reader_spans_set(&s, &(struct reader_span){ 1, 100, false, 7 });
	IS_NUM(s.count, 1);
	reader_spans_done(&s);
}

static void test_rows(void)
{
	struct reader_spans s = { 0 }, back = { 0 };
	struct buf b;
	struct wr w = wr_to(&b);

	buf_init(&b, 10000);
	reader_spans_set(&s, &(struct reader_span){ 200, 600, true, 5 });
	reader_spans_set(&s, &(struct reader_span){ 700, 700, false, 6 });
	for (uint32_t block = 0; block < 4; block++) {
		buf_clear(&b);
		reader_row_put(&w, &s, block);
		OK((b.len > 0) == (block < 3), "block %u", block);
		if (b.len > 0)
			IS_NUM(reader_row_get(buf_str(&b), block, &back), ERR_OK);
	}
	IS_NUM(back.count, 2);
	OK(back.at[0].first == 200 && back.at[0].last == 600 && back.at[0].modseq == 5, "spans over blocks are one again");
	OK(back.at[1].first == 700 && !back.at[1].seen, "and the next");
	IS_NUM(reader_row_get(S(""), 0, &back), ERR_CORRUPT);
	IS_NUM(reader_row_get(S("\1"), 0, &back), ERR_CORRUPT);
	IS_NUM(reader_row_get(S("\1\5\4\1\7"), 0, &back), ERR_CORRUPT);
	IS_NUM(reader_row_get(S("\1\4\5\1\7\5\6\1\10"), 0, &back), ERR_CORRUPT);
	IS_NUM(reader_row_get(S("\1\4\5\1\7\6\6\1\7"), 0, &back), ERR_CORRUPT);
	IS_NUM(reader_row_get(S("\1\4\5\2\7"), 0, &back), ERR_CORRUPT);
	IS_NUM(reader_row_get(S("\2\4\5\1\7"), 0, &back), ERR_CORRUPT);
	IS_NUM(reader_row_get(S("\1\4\5\1\7"), UINT32_MAX, &back), ERR_CORRUPT);
	buf_done(&b);
	reader_spans_done(&s);
	reader_spans_done(&back);
}

/* ---- two readers ---- */

#define MESSAGES 600u
#define ANN      7u
#define BEN      8u

static const struct mailbox_limits none;
static struct harness h;
static struct mailbox *box;
static uint32_t inbox;
static uint32_t uids[MESSAGES];
static struct outcome o;

static void answered(void *arg, enum err e)
{
	*(enum err *)arg = e;
}

static void look(void)
{
	struct folder_info info;

	store_public_set(h.store, 1);
	must(store_mailbox_open(h.store, 1, &none, &box) == ERR_OK);
	must(folder_find(box, S("INBOX"), &info) == ERR_OK);
	inbox = info.id;
}

static uint32_t folder(const char *name)
{
	struct folder_info info;

	return folder_find(box, str_from_c(name), &info) == ERR_OK ? info.id : 0;
}

static struct folder_view *view(uint32_t in, uint64_t reader)
{
	struct view_options options = { .folder = in, .reader = reader };
	struct folder_view *v;

	must(view_open(box, &options, &v) == ERR_OK);
	return v;
}

static struct uid_list from_to(uint32_t first, uint32_t last, uint32_t step)
{
	struct uid_list list = { uids, 0 };

	for (uint32_t uid = first; uid <= last; uid += step)
		uids[list.count++] = uid;
	return list;
}

static uint64_t change(uint64_t reader, struct flags_request r)
{
	r.reader = reader;
	r.folder = r.folder == 0 ? inbox : r.folder;
	o = (struct outcome){ 0 };
	mailbox_flags(box, &r, outcome_put, &o);
	harness_run(&h);
	IS_NUM(o.err, ERR_OK);
	return o.modseq;
}

static unsigned seen(const struct folder_view *v)
{
	unsigned n = 0;

	for (uint32_t seq = 1; seq <= view_count(v); seq++)
		n += (view_item(v, seq)->flags & ITEM_SEEN) != 0;
	return n;
}

static uint32_t unseen(uint32_t in, uint64_t reader)
{
	uint32_t n = 0;

	IS_NUM(folder_unseen(box, in, reader, &n), ERR_OK);
	return n;
}

static void count_told(void *arg, const struct view_event *e)
{
	unsigned *told = arg;

	told[e->kind]++;
	told[4] += e->kind == VIEW_FLAGS && (e->item->flags & ITEM_SEEN);
}

static void test_two_readers(void)
{
	struct folder_view *ann = view(inbox, ANN), *ann_too = view(inbox, ANN), *ben = view(inbox, BEN), *nobody = view(inbox, 0);
	unsigned told[5] = { 0 };
	uint64_t modseq = change(ANN, (struct flags_request){ .list = from_to(1, 300, 1), .mode = FLAGS_ADD, .flags = ITEM_SEEN });

	IS_NUM(o.count, 300);
	IS_NUM(seen(ann), 300);
	IS_NUM(seen(ben), 0);
	IS_NUM(seen(nobody), 0);
	IS_NUM(view_item(ann, 5)->modseq, modseq);
	OK(view_item(ben, 5)->modseq < modseq, "for another it has not changed");
	IS_NUM(view_first_unseen(ann), 301);
	IS_NUM(view_first_unseen(ben), 1);
	IS_NUM(unseen(inbox, ANN), MESSAGES - 300);
	IS_NUM(unseen(inbox, BEN), MESSAGES);
	IS_NUM(unseen(inbox, 0), MESSAGES);
	view_sync(ann_too, true, count_told, told);
	OK(told[VIEW_FLAGS] == 300 && told[4] == 300, "another session of the reader is told (%u, %u)", told[VIEW_FLAGS], told[4]);
	memset(told, 0, sizeof(told));
	view_sync(ben, true, count_told, told);
	IS_NUM(told[VIEW_FLAGS], 0);
	/* A flag that is everybody's, and one that is not, at once. */
	change(BEN, (struct flags_request){ .list = from_to(10, 12, 1), .mode = FLAGS_SET, .flags = ITEM_SEEN | ITEM_FLAGGED });
	OK(view_item(ann, 10)->flags == (ITEM_SEEN | ITEM_FLAGGED) && view_item(ben, 10)->flags == (ITEM_SEEN | ITEM_FLAGGED), "both are there");
	OK(view_item(nobody, 10)->flags == ITEM_FLAGGED && seen(ben) == 3, "and the shared one for all");
	memset(told, 0, sizeof(told));
	view_sync(ann_too, true, count_told, told);
	IS_NUM(told[VIEW_FLAGS], 3);
	/* What is nobody's cannot be set. */
	change(0, (struct flags_request){ .list = from_to(1, 9, 1), .mode = FLAGS_ADD, .flags = ITEM_SEEN });
	IS_NUM(o.count, 0);
	change(ANN, (struct flags_request){ .list = from_to(1, 300, 2), .mode = FLAGS_REMOVE, .flags = ITEM_SEEN });
	IS_NUM(seen(ann), 150);
	change(ANN, (struct flags_request){ .list = from_to(1, 20, 1), .mode = FLAGS_ADD, .flags = ITEM_SEEN, .unchanged_since_given = true,
		.unchanged_since = modseq });
	IS_NUM(o.refused_count, 12);
	view_close(ann);
	view_close(ann_too);
	view_close(ben);
	view_close(nobody);
}

static void test_kept(void)
{
	struct folder_view *ann;

	mailbox_unref(box);
	harness_reopen(&h);
	IS_NUM(harness_verify(&h), ERR_OK);
	look();
	ann = view(inbox, ANN);
	IS_NUM(seen(ann), 150);
	OK((view_item(ann, 2)->flags & ITEM_SEEN) && !(view_item(ann, 1)->flags & ITEM_SEEN), "as it was");
	IS_NUM(unseen(inbox, BEN), MESSAGES - 3);
	view_close(ann);
}

static void transfer(bool move, uint32_t to, struct uid_list list, uint64_t reader)
{
	struct copy_request r = { .from = inbox, .to = to, .list = list, .reader = reader };

	o = (struct outcome){ 0 };
	(move ? mailbox_move : mailbox_copy)(box, &r, outcome_put, &o);
	harness_run(&h);
	IS_NUM(o.err, ERR_OK);
}

static void test_carried(void)
{
	uint32_t to = folder("Archive");
	struct append_request append = { .folder = to, .flags = ITEM_SEEN, .octets = S("A: b\r\n\r\nx") };
	struct append_set set = { .requests = &append, .count = 1, .reader = BEN };
	struct folder_view *v;
	struct arena a;

	transfer(false, to, from_to(2, 3, 1), ANN);
	IS_NUM(unseen(to, ANN), 1);
	IS_NUM(unseen(to, BEN), 2);
	transfer(true, to, from_to(10, 10, 1), BEN);
	IS_NUM(unseen(to, BEN), 2);
	IS_NUM(unseen(to, ANN), 2);
	arena_init(&a, ARENA_NONE);
	append.record = harness_record(&a, append.octets);
	o = (struct outcome){ 0 };
	mailbox_append_set(box, &set, outcome_put, &o);
	harness_run(&h);
	IS_NUM(o.err, ERR_OK);
	IS_NUM(unseen(to, BEN), 2);
	IS_NUM(unseen(to, ANN), 3);
	v = view(to, BEN);
	OK(view_item(v, 4)->flags == ITEM_SEEN, "what one has posted as seen is");
	view_close(v);
	arena_done(&a);
}

static bool count_row(void *arg, struct str key, struct str value)
{
	++*(size_t *)arg;
	return true;
}

static size_t rows(void)
{
	struct key from = key_kind(KEYS_READER), to = key_kind_end(KEYS_READER);
	size_t n = 0;

	must(kv_scan(h.kv, 1, key_str(&from), key_str(&to), 0, count_row, &n) == ERR_OK);
	return n;
}

/* Rows of a folder that is no more go when the mailbox is next looked after. */
static void test_purged(void)
{
	size_t before = rows();
	enum err e = ERR_BUSY;

	o = (struct outcome){ 0 };
	folder_delete(box, S("Archive"), outcome_put, &o);
	harness_run(&h);
	IS_NUM(o.err, ERR_OK);
	IS_NUM(rows(), before);
	store_purge(h.store, 1, &none, answered, &e);
	harness_run(&h);
	IS_NUM(e, ERR_NEEDMORE);
	OK(rows() == before - 2, "%zu rows of %zu are left", rows(), before);
	store_purge(h.store, 1, &none, answered, &e);
	harness_run(&h);
	IS_NUM(e, ERR_OK);
	IS_NUM(rows(), before - 2);
}

static void damage(struct str value)
{
	struct key key = key_reader(&(struct key_reader){ inbox, ANN, 0 });
	struct kv_write *w = kv_write_new(h.kv);

	kv_put(w, 1, key_str(&key), value);
	must(kv_commit_now(h.kv, w) == ERR_OK);
}

static void test_damaged(void)
{
	struct view_options options = { .folder = inbox, .reader = ANN };
	struct folder_view *v;
	uint32_t n;

	damage(S("\1\5\4\1\7"));
	IS_NUM(view_open(box, &options, &v), ERR_CORRUPT);
	IS_NUM(folder_unseen(box, inbox, ANN, &n), ERR_CORRUPT);
	IS_NUM(unseen(inbox, BEN), MESSAGES - 1 - 2);
	IS_NUM(harness_verify(&h), ERR_CORRUPT);
}

int main(void)
{
	test_spans();
	test_joined();
	test_rows();
	harness_open(&h, true);
	harness_fill(&h, MESSAGES);
	look();
	test_two_readers();
	test_kept();
	test_carried();
	test_purged();
	test_damaged();
	mailbox_unref(box);
	harness_close(&h);
	return tap_done();
}
