/* A check in steps beside changes: none of them counts as a fault, and a real one has a name. */
#include "store/keys.h"
#include "store/row.h"

#include "harness.h"

#define MESSAGES 40

static struct harness h;
static struct store_check *mail;
static unsigned problems;
static struct store_problem last;

static void on_problem(void *arg, const struct store_problem *p)
{
	harness_problem(arg, p);
	problems++;
	last = *p;
}

static void on_engine(void *arg, const struct kv_problem *p)
{
	printf("# engine: %s\n", p->what);
	problems++;
}

static void on_blob(void *arg, kv_blob blob)
{
	store_check_unreadable(mail, blob);
}

static void fill(uint64_t mailbox)
{
	static char octets[20000];

	memset(octets, 'x', sizeof(octets));
	for (unsigned i = 0; i < MESSAGES; i++)
		must(harness_deliver(&h, mailbox, str_make(octets, sizeof(octets) - i)) == ERR_OK);
}

/* beside is done after every step. */
static enum err check(void (*beside)(unsigned step))
{
	struct kv_check_options o = { .what = KV_CHECK_KEYS | KV_CHECK_JOURNAL | KV_CHECK_BLOBS, .each = on_engine, .blob = on_blob };
	struct store_verify_options own = { .each = on_problem, .records = true };
	struct kv_check *engine;
	unsigned step = 0;
	enum err e, found;

	problems = 0;
	must(kv_check_begin(h.kv, &o, &engine) == ERR_OK);
	must(store_check_new(h.store, engine, &own, &mail) == ERR_OK);
	while ((e = store_check_rows(mail)) == ERR_NEEDMORE)
		beside(step++);
	must(e == ERR_OK);
	while ((found = kv_check_step(engine)) == ERR_NEEDMORE)
		beside(step++);
	while ((e = store_check_messages(mail)) == ERR_NEEDMORE)
		beside(step++);
	store_check_free(mail);
	kv_check_end(engine);
	printf("# %u steps\n", step);
	return found != ERR_OK ? found : e;
}

static void nothing(unsigned step)
{
}

/* Mail comes in two mailboxes, new ones are made, and whole ones go with their octets. */
static void work(unsigned step)
{
	struct outcome o = { 0 };

	if (step >= 60) /* what is made at every step is never all read */
		return;
	must(harness_deliver(&h, 1, S("a message that came meanwhile")) == ERR_OK);
	must(harness_deliver(&h, 100 + step, S("the first of a mailbox")) == ERR_OK);
	if (step % 3 != 1)
		return;
	store_mailbox_remove(h.store, step == 1 ? 2 : 100 + step - 1, outcome_plain, &o);
	harness_run(&h);
	must(o.err == ERR_OK);
}

static void test_beside_changes(void)
{
	struct kv_segment segments[64];
	size_t before;
	uint64_t octets;

	harness_open(&h, true);
	fill(1);
	fill(2);
	fill(3);
	IS_NUM(check(work), ERR_OK);
	IS_NUM(problems, 0);
	OK(!store_mailbox_exists(h.store, 2), "it went while it was looked at");
	IS_NUM(harness_verify(&h), ERR_OK);
	/* Nothing holds compaction back afterwards. */
	before = kv_segments(h.kv, 0, segments, 64);
	OK(before > 0, "there are segments");
	while (kv_compact(h.kv, 1, &octets) == ERR_NEEDMORE)
		kv_dispatch(h.kv);
	IS_NUM(check(nothing), ERR_OK);
	harness_close(&h);
}

static void test_given_up(void)
{
	struct kv_check_options o = { .what = KV_CHECK_KEYS | KV_CHECK_JOURNAL | KV_CHECK_BLOBS };
	struct store_verify_options own = { .each = on_problem, .records = true };
	struct kv_check *engine;
	bool going = true;

	harness_open(&h, true);
	fill(1);
	for (unsigned steps = 0; going; steps++) {
		must(kv_check_begin(h.kv, &o, &engine) == ERR_OK);
		must(store_check_new(h.store, engine, &own, &mail) == ERR_OK);
		for (unsigned i = 0; going && i < steps; i++)
			going = store_check_rows(mail) == ERR_NEEDMORE || kv_check_step(engine) == ERR_NEEDMORE ||
				store_check_messages(mail) == ERR_NEEDMORE;
		store_check_free(mail);
		kv_check_end(engine);
	}
	OK(!going, "after any step");
	IS_NUM(harness_verify(&h), ERR_OK);
	harness_close(&h);
}

static void test_a_fault_has_a_name(void)
{
	struct key record = key_number(KEYS_RECORD, 7), item = key_item(1, 3), wild = key_number('Z', 1);
	struct kv_write *w;

	harness_open(&h, true);
	fill(5);
	w = kv_write_new(h.kv);
	kv_del(w, 5, key_str(&record));
	must(kv_commit_now(h.kv, w) == ERR_OK);
	IS_NUM(check(nothing), ERR_CORRUPT);
	OK(problems == 2 && last.mailbox == 5 && last.folder == 1 && last.uid == 7, "a message without its record: twice, by row and by reading");
	w = kv_write_new(h.kv);
	kv_del(w, 5, key_str(&item));
	kv_put(w, 5, key_str(&wild), S("?"));
	must(kv_commit_now(h.kv, w) == ERR_OK);
	IS_NUM(check(nothing), ERR_CORRUPT);
	IS_NUM(problems, 5); /* and the counters, the message without an item, the row that nobody knows */
	harness_close(&h);
}

