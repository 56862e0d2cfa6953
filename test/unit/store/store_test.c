#include "harness.h"
#include "store/row.h"

static const struct mailbox_limits none;
static struct harness h;
static struct outcome o;
static struct mailbox *box;
static struct arena a;
static bool journal;

static uint32_t folder(const char *name)
{
	struct folder_info info;

	return folder_find(box, str_from_c(name), &info) == ERR_OK ? info.id : 0;
}

static struct folder_info info_of(const char *name)
{
	struct folder_info info = { 0 };

	OK(folder_find(box, str_from_c(name), &info) == ERR_OK, "%s is there", name);
	return info;
}

static void run(void)
{
	memset(&o, 0, sizeof(o));
}

static enum err ran(void)
{
	must(o.calls == 0);
	harness_run(&h);
	must(o.calls == 1);
	return o.err;
}

static enum err append(const char *to, struct str octets, uint8_t flags)
{
	struct append_request r = { .folder = folder(to),
		.flags = flags,
		.date = 5,
		.octets = octets,
		.record = harness_record(&a, octets) };

	run();
	mailbox_append(box, &r, outcome_put, &o);
	return ran();
}

static enum err flags(const char *in, uint32_t uid, enum flags_mode mode, uint8_t bits)
{
	struct flags_request r = {
		.folder = folder(in), .list = { &uid, 1 }, .mode = mode, .flags = bits
	};

	run();
	mailbox_flags(box, &r, outcome_put, &o);
	return ran();
}

static enum err copy(const char *from, const char *to, uint32_t uid, bool move)
{
	struct copy_request r = { folder(from), folder(to), { &uid, 1 } };

	run();
	if (move)
		mailbox_move(box, &r, outcome_put, &o);
	else
		mailbox_copy(box, &r, outcome_put, &o);
	return ran();
}

static enum err expunge(const char *in, bool deleted_only)
{
	struct expunge_request r = {
		.folder = folder(in), .all = true, .deleted_only = deleted_only
	};

	run();
	mailbox_expunge(box, &r, outcome_put, &o);
	return ran();
}

static enum err create(const char *name)
{
	run();
	folder_create(box, str_from_c(name), FOLDER_SPECIAL_NONE, outcome_put, &o);
	return ran();
}

static enum err delete_folder(const char *name)
{
	run();
	folder_delete(box, str_from_c(name), outcome_put, &o);
	return ran();
}

static enum err rename_(const char *from, const char *to)
{
	run();
	folder_rename(box, str_from_c(from), str_from_c(to), outcome_put, &o);
	return ran();
}

static enum err subscribe(const char *name, bool on)
{
	run();
	folder_subscribe(box, str_from_c(name), on, outcome_put, &o);
	return ran();
}

/* All names with marks, for one comparison. */
static void names(struct buf *b)
{
	struct folder_info info;
	size_t at = 0;

	buf_clear(b);
	while (folder_next(box, &at, &info))
		buf_printf(b, "%.*s%s%s%s%s ", STR_FMT(info.name), info.subscribed ? "+" : "",
			info.noselect ? "!" : "", info.nonexistent ? "?" : "",
			info.has_children ? "/" : "");
}

static void begin(const struct mailbox_limits *limits)
{
	arena_init(&a, ARENA_NONE);
	harness_open(&h, journal);
	must(store_mailbox_open(h.store, 7, limits, &box) == ERR_OK);
}

static void reopen(void)
{
	struct mailbox_limits limits = *mailbox_limits(box);

	mailbox_unref(box);
	harness_reopen(&h);
	must(store_mailbox_open(h.store, 7, &limits, &box) == ERR_OK);
}

static void end(void)
{
	mailbox_unref(box);
	harness_run(&h);
	IS_NUM(harness_verify(&h), ERR_OK);
	harness_close(&h);
	arena_done(&a);
}

static void test_folders(void)
{
	struct buf b;

	begin(&none);
	buf_init(&b, BUF_NO_CEILING);
	names(&b);
	IS_STR(buf_str(&b), S("Archive+ Drafts+ INBOX+ Junk+ Sent+ Trash+ "));
	IS_NUM(info_of("inbox").specials, FOLDER_SPECIAL_INBOX);
	IS_NUM(info_of("Trash").specials, FOLDER_SPECIAL_TRASH);
	IS_NUM(create("a/b/c/"), ERR_OK);
	IS_NUM(create("a/b/c"), ERR_FOLDEREXISTS);
	IS_NUM(create("InBoX"), ERR_FOLDEREXISTS);
	IS_NUM(create("inbox/x"), ERR_OK);
	IS_NUM(subscribe("a/b", true), ERR_OK);
	IS_NUM(subscribe("nowhere", true), ERR_OK);
	names(&b);
	IS_STR(buf_str(&b),
		S("Archive+ Drafts+ INBOX+/ INBOX/x Junk+ Sent+ Trash+ a/ a/b+/ a/b/c nowhere+? "));
	IS_NUM(delete_folder("a/b"), ERR_OK);
	names(&b);
	IS_STR(buf_str(&b), S("Archive+ Drafts+ INBOX+/ INBOX/x Junk+ Sent+ Trash+ a/ a/b+!/ a/b/c "
			      "nowhere+? "));
	IS_NUM(delete_folder("a/b"), ERR_HASCHILDREN);
	IS_NUM(delete_folder("INBOX"), ERR_INBOX);
	IS_NUM(delete_folder("zz"), ERR_NOFOLDER);
	IS_NUM(delete_folder("nowhere"), ERR_NOFOLDER);
	IS_NUM(rename_("a", "nowhere"), ERR_OK);
	IS_NUM(rename_("nowhere", "nowhere/deep"), ERR_FOLDERNAME);
	IS_NUM(rename_("zz", "yy"), ERR_NOFOLDER);
	IS_NUM(rename_("nowhere", "Sent"), ERR_FOLDEREXISTS);
	names(&b);
	IS_STR(buf_str(&b), S("Archive+ Drafts+ INBOX+/ INBOX/x Junk+ Sent+ Trash+ nowhere+/ "
			      "nowhere/b+!/ nowhere/b/c "));
	IS_NUM(rename_("nowhere/b", "new/top"), ERR_OK);
	IS_NUM(delete_folder("new/top/c"), ERR_OK);
	IS_NUM(delete_folder("new/top"), ERR_OK);
	names(&b);
	IS_STR(buf_str(&b),
		S("Archive+ Drafts+ INBOX+/ INBOX/x Junk+ Sent+ Trash+ new new/top+? nowhere+ "));
	IS_NUM(subscribe("new/top", false), ERR_OK);
	IS_NUM(subscribe("new/top", false), ERR_OK);
	IS_NUM(create("new/top"), ERR_OK);
	reopen();
	names(&b);
	IS_STR(buf_str(&b),
		S("Archive+ Drafts+ INBOX+/ INBOX/x Junk+ Sent+ Trash+ new/ new/top nowhere+ "));
	run();
	folder_create_unused(box, S("Other"), FOLDER_SPECIAL_SENT, outcome_put, &o);
	IS_NUM(ran(), ERR_EXISTS);
	run();
	folder_create(box, S("Other"), FOLDER_SPECIAL_SENT | FOLDER_SPECIAL_INBOX, outcome_put, &o);
	IS_NUM(ran(), ERR_USEATTR);
	run();
	folder_create(box, S("Other"), FOLDER_SPECIAL_SENT | FOLDER_SPECIAL_JUNK, outcome_put, &o);
	IS_NUM(ran(), ERR_OK);
	reopen();
	IS_NUM(info_of("Other").specials, FOLDER_SPECIAL_SENT | FOLDER_SPECIAL_JUNK);
	IS_NUM(info_of("Sent").specials | info_of("Junk").specials, FOLDER_SPECIAL_NONE);
	IS_NUM(info_of("Trash").specials, FOLDER_SPECIAL_TRASH);
	buf_done(&b);
	end();
}

struct heard {
	struct mailbox_watch watch;
	struct buf text;
};

static void hear(void *arg, uint32_t id, const struct annotation_list *changes)
{
	struct heard *heard = arg;

	buf_printf(&heard->text, "%u:", id);
	for (size_t i = 0; i < changes->count; i++)
		buf_printf(&heard->text, " %.*s", STR_FMT(changes->rows[i].entry));
	buf_put(&heard->text, S("\n"));
}

static enum err annotate(uint32_t id, uint64_t owner, const char *entry, struct str value)
{
	struct annotation change = { owner, str_from_c(entry), value };
	struct annotate_request r = { .folder = id, .changes = { &change, 1 } };

	run();
	folder_annotate(box, &r, outcome_put, &o);
	return ran();
}

/* "/entry=value(owner) " for each. */
static void annotations(uint32_t id, const char *want)
{
	struct annotation_list list = { 0 };
	struct buf b;

	buf_init(&b, BUF_NO_CEILING);
	IS_NUM(folder_annotations(box, id, &a, &list), ERR_OK);
	for (size_t i = 0; i < list.count; i++)
		buf_printf(&b, "%.*s=%.*s(%llu) ", STR_FMT(list.rows[i].entry), STR_FMT(list.rows[i].value),
			(unsigned long long)list.rows[i].owner);
	IS_STR(buf_str(&b), str_from_c(want));
	buf_done(&b);
}

