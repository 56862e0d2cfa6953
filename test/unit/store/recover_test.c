/* What is removed and kept: it comes back as it was, goes when its time is over or there is too much of it. */
#include "harness.h"

#include "store/row.h"

static struct harness h;
static struct outcome o;
static struct mailbox *box;
static struct arena a;

static const struct mailbox_limits week = { .retention_days = 7 };

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

static void begin(const struct mailbox_limits *limits, bool public)
{
	arena_init(&a, ARENA_NONE);
	harness_open(&h, false);
	if (public)
		store_public_set(h.store, 7);
	must(store_mailbox_open(h.store, 7, limits, &box) == ERR_OK);
}

static void reopen(void)
{
	struct mailbox_limits limits = *mailbox_limits(box);
	bool public = mailbox_is_public(box);

	mailbox_unref(box);
	harness_reopen(&h);
	if (public)
		store_public_set(h.store, 7);
	must(store_mailbox_open(h.store, 7, &limits, &box) == ERR_OK);
}

static void end(void)
{
	IS_NUM(harness_verify(&h), ERR_OK);
	mailbox_unref(box);
	harness_close(&h);
	arena_done(&a);
}

static uint32_t folder(const char *name)
{
	struct folder_info info;

	return folder_find(box, str_from_c(name), &info) == ERR_OK ? info.id : 0;
}

static enum err create(const char *name)
{
	run();
	folder_create(box, str_from_c(name), FOLDER_SPECIAL_NONE, outcome_put, &o);
	return ran();
}

static enum err append(const char *to, size_t octets, uint8_t flags)
{
	static const struct str words[] = { S_INIT("$Forwarded"), S_INIT("blue") };
	struct append_request r = { .folder = folder(to), .flags = flags, .date = 1000, .poster = 40, .octets = str_make(mem_new(octets), octets),
		.keywords = words, .keywords_count = (flags & ITEM_FLAGGED) ? 2 : 0 };
	struct annotation note = { 9, S("/comment"), S("mine") };
	enum err e;

	memset((char *)(uintptr_t)r.octets.at, 'x', octets);
	r.record = harness_record(&a, r.octets);
	if (flags & ITEM_FLAGGED)
		r.notes = (struct annotation_list){ &note, 1 };
	run();
	mailbox_append(box, &r, outcome_put, &o);
	e = ran();
	mem_free((void *)(uintptr_t)r.octets.at);
	return e;
}

static enum err expunge(const char *in, uint32_t uid, bool for_good)
{
	struct expunge_request r = { .folder = folder(in), .list = { &uid, 1 }, .for_good = for_good };

	run();
	mailbox_expunge(box, &r, outcome_put, &o);
	return ran();
}

static struct {
	struct retained rows[100];
	size_t count;
} kept;

static bool take(void *arg, const struct retained *r)
{
	kept.rows[kept.count++] = *r;
	return kept.count < 100;
}

static size_t look(void)
{
	kept.count = 0;
	must(mailbox_retained(box, 0, take, NULL) == ERR_OK);
	return kept.count;
}

static enum err recover(uint64_t id, uint32_t to)
{
	run();
	mailbox_recover(box, &(struct recover_request){ .ids = &id, .count = 1, .to = to }, outcome_put, &o);
	return ran();
}

static enum err purge(void)
{
	run();
	store_purge(h.store, mailbox_id(box), mailbox_limits(box), outcome_plain, &o);
	return ran();
}

static void pass_days(unsigned days)
{
	h.now_ms += (int64_t)days * 86400000;
}

static struct item item_of(const char *in, uint32_t uid, uint64_t reader)
{
	struct view_options options = { .folder = folder(in), .read_only = true, .reader = reader };
	struct item it = { 0 };
	struct folder_view *v;

	must(view_open(box, &options, &v) == ERR_OK);
	if (view_seq(v, uid) != 0)
		it = *view_item(v, view_seq(v, uid));
	view_close(v);
	return it;
}

static bool has_word(const char *in, const struct item *it, const char *word)
{
	for (unsigned i = 0; folder_keyword(box, folder(in), i).len > 0; i++) {
		if (item_keyword(it, i) && str_eq(folder_keyword(box, folder(in), i), str_from_c(word)))
			return true;
	}
	return false;
}

