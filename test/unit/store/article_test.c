#include "harness.h"
#include "store/article.h"
#include "store/keys.h"

#define BOX 7u

static struct harness h;
static struct outcome o;
static struct mailbox *box;
static struct arena a;
static const struct mailbox_limits keeping = { .retention_days = 14 };

static void begin(void)
{
	arena_init(&a, ARENA_NONE);
	harness_open(&h, true);
	store_public_set(h.store, BOX);
	must(store_mailbox_open(h.store, BOX, &keeping, &box) == ERR_OK);
}

static void end(void)
{
	IS_NUM(harness_verify(&h), ERR_OK);
	mailbox_unref(box);
	harness_close(&h);
	arena_done(&a);
}

static enum err ran(void)
{
	must(o.calls == 0);
	harness_run(&h);
	must(o.calls == 1);
	return o.err;
}

static void run(void)
{
	memset(&o, 0, sizeof(o));
}

static uint32_t folder(const char *name)
{
	struct folder_info info;

	return folder_find(box, str_from_c(name), &info) == ERR_OK ? info.id : 0;
}

static void create(const char *name)
{
	run();
	folder_create(box, str_from_c(name), FOLDER_SPECIAL_NONE, outcome_put, &o);
	must(ran() == ERR_OK);
}

static struct str message(const char *id)
{
	return arena_printf(&a, "Message-ID: %s\r\nSubject: x\r\n\r\nbody\r\n", id);
}

static struct str record_of(struct str octets)
{
	struct buf b;
	struct str s;

	buf_init(&b, RECORD_OCTETS_MAX);
	must(record_make(octets, &b) == ERR_OK);
	s = arena_str(&a, buf_str(&b));
	buf_done(&b);
	return s;
}

static void append(const char *to, const char *id)
{
	struct str octets = message(id);
	struct append_request r = { .folder = folder(to), .date = 5, .octets = octets, .record = record_of(octets) };

	run();
	mailbox_append(box, &r, outcome_put, &o);
	IS_NUM(ran(), ERR_OK);
}

static void deliver(const char *to, const char *also, const char *id)
{
	struct deliver_row rows[] = { { .mailbox = BOX, .limits = keeping, .folder = folder(to) }, { .mailbox = BOX, .limits = keeping, .folder = folder(also) },
		{ .mailbox = 1 } };
	struct deliver_request r = { .rows = rows, .rows_count = 3, .all_or_none = true, .date = 6, .octets = message(id) };

	r.record = record_of(r.octets);
	run();
	store_deliver(h.store, &r, outcome_plain, &o);
	IS_NUM(ran(), ERR_OK);
}

static void copy(const char *from, const char *to, uint32_t uid, bool move)
{
	struct copy_request r = { folder(from), folder(to), { &uid, 1 } };

	run();
	if (move)
		mailbox_move(box, &r, outcome_put, &o);
	else
		mailbox_copy(box, &r, outcome_put, &o);
	IS_NUM(ran(), ERR_OK);
}

static void expunge(const char *in, uint32_t uid)
{
	struct expunge_request r = { .folder = folder(in), .list = { &uid, 1 } };

	run();
	mailbox_expunge(box, &r, outcome_put, &o);
	IS_NUM(ran(), ERR_OK);
}

/* "a1 b2": folders by their only letter, and uids. */
static struct str places(const char *id)
{
	struct article_place at[ARTICLE_PLACES_MAX];
	struct folder_info info;
	size_t count;
	struct buf b;
	struct str s;

	buf_init(&b, 4096);
	must(article_places(box, str_from_c(id), at, &count) == ERR_OK);
	for (size_t i = 0; i < count; i++) {
		if (folder_by_id(box, at[i].folder, &info) == ERR_OK)
			buf_printf(&b, "%s%.*s%u", i > 0 ? " " : "", STR_FMT(info.name), at[i].uid);
		else
			buf_printf(&b, "%s?%u", i > 0 ? " " : "", at[i].uid);
	}
	s = b.len > 0 ? arena_str(&a, buf_str(&b)) : S("");
	buf_done(&b);
	return s;
}

static void test_ids(void)
{
	static const struct {
		const char *id;
		bool want;
	} cases[] = { { "<a@b>", true }, { "<a.b!c%d@[192.0.2.1]>", true }, { "a@b", false }, { "<a@b", false }, { "a@b>", false }, { "<>", false },
		{ "<@>", false }, { "<@b>", false }, { "<a@>", false }, { "<ab>", false }, { "<a b@c>", false }, { "<a\t@c>", false }, { "<a<@c>", false },
		{ "<a>@c>", false }, { "<\xc3\xa4@b>", false }, { "<a\x7f@b>", false }, { "", false }, { "<a@b> ", false } };
	char longest[ARTICLE_ID_OCTETS_MAX + 1];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		OK(article_id_valid(str_from_c(cases[i].id)) == cases[i].want, "%s", cases[i].id);
	memset(longest, 'x', sizeof(longest));
	longest[0] = '<';
	longest[2] = '@';
	longest[ARTICLE_ID_OCTETS_MAX - 1] = '>';
	OK(article_id_valid(str_make(longest, ARTICLE_ID_OCTETS_MAX)), "250 octets");
	longest[ARTICLE_ID_OCTETS_MAX - 1] = 'x';
	longest[ARTICLE_ID_OCTETS_MAX] = '>';
	OK(!article_id_valid(str_make(longest, ARTICLE_ID_OCTETS_MAX + 1)), "251 octets");
}

static bool first_retained(void *arg, const struct retained *r)
{
	*(uint64_t *)arg = r->id;
	return false;
}