static void test_annotations(void)
{
	struct heard heard = { .watch.annotated = hear };
	struct annotate_request specials = { .specials_given = true, .specials = FOLDER_SPECIAL_JUNK };
	struct annotation_list list;
	char big[ANNOTATION_VALUE_OCTETS_MAX + 1];
	uint32_t inbox, x, trash;

	begin(&none);
	buf_init(&heard.text, BUF_NO_CEILING);
	heard.watch.arg = &heard;
	mailbox_watch(box, &heard.watch);
	IS_NUM(create("x"), ERR_OK);
	inbox = folder("INBOX");
	x = folder("x");
	trash = folder("Trash");
	IS_NUM(annotate(x, 7, "/private/comment", S("mine")), ERR_OK);
	IS_NUM(annotate(x, 8, "/private/comment", S("yours")), ERR_OK);
	IS_NUM(annotate(x, 0, "/shared/comment", S("ours")), ERR_OK);
	IS_NUM(annotate(x, 7, "/PRIVATE/comment", S("mine again")), ERR_OK);
	IS_NUM(annotate(x, 8, "/private/comment", STR_NONE), ERR_OK);
	IS_NUM(annotate(0, 7, "/private/x", S("")), ERR_OK);
	IS_NUM(annotate(999, 7, "/private/x", S("")), ERR_NOFOLDER);
	annotations(x, "/PRIVATE/comment=mine again(7) /shared/comment=ours(0) ");
	mailbox_unwatch(&heard.watch);
	reopen();
	annotations(x, "/PRIVATE/comment=mine again(7) /shared/comment=ours(0) ");
	annotations(0, "/private/x=(7) ");
	IS_NUM(folder_annotations(box, 999, &a, &list), ERR_NOFOLDER);
	/* What the row would not hold changes nothing. */
	memset(big, 'x', sizeof(big));
	IS_NUM(annotate(x, 7, "/private/comment", str_make(big, sizeof(big))), ERR_VALUESIZE);
	for (unsigned i = 0; i < 7; i++) {
		char name[] = "/private/0";

		name[9] = (char)('0' + i);
		IS_NUM(annotate(trash, 7, name, str_make(big, sizeof(big) - 1)), ERR_OK);
	}
	IS_NUM(annotate(trash, 7, "/private/7", str_make(big, sizeof(big) - 1)), ERR_TOOMANYENTRIES);
	annotations(x, "/PRIVATE/comment=mine again(7) /shared/comment=ours(0) ");
	/* Another name, INBOX renamed, the folder deleted. */
	IS_NUM(rename_("x", "y"), ERR_OK);
	annotations(folder("y"), "/PRIVATE/comment=mine again(7) /shared/comment=ours(0) ");
	IS_NUM(annotate(inbox, 0, "/shared/comment", S("in")), ERR_OK);
	IS_NUM(rename_("INBOX", "old"), ERR_OK);
	annotations(inbox, "/shared/comment=in(0) ");
	annotations(folder("old"), "/shared/comment=in(0) ");
	IS_NUM(delete_folder("y"), ERR_OK);
	IS_NUM(create("y/z"), ERR_OK);
	IS_NUM(annotate(folder("y"), 0, "/shared/comment", S("up")), ERR_OK);
	IS_NUM(delete_folder("y"), ERR_OK);
	annotations(folder("y"), "");
	/* Special uses: the one that loses its is told of to everybody. */
	mailbox_watch(box, &heard.watch);
	buf_clear(&heard.text);
	specials.folder = folder("old");
	run();
	folder_annotate(box, &specials, outcome_put, &o);
	IS_NUM(ran(), ERR_OK);
	OK(str_has_octet(buf_str(&heard.text), '\n') && str_find_str(buf_str(&heard.text), S("/private/specialuse")) != STR_NPOS,
		"special uses are told of");
	IS_NUM(info_of("old").specials, FOLDER_SPECIAL_JUNK);
	IS_NUM(info_of("Junk").specials, FOLDER_SPECIAL_NONE);
	specials.folder = inbox;
	run();
	folder_annotate(box, &specials, outcome_put, &o);
	IS_NUM(ran(), ERR_USEATTR);
	mailbox_unwatch(&heard.watch);
	buf_done(&heard.text);
	end();
}

/* Seven values of 64 KiB in each folder until the mailbox has no room for more. */
static void test_room_for_annotations(void)
{
	static char big[ANNOTATION_VALUE_OCTETS_MAX];
	struct annotation changes[7];
	struct annotate_request r = { .changes = { changes, 7 } };
	char names[7][16];
	unsigned folders = 0;
	enum err e = ERR_OK;

	begin(&none);
	memset(big, 'x', sizeof(big));
	for (unsigned i = 0; i < 7; i++) {
		snprintf(names[i], sizeof(names[i]), "/shared/%u", i);
		changes[i] = (struct annotation){ 0, str_from_c(names[i]), str_make(big, sizeof(big)) };
	}
	for (; e == ERR_OK && folders < 100; folders++) {
		char name[16];

		snprintf(name, sizeof(name), "f%u", folders);
		IS_NUM(create(name), ERR_OK);
		r.folder = folder(name);
		run();
		folder_annotate(box, &r, outcome_put, &o);
		e = ran();
	}
	IS_NUM(e, ERR_TOOMANYENTRIES);
	IS_NUM(folders, ANNOTATIONS_BOX_OCTETS_MAX / (7 * sizeof(big)) + 1);
	/* Less is always taken, and then there is room. */
	IS_NUM(annotate(folder("f0"), 0, "/shared/0", S("x")), ERR_OK);
	IS_NUM(annotate(folder("f0"), 0, "/shared/1", STR_NONE), ERR_OK);
	IS_NUM(annotate(r.folder, 0, "/shared/0", S("x")), ERR_OK);
	IS_NUM(delete_folder("f1"), ERR_OK);
	run();
	folder_annotate(box, &r, outcome_put, &o);
	IS_NUM(ran(), ERR_OK);
	end();
}

static void test_names(void)
{
	static const struct {
		struct str name;
		enum err want;
		struct str want_name;
	} cases[] = {
		{ S_INIT("x"), ERR_OK, S_INIT("x") },
		{ S_INIT("x/"), ERR_OK, S_INIT("x") },
		{ S_INIT("iNbOx"), ERR_OK, S_INIT("INBOX") },
		{ S_INIT("inbox/y"), ERR_OK, S_INIT("INBOX/y") },
		{ S_INIT("inboxes"), ERR_OK, S_INIT("inboxes") },
		{ S_INIT("e\xcc\x81"), ERR_OK, S_INIT("\xc3\xa9") },
		{ S_INIT("../../etc/passwd"), ERR_FOLDERNAME, S_INIT("") },
		{ S_INIT("a/."), ERR_FOLDERNAME, S_INIT("") },
		{ S_INIT("./a"), ERR_FOLDERNAME, S_INIT("") },
		{ S_INIT("..."), ERR_OK, S_INIT("...") },
		{ S_INIT("a\xe2\x80\xae" "b"), ERR_FOLDERNAME, S_INIT("") },
		{ S_INIT("a\xe2\x80\xaf" "b"), ERR_OK, S_INIT("a\xe2\x80\xaf" "b") },
		{ S_INIT("a\xe2\x81\xa6"), ERR_FOLDERNAME, S_INIT("") },
		{ S_INIT("a\xe2\x81\xaa"), ERR_OK, S_INIT("a\xe2\x81\xaa") },
		{ S_INIT("\xe2\x80\x8f" "a"), ERR_OK, S_INIT("\xe2\x80\x8f" "a") },
		{ S_INIT(""), ERR_FOLDERNAME, S_INIT("") },
		{ S_INIT("/"), ERR_FOLDERNAME, S_INIT("") },
		{ S_INIT("/x"), ERR_FOLDERNAME, S_INIT("") },
		{ S_INIT("a//b"), ERR_FOLDERNAME, S_INIT("") },
		{ S_INIT("a//"), ERR_FOLDERNAME, S_INIT("") },
		{ S_INIT("a\0b"), ERR_FOLDERNAME, S_INIT("") },
		{ S_INIT("\xef\xbb\xbf" "a"), ERR_FOLDERNAME, S_INIT("") },
		{ S_INIT("a\xef\xbb\xbf"), ERR_OK, S_INIT("a\xef\xbb\xbf") },
		{ S_INIT("a\xef\xbf\xbf"), ERR_FOLDERNAME, S_INIT("") },
		{ S_INIT("a\xef\xb7\x90"), ERR_FOLDERNAME, S_INIT("") },
		{ S_INIT("\xf0\x9f\xbf\xbe"), ERR_FOLDERNAME, S_INIT("") },
		{ S_INIT("a\xe2\x80\xa8"), ERR_FOLDERNAME, S_INIT("") },
		{ S_INIT("a\xc2\x85"), ERR_FOLDERNAME, S_INIT("") },
		{ S_INIT("\xf0\x9f\xab\xa0"), ERR_OK, S_INIT("\xf0\x9f\xab\xa0") },
		{ S_INIT("a\nb"), ERR_FOLDERNAME, S_INIT("") },
		{ S_INIT("\xc0\xaf"), ERR_FOLDERNAME, S_INIT("") },
		{ S_INIT("\xed\xa0\x80"), ERR_FOLDERNAME, S_INIT("") },
		{ S_INIT("\xc2\x85"), ERR_FOLDERNAME, S_INIT("") },
		{ S_INIT("1/2/3/4/5/6/7/8/9/1/2/3/4/5/6/7/8/9/1/2/3/4/5/6/7/8/9/1/2/3/4/5/6"),
			ERR_FOLDERNAME, S_INIT("") },
	};
	char big[FOLDER_NAME_OCTETS_MAX + 1];
	struct str got;

	arena_init(&a, ARENA_NONE);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		enum err e = folder_name(&a, cases[i].name, &got);

		OK(e == cases[i].want && (e != ERR_OK || str_eq(got, cases[i].want_name)),
			"name case %zu", i);
	}
	memset(big, 'x', sizeof(big));
	IS_NUM(folder_name(&a, str_make(big, sizeof(big)), &got), ERR_FOLDERNAME);
	IS_NUM(folder_name(&a, str_make(big, sizeof(big) - 1), &got), ERR_OK);
	arena_done(&a);
}