static void test_as_it_was(void)
{
	struct annotation_list notes;
	struct item it, was;

	begin(&week, false);
	IS_NUM(append("INBOX", 3, ITEM_SEEN | ITEM_FLAGGED | ITEM_DELETED), ERR_OK);
	was = item_of("INBOX", 1, 0);
	pass_days(2);
	IS_NUM(expunge("INBOX", 1, false), ERR_OK);
	reopen();
	IS_NUM(look(), 1);
	OK(kept.rows[0].uid == 1 && kept.rows[0].date == 1000 && kept.rows[0].saved == was.saved, "it is told of as it was");
	it = retained_item(&kept.rows[0]);
	OK(it.email == was.email && it.octets == 3, "and can be read");
	IS_NUM(recover(kept.rows[0].id, 0), ERR_OK);
	OK(o.count == 1 && o.uids[0] == 1 && o.new_uids[0] == 2 && o.folder == folder("INBOX"), "1 is 2 now");
	reopen();
	it = item_of("INBOX", 2, 0);
	OK(it.flags == (ITEM_SEEN | ITEM_FLAGGED) && it.date == 1000 && it.saved == was.saved && it.sent == was.sent && it.email == was.email,
		"flags, dates and email id are those it had");
	OK(has_word("INBOX", &it, "$Forwarded") && has_word("INBOX", &it, "blue"), "keywords too");
	must(message_notes(box, folder("INBOX"), &it, &a, &notes) == ERR_OK);
	OK(notes.count == 1 && str_eq(notes.rows[0].value, S("mine")), "and its annotation");
	IS_NUM(look(), 0);
	IS_NUM(recover(kept.rows[0].id, 0), ERR_NOTFOUND);
	end();
}

static void test_elsewhere(void)
{
	struct mailbox_limits narrow = { .retention_days = 7, .receive_octets = 4 };
	struct item it;

	begin(&week, false);
	IS_NUM(create("a"), ERR_OK);
	IS_NUM(append("a", 3, ITEM_FLAGGED), ERR_OK);
	IS_NUM(append("a", 3, 0), ERR_OK);
	IS_NUM(expunge("a", 1, false), ERR_OK);
	IS_NUM(expunge("a", 2, false), ERR_OK);
	IS_NUM(look(), 2);
	pass_days(1);
	IS_NUM(recover(kept.rows[0].id, folder("INBOX")), ERR_OK);
	it = item_of("INBOX", 1, 0);
	OK(has_word("INBOX", &it, "blue") && it.saved == (uint32_t)(h.now_ms / 1000), "keywords by name, saved now");
	mailbox_limits_set(box, &narrow);
	IS_NUM(recover(kept.rows[1].id, 0), ERR_QUOTA);
	IS_NUM(recover(kept.rows[1].id, 999), ERR_QUOTA);
	mailbox_limits_set(box, &week);
	IS_NUM(recover(kept.rows[1].id, 999), ERR_NOFOLDER);
	run();
	mailbox_limits_set(box, &narrow);
	mailbox_recover(box, &(struct recover_request){ .ids = (uint64_t[]){ kept.rows[1].id, kept.rows[1].id }, .count = 2, .no_quota = true },
		outcome_put, &o);
	IS_NUM(ran(), ERR_OK);
	IS_NUM(o.count, 1);
	end();
}