/* Every way in which a message comes or goes. */
static void test_ways(void)
{
	uint64_t retained = 0;
	uint32_t lowest;

	begin();
	create("a");
	create("b");
	create("c");
	append("a", "<1@x>");
	IS_STR(places("<1@x>"), S("a1"));
	IS_STR(places("<2@x>"), S(""));
	IS_STR(places("not one"), S(""));
	deliver("a", "b", "<2@x>");
	IS_STR(places("<2@x>"), S("a2 b1"));
	append("a", "<2@x>");
	IS_STR(places("<2@x>"), S("a2 b1"));
	expunge("a", 2);
	IS_STR(places("<2@x>"), S("a3 b1"));
	copy("a", "c", 1, false);
	IS_STR(places("<1@x>"), S("a1 c1"));
	copy("a", "b", 1, true);
	IS_STR(places("<1@x>"), S("b2 c1"));
	append("c", "no id at all");
	IS_NUM(harness_verify(&h), ERR_OK);
	IS_NUM(mailbox_retained(box, 0, first_retained, &retained), ERR_OK);
	run();
	mailbox_recover(box, &(struct recover_request){ .ids = &retained, .count = 1 }, outcome_put, &o);
	IS_NUM(ran(), ERR_OK);
	IS_STR(places("<2@x>"), S("a3 b1"));
	expunge("a", 3);
	IS_STR(places("<2@x>"), S("a4 b1"));
	IS_NUM(harness_verify(&h), ERR_OK);
	IS_NUM(article_lowest(box, folder("a"), &lowest), ERR_OK);
	IS_NUM(lowest, 4);
	IS_NUM(article_lowest(box, folder("b"), &lowest), ERR_OK);
	IS_NUM(lowest, 1);
	mailbox_unref(box);
	harness_reopen(&h);
	store_public_set(h.store, BOX);
	must(store_mailbox_open(h.store, BOX, &keeping, &box) == ERR_OK);
	IS_STR(places("<2@x>"), S("a4 b1"));
	IS_NUM(article_lowest(box, folder("a"), &lowest), ERR_OK);
	IS_NUM(lowest, 4);
	IS_NUM(article_lowest(box, folder("INBOX"), &lowest), ERR_OK);
	IS_NUM(lowest, 0);
	run();
	folder_rename(box, S("b"), S("d"), outcome_put, &o);
	IS_NUM(ran(), ERR_OK);
	IS_STR(places("<2@x>"), S("a4 d1"));
	run();
	folder_delete(box, S("a"), outcome_put, &o);
	IS_NUM(ran(), ERR_OK);
	IS_STR(places("<2@x>"), S("d1"));
	IS_NUM(harness_verify(&h), ERR_OK);
	h.now_ms += (int64_t)40 * 86400 * 1000;
	run();
	store_purge(h.store, BOX, &keeping, outcome_plain, &o);
	(void)ran();
	end();
}

/* One sender's thousands with one Message-ID: bounded, and the lowest of the folder. */
static void test_many(void)
{
	size_t count = 1500;
	struct deliver_row *rows = mem_new(count * sizeof(*rows));
	struct deliver_request r = { .rows = rows, .rows_count = count, .date = 6 };

	begin();
	create("a");
	r.octets = message("<1@x>");
	r.record = record_of(r.octets);
	for (size_t i = 0; i < count; i++)
		rows[i] = (struct deliver_row){ .mailbox = BOX, .limits = keeping, .folder = folder("a") };
	run();
	store_deliver(h.store, &r, outcome_plain, &o);
	IS_NUM(ran(), ERR_OK);
	IS_STR(places("<1@x>"), S("a1"));
	mem_free(rows);
	end();
}

struct rows {
	struct kv_write *w;
	unsigned seen;
};

static bool drop_row(void *arg, struct str key, struct str value)
{
	struct rows *r = arg;

	if (r->seen++ == 0)
		kv_del(r->w, BOX, key);
	return true;
}

/* Verification misses a row that is gone, of either kind. */
static void test_damage(void)
{
	static const char kinds[] = { KEYS_ARTICLE, KEYS_ARTICLE_ID };

	for (size_t i = 0; i < sizeof(kinds); i++) {
		struct key from, to;
		struct rows rows = { 0 };

		begin();
		create("a");
		append("a", "<1@x>");
		append("a", "<2@x>");
		from = key_kind(kinds[i]);
		to = key_kind_end(kinds[i]);
		rows.w = kv_write_new(h.kv);
		must(kv_scan(h.kv, BOX, key_str(&from), key_str(&to), 0, drop_row, &rows) == ERR_OK);
		IS_NUM(rows.seen, 2);
		IS_NUM(harness_verify(&h), ERR_OK);
		must(kv_commit_now(h.kv, rows.w) == ERR_OK);
		IS_NUM(harness_verify(&h), ERR_CORRUPT);
		mailbox_unref(box);
		harness_close(&h);
		arena_done(&a);
	}
}

/* Mailboxes of accounts have none of it. */
static void test_private(void)
{
	begin();
	create("a");
	create("b");
	deliver("a", "b", "<1@x>");
	for (char kind = KEYS_ARTICLE; kind <= KEYS_ARTICLE_ID; kind = (char)(kind + KEYS_ARTICLE_ID - KEYS_ARTICLE)) {
		struct key from = key_kind(kind), to = key_kind_end(kind);
		struct rows rows = { .seen = 1 };

		must(kv_scan(h.kv, 1, key_str(&from), key_str(&to), 0, drop_row, &rows) == ERR_OK);
		IS_NUM(rows.seen, 1);
	}
	end();
}

int main(void)
{
	test_ids();
	test_ways();
	test_many();
	test_damage();
	test_private();
	return tap_done();
}