static void see(void *arg, const struct view_event *e)
{
	static const char *const words[] = { "EXPUNGE", "FLAGS", "EXISTS", "RECENT" };

	buf_printf(arg, "%s %u ", words[e->kind], e->seq);
}

static void wake(void *arg)
{
	++*(unsigned *)arg;
}

static void test_views(void)
{
	struct folder_view *v, *other;
	struct view_options vo = { 0 };
	unsigned woken = 0;
	struct buf b;

	begin(&none);
	buf_init(&b, BUF_NO_CEILING);
	for (int i = 0; i < 5; i++)
		IS_NUM(harness_deliver(&h, 7, S("A: b\r\n\r\nhello\r\n")), ERR_OK);
	vo = (struct view_options){ .folder = folder("INBOX"), .changed = wake, .arg = &woken };
	IS_NUM(view_open(box, &vo, &v), ERR_OK);
	IS_NUM(view_count(v), 5);
	IS_NUM(view_recent_count(v), 5);
	IS_NUM(view_first_unseen(v), 1);
	vo.changed = NULL;
	IS_NUM(view_open(box, &vo, &other), ERR_OK);
	IS_NUM(view_recent_count(other), 0);
	IS_NUM(flags("INBOX", 2, FLAGS_ADD, ITEM_DELETED | ITEM_SEEN), ERR_OK);
	IS_NUM(o.count, 1);
	IS_NUM(woken, 1);
	view_silence(other, o.modseq);
	view_sync(other, true, see, &b);
	IS_STR(buf_str(&b), S(""));
	IS_NUM(flags("INBOX", 4, FLAGS_SET, ITEM_DELETED), ERR_OK);
	IS_NUM(woken, 1);
	IS_NUM(expunge("INBOX", true), ERR_OK);
	IS_NUM(o.count, 2);
	IS_NUM(harness_deliver(&h, 7, S("C: d\r\n\r\n")), ERR_OK);
	IS_NUM(view_count(v), 5);
	IS_NUM(view_uid(v, 4), 4);
	IS_NUM(view_uid(v, 5), 5);
	OK(view_item_gone(v, 4) && view_item_gone(v, 2) && !view_item_gone(v, 3),
		"expunged ones keep their number");
	IS_NUM(view_item(v, 4)->flags, ITEM_DELETED);
	view_sync(v, false, see, &b);
	IS_STR(buf_str(&b), S("EXISTS 6 RECENT 6 "));
	IS_NUM(view_seq(v, 6), 6);
	IS_NUM(view_seq(v, 4), 4);
	buf_clear(&b);
	view_sync(v, true, see, &b);
	IS_STR(buf_str(&b), S("EXPUNGE 4 EXPUNGE 2 "));
	IS_NUM(view_count(v), 4);
	IS_NUM(view_seq(v, 6), 4);
	IS_NUM(view_seq(v, 4), 0);
	IS_NUM(view_seq_from(v, 4), 3);
	IS_NUM(view_seq_from(v, 7), 5);
	IS_NUM(view_recent_count(v), 4);
	buf_clear(&b);
	view_sync(other, true, see, &b);
	IS_STR(buf_str(&b), S("EXPUNGE 4 EXPUNGE 2 EXISTS 4 RECENT 0 "));
	OK(!view_pending(v) && !view_pending(other), "nothing more to tell");
	IS_NUM(harness_deliver(&h, 7, S("e")), ERR_OK);
	view_sync(other, true, see, &b);
	IS_NUM(harness_deliver(&h, 7, S("f")), ERR_OK);
	view_sync(v, true, see, &b);
	OK(!view_recent(v, 7) && view_recent(v, 8) && view_recent(other, 7),
		"each message is recent once");
	IS_NUM(view_recent_count(v), 5);
	IS_NUM(view_recent_count(other), 1);
	OK(view_item(v, 0) == NULL && view_item(v, 7) == NULL, "no such numbers");
	view_close(v);
	view_close(other);
	buf_done(&b);
	end();
}

static void test_messages(void)
{
	struct folder_view *v;
	struct view_options vo;
	struct buf b;
	struct str record;
	struct item it;
	struct copy_request copies;

	begin(&none);
	buf_init(&b, 100);
	IS_NUM(append("Drafts", S("From: x\r\n\r\nbody\r\n"), ITEM_DRAFT), ERR_OK);
	IS_NUM(o.new_uids[0], 1);
	IS_NUM(append("Drafts", S(""), 0), ERR_TOOBIG);
	IS_NUM(append("Nowhere", S("x"), 0), ERR_NOFOLDER);
	vo = (struct view_options){ .folder = folder("Drafts") };
	IS_NUM(view_open(box, &vo, &v), ERR_OK);
	it = *view_item(v, 1);
	IS_NUM(it.octets, 17);
	IS_NUM(it.date, 5);
	IS_NUM(it.saved, 1700000000);
	IS_NUM(it.flags, ITEM_DRAFT);
	IS_NUM(message_read(box, &it, 6, 5, &b), ERR_OK);
	IS_STR(buf_str(&b), S("x\r\n\r\n"));
	IS_NUM(message_record(box, &it, &a, &record), ERR_OK);
	IS_NUM(copy("Drafts", "Sent", 1, false), ERR_OK);
	IS_NUM(o.new_uids[0], 1);
	IS_NUM(copy("Drafts", "Drafts", 1, false), ERR_OK);
	IS_NUM(o.new_uids[0], 2);
	IS_NUM(copy("Drafts", "Trash", 1, true), ERR_OK);
	IS_NUM(info_of("Drafts").messages, 1);
	IS_NUM(info_of("Trash").messages, 1);
	IS_NUM(copy("Drafts", "Trash", 99, true), ERR_OK);
	IS_NUM(o.count, 0);
	IS_NUM(expunge("Trash", false), ERR_OK);
	IS_NUM(expunge("Drafts", false), ERR_OK);
	buf_clear(&b);
	IS_NUM(message_read(box, &it, 0, 4, &b), ERR_OK);
	/* A list out of order or with a uid twice is taken for what it holds in order. */
	copies = (struct copy_request){ folder("Sent"), folder("Archive"),
		{ (uint32_t[]){ 1, 1, 0, 1 }, 4 } };
	run();
	mailbox_copy(box, &copies, outcome_put, &o);
	IS_NUM(ran(), ERR_OK);
	IS_NUM(o.count, 1);
	IS_NUM(expunge("Archive", false), ERR_OK);
	IS_NUM(expunge("Sent", false), ERR_OK);
	IS_NUM(message_read(box, &it, 0, 4, &b), ERR_NOMESSAGE);
	IS_NUM(view_count(v), 1);
	view_close(v);
	buf_done(&b);
	end();
}

static enum err append_set(const char *to, size_t count, const char *replaced_in, uint32_t replaced)
{
	static const struct str texts[] = { S_INIT("a"), S_INIT("Subject: b\r\n\r\nb\r\n"), S_INIT("cc") };
	static const struct str keywords[] = { S_INIT("$Set") };
	struct append_request *r = mem_new(count * sizeof(*r));
	struct append_set set = { .requests = r, .count = count, .replaced_uid = replaced,
		.replaced_folder = replaced_in ? folder(replaced_in) : 0 };
	enum err e;

	for (size_t i = 0; i < count; i++)
		r[i] = (struct append_request){ .folder = folder(to), .flags = i == 1 ? ITEM_SEEN : 0, .keywords = keywords,
			.keywords_count = i == 2, .date = -(int64_t)i, .octets = texts[i % 3],
			.record = harness_record(&a, texts[i % 3]) };
	run();
	mailbox_append_set(box, &set, outcome_put, &o);
	e = ran();
	mem_free(r);
	return e;
}

/* Each is small enough, together they are not. */
static enum err too_large(const char *to)
{
	size_t octets = APPEND_SET_OCTETS_MAX / 2 + 1;
	char *at = mem_new(octets);
	struct append_request r = { .folder = folder(to), .octets = str_make(at, octets),
		.record = harness_record(&a, str_make(at, octets)) };
	struct append_set set = { .requests = (struct append_request[]){ r, r }, .count = 2 };
	enum err e;