/* A folder says how long; without a word of its own the mailbox does. */
static void test_terms(void)
{
	begin(&week, false);
	IS_NUM(create("long"), ERR_OK);
	IS_NUM(create("none"), ERR_OK);
	run();
	folder_keep_change(box, folder("long"), 30, outcome_put, &o);
	IS_NUM(ran(), ERR_OK);
	run();
	folder_keep_change(box, folder("none"), 0, outcome_put, &o);
	IS_NUM(ran(), ERR_OK);
	run();
	folder_keep_change(box, 999, 1, outcome_put, &o);
	IS_NUM(ran(), ERR_NOFOLDER);
	reopen();
	IS_NUM(folder_keep(box, folder("long")), 30);
	IS_NUM(folder_kept_days(box, folder("INBOX")), 7);
	IS_NUM(folder_kept_days(box, folder("none")), 0);
	IS_NUM(append("long", 1, 0), ERR_OK);
	IS_NUM(append("none", 1, 0), ERR_OK);
	IS_NUM(append("INBOX", 1, 0), ERR_OK);
	IS_NUM(append("INBOX", 1, 0), ERR_OK);
	IS_NUM(expunge("long", 1, false), ERR_OK);
	IS_NUM(expunge("none", 1, false), ERR_OK);
	IS_NUM(expunge("INBOX", 1, false), ERR_OK);
	IS_NUM(expunge("INBOX", 2, true), ERR_OK);
	IS_NUM(look(), 2);
	pass_days(8);
	IS_NUM(purge(), ERR_OK);
	IS_NUM(look(), 1);
	IS_NUM(kept.rows[0].folder, folder("long"));
	run();
	folder_keep_change(box, folder("long"), FOLDER_AGE_DEFAULT, outcome_put, &o);
	IS_NUM(ran(), ERR_OK);
	IS_NUM(purge(), ERR_OK);
	IS_NUM(look(), 0);
	end();
}

/* The oldest goes when there is too much; a quota never counts what is kept. */
static void test_ceiling(void)
{
	struct mailbox_stats stats;

	begin(&week, false);
	store_retained_max_set(h.store, 25);
	for (uint32_t uid = 1; uid <= 5; uid++) {
		IS_NUM(append("INBOX", 10, 0), ERR_OK);
		IS_NUM(expunge("INBOX", uid, false), ERR_OK);
	}
	IS_NUM(look(), 2);
	OK(kept.rows[0].uid == 4 && kept.rows[1].uid == 5, "the oldest have gone");
	mailbox_stats(box, &stats);
	OK(stats.octets == 0 && stats.retained_octets == 20, "20 octets are kept, the quota counts none");
	store_retained_max_set(h.store, 10);
	IS_NUM(purge(), ERR_OK);
	IS_NUM(look(), 1);
	run();
	mailbox_retained_drop(box, &kept.rows[0].id, 1, outcome_put, &o);
	IS_NUM(ran(), ERR_OK);
	IS_NUM(o.uids[0], 5);
	run();
	mailbox_retained_drop(box, &kept.rows[0].id, 1, outcome_put, &o);
	IS_NUM(ran(), ERR_NOTFOUND);
	mailbox_stats(box, &stats);
	IS_NUM(stats.retained_messages, 0);
	end();
}

/* More than one write set may take goes in slices. */
static void test_slices(void)
{
	struct mailbox_stats stats;
	struct expunge_request all = { .all = true };
	unsigned steps = 0;
	enum err e;

	arena_init(&a, ARENA_NONE);
	harness_open(&h, false);
	harness_fill(&h, 1300);
	must(store_mailbox_open(h.store, 1, &week, &box) == ERR_OK);
	all.folder = folder("INBOX");
	run();
	mailbox_expunge(box, &all, outcome_put, &o);
	IS_NUM(ran(), ERR_OK);
	mailbox_stats(box, &stats);
	IS_NUM(stats.retained_messages, 1300);
	pass_days(8);
	do {
		run();
		store_purge(h.store, 1, &week, outcome_plain, &o);
		e = ran();
		steps++;
	} while (e == ERR_NEEDMORE);
	IS_NUM(e, ERR_OK);
	OK(steps >= 3, "in slices");
	mailbox_stats(box, &stats);
	IS_NUM(stats.retained_messages, 0);
	end();
}

static uint32_t flags_of(const char *in, uint32_t uid, uint64_t reader)
{
	return item_of(in, uid, reader).flags;
}

