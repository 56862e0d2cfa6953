/* Keys and stored values: each there and back, cut at every offset, and with an octet too many. */
#include "../tap.h"
#include "base/mem.h"
#include "store/flags_row.h"
#include "store/gone_row.h"
#include "store/keys.h"
#include "store/row.h"

static enum err read_mailbox(struct str v)
{
	struct mailbox_row row;

	return mailbox_row_get(v, &row);
}

static enum err read_folder(struct str v)
{
	struct folder_row row;

	return folder_row_get(v, &row);
}

static enum err read_email(struct str v)
{
	struct email_row row;

	return email_row_get(v, &row);
}

static enum err read_retained(struct str v)
{
	struct retained_row row;

	return retained_row_get(v, &row);
}

static enum err read_keywords(struct str v)
{
	return keywords_row_get(v, NULL, NULL);
}

static enum err read_annotations(struct str v)
{
	return annotations_row_get(v, NULL, NULL);
}

static enum err read_item(struct str v)
{
	struct item it = { .uid = 1 };

	return item_get(v, &it);
}

static enum err read_change(struct str v)
{
	struct change_reader r;

	return change_row_open(v, &r);
}

static enum err read_acl(struct str v)
{
	struct acl *acl;
	enum err e = acl_row_get(v, &acl);

	if (e == ERR_OK)
		acl_free(acl);
	return e;
}

static enum err read_url_keys(struct str v)
{
	struct url_key *keys;
	struct arena a;
	size_t count;
	enum err e;

	arena_init(&a, ARENA_NONE);
	e = url_keys_row_get(v, &a, &keys, &count);
	OK(e != ERR_OK || (count > 0 && keys[0].account > 0), "a key of somebody");
	arena_done(&a);
	return e;
}

static enum err read_poster(struct str v)
{
	uint64_t account = 0;
	enum err e = poster_row_get(v, &account);

	OK(e != ERR_OK || account > 0, "somebody");
	return e;
}

static enum err read_age(struct str v)
{
	uint32_t days = 0;
	enum err e = age_row_get(v, &days);

	OK(e != ERR_OK || days <= FOLDER_AGE_DAYS_MAX, "days that can be");
	return e;
}

static enum err read_held(struct str v)
{
	struct moderation row = { 0 };
	enum err e = held_row_get(v, &row);

	OK(e != ERR_OK || row.held > 0, "some folder");
	return e;
}

static const struct str words[] = { S_INIT("$Junk"), S_INIT("Work") };

static void put_mailbox(struct wr *w)
{
	mailbox_row_put(w, &(struct mailbox_row){ 9, 2, 3, 4, 5, 6, 7, 8, true });
}

static void put_folder(struct wr *w)
{
	folder_row_put(w, &(struct folder_row){ .name = S("INBOX"),
				  .uidvalidity = 7,
				  .uidnext = 5,
				  .modseq = 1ull << 40,
				  .octets = 9,
				  .messages = 2,
				  .unseen = 1,
				  .deleted = 1,
				  .recent_from = 2,
				  .specials = FOLDER_SPECIAL_INBOX,
				  .subscribed = true });
}

static void put_email(struct wr *w)
{
	email_row_put(w, &(struct email_row){ 5, 0, 100, 2, false });
}

static void put_kept_email(struct wr *w)
{
	email_row_put(w, &(struct email_row){ 5, 0, 100, 2, true });
}

static void put_retained(struct wr *w)
{
	retained_row_put(w, &(struct retained_row){ 5, -1, 2, 3, 4, 5, .flags = ITEM_SEEN });
}

static void put_keywords(struct wr *w)
{
	keywords_row_put(w, words, 2);
}

static struct acl_entry entries[] = {
	{ .kind = ACL_ANYONE, .negative = true, .rights = ACL_ADMIN },
	{ .kind = ACL_DELEGATES },
	{ .kind = ACL_GROUP, .rights = ACL_READ, .account = 1ull << 50 },
	{ .kind = ACL_ACCOUNT, .rights = ACL_ALL, .account = 1ull << 40 },
	{ .kind = ACL_ACCOUNT, .negative = true, .rights = ACL_READ, .account = 1ull << 40 },
};

static void put_acl(struct wr *w)
{
	acl_row_put(w, &(struct acl){ entries, 5 });
}