static void test_lists_have_folders(void)
{
	struct key own = key_folder(KEYS_ACL, 0), good = key_folder(KEYS_ACL, 1), lost = key_folder(KEYS_ACL, 99);
	struct str list = S("\1\1\0\3\0\7\0\0\0\0\0\0\0\0\0\0\0");
	struct kv_write *w;

	harness_open(&h, true);
	fill(5);
	w = kv_write_new(h.kv);
	kv_put(w, 5, key_str(&own), list);
	kv_put(w, 5, key_str(&good), list);
	must(kv_commit_now(h.kv, w) == ERR_OK);
	IS_NUM(check(nothing), ERR_OK);
	w = kv_write_new(h.kv);
	kv_put(w, 5, key_str(&lost), list);
	must(kv_commit_now(h.kv, w) == ERR_OK);
	IS_NUM(check(nothing), ERR_CORRUPT);
	OK(problems == 1 && last.mailbox == 5 && last.folder == 99, "a list of no folder");
	w = kv_write_new(h.kv);
	kv_del(w, 5, key_str(&lost));
	kv_put(w, 5, key_str(&good), S("\1\1\0\3"));
	must(kv_commit_now(h.kv, w) == ERR_OK);
	IS_NUM(check(nothing), ERR_CORRUPT);
	IS_NUM(problems, 1);
	harness_close(&h);
}

static void test_annotations(void)
{
	struct key good = key_folder(KEYS_ANNOTATIONS, 1), own = key_folder(KEYS_ANNOTATIONS, 0);
	struct key nobody = key_folder(KEYS_ANNOTATIONS, 999);
	struct annotation note = { 7, S("/private/comment"), S("x") };
	struct annotation_list list = { &note, 1 };
	struct kv_write *w;
	struct buf row;
	struct wr to = wr_to(&row);

	buf_init(&row, 1000);
	annotations_row_put(&to, &list);
	harness_open(&h, true);
	fill(5);
	w = kv_write_new(h.kv);
	kv_put(w, 5, key_str(&good), buf_str(&row));
	kv_put(w, 5, key_str(&own), buf_str(&row));
	must(kv_commit_now(h.kv, w) == ERR_OK);
	IS_NUM(check(nothing), ERR_OK);
	w = kv_write_new(h.kv);
	kv_put(w, 5, key_str(&nobody), buf_str(&row));
	must(kv_commit_now(h.kv, w) == ERR_OK);
	IS_NUM(check(nothing), ERR_CORRUPT);
	OK(problems == 1 && last.folder == 999, "annotations of no folder");
	row.at[row.len++] = 'x';
	w = kv_write_new(h.kv);
	kv_put(w, 5, key_str(&own), buf_str(&row));
	must(kv_commit_now(h.kv, w) == ERR_OK);
	IS_NUM(check(nothing), ERR_CORRUPT);
	IS_NUM(problems, 2);
	harness_close(&h);
	buf_done(&row);
}

static void test_notes(void)
{
	struct key nobody = key_note(1, 999), first = key_note(1, 1), lost = key_note(999, 1);
	struct annotation note = { 7, S("/comment"), S("x") };
	struct annotation_list list = { &note, 1 };
	struct kv_write *w;
	struct buf row;
	struct wr to = wr_to(&row);

	buf_init(&row, 1000);
	annotations_row_put(&to, &list);
	harness_open(&h, true);
	fill(5);
	w = kv_write_new(h.kv);
	kv_put(w, 5, key_str(&nobody), buf_str(&row));
	must(kv_commit_now(h.kv, w) == ERR_OK);
	IS_NUM(check(nothing), ERR_CORRUPT);
	OK(problems == 1 && last.folder == 1 && last.uid == 999, "annotations of no message");
	w = kv_write_new(h.kv);
	kv_del(w, 5, key_str(&nobody));
	kv_put(w, 5, key_str(&lost), buf_str(&row));
	must(kv_commit_now(h.kv, w) == ERR_OK);
	IS_NUM(check(nothing), ERR_CORRUPT);
	OK(problems == 1 && last.folder == 999 && last.uid == 1, "nor of a folder that is not there");
	/* The folder counts their octets. */
	w = kv_write_new(h.kv);
	kv_del(w, 5, key_str(&lost));
	kv_put(w, 5, key_str(&first), buf_str(&row));
	must(kv_commit_now(h.kv, w) == ERR_OK);
	IS_NUM(check(nothing), ERR_CORRUPT);
	IS_NUM(problems, 1);
	row.at[row.len++] = 'x';
	w = kv_write_new(h.kv);
	kv_put(w, 5, key_str(&first), buf_str(&row));
	must(kv_commit_now(h.kv, w) == ERR_OK);
	IS_NUM(check(nothing), ERR_CORRUPT);
	IS_NUM(problems, 2);
	harness_close(&h);
	buf_done(&row);
}

int main(void)
{
	test_beside_changes();
	test_given_up();
	test_a_fault_has_a_name();
	test_lists_have_folders();
	test_annotations();
	test_notes();
	return tap_done();
}