	run();
	mailbox_append_set(box, &set, outcome_put, &o);
	e = ran();
	mem_free(at);
	return e;
}

/* Several messages are there or none is, and one that is replaced goes as they come. */
static void test_sets(void)
{
	static const struct mailbox_limits full = { .receive_octets = 20 }, keep = { .retention_days = 7 };
	struct mailbox_stats stats;
	struct folder_view *v;
	struct view_options vo;

	begin(&none);
	IS_NUM(append_set("INBOX", 3, NULL, 0), ERR_OK);
	OK(o.count == 3 && o.new_uids[0] == 1 && o.new_uids[2] == 3, "three uids in their order");
	vo = (struct view_options){ .folder = folder("INBOX") };
	IS_NUM(view_open(box, &vo, &v), ERR_OK);
	OK(view_item(v, 2)->flags == ITEM_SEEN && view_item(v, 2)->date == -1 && item_keyword(view_item(v, 3), 0) &&
			!item_keyword(view_item(v, 2), 0),
		"each with its own flags and date");
	view_close(v);
	IS_NUM(append_set("INBOX", APPEND_SET_MAX + 1, NULL, 0), ERR_LIMIT);
	IS_NUM(append_set("INBOX", APPEND_SET_MAX, NULL, 0), ERR_OK);
	IS_NUM(info_of("INBOX").messages, 3 + APPEND_SET_MAX);
	IS_NUM(too_large("INBOX"), ERR_LIMIT);
	IS_NUM(info_of("INBOX").messages, 3 + APPEND_SET_MAX);
	/* RFC 8508: from another folder, from the same one, one that is gone */
	IS_NUM(append_set("Sent", 1, "INBOX", 2), ERR_OK);
	OK(o.count == 1 && o.uids[0] == 2 && o.new_uids[0] == 1, "replaced 2 by 1");
	IS_NUM(append_set("Sent", 1, "Sent", 1), ERR_OK);
	OK(info_of("Sent").messages == 1 && o.uids[0] == 1 && o.new_uids[0] == 2, "in the same folder");
	IS_NUM(append_set("Sent", 1, "INBOX", 2), ERR_NOMESSAGE);
	IS_NUM(append_set("Sent", 1, "Nowhere", 2), ERR_NOFOLDER);
	OK(info_of("Sent").messages == 1 && o.count == 0, "nothing came");
	end();
	begin(&full);
	IS_NUM(append_set("INBOX", 3, NULL, 0), ERR_OK);
	IS_NUM(append_set("Sent", 3, NULL, 0), ERR_QUOTA);
	IS_NUM(info_of("Sent").messages, 0);
	IS_NUM(append_set("Sent", 1, NULL, 0), ERR_QUOTA);
	IS_NUM(append_set("Sent", 1, "INBOX", 1), ERR_OK);
	IS_NUM(info_of("INBOX").messages, 2);
	end();
	begin(&keep);
	IS_NUM(append_set("INBOX", 1, NULL, 0), ERR_OK);
	IS_NUM(append_set("INBOX", 1, "INBOX", 1), ERR_OK);
	mailbox_stats(box, &stats);
	OK(stats.messages == 1 && stats.retained_messages == 1, "what was replaced is recoverable");
	end();
}

static enum err change_url_key(uint32_t in, uint64_t account, const char *key, bool keep)
{
	struct url_key_request r = { .folder = in, .account = account, .key = key, .keep = keep };

	run();
	folder_url_key_change(box, &r, outcome_put, &o);
	return ran();
}

/* RFC 4467: a key for each account and folder, which goes with the folder. */
static void test_url_keys(void)
{
	static const char x[FOLDER_URL_KEY_OCTETS] = "x", y[FOLDER_URL_KEY_OCTETS] = "y";
	char got[FOLDER_URL_KEY_OCTETS];
	uint32_t inbox, sent, serial;

	begin(&none);
	inbox = folder("INBOX");
	sent = folder("Sent");
	serial = folder_url_serial(box, inbox);
	IS_NUM(folder_url_key(box, inbox, 7, got), ERR_NOTFOUND);
	IS_NUM(change_url_key(inbox, 7, x, true), ERR_OK);
	OK(folder_url_key(box, inbox, 7, got) == ERR_OK && memcmp(got, x, sizeof(x)) == 0, "made");
	OK(folder_url_serial(box, inbox) != serial && folder_url_serial(box, sent) == serial, "and told");
	IS_NUM(change_url_key(inbox, 7, y, true), ERR_OK);
	OK(folder_url_key(box, inbox, 7, got) == ERR_OK && memcmp(got, x, sizeof(x)) == 0, "kept");
	IS_NUM(change_url_key(inbox, 7, y, false), ERR_OK);
	OK(folder_url_key(box, inbox, 7, got) == ERR_OK && memcmp(got, y, sizeof(y)) == 0, "changed");
	reopen();
	OK(folder_url_key(box, inbox, 7, got) == ERR_OK && memcmp(got, y, sizeof(y)) == 0, "and still there");
	IS_NUM(folder_url_key(box, inbox, 6, got), ERR_NOTFOUND);
	IS_NUM(folder_url_key(box, sent, 7, got), ERR_NOTFOUND);
	IS_NUM(change_url_key(inbox, 6, x, false), ERR_OK);
	IS_NUM(change_url_key(inbox, 8, x, false), ERR_OK);
	IS_NUM(change_url_key(sent, 7, x, false), ERR_OK);
	IS_NUM(change_url_key(0, 7, NULL, false), ERR_OK);
	IS_NUM(folder_url_key(box, inbox, 7, got), ERR_NOTFOUND);
	IS_NUM(folder_url_key(box, sent, 7, got), ERR_NOTFOUND);
	OK(folder_url_key(box, inbox, 6, got) == ERR_OK && folder_url_key(box, inbox, 8, got) == ERR_OK, "those of others stay");
	IS_NUM(change_url_key(0, 7, NULL, false), ERR_OK);
	IS_NUM(change_url_key(999, 7, x, false), ERR_NOFOLDER);
	IS_NUM(change_url_key(sent, 7, x, false), ERR_OK);
	run();
	folder_delete(box, S("Sent"), outcome_put, &o);
	IS_NUM(ran(), ERR_OK);
	IS_NUM(folder_url_key(box, sent, 7, got), ERR_NOTFOUND);
	end();
}

static void test_keywords(void)
{
	static const struct str first[] = { S_INIT("$Junk"), S_INIT("Work") },
				second[] = { S_INIT("work") };
	static const struct str bad[] = { S_INIT("a b") };
	uint32_t one = 1;
	struct flags_request r = {
		.list = { &one, 1 }, .mode = FLAGS_ADD, .keywords = first, .keywords_count = 2
	};
	struct folder_view *v;
	struct view_options vo = { 0 };

	begin(&none);
	IS_NUM(append("INBOX", S("x"), 0), ERR_OK);
	r.folder = vo.folder = folder("INBOX");
	run();
	mailbox_flags(box, &r, outcome_put, &o);
	IS_NUM(ran(), ERR_OK);
	r.keywords = bad;
	r.keywords_count = 1;
	run();
	mailbox_flags(box, &r, outcome_put, &o);
	IS_NUM(ran(), ERR_SYNTAX);
	r.keywords = second;
	r.mode = FLAGS_REMOVE;
	r.unchanged_since_given = true;
	run();
	mailbox_flags(box, &r, outcome_put, &o);
	IS_NUM(ran(), ERR_OK);
	IS_NUM(o.count, 0);
	IS_NUM(o.refused_count, 1);
	IS_NUM(copy("INBOX", "Archive", 1, false), ERR_OK);
	reopen();
	IS_STR(folder_keyword(box, folder("INBOX"), 0), S("$Junk"));
	IS_STR(folder_keyword(box, folder("Archive"), 1), S("Work"));
	IS_STR(folder_keyword(box, folder("Archive"), 2), STR_NONE);
	vo.folder = folder("Archive");
	IS_NUM(view_open(box, &vo, &v), ERR_OK);
	OK(item_keyword(view_item(v, 1), 0) && item_keyword(view_item(v, 1), 1),
		"keywords are copied");
	view_close(v);
	end();
}

static void test_inbox_rename(void)
{
	begin(&none);
	IS_NUM(append("INBOX", S("x"), ITEM_SEEN), ERR_OK);
	IS_NUM(append("INBOX", S("yy"), 0), ERR_OK);
	IS_NUM(rename_("INBOX", "old/mail"), ERR_OK);
	IS_NUM(o.count, 2);
	IS_NUM(info_of("INBOX").messages, 0);
	IS_NUM(info_of("old/mail").messages, 2);
	IS_NUM(info_of("old/mail").unseen, 1);
	IS_NUM(info_of("old/mail").octets, 3);
	IS_NUM(rename_("INBOX", "old"), ERR_FOLDEREXISTS);
	end();
}