static void put_special_folder(struct wr *w)
{
	folder_row_put(w, &(struct folder_row){ .name = S("x"),
				  .uidvalidity = 7,
				  .uidnext = 5,
				  .specials = FOLDER_SPECIAL_SENT | FOLDER_SPECIAL_ARCHIVE });
}

static void put_noted_folder(struct wr *w)
{
	folder_row_put(w, &(struct folder_row){ .name = S("x"), .uidvalidity = 7, .uidnext = 5, .notes = 1ull << 33 });
}

static void put_noted_retained(struct wr *w)
{
	retained_row_put(w, &(struct retained_row){ 5, -1, 2, 3, 4, 5, .flags = ITEM_SEEN, .notes = S("notes") });
}

static void put_saved_retained(struct wr *w)
{
	struct buf keywords;
	struct wr to = wr_to(&keywords);

	buf_init(&keywords, 1000);
	keywords_row_put(&to, words, 2);
	retained_row_put(w, &(struct retained_row){ .email = 5, .date = -1, .deleted = 2, .folder = 3, .uid = 4, .octets = 5, .saved = 6, .sent = -7,
				    .poster = 8, .keywords = buf_str(&keywords), .notes = S("notes") });
	buf_done(&keywords);
}

static void put_gone(struct wr *w)
{
	struct buf acl;
	struct wr to = wr_to(&acl);

	buf_init(&acl, 1000);
	acl_row_put(&to, &(struct acl){ entries, 5 });
	gone_row_put(w, &(struct gone_row){ .folder = 3, .deleted = 5, .first = 6, .uidvalidity = 7, .uidnext = 8, .recent_from = 9, .messages = 10,
				.specials = FOLDER_SPECIAL_JUNK, .age_days = FOLDER_AGE_DEFAULT, .keep_days = 30, .name = S("a/b"), .acl = buf_str(&acl) });
	buf_done(&acl);
}

static enum err read_gone(struct str v)
{
	struct gone_row row;

	return gone_row_get(v, &row);
}

static const struct annotation notes[] = {
	{ 0, S_INIT("/private/A"), S_INIT("") },
	{ 5, S_INIT("/private/a"), S_INIT("value") },
	{ 0, S_INIT("/shared/comment"), S_INIT("x\0y") },
};

static void put_annotations(struct wr *w)
{
	annotations_row_put(w, &(struct annotation_list){ notes, 3 });
}

static void put_url_keys(struct wr *w)
{
	static const struct url_key keys[] = { { 1, "0123456789abcdef0123456789abcde" }, { 1ull << 40, { 0 } } };

	url_keys_row_put(w, keys, 2);
}

static void put_age(struct wr *w)
{
	age_row_put(w, FOLDER_AGE_DAYS_MAX);
}

static void put_held(struct wr *w)
{
	held_row_put(w, &(struct moderation){ .held = 7, .told = UINT32_MAX });
}

static void put_poster(struct wr *w)
{
	poster_row_put(w, 1ull << 40);
}

static void put_item(struct wr *w)
{
	struct item it = {
		.modseq = 5, .email = 6, .date = -7, .octets = 8, .saved = 9, .flags = ITEM_DRAFT
	};

	item_keyword_set(&it, 0, true);
	item_keyword_set(&it, 199, true);
	item_put(w, &it);
}

static void put_sent_item(struct wr *w)
{
	item_put(w, &(struct item){ .modseq = 5, .email = 6, .date = -7, .sent = -8, .octets = 8 });
}

static void put_change(struct wr *w)
{
	struct change_writer c;

	change_row_begin(&c, w->to, 77);
	change_row_add(&c, &(struct mailbox_change){ 0, 1, 2, 3, CHANGE_NEW });
	change_row_add(&c, &(struct mailbox_change){ 0, 4, 5, 6, CHANGE_VANISHED });
	change_row_end(&c);
}

/* As it was written before there were runs. */
static void put_change_before(struct wr *w)
{
	wr_u8(w, 1);
	wr_u32(w, 77);
	for (unsigned i = 0; i < 2; i++) {
		wr_u8(w, CHANGE_FLAGS);
		wr_u32(w, 1);
		wr_u32(w, 2 + i);
		wr_u64(w, 3 + i);
	}
}

