/* Flags of many messages at once: what is in one row for a block of them, beside what is in rows of their own. */
#include "harness.h"
#include "store/flags_row.h"
#include "store/keys.h"

#define MESSAGES 3000u

static struct harness h;
static struct mailbox *box;
static struct folder_view *v;
static uint32_t inbox;
static struct outcome o;
static uint32_t uids[MESSAGES];

static void look_mailbox(void)
{
	static const struct mailbox_limits none;

	must(store_mailbox_open(h.store, 1, &none, &box) == ERR_OK);
}

static void look(void)
{
	struct view_options vo = { 0 };
	struct folder_info info;

	look_mailbox();
	must(folder_find(box, S("INBOX"), &info) == ERR_OK);
	vo.folder = inbox = info.id;
	must(view_open(box, &vo, &v) == ERR_OK);
}

/* As after a start: from the rows alone, which verification finds sound. */
static void look_anew(void)
{
	view_close(v);
	mailbox_unref(box);
	harness_reopen(&h);
	IS_NUM(harness_verify(&h), ERR_OK);
	look();
}

static struct uid_list from_to(uint32_t first, uint32_t last, uint32_t step)
{
	struct uid_list list = { uids, 0 };

	for (uint32_t uid = first; uid <= last; uid += step)
		uids[list.count++] = uid;
	return list;
}

static uint64_t change(struct uid_list list, enum flags_mode mode, uint8_t flags)
{
	struct flags_request r = { .folder = inbox, .list = list, .mode = mode, .flags = flags };

	o = (struct outcome){ 0 };
	mailbox_flags(box, &r, outcome_put, &o);
	harness_run(&h);
	IS_NUM(o.err, ERR_OK);
	return o.modseq;
}

static void expunge(struct uid_list list)
{
	struct expunge_request r = { .folder = inbox, .list = list, .for_good = true };

	o = (struct outcome){ 0 };
	mailbox_expunge(box, &r, outcome_put, &o);
	harness_run(&h);
	IS_NUM(o.err, ERR_OK);
}

static bool count_row(void *arg, struct str key, struct str value)
{
	size_t *octets = arg;

	octets[0]++;
	octets[1] += value.len;
	return true;
}

/* How many rows there are; and their octets. */
static size_t rows(size_t *ret_octets)
{
	struct key from = key_kind(KEYS_FLAGS), to = key_kind_end(KEYS_FLAGS);
	size_t sums[2] = { 0, 0 };

	must(kv_scan(h.kv, 1, key_str(&from), key_str(&to), 0, count_row, sums) == ERR_OK);
	*ret_octets = sums[1];
	return sums[0];
}

static const struct item *by_uid(uint32_t uid)
{
	return view_item(v, view_seq(v, uid));
}

static void many(void)
{
	uint64_t modseq = change(from_to(1, MESSAGES, 1), FLAGS_ADD, ITEM_FLAGGED);
	size_t octets, wrong = 0;

	IS_NUM(o.count, MESSAGES);
	IS_NUM(rows(&octets), 3);
	OK(octets < 60, "%zu octets", octets);
	look_anew();
	for (uint32_t seq = 1; seq <= MESSAGES; seq++)
		wrong += view_item(v, seq)->flags != ITEM_FLAGGED || view_item(v, seq)->modseq != modseq;
	OK(wrong == 0, "%zu messages have other flags after a start", wrong);
}

/* A change of one message has a row of its own; those beside it keep what the row of many says. */
static void one_of_them(void)
{
	uint64_t modseq = change(from_to(100, 100, 1), FLAGS_SET, ITEM_SEEN);
	size_t octets;

	IS_NUM(rows(&octets), 3);
	look_anew();
	OK(by_uid(100)->flags == ITEM_SEEN && by_uid(100)->modseq == modseq, "the one is changed");
	OK(by_uid(99)->flags == ITEM_FLAGGED && by_uid(101)->flags == ITEM_FLAGGED, "its neighbours are not");
	/* Those that have the flag already are not changed, and keep their modseq. */
	change(from_to(50, 150, 1), FLAGS_ADD, ITEM_SEEN);
	IS_NUM(o.count, 100);
	look_anew();
	IS_NUM(by_uid(100)->modseq, modseq);
	OK(by_uid(100)->flags == ITEM_SEEN, "and their flags");
	OK(by_uid(101)->flags == (ITEM_SEEN | ITEM_FLAGGED) && by_uid(49)->flags == ITEM_FLAGGED, "those beside are");
}

/* Every other one, at the borders of blocks. */
static void scattered(void)
{
	size_t octets, wrong = 0;

	change(from_to(1000, 2100, 2), FLAGS_ADD, ITEM_DELETED);
	IS_NUM(o.count, 551);
	IS_NUM(rows(&octets), 3);
	look_anew();
	for (uint32_t uid = 900; uid < 2200; uid++) {
		bool is = (by_uid(uid)->flags & ITEM_DELETED) != 0;

		wrong += is != (uid >= 1000 && uid <= 2100 && uid % 2 == 0);
	}
	OK(wrong == 0, "%zu messages are marked wrongly", wrong);
}

static void vanish(void)
{
	size_t octets, before;

	(void)rows(&before);
	expunge(from_to(1, 1023, 1));
	OK(rows(&octets) == 2 && octets < before, "the row of a block without messages goes");
	look_anew();
	IS_NUM(view_count(v), MESSAGES - 1023);
	expunge(from_to(1024, MESSAGES - 1, 1));
	IS_NUM(rows(&octets), 1);
	expunge(from_to(MESSAGES, MESSAGES, 1));
	IS_NUM(rows(&octets), 0);
	look_anew();
	IS_NUM(view_count(v), 0);
}

static void put(uint32_t folder, uint32_t block, struct str value)
{
	struct key key = key_flags(folder, block);
	struct kv_write *w = kv_write_new(h.kv);

	kv_put(w, 1, key_str(&key), value);
	must(kv_commit_now(h.kv, w) == ERR_OK);
}

/* uid 1 and 2: modseq 7, \Seen. */
#define SOUND S("\1\1\1\7\1\0")

static void damage(void)
{
	static const struct str bad[] = { S_INIT(""), S_INIT("\1"), S_INIT("\2\1\1\7\1\0"), S_INIT("\1\1\1\7\1"),
		S_INIT("\1\1\1\7\1\0x"), S_INIT("\1\1\1\0\1\0"), S_INIT("\1\1\1\7\x20\0"), S_INIT("\1\1\xff\x07\7\1\0"),
		S_INIT("\1\1\1\7\1\1\0"), S_INIT("\1\1\1\7\1\x1a" "12345678901234567890123456"), S_INIT("\1\1\x81\0\7\1\0") };
	struct view_options vo = { .folder = inbox };

	view_close(v);
	mailbox_unref(box);
	harness_reopen(&h);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct flags_reader r;

		IS_NUM(flags_row_open(bad[i], 0, &r), ERR_CORRUPT);
	}
	put(inbox, 0, bad[3]);
	IS_NUM(harness_verify(&h), ERR_CORRUPT);
	look_mailbox();
	IS_NUM(view_open(box, &vo, &v), ERR_CORRUPT);
	mailbox_unref(box);
	put(inbox, 0, SOUND);
	IS_NUM(harness_verify(&h), ERR_OK);
	put(99, 0, SOUND);
	IS_NUM(harness_verify(&h), ERR_CORRUPT);
}

int main(void)
{
	harness_open(&h, false);
	harness_fill(&h, MESSAGES);
	look();
	many();
	one_of_them();
	scattered();
	vanish();
	damage();
	harness_close(&h);
	return tap_done();
}