static void test_quota(void)
{
	struct mailbox_limits limits = {
		.warn_octets = 10, .send_octets = 20, .receive_octets = 30
	};
	struct mailbox_stats stats;

	begin(&limits);
	IS_NUM(append("INBOX", S("1234567890"), 0), ERR_OK);
	IS_NUM(h.quota_calls, 1);
	IS_NUM(h.quota, MAILBOX_QUOTA_WARN);
	IS_NUM(copy("INBOX", "Sent", 1, false), ERR_OK);
	IS_NUM(h.quota, MAILBOX_QUOTA_NOSEND);
	IS_NUM(append("INBOX", S("12345678901"), 0), ERR_QUOTA);
	IS_NUM(store_deliver_check(h.store, 7, &limits), ERR_OK);
	IS_NUM(append("INBOX", S("1234567890"), 0), ERR_OK);
	IS_NUM(h.quota, MAILBOX_QUOTA_FULL);
	IS_NUM(copy("INBOX", "Sent", 1, false), ERR_QUOTA);
	IS_NUM(copy("INBOX", "Sent", 1, true), ERR_OK);
	IS_NUM(store_deliver_check(h.store, 7, &limits), ERR_QUOTA);
	mailbox_stats(box, &stats);
	IS_NUM(stats.octets, 30);
	IS_NUM(expunge("Sent", false), ERR_OK);
	IS_NUM(h.quota, MAILBOX_QUOTA_WARN);
	mailbox_stats(box, &stats);
	IS_NUM(stats.octets, 10);
	end();
}

/* 0: the mailbox's own list. */
static enum err give(const char *in, uint64_t account, uint32_t rights)
{
	struct acl_change c = { .entry = { .kind = ACL_ACCOUNT, .account = account, .rights = rights } };

	run();
	folder_acl_change(box, in ? folder(in) : 0, &c, outcome_put, &o);
	return ran();
}

static uint32_t rights_of(const char *in, uint64_t account)
{
	struct acl_user user = { .account = account, .access = ACCESS_FULL };

	return folder_rights(box, in ? folder(in) : 0, &user);
}

static void check_lists(void)
{
	IS_NUM(rights_of("a", 8), ACL_READ);
	IS_NUM(rights_of("a", 9), ACL_ALL);
	IS_NUM(rights_of("a/b/c", 8), ACL_READ);
	IS_NUM(rights_of("a/b", 8), ACL_READ);
	IS_NUM(rights_of("a/d", 8), ACL_LOOKUP);
	IS_NUM(rights_of("top", 8), ACL_ADMIN);
	IS_NUM(rights_of("INBOX", 8), ACL_ALL);
	IS_NUM(rights_of(NULL, 8), ACL_ADMIN);
}

static void test_lists(void)
{
	struct acl_change c = { .entry = { .kind = ACL_ACCOUNT, .account = 8, .rights = ACL_READ } };

	begin(&none);
	OK(folder_acl(box, folder("INBOX")) == NULL && rights_of("INBOX", 8) == ACL_ALL, "no list at first");
	IS_NUM(create("a"), ERR_OK);
	IS_NUM(give("a", 8, ACL_READ), ERR_OK);
	IS_NUM(create("a/b/c"), ERR_OK);
	IS_NUM(create("a/d"), ERR_OK);
	IS_NUM(give("a/d", 8, ACL_LOOKUP), ERR_OK);
	IS_NUM(give(NULL, 8, ACL_ADMIN), ERR_OK);
	IS_NUM(create("top"), ERR_OK);
	check_lists();
	reopen();
	check_lists();
	/* The list stays when the folder is renamed, and goes when it is deleted, be it only in part. */
	IS_NUM(rename_("a/d", "e"), ERR_OK);
	IS_NUM(rights_of("e", 8), ACL_LOOKUP);
	IS_NUM(delete_folder("a"), ERR_OK);
	IS_NUM(delete_folder("e"), ERR_OK);
	IS_NUM(rights_of("a/b/c", 8), ACL_READ);
	OK(folder_acl(box, info_of("a").id) == NULL, "a folder that only holds others has none");
	IS_NUM(create("a"), ERR_OK);
	IS_NUM(rights_of("a", 8), ACL_ADMIN);
	IS_NUM(subscribe("e", true), ERR_OK);
	IS_NUM(create("e"), ERR_OK);
	IS_NUM(rights_of("e", 8), ACL_ADMIN);
	run();
	folder_acl_change(box, 999, &c, outcome_put, &o);
	IS_NUM(ran(), ERR_NOFOLDER);
	/* What could not be written does not count. */
	kv_fault_inject(h.kv, KV_FAULT_WRITE_ENOSPC, 1);
	IS_NUM(give("top", 8, ACL_READ), ERR_DISKFULL);
	kv_fault_inject(h.kv, KV_FAULT_NONE, 0);
	IS_NUM(rights_of("top", 8), ACL_ADMIN);
	reopen();
	IS_NUM(rights_of("top", 8), ACL_ADMIN);
	IS_NUM(rights_of("a", 8), ACL_ADMIN);
	IS_NUM(rights_of("a/b/c", 8), ACL_READ);
	end();
}

static void test_quota_of_counts(void)
{
	struct mailbox_limits limits = { .messages_max = 3, .folders_max = 8 };
	struct mailbox_stats stats;

	begin(&limits);
	IS_NUM(append("INBOX", S("1"), 0), ERR_OK);
	IS_NUM(copy("INBOX", "Sent", 1, false), ERR_OK);
	IS_NUM(h.quota, MAILBOX_QUOTA_OK);
	IS_NUM(store_deliver_check(h.store, 7, &limits), ERR_OK);
	IS_NUM(append("INBOX", S("2"), 0), ERR_OK);
	IS_NUM(h.quota, MAILBOX_QUOTA_FULL);
	IS_NUM(store_deliver_check(h.store, 7, &limits), ERR_QUOTA);
	IS_NUM(append("INBOX", S("3"), 0), ERR_QUOTA);
	IS_NUM(copy("INBOX", "Sent", 1, false), ERR_QUOTA);
	IS_NUM(copy("INBOX", "Sent", 1, true), ERR_OK);
	mailbox_stats(box, &stats);
	OK(stats.folders == 6 && stats.folders_max == 8, "six folders at first");
	IS_NUM(create("a/b/c"), ERR_QUOTA);
	IS_NUM(create("a/b"), ERR_OK);
	IS_NUM(create("c"), ERR_QUOTA);
	IS_NUM(rename_("a", "c/a"), ERR_QUOTA);
	IS_NUM(rename_("INBOX", "c"), ERR_QUOTA);
	IS_NUM(rename_("a", "c"), ERR_OK);
	mailbox_stats(box, &stats);
	IS_NUM(stats.folders, 8);
	/* What an administrator brings back is refused by no limit. */
	run();
	folder_create_unused(box, S("back/again"), 0, outcome_put, &o);
	IS_NUM(ran(), ERR_OK);
	mailbox_stats(box, &stats);
	IS_NUM(stats.folders, 10);
	IS_NUM(create("d"), ERR_QUOTA);
	end();
}

/* What an administrator brings back is refused by no limit, and counts. */
static void test_no_quota(void)
{
	struct mailbox_limits limits = { .receive_octets = 30 };
	struct append_request r = { .date = 5, .octets = S("12345678901234567890123456789012"), .no_quota = true };
	struct mailbox_stats stats;

	begin(&limits);
	r.folder = folder("INBOX");
	r.record = harness_record(&a, r.octets);
	run();
	mailbox_append(box, &r, outcome_put, &o);
	IS_NUM(ran(), ERR_OK);
	IS_NUM(h.quota, MAILBOX_QUOTA_FULL);
	mailbox_stats(box, &stats);
	IS_NUM(stats.octets, 32);
	IS_NUM(append("INBOX", S("x"), 0), ERR_QUOTA);
	end();
}

static bool first_retained(void *arg, const struct retained *r)
{
	*(struct retained *)arg = *r;
	return false;
}

static void test_retention(void)
{
	struct mailbox_limits limits = { .retention_days = 2 };
	struct mailbox_stats stats;
	struct retained r = { 0 };
	struct kv_stats kv;

	begin(&limits);
	IS_NUM(create("a"), ERR_OK);
	IS_NUM(append("a", S("x"), ITEM_SEEN | ITEM_DELETED), ERR_OK);
	IS_NUM(append("a", S("yy"), 0), ERR_OK);
	IS_NUM(delete_folder("a"), ERR_OK);
	mailbox_stats(box, &stats);
	IS_NUM(stats.messages, 0);
	IS_NUM(stats.retained_messages, 2);
	IS_NUM(stats.retained_octets, 3);
	IS_NUM(mailbox_retained(box, 0, first_retained, &r), ERR_OK);
	IS_NUM(r.uid, 1);
	IS_NUM(harness_verify(&h), ERR_OK);
	run();
	mailbox_recover(box, &(struct recover_request){ .ids = (uint64_t[]){ r.id }, .count = 1 }, outcome_put, &o);
	IS_NUM(ran(), ERR_OK);
	run();
	mailbox_recover(box, &(struct recover_request){ .ids = (uint64_t[]){ r.id }, .count = 1 }, outcome_put, &o);
	IS_NUM(ran(), ERR_NOTFOUND);
	IS_NUM(info_of("INBOX").messages, 1);
	IS_NUM(info_of("INBOX").deleted, 0);
	reopen();
	mailbox_stats(box, &stats);
	IS_NUM(stats.retained_messages, 1);
	run();
	store_purge(h.store, 7, &limits, outcome_plain, &o);
	IS_NUM(ran(), ERR_OK);
	mailbox_stats(box, &stats);
	IS_NUM(stats.retained_messages, 1);
	h.now_ms += (int64_t)2 * 86400 * 1000;
	run();
	store_purge(h.store, 7, &limits, outcome_plain, &o);
	IS_NUM(ran(), ERR_OK);
	mailbox_stats(box, &stats);
	IS_NUM(stats.retained_messages, 0);
	kv_stats(h.kv, &kv);
	IS_NUM(kv.blobs, 1);
	end();
}