static void put_flags(struct wr *w)
{
	struct item it = { .uid = 1030, .modseq = 5, .flags = ITEM_SEEN };
	struct flags_writer f;

	flags_row_begin(&f, w->to, 1);
	flags_row_add(&f, &it);
	it.uid = 1031;
	item_keyword_set(&it, 9, true);
	flags_row_add(&f, &it);
	IS_NUM(flags_row_end(&f), 2);
}

static enum err read_flags(struct str v)
{
	struct flags_reader r;

	return flags_row_open(v, 1, &r);
}

static const struct {
	const char *what;
	void (*put)(struct wr *w);
	enum err (*get)(struct str value);
	unsigned also_good; /* shorter values that are whole as well */
} cases[] = {
	{ "mailbox", put_mailbox, read_mailbox, 0 },
	{ "folder", put_folder, read_folder, 0 },
	{ "email", put_email, read_email, 0 },
	{ "kept email", put_kept_email, read_email, 0 },
	{ "retained", put_retained, read_retained, 0 },
	{ "keywords", put_keywords, read_keywords, 0 },
	{ "access list", put_acl, read_acl, 0 },
	{ "folder with special uses", put_special_folder, read_folder, 0 },
	{ "folder with notes", put_noted_folder, read_folder, 0 },
	{ "gone", put_gone, read_gone, 0 },
	{ "retained as it was", put_saved_retained, read_retained, 0 },
	{ "retained with notes", put_noted_retained, read_retained, 0 },
	{ "annotations", put_annotations, read_annotations, 0 },
	{ "keys of URLs", put_url_keys, read_url_keys, 0 },
	{ "age", put_age, read_age, 0 },
	{ "held", put_held, read_held, 0 },
	{ "poster", put_poster, read_poster, 0 },
	{ "item", put_item, read_item, 0 },
	{ "item with a sent date", put_sent_item, read_item, 0 },
	{ "change", put_change, read_change, 2 },
	{ "change, as it was", put_change_before, read_change, 2 },
	{ "flags", put_flags, read_flags, 1 },
};

static void test_values(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf b;
		struct wr w = wr_to(&b);
		unsigned accepted = 0;

		buf_init(&b, 1000);
		cases[i].put(&w);
		IS_NUM(cases[i].get(buf_str(&b)), ERR_OK);
		for (size_t n = 0; n < b.len; n++) {
			char *exact = n > 0 ? mem_copy(b.at, n) : NULL;

			accepted += cases[i].get(str_make(exact, n)) == ERR_OK;
			mem_free(exact);
		}
		OK(accepted == cases[i].also_good, "%s: no prefix is taken (%u)",
			cases[i].what, accepted);
		b.at[0] = 9;
		IS_NUM(cases[i].get(buf_str(&b)), ERR_CORRUPT);
		b.at[0] = 1;
		buf_put_octet(&b, 'x');
		IS_NUM(cases[i].get(buf_str(&b)), ERR_CORRUPT);
		buf_done(&b);
	}
}

static void test_item(void)
{
	struct item it, back = { .uid = 3 };
	struct buf b;
	struct wr w = wr_to(&b);

	memset(&it, 0, sizeof(it));
	it = (struct item){ .modseq = 5,
		.email = 6,
		.date = -7,
		.uid = 3,
		.octets = 8,
		.saved = 9,
		.flags = ITEM_DRAFT };
	IS_NUM(sizeof(struct item), 72);
	item_keyword_set(&it, 9, true);
	item_keyword_set(&it, 10, true);
	item_keyword_set(&it, 10, false);
	buf_init(&b, 1000);
	item_put(&w, &it);
	IS_NUM(item_get(buf_str(&b), &back), ERR_OK);
	OK(back.modseq == 5 && back.email == 6 && back.date == -7 && back.uid == 3 &&
			back.octets == 8,
		"item comes back");
	OK(item_keyword(&back, 9) && !item_keyword(&back, 10) && !item_keyword(&back, 200),
		"its keywords, too");
	buf_clear(&b);
	item_uidl_put(&b, 0x5f000001, 255);
	IS_STR(buf_str(&b), S("5f000001000000ff"));
	buf_done(&b);
}