/* In the public store a message comes back as whose it was, seen by those who had seen it; there is no inbox to fall back to. */
static void test_public(void)
{
	struct flags_request seen = { .reader = 40, .mode = FLAGS_ADD, .flags = ITEM_SEEN };
	uint32_t uids[] = { 3 };
	size_t count = 1;

	begin(&week, true);
	IS_NUM(create("news"), ERR_OK);
	IS_NUM(append("news", 2, 0), ERR_OK);
	IS_NUM(append("news", 2, 0), ERR_OK);
	seen.folder = folder("news");
	seen.list = (struct uid_list){ (uint32_t[]){ 1 }, 1 };
	run();
	mailbox_flags(box, &seen, outcome_put, &o);
	IS_NUM(ran(), ERR_OK);
	seen.reader = 41;
	seen.list = (struct uid_list){ (uint32_t[]){ 2 }, 1 };
	run();
	mailbox_flags(box, &seen, outcome_put, &o);
	IS_NUM(ran(), ERR_OK);
	IS_NUM(expunge("news", 1, false), ERR_OK);
	IS_NUM(look(), 1);
	IS_NUM(recover(kept.rows[0].id, 0), ERR_OK);
	IS_NUM(o.new_uids[0], 3);
	reopen();
	IS_NUM(flags_of("news", 3, 40), ITEM_SEEN);
	IS_NUM(flags_of("news", 3, 41), 0);
	IS_NUM(flags_of("news", 2, 41), ITEM_SEEN);
	IS_NUM(mailbox_posted(box, folder("news"), 40, uids, &count), ERR_OK);
	IS_NUM(count, 1);
	IS_NUM(expunge("news", 3, false), ERR_OK);
	IS_NUM(look(), 1);
	run();
	folder_delete(box, S("news"), outcome_put, &o);
	IS_NUM(ran(), ERR_OK);
	IS_NUM(recover(kept.rows[0].id, 0), ERR_NOFOLDER);
	IS_NUM(create("other"), ERR_OK);
	IS_NUM(recover(kept.rows[0].id, folder("other")), ERR_OK);
	end();
}

/* An age limit would take at once what comes back with its old save date. */
static void test_age(void)
{
	begin(&week, false);
	IS_NUM(append("INBOX", 1, 0), ERR_OK);
	run();
	folder_age_change(box, folder("INBOX"), 2, outcome_put, &o);
	IS_NUM(ran(), ERR_OK);
	pass_days(3);
	run();
	store_age(h.store, 7, outcome_plain, &o);
	IS_NUM(ran(), ERR_NEEDMORE);
	IS_NUM(look(), 1);
	IS_NUM(recover(kept.rows[0].id, 0), ERR_OK);
	run();
	store_age(h.store, 7, outcome_plain, &o);
	IS_NUM(ran(), ERR_OK);
	IS_NUM(look(), 0);
	end();
}

static enum err delete_folder(const char *name)
{
	run();
	folder_delete(box, str_from_c(name), outcome_put, &o);
	return ran();
}

static struct {
	struct retained_folder rows[20];
	char names[20][100];
	size_t count;
} gone;

static bool take_gone(void *arg, const struct retained_folder *f)
{
	gone.rows[gone.count] = *f;
	snprintf(gone.names[gone.count++], sizeof(gone.names[0]), "%.*s", STR_FMT(f->name));
	return true;
}

static size_t look_for_folders(void)
{
	gone.count = 0;
	must(mailbox_retained_folders(box, 0, take_gone, NULL) == ERR_OK);
	return gone.count;
}

static enum err revive(uint64_t id, const char *as)
{
	run();
	folder_revive(box, &(struct revive_request){ .id = id, .as = str_from_c(as) }, outcome_put, &o);
	return ran();
}

static struct folder_info info_of(const char *name)
{
	struct folder_info info = { 0 };

	OK(folder_find(box, str_from_c(name), &info) == ERR_OK, "%s is there", name);
	return info;
}