/* 0: the mailbox itself. */
static enum err limit_age(const char *in, uint32_t days)
{
	run();
	folder_age_change(box, in ? folder(in) : 0, days, outcome_put, &o);
	return ran();
}

static enum err aged(void)
{
	run();
	store_age(h.store, 7, outcome_plain, &o);
	return ran();
}

/* A folder's own limit counts before that of the mailbox, "they stay" too; what goes can be recovered. */
static void test_age(void)
{
	struct mailbox_limits limits = { .retention_days = 2 };
	struct mailbox_stats stats;

	begin(&limits);
	IS_NUM(create("news"), ERR_OK);
	IS_NUM(create("kept"), ERR_OK);
	IS_NUM(append("INBOX", S("x"), 0), ERR_OK);
	IS_NUM(append("news", S("x"), 0), ERR_OK);
	IS_NUM(append("news", S("y"), ITEM_FLAGGED), ERR_OK);
	IS_NUM(append("kept", S("x"), 0), ERR_OK);
	IS_NUM(folder_age(box, folder("news")), FOLDER_AGE_DEFAULT);
	IS_NUM(aged(), ERR_OK);
	IS_NUM(limit_age("news", 2), ERR_OK);
	IS_NUM(limit_age("kept", 0), ERR_OK);
	run();
	folder_age_change(box, 99, 2, outcome_put, &o);
	IS_NUM(ran(), ERR_NOFOLDER);
	h.now_ms += (int64_t)2 * 86400 * 1000;
	IS_NUM(append("news", S("z"), 0), ERR_OK);
	IS_NUM(aged(), ERR_OK);
	IS_NUM(info_of("news").messages, 3);
	h.now_ms += 1000;
	reopen();
	IS_NUM(folder_age(box, folder("news")), 2);
	IS_NUM(folder_age(box, folder("kept")), 0);
	IS_NUM(aged(), ERR_NEEDMORE);
	IS_NUM(aged(), ERR_OK);
	IS_NUM(info_of("news").messages, 1);
	IS_NUM(info_of("INBOX").messages, 1);
	mailbox_stats(box, &stats);
	IS_NUM(stats.retained_messages, 2);
	IS_NUM(limit_age(NULL, 1), ERR_OK);
	reopen();
	IS_NUM(folder_age(box, 0), 1);
	IS_NUM(aged(), ERR_NEEDMORE);
	IS_NUM(aged(), ERR_OK);
	IS_NUM(info_of("INBOX").messages, 0);
	IS_NUM(info_of("kept").messages, 1);
	IS_NUM(limit_age("kept", FOLDER_AGE_DEFAULT), ERR_OK);
	IS_NUM(aged(), ERR_NEEDMORE);
	IS_NUM(info_of("kept").messages, 0);
	IS_NUM(create("news/below"), ERR_OK);
	IS_NUM(delete_folder("news"), ERR_OK);
	IS_NUM(create("news"), ERR_OK);
	IS_NUM(folder_age(box, folder("news")), FOLDER_AGE_DEFAULT);
	IS_NUM(harness_verify(&h), ERR_OK);
	end();
}

static enum err post(const char *to, uint64_t poster)
{
	struct append_request r = { .folder = folder(to), .octets = S("x"), .poster = poster };
	struct buf record;

	buf_init(&record, BUF_NO_CEILING);
	IS_NUM(record_make_opaque(1, &record), ERR_OK);
	r.record = buf_str(&record);
	run();
	mailbox_append(box, &r, outcome_put, &o);
	buf_done(&record);
	return ran();
}

/* How many of the first nine messages of the folder the account has posted. */
static size_t posted(const char *in, uint64_t account)
{
	uint32_t uids[9] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };
	size_t count = 9;

	IS_NUM(mailbox_posted(box, folder(in), account, uids, &count), ERR_OK);
	return count;
}

/* Who posted a message is known in the public store alone, and for as long as it is where it is or was moved to. */
static void test_posters(void)
{
	begin(&none);
	IS_NUM(create("a"), ERR_OK);
	IS_NUM(create("b"), ERR_OK);
	IS_NUM(post("a", 8), ERR_OK);
	IS_NUM(posted("a", 8), 0);
	store_public_set(h.store, 7);
	IS_NUM(post("a", 8), ERR_OK);
	IS_NUM(post("a", 9), ERR_OK);
	IS_NUM(post("a", 0), ERR_OK);
	IS_NUM(post("a", 8), ERR_OK);
	IS_NUM(posted("a", 8), 2);
	IS_NUM(posted("a", 9), 1);
	IS_NUM(posted("a", 0), 0);
	reopen();
	store_public_set(h.store, 7);
	IS_NUM(posted("a", 8), 2);
	IS_NUM(copy("a", "b", 2, false), ERR_OK);
	IS_NUM(posted("b", 8), 0);
	IS_NUM(copy("a", "b", 2, true), ERR_OK);
	IS_NUM(posted("a", 8), 1);
	IS_NUM(posted("b", 8), 1);
	IS_NUM(flags("a", 5, FLAGS_ADD, ITEM_DELETED), ERR_OK);
	IS_NUM(expunge("a", true), ERR_OK);
	IS_NUM(posted("a", 8), 0);
	IS_NUM(harness_verify(&h), ERR_OK);
	end();
}

/* A store that is to go: nobody makes a folder behind the one who has looked, and nothing that came first is passed over. */
static void test_shut(void)
{
	static struct outcome before, shut, behind;
	struct mailbox *mine;

	begin(&none);
	mine = box;
	store_public_set(h.store, 9);
	must(store_mailbox_open(h.store, 9, &none, &box) == ERR_OK);
	memset(&before, 0, sizeof(before));
	memset(&shut, 0, sizeof(shut));
	memset(&behind, 0, sizeof(behind));
	folder_create(box, S("first"), FOLDER_SPECIAL_NONE, outcome_put, &before);
	mailbox_shut(box, outcome_put, &shut);
	folder_create(box, S("second"), FOLDER_SPECIAL_NONE, outcome_put, &behind);
	harness_run(&h);
	IS_NUM(before.err, ERR_OK);
	IS_NUM(shut.err, ERR_INUSE);
	IS_NUM(behind.err, ERR_OK);
	IS_NUM(delete_folder("first"), ERR_OK);
	IS_NUM(delete_folder("second"), ERR_OK);
	memset(&shut, 0, sizeof(shut));
	memset(&behind, 0, sizeof(behind));
	mailbox_shut(box, outcome_put, &shut);
	folder_create(box, S("third/below"), FOLDER_SPECIAL_NONE, outcome_put, &behind);
	harness_run(&h);
	IS_NUM(shut.err, ERR_OK);
	IS_NUM(behind.err, ERR_BUSY);
	IS_NUM(folder("third"), 0);
	IS_NUM(create("third"), ERR_BUSY);
	mailbox_unshut(box);
	IS_NUM(create("third"), ERR_OK);
	IS_NUM(harness_verify(&h), ERR_OK);
	mailbox_unref(box);
	box = mine;
	end();
}

static bool count_changes(void *arg, const struct mailbox_change *c)
{
	buf_printf(arg, "%d/%u ", (int)c->kind, c->uid);
	return true;
}

static void test_changes(void)
{
	struct mailbox_stats stats;
	uint64_t since;
	struct buf b;

	begin(&none);
	buf_init(&b, BUF_NO_CEILING);
	IS_NUM(append("INBOX", S("x"), 0), ERR_OK);
	mailbox_stats(box, &stats);
	since = stats.modseq;
	IS_NUM(append("INBOX", S("y"), 0), ERR_OK);
	IS_NUM(flags("INBOX", 1, FLAGS_ADD, ITEM_SEEN), ERR_OK);
	IS_NUM(flags("INBOX", 1, FLAGS_ADD, ITEM_SEEN), ERR_OK);
	IS_NUM(o.count, 0);
	IS_NUM(copy("INBOX", "Sent", 2, true), ERR_OK);
	IS_NUM(mailbox_changes(box, folder("INBOX"), since, count_changes, &b), ERR_OK);
	IS_STR(buf_str(&b), S("1/2 2/1 3/2 "));
	buf_clear(&b);
	IS_NUM(mailbox_changes(box, 0, since, count_changes, &b), ERR_OK);
	IS_STR(buf_str(&b), S("1/2 2/1 3/2 1/1 "));
	h.now_ms += (int64_t)40 * 86400 * 1000;
	run();
	store_purge(h.store, 7, &none, outcome_plain, &o);
	IS_NUM(ran(), ERR_OK);
	IS_NUM(mailbox_changes(box, 0, since, count_changes, &b), ERR_NOTFOUND);
	mailbox_stats(box, &stats);
	IS_NUM(mailbox_changes(box, 0, stats.modseq, count_changes, &b), ERR_OK);
	buf_done(&b);
	end();
}