static void keep_note(void *arg, const struct annotation *row)
{
	const struct annotation **next = arg;

	OK(row->owner == (*next)->owner && str_eq(row->entry, (*next)->entry) && str_eq(row->value, (*next)->value),
		"annotation %.*s comes back", STR_FMT(row->entry));
	++*next;
}

static void test_annotations(void)
{
	const struct annotation *next = notes;
	struct annotation turned[] = { notes[1], notes[0] }, twice[] = { notes[1], { 5, S("/PRIVATE/A"), S("") } };
	struct buf b;
	struct wr w = wr_to(&b);

	buf_init(&b, 1000);
	put_annotations(&w);
	IS_NUM(annotations_row_get(buf_str(&b), keep_note, &next), ERR_OK);
	IS_NUM(next - notes, 3);
	buf_clear(&b);
	annotations_row_put(&w, &(struct annotation_list){ turned, 2 });
	IS_NUM(annotations_row_get(buf_str(&b), NULL, NULL), ERR_CORRUPT);
	buf_clear(&b);
	annotations_row_put(&w, &(struct annotation_list){ twice, 2 });
	IS_NUM(annotations_row_get(buf_str(&b), NULL, NULL), ERR_CORRUPT);
	buf_clear(&b);
	annotations_row_put(&w, &(struct annotation_list){ notes, 0 });
	IS_NUM(annotations_row_get(buf_str(&b), NULL, NULL), ERR_CORRUPT);
	buf_done(&b);
}

/* The octet of the special uses: a number, or bits of several. */
static void test_specials(void)
{
	struct folder_row row;
	unsigned good = 0;
	size_t at = 0;
	struct buf b;
	struct wr w = wr_to(&b);

	buf_init(&b, 1000);
	put_special_folder(&w);
	IS_NUM(folder_row_get(buf_str(&b), &row), ERR_OK);
	IS_NUM(row.specials, FOLDER_SPECIAL_SENT | FOLDER_SPECIAL_ARCHIVE);
	while ((unsigned char)b.at[at] != 0xa4)
		at++;
	for (unsigned n = 0; n < 256; n++) {
		b.at[at] = (char)n;
		if (folder_row_get(buf_str(&b), &row) != ERR_OK)
			continue;
		good++;
		buf_clear(&b);
		folder_row_put(&w, &row);
		IS_NUM((unsigned char)b.at[at], n);
	}
	IS_NUM(good, 1 + 6 + (64 - 1 - 6));
	buf_done(&b);
}

static void test_bad_values(void)
{
	struct change_writer c;
	struct mailbox_row mailbox = { .email_next = 0, .retained_next = 1, .folder_next = 1 };
	struct folder_row folder = { .name = S("x"), .uidvalidity = 1, .uidnext = 0 };
	struct email_row email = { .blob = 5, .refs = 0 };
	struct buf b;
	struct wr w = wr_to(&b);

	buf_init(&b, 1000);
	mailbox_row_put(&w, &mailbox);
	IS_NUM(mailbox_row_get(buf_str(&b), &mailbox), ERR_CORRUPT);
	buf_clear(&b);
	folder_row_put(&w, &folder);
	IS_NUM(folder_row_get(buf_str(&b), &folder), ERR_CORRUPT);
	buf_clear(&b);
	email_row_put(&w, &email);
	IS_NUM(email_row_get(buf_str(&b), &email), ERR_CORRUPT);
	buf_clear(&b);
	change_row_begin(&c, &b, 1);
	change_row_add(&c, &(struct mailbox_change){ .kind = CHANGE_KIND_COUNT });
	change_row_end(&c);
	IS_NUM(read_change(buf_str(&b)), ERR_CORRUPT);
	buf_done(&b);
}

/* Version, time, then kind, folder, uid, email, count. */
#define CHANGES "\2\0\0\0\0"