/* With all that it was: uids and UIDVALIDITY, list, annotations, keywords, terms, special use. */
static void test_folder(void)
{
	struct acl_change list = { .entry = { .kind = ACL_ACCOUNT, .account = 40, .rights = ACL_READ | ACL_LOOKUP } };
	struct annotation note = { 0, S("/shared/comment"), S("ours") };
	struct annotate_request annotate = { .changes = { &note, 1 }, .specials_given = true, .specials = FOLDER_SPECIAL_JUNK };
	struct annotation_list annotations;
	struct folder_info was, is;
	struct item it;

	begin(&week, false);
	IS_NUM(create("a/b"), ERR_OK);
	for (unsigned i = 0; i < 4; i++)
		IS_NUM(append("a/b", 3, i == 2 ? ITEM_FLAGGED | ITEM_SEEN : 0), ERR_OK);
	IS_NUM(expunge("a/b", 2, false), ERR_OK);
	annotate.folder = folder("a/b");
	run();
	folder_annotate(box, &annotate, outcome_put, &o);
	IS_NUM(ran(), ERR_OK);
	run();
	folder_acl_change(box, folder("a/b"), &list, outcome_put, &o);
	IS_NUM(ran(), ERR_OK);
	run();
	folder_age_change(box, folder("a/b"), 400, outcome_put, &o);
	IS_NUM(ran(), ERR_OK);
	run();
	folder_keep_change(box, folder("a/b"), 30, outcome_put, &o);
	IS_NUM(ran(), ERR_OK);
	was = info_of("a/b");
	IS_NUM(delete_folder("a/b"), ERR_OK);
	IS_NUM(delete_folder("a"), ERR_OK);
	IS_NUM(look_for_folders(), 2);
	OK(strcmp(gone.names[0], "a/b") == 0 && gone.rows[0].messages == 3 && gone.rows[0].until == h.now_ms / 1000 + 30 * 86400, "it is told of");
	pass_days(8);
	IS_NUM(purge(), ERR_OK);
	reopen();
	IS_NUM(look_for_folders(), 1);
	IS_NUM(look(), 4);
	IS_NUM(revive(gone.rows[0].id, ""), ERR_OK);
	IS_NUM(o.count, 3);
	for (unsigned again = 0; again < 2; again++) {
		is = info_of("a/b");
		OK(is.id == was.id && is.uidvalidity == was.uidvalidity && is.uidnext == was.uidnext, "the same folder");
		OK(is.messages == 3 && is.unseen == was.unseen && is.octets == was.octets && is.modseq > was.modseq, "with its messages");
		IS_NUM(is.specials, FOLDER_SPECIAL_JUNK);
		it = item_of("a/b", 3, 0);
		OK(it.flags == (ITEM_FLAGGED | ITEM_SEEN) && has_word("a/b", &it, "blue"), "flags and keywords");
		OK(item_of("a/b", 2, 0).uid == 0, "what was expunged before is not among them");
		OK(folder_acl(box, is.id) && folder_acl(box, is.id)->count == 2, "its list");
		OK(folder_age(box, is.id) == 400 && folder_keep(box, is.id) == 30, "its terms");
		must(folder_annotations(box, is.id, &a, &annotations) == ERR_OK);
		OK(annotations.count == 1 && str_eq(annotations.rows[0].value, S("ours")), "its annotation");
		info_of("a");
		if (again == 0)
			reopen();
	}
	IS_NUM(look(), 1);
	IS_NUM(look_for_folders(), 0);
	IS_NUM(append("a/b", 1, 0), ERR_OK);
	IS_NUM(o.new_uids[0], 5);
	IS_NUM(recover(kept.rows[0].id, 0), ERR_OK);
	OK(o.folder == was.id && o.new_uids[0] == 6, "and that one comes back behind all others");
	end();
}

/* The name was taken meanwhile. */
static void test_taken(void)
{
	uint32_t id, uidvalidity;

	begin(&week, false);
	IS_NUM(create("a"), ERR_OK);
	IS_NUM(append("a", 1, 0), ERR_OK);
	id = folder("a");
	uidvalidity = info_of("a").uidvalidity;
	IS_NUM(delete_folder("a"), ERR_OK);
	IS_NUM(create("a"), ERR_OK);
	IS_NUM(look_for_folders(), 1);
	IS_NUM(revive(gone.rows[0].id, ""), ERR_FOLDEREXISTS);
	IS_NUM(revive(gone.rows[0].id, "INBOX"), ERR_FOLDEREXISTS);
	IS_NUM(revive(gone.rows[0].id, "x//y"), ERR_FOLDERNAME);
	IS_NUM(revive(999, ""), ERR_NOTFOUND);
	IS_NUM(look_for_folders(), 1);
	IS_NUM(revive(gone.rows[0].id, "b/c"), ERR_OK);
	OK(folder("b/c") == id && info_of("b/c").uidvalidity == uidvalidity, "it is itself under another name");
	IS_NUM(info_of("b/c").messages, 1);
	IS_NUM(revive(gone.rows[0].id, "d"), ERR_NOTFOUND);
	end();
}