static void also(void *arg, struct kv_write *w, kv_blob blob)
{
	*(kv_blob *)arg = blob;
	kv_put(w, STORE_MAILBOX_MAX + 5, S("q1"), S("queued"));
}

static void test_deliver(void)
{
	struct deliver_row rows[4] = { { .mailbox = 7 }, { .mailbox = 8 },
		{ .mailbox = 9, .limits.receive_octets = 3 }, /* the first message crosses it, the next is refused */
		{ .mailbox = STORE_MAILBOX_MAX + 1 } };
	struct deliver_request r = {
		.rows = rows, .rows_count = 4, .date = 5, .octets = S("hello"), .all_or_none = true
	};
	struct kv_blob_row row;
	struct kv_stats before, after;
	kv_blob blob = 0;

	begin(&none);
	harness_run(&h);
	r.record = harness_record(&a, r.octets);
	r.rows = &rows[2];
	r.rows_count = 1;
	run();
	store_deliver(h.store, &r, outcome_plain, &o);
	IS_NUM(ran(), ERR_OK);
	r.rows = rows;
	r.rows_count = 4;
	run();
	store_deliver(h.store, &r, outcome_plain, &o);
	IS_NUM(ran(), ERR_QUOTA);
	r.all_or_none = false;
	r.also = also;
	r.also_arg = &blob;
	r.also_count = 2;
	kv_stats(h.kv, &before);
	run();
	store_deliver(h.store, &r, outcome_plain, &o);
	IS_NUM(ran(), ERR_OK);
	kv_stats(h.kv, &after);
	IS_NUM(after.commits - before.commits, 1);
	IS_NUM(rows[0].ret, ERR_OK);
	IS_NUM(rows[0].ret_uid, 1);
	IS_NUM(rows[1].ret, ERR_OK);
	IS_NUM(rows[2].ret, ERR_QUOTA);
	IS_NUM(rows[3].ret, ERR_NOBOX);
	IS_NUM(kv_blob_stat(h.kv, blob, &row), ERR_OK);
	IS_NUM(row.count, 4);
	IS_NUM(after.blobs, before.blobs + 1);
	r.record = S("nonsense");
	run();
	store_deliver(h.store, &r, outcome_plain, &o);
	IS_NUM(ran(), ERR_PEER);
	run();
	store_mailbox_remove(h.store, 8, outcome_plain, &o);
	IS_NUM(ran(), ERR_OK);
	OK(!store_mailbox_exists(h.store, 8) && store_mailbox_exists(h.store, 7), "one is removed");
	IS_NUM(kv_blob_stat(h.kv, blob, &row), ERR_OK);
	IS_NUM(row.count, 3);
	h.others_blob = blob;
	h.others_count = 2;
	end();
}

static void test_disk_full(void)
{
	struct mailbox_stats stats;

	begin(&none);
	IS_NUM(append("INBOX", S("x"), 0), ERR_OK);
	kv_fault_inject(h.kv, KV_FAULT_WRITE_ENOSPC, 1);
	IS_NUM(append("INBOX", S("yy"), 0), ERR_DISKFULL);
	IS_NUM(o.count, 0);
	mailbox_stats(box, &stats);
	IS_NUM(stats.octets, 1);
	kv_fault_inject(h.kv, KV_FAULT_NONE, 0);
	/* One that fails with another behind it: the later figures are put right again. */
	kv_fault_inject(h.kv, KV_FAULT_WRITE_ENOSPC, 1);
	run();
	{
		struct deliver_row rows[2] = { { .mailbox = 7 }, { .mailbox = 7 } };
		struct deliver_request r = { .rows = rows,
			.rows_count = 1,
			.date = 5,
			.octets = S("zzz"),
			.record = harness_record(&a, S("zzz")) };
		struct outcome first = { 0 }, second = { 0 };

		store_deliver(h.store, &r, outcome_plain, &first);
		r.rows = rows + 1;
		store_deliver(h.store, &r, outcome_plain, &second);
		harness_run(&h);
		OK(first.calls == 1 && second.calls == 1, "both are answered");
		OK(first.err == ERR_DISKFULL || second.err == ERR_DISKFULL ||
				rows[0].ret != rows[1].ret,
			"one of them failed");
	}
	kv_fault_inject(h.kv, KV_FAULT_NONE, 0);
	reopen();
	IS_NUM(harness_verify(&h), ERR_OK);
	IS_NUM(append("INBOX", S("x"), 0), ERR_OK);
	OK(o.new_uids[0] > 2, "uids of refused ones are passed over");
	end();
}

static void test_corrupt(void)
{
	struct key_case {
		const char *what;
		struct str key;
		enum err want_open;
	} cases[] = {
		{ "mailbox row", S("M"), ERR_CORRUPT },
		{ "folder row", S("F\0\0\0\1"), ERR_CORRUPT },
		{ "item", S("I\0\0\0\3\0\0\0\1"), ERR_OK },
		{ "keywords", S("K\0\0\0\3"), ERR_OK },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct kv_write *w;
		struct folder_view *v = NULL;
		struct view_options vo = { 0 };
		enum err e;

		begin(&none);
		IS_NUM(append("Sent", S("x"), 0), ERR_OK);
		vo.folder = folder("Sent");
		mailbox_unref(box);
		harness_run(&h);
		store_free(h.store);
		w = kv_write_new(h.kv);
		kv_put(w, 7, cases[i].key, S("\7rubbish"));
		IS_NUM(kv_commit_now(h.kv, w), ERR_OK);
		harness_store(&h);
		e = store_mailbox_open(h.store, 7, &none, &box);
		OK(e == cases[i].want_open, "damaged %s: open gives %s", cases[i].what,
			err_name(e));
		if (e == ERR_OK) {
			IS_NUM(view_open(box, &vo, &v), ERR_CORRUPT);
			mailbox_unref(box);
		}
		IS_NUM(harness_deliver(&h, 8, S("other mailboxes live")), ERR_OK);
		harness_run(&h);
		IS_NUM(harness_verify(&h), ERR_CORRUPT);
		harness_close(&h);
		arena_done(&a);
	}
}

static void test_unreadable(void)
{
	struct folder_view *v;
	struct view_options vo = { 0 };
	struct kv_write *w;
	struct buf b;
	struct str record;

	begin(&none);
	buf_init(&b, BUF_NO_CEILING);
	IS_NUM(append("INBOX", S("one"), 0), ERR_OK);
	IS_NUM(append("INBOX", S("two"), 0), ERR_OK);
	w = kv_write_new(h.kv);
	kv_put(w, 7, S("R\0\0\0\0\0\0\0\1"), S("\7rubbish"));
	kv_put(w, 7, S("E\0\0\0\0\0\0\0\1"), S("\7rubbish"));
	IS_NUM(kv_commit_now(h.kv, w), ERR_OK);
	vo.folder = folder("INBOX");
	IS_NUM(view_open(box, &vo, &v), ERR_OK);
	IS_NUM(message_read(box, view_item(v, 1), 0, 9, &b), ERR_UNREADABLE);
	IS_NUM(message_record(box, view_item(v, 1), &a, &record), ERR_UNREADABLE);
	IS_NUM(message_read(box, view_item(v, 2), 0, 9, &b), ERR_OK);
	IS_STR(buf_str(&b), S("two"));
	IS_NUM(copy("INBOX", "Sent", 1, false), ERR_UNREADABLE);
	IS_NUM(harness_verify(&h), ERR_CORRUPT);
	IS_NUM(expunge("INBOX", false), ERR_OK);
	view_close(v);
	buf_done(&b);
	mailbox_unref(box);
	harness_close(&h);
	arena_done(&a);
}

static void count_flags(void *arg, const struct view_event *e)
{
	*(unsigned *)arg += e->kind == VIEW_FLAGS;
}