static void test_bad_changes(void)
{
	static const struct str bad[] = { S_INIT(CHANGES "\1\1\1\1\0"), S_INIT(CHANGES "\1\1\1\1"), S_INIT(CHANGES "\0\1\1\1\1"),
		S_INIT(CHANGES "\10\1\1\1\1"), S_INIT(CHANGES "\4\1\0\0\2"), S_INIT(CHANGES "\1\1\1\1\1\1\1\2\2\1"),
		S_INIT(CHANGES "\1\1\1\1\xff\xff\xff\xff\x0f"), S_INIT(CHANGES "\1\1\xff\xff\xff\xff\x0f\1\2"),
		S_INIT(CHANGES "\1\1\xff\xff\xff\xff\x1f\1\1"), S_INIT(CHANGES "\1\x81\0\1\1\1") };
	struct mailbox_change c = { 0 };
	struct change_reader r;
	size_t n = 0;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		OK(read_change(bad[i]) == ERR_CORRUPT, "changes %zu", i);
	IS_NUM(change_row_open(S(CHANGES "\1\1\5\x0a\3\3\1\7\1\1"), &r), ERR_OK);
	for (; change_row_next(&r, &c); n++)
		OK(c.folder == 1 && (n == 3 ? c.kind == CHANGE_VANISHED && c.uid == 7 && c.email == 1
					    : c.kind == CHANGE_NEW && c.uid == 5 + n && c.email == 10 + n),
			"change %zu of two runs", n);
	IS_NUM(n, 4);
}

static void test_bad_acls(void)
{
	struct {
		const char *what;
		struct acl_entry two[2];
	} rows[] = {
		{ "out of order", { { .kind = ACL_DELEGATES }, { .kind = ACL_ANYONE } } },
		{ "twice", { { .kind = ACL_ANYONE }, { .kind = ACL_ANYONE } } },
		{ "no kind", { { .kind = (enum acl_kind)0 }, { .kind = ACL_ANYONE } } },
		{ "no such kind", { { .kind = ACL_ANYONE }, { .kind = ACL_KIND_END } } },
		{ "no such right", { { .kind = ACL_ANYONE, .rights = ACL_KNOWN + 1 }, { .kind = ACL_DELEGATES } } },
		{ "nobody's group", { { .kind = ACL_ANYONE }, { .kind = ACL_GROUP } } },
		{ "an account before a group", { { .kind = ACL_ACCOUNT, .account = 7 }, { .kind = ACL_GROUP, .account = 8 } } },
		{ "nobody's account", { { .kind = ACL_ANYONE }, { .kind = ACL_ACCOUNT } } },
		{ "anyone's account", { { .kind = ACL_ANYONE, .account = 7 }, { .kind = ACL_DELEGATES } } },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf b;
		struct wr w = wr_to(&b);

		buf_init(&b, 1000);
		acl_row_put(&w, &(struct acl){ rows[i].two, 2 });
		OK(read_acl(buf_str(&b)) == ERR_CORRUPT, "%s", rows[i].what);
		buf_done(&b);
	}
	/* A count that the rest does not bear out takes no memory. */
	IS_NUM(read_acl(S("\1\xff\xff")), ERR_CORRUPT);
}

static void test_keys(void)
{
	struct key a = key_item(1, 0xffffffff), b = key_item(2, 1),
		   c = key_number('E', 0x0102030405060708);
	uint32_t folder, uid;
	uint64_t n;

	OK(str_cmp(key_str(&a), key_str(&b)) < 0, "keys sort as their numbers do");
	IS_NUM(key_item_get(key_str(&b), &folder, &uid), ERR_OK);
	OK(folder == 2 && uid == 1, "item key comes back");
	IS_NUM(key_item_get(key_str(&c), &folder, &uid), ERR_OK);
	IS_NUM(key_number_get(key_str(&c), &n), ERR_OK);
	OK(n == 0x0102030405060708, "number key comes back");
	IS_NUM(key_number_get(S("E123"), &n), ERR_CORRUPT);
	IS_NUM(key_folder_get(S("F\0\0\0\0"), &folder), ERR_CORRUPT);
	IS_NUM(key_acl_get(S("L\0\0\0\0"), &folder), ERR_OK);
	IS_NUM(folder, 0);
	IS_NUM(key_acl_get(S("L\0\0\0"), &folder), ERR_CORRUPT);
	IS_NUM(key_folder_get(S(""), &folder), ERR_CORRUPT);
	IS_NUM(key_item_get(S("I\0\0\0\1\0\0\0\0"), &folder, &uid), ERR_CORRUPT);
}

int main(void)
{
	test_values();
	test_item();
	test_annotations();
	test_specials();
	test_bad_values();
	test_bad_changes();
	test_bad_acls();
	test_keys();
	return tap_done();
}