/* A subscribed one stays as a name, with its number: made anew and used, its uids are others. */
static void test_subscribed(void)
{
	uint32_t id, uidvalidity;

	begin(&week, false);
	IS_NUM(create("a"), ERR_OK);
	run();
	folder_subscribe(box, S("a"), true, outcome_put, &o);
	IS_NUM(ran(), ERR_OK);
	IS_NUM(append("a", 1, 0), ERR_OK);
	id = folder("a");
	uidvalidity = info_of("a").uidvalidity;
	IS_NUM(delete_folder("a"), ERR_OK);
	IS_NUM(look_for_folders(), 1);
	IS_NUM(revive(gone.rows[0].id, ""), ERR_OK);
	OK(folder("a") == id && info_of("a").uidvalidity == uidvalidity && info_of("a").subscribed, "the same, and subscribed");
	OK(item_of("a", 1, 0).uid == 1, "with its uid");
	IS_NUM(delete_folder("a"), ERR_OK);
	IS_NUM(create("a"), ERR_OK);
	IS_NUM(append("a", 2, 0), ERR_OK);
	IS_NUM(delete_folder("a"), ERR_OK);
	IS_NUM(look_for_folders(), 2);
	IS_NUM(revive(gone.rows[0].id, ""), ERR_OK);
	OK(info_of("a").uidvalidity > uidvalidity && info_of("a").messages == 1, "uids were given meanwhile: they are new");
	OK(item_of("a", 3, 0).octets == 1, "behind all that were given");
	IS_NUM(revive(gone.rows[1].id, ""), ERR_FOLDEREXISTS);
	reopen();
	IS_NUM(info_of("a").messages, 1);
	end();
}

/* More than one write set; and the disk is full on the way. */
static void test_large(void)
{
	struct mailbox_stats stats;
	struct copy_request move = { 0 };
	static uint32_t uids[1300];

	arena_init(&a, ARENA_NONE);
	harness_open(&h, false);
	harness_fill(&h, 1300);
	must(store_mailbox_open(h.store, 1, &week, &box) == ERR_OK);
	IS_NUM(create("big"), ERR_OK);
	for (uint32_t i = 0; i < 1300; i++)
		uids[i] = i + 1;
	move.from = folder("INBOX");
	move.to = folder("big");
	move.list = (struct uid_list){ uids, 1300 };
	run();
	mailbox_move(box, &move, outcome_put, &o);
	IS_NUM(ran(), ERR_OK);
	IS_NUM(delete_folder("big"), ERR_OK);
	IS_NUM(look_for_folders(), 1);
	IS_NUM(revive(gone.rows[0].id, ""), ERR_OK);
	IS_NUM(o.count, 1300);
	IS_NUM(info_of("big").messages, 1300);
	IS_NUM(info_of("big").uidnext, 1301);
	mailbox_stats(box, &stats);
	IS_NUM(stats.retained_messages, 0);
	IS_NUM(delete_folder("big"), ERR_OK);
	IS_NUM(look_for_folders(), 1);
	pass_days(8);
	while (purge() == ERR_NEEDMORE)
		continue;
	IS_NUM(look_for_folders(), 0);
	IS_NUM(look(), 0);
	end();
}

/* What readers of the public store had seen is seen in the folder that comes back. */
static void test_public_folder(void)
{
	struct flags_request seen = { .reader = 40, .mode = FLAGS_ADD, .flags = ITEM_SEEN };

	begin(&week, true);
	IS_NUM(create("news"), ERR_OK);
	IS_NUM(append("news", 2, 0), ERR_OK);
	seen.folder = folder("news");
	seen.list = (struct uid_list){ (uint32_t[]){ 1 }, 1 };
	run();
	mailbox_flags(box, &seen, outcome_put, &o);
	IS_NUM(ran(), ERR_OK);
	IS_NUM(delete_folder("news"), ERR_OK);
	IS_NUM(purge(), ERR_OK);
	IS_NUM(look_for_folders(), 1);
	IS_NUM(revive(gone.rows[0].id, "old news"), ERR_OK);
	IS_NUM(flags_of("old news", 1, 40), ITEM_SEEN);
	IS_NUM(flags_of("old news", 1, 41), 0);
	end();
}

int main(void)
{
	test_folder();
	test_taken();
	test_subscribed();
	test_large();
	test_public_folder();
	test_as_it_was();
	test_elsewhere();
	test_terms();
	test_ceiling();
	test_slices();
	test_public();
	test_age();
	return tap_done();
}