/* More changes between two syncs than the folder remembers one by one, in more than one chunk. */
static void test_many(void)
{
	static struct deliver_row rows[1200];
	static uint32_t uids[1200];
	struct deliver_request r = {
		.rows = rows, .rows_count = 1200, .date = 1, .octets = S("x")
	};
	struct flags_request fr = { .list = { uids, 1200 }, .mode = FLAGS_ADD, .flags = ITEM_SEEN };
	struct folder_view *v;
	struct view_options vo = { 0 };
	unsigned told = 0;

	begin(&none);
	for (unsigned i = 0; i < 1200; i++) {
		rows[i] = (struct deliver_row){ .mailbox = 7 };
		uids[i] = i + 1;
	}
	r.record = harness_record(&a, r.octets);
	run();
	store_deliver(h.store, &r, outcome_plain, &o);
	IS_NUM(ran(), ERR_OK);
	fr.folder = vo.folder = folder("INBOX");
	IS_NUM(view_open(box, &vo, &v), ERR_OK);
	IS_NUM(flags("INBOX", 1, FLAGS_ADD, ITEM_FLAGGED), ERR_OK);
	run();
	mailbox_flags(box, &fr, outcome_put, &o);
	IS_NUM(ran(), ERR_OK);
	IS_NUM(o.count, 1200);
	view_sync(v, true, count_flags, &told);
	IS_NUM(told, 1200);
	IS_NUM(info_of("INBOX").unseen, 0);
	run();
	mailbox_copy(
		box, &(struct copy_request){ fr.folder, folder("Sent"), fr.list }, outcome_put, &o);
	IS_NUM(ran(), ERR_OK);
	IS_NUM(info_of("Sent").messages, 1200);
	/* A copy that fails in its third chunk leaves nothing behind. */
	kv_fault_inject(h.kv, KV_FAULT_WRITE_ENOSPC, 3);
	run();
	mailbox_copy(box, &(struct copy_request){ fr.folder, folder("Trash"), fr.list },
		outcome_put, &o);
	IS_NUM(ran(), ERR_DISKFULL);
	kv_fault_inject(h.kv, KV_FAULT_NONE, 0);
	IS_NUM(o.count, 0);
	IS_NUM(info_of("Trash").messages, 0);
	run();
	mailbox_move(box, &(struct copy_request){ fr.folder, folder("Trash"), fr.list },
		outcome_put, &o);
	IS_NUM(ran(), ERR_OK);
	IS_NUM(info_of("INBOX").messages, 0);
	run();
	folder_rename(box, S("Sent"), S("Gone/Deep"), outcome_put, &o);
	IS_NUM(ran(), ERR_OK);
	IS_NUM(delete_folder("Gone/Deep"), ERR_OK);
	view_close(v);
	end();
}

/* Several changes asked for at once, one of them forgotten. */
static void test_queue(void)
{
	struct outcome many[5] = { { 0 } };
	struct append_request r = { .flags = 0, .date = 1, .octets = S("abc") };
	uint32_t one = 1;
	struct flags_request fr = { .list = { &one, 1 }, .mode = FLAGS_ADD, .flags = ITEM_SEEN };

	begin(&none);
	r.folder = fr.folder = folder("INBOX");
	r.record = harness_record(&a, r.octets);
	mailbox_append(box, &r, outcome_put, &many[0]);
	mailbox_append(box, &r, outcome_put, &many[1]);
	mailbox_flags(box, &fr, outcome_put, &many[2]);
	fr.flags = ITEM_FLAGGED;
	mailbox_flags(box, &fr, outcome_put, &many[3]);
	folder_delete(box, S("nope"), outcome_put, &many[4]);
	store_forget(h.store, &many[3]);
	harness_run(&h);
	IS_NUM(many[0].new_uids[0], 1);
	IS_NUM(many[1].new_uids[0], 2);
	IS_NUM(many[2].count, 1);
	IS_NUM(many[3].calls, 0);
	IS_NUM(many[4].err, ERR_NOFOLDER);
	IS_NUM(info_of("INBOX").unseen, 1);
	end();
}

static void test_removed_under_view(void)
{
	struct folder_view *v;
	struct view_options vo = { 0 };
	struct buf b;

	begin(&none);
	buf_init(&b, BUF_NO_CEILING);
	IS_NUM(create("a"), ERR_OK);
	IS_NUM(append("a", S("x"), 0), ERR_OK);
	vo.folder = folder("a");
	IS_NUM(view_open(box, &vo, &v), ERR_OK);
	IS_NUM(delete_folder("a"), ERR_OK);
	OK(view_folder_gone(v), "the view knows");
	IS_NUM(view_count(v), 1);
	view_sync(v, true, see, &b);
	IS_STR(buf_str(&b), S("EXPUNGE 1 "));
	view_close(v);
	vo.folder = folder("INBOX");
	IS_NUM(view_open(box, &vo, &v), ERR_OK);
	run();
	store_mailbox_remove(h.store, 7, outcome_plain, &o);
	IS_NUM(ran(), ERR_OK);
	OK(view_folder_gone(v), "and of the mailbox");
	IS_NUM(append("INBOX", S("x"), 0), ERR_NOBOX);
	view_close(v);
	buf_done(&b);
	end();
}

/* A record too large for a value is a blob, counted like the message's octets. */
static void test_large_record(void)
{
	struct append_request r = { .date = 5 };
	struct folder_view *v;
	struct view_options vo = { 0 };
	struct kv_stats kv;
	struct str record;
	struct buf message, made;

	begin(&none);
	buf_init(&message, BUF_NO_CEILING);
	buf_init(&made, BUF_NO_CEILING);
	buf_put(&message, S("To: x@example.com"));
	for (unsigned i = 0; i < 10000; i++)
		buf_printf(&message, ",\r\n \"%060u\" <somebody%u@example.com>", i, i);
	/* In windows-1252 they take half as many octets as in the record. */
	for (size_t i = 0; i < message.len; i++)
		message.at[i] = (char)(message.at[i] == '0' ? '\xe4' : message.at[i]);
	buf_put(&message, S("\r\n\r\nbody\r\n"));
	IS_NUM(record_make(buf_str(&message), &made), ERR_OK);
	OK(made.len > KV_VALUE_OCTETS_MAX, "the record is large: %zu", made.len);
	r.folder = vo.folder = folder("INBOX");
	r.octets = buf_str(&message);
	r.record = buf_str(&made);
	run();
	mailbox_append(box, &r, outcome_put, &o);
	IS_NUM(ran(), ERR_OK);
	IS_NUM(copy("INBOX", "Sent", 1, false), ERR_OK);
	IS_NUM(view_open(box, &vo, &v), ERR_OK);
	IS_NUM(message_record(box, view_item(v, 1), &a, &record), ERR_OK);
	OK(str_eq(record, buf_str(&made)), "and comes back whole");
	view_close(v);
	IS_NUM(harness_verify(&h), ERR_OK);
	IS_NUM(expunge("INBOX", false), ERR_OK);
	kv_stats(h.kv, &kv);
	IS_NUM(kv.blobs, 2);
	IS_NUM(expunge("Sent", false), ERR_OK);
	kv_stats(h.kv, &kv);
	IS_NUM(kv.blobs, 0);
	buf_done(&message);
	buf_done(&made);
	end();
}

/* The program ended after the mailbox was marked: it stays shut, and the next removal finishes the
 * work. */
static void test_removal_broken_off(void)
{
	struct kv_read read = { .shard = 8, .key = S("M") };
	struct mailbox_row row;
	struct mailbox *gone;
	struct kv_write *w;
	struct kv_stats kv;
	struct buf b;
	struct wr to = wr_to(&b);

	begin(&none);
	buf_init(&b, 1000);
	for (int i = 0; i < 3; i++)
		IS_NUM(harness_deliver(&h, 8, S("x")), ERR_OK);
	mailbox_unref(box);
	harness_run(&h);
	store_free(h.store);
	IS_NUM(kv_read_all(h.kv, &read, 1, &a), ERR_OK);
	IS_NUM(mailbox_row_get(read.ret_value, &row), ERR_OK);
	row.removing = true;
	mailbox_row_put(&to, &row);
	w = kv_write_new(h.kv);
	kv_put(w, 8, S("M"), buf_str(&b));
	IS_NUM(kv_commit_now(h.kv, w), ERR_OK);
	harness_store(&h);
	must(store_mailbox_open(h.store, 7, &none, &box) == ERR_OK);
	IS_NUM(store_mailbox_open(h.store, 8, &none, &gone), ERR_NOBOX);
	IS_NUM(harness_deliver(&h, 8, S("x")), ERR_NOBOX);
	run();
	store_purge(h.store, 8, &none, outcome_plain, &o);
	IS_NUM(ran(), ERR_NOBOX);
	run();
	store_mailbox_remove(h.store, 8, outcome_plain, &o);
	IS_NUM(ran(), ERR_OK);
	OK(!store_mailbox_exists(h.store, 8), "nothing is left");
	kv_stats(h.kv, &kv);
	IS_NUM(kv.blobs, 0);
	buf_done(&b);
	end();
}

/* Octets that nobody has are found, those of a mailbox that is half removed are not taken for such. */
static void test_orphan(void)
{
	struct kv_write *w;

	harness_open(&h, journal);
	IS_NUM(harness_deliver(&h, 7, S("Subject: a\r\n\r\nb\r\n")), ERR_OK);
	IS_NUM(harness_verify(&h), ERR_OK);
	w = kv_write_new(h.kv);
	(void)kv_blob_add(w, S("left behind"), 1);
	IS_NUM(kv_commit_now(h.kv, w), ERR_OK);
	IS_NUM(harness_verify(&h), ERR_CORRUPT);
	harness_close(&h);
}

static void test_all(void)
{
	test_folders();
	test_views();
	test_messages();
	test_sets();
	test_url_keys();
	test_keywords();
	test_inbox_rename();
	test_quota();
	test_lists();
	test_quota_of_counts();
	test_no_quota();
	test_retention();
	test_age();
	test_posters();
	test_shut();
	test_changes();
	test_deliver();
	test_disk_full();
	test_corrupt();
	test_unreadable();
	test_many();
	test_queue();
	test_removed_under_view();
	test_removal_broken_off();
	test_large_record();
	test_orphan();
}

int main(void)
{
	test_annotations();
	test_room_for_annotations();
	test_names();
	for (int driver = 0; driver < 2; driver++) {
		journal = driver == 1;
		printf("# %s\n", journal ? "journal" : "memory");
		test_all();
	}
	return tap_done();
}
