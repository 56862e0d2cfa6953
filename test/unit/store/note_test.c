/* Notes, the annotations of messages: their row, changing them, and what becomes of them with their message. */
#include "harness.h"
#include "store/keys.h"
#include "store/note_row.h"
#include "store/row.h"

static const struct mailbox_limits none, keeping = { .retention_days = 14 };
static struct harness h;
static struct outcome o;
static struct mailbox *box;
static struct arena a;
static uint32_t inbox, trash;

/* ---- the row ---- */

static void test_row(void)
{
	struct annotation rows[] = { { 0, S("/Comment"), S("x\0y") }, { 0, S("/comment"), S("") }, { 7, S("/comment"), S("mine") } };
	struct annotation turned[] = { rows[1], rows[0] }, again[] = { rows[1], rows[1] };
	struct annotation_list list = { rows, 3 }, back = { 0 };
	struct str row;
	struct buf b;
	struct wr to = wr_to(&b);

	arena_init(&a, ARENA_NONE);
	row = note_row(&a, &list);
	IS_NUM(note_row_get(row, &a, &back), ERR_OK);
	OK(back.count == 3 && str_eq(back.rows[0].value, S("x\0y")) && back.rows[2].owner == 7, "they come back");
	for (size_t n = 0; n < row.len; n++) {
		char *exact = n > 0 ? mem_copy(row.at, n) : NULL;

		OK(note_row_get(str_make(exact, n), &a, &back) == ERR_CORRUPT, "%zu octets are too few", n);
		mem_free(exact);
	}
	IS_NUM(note_row(&a, &(struct annotation_list){ 0 }).len, 0);
	buf_init(&b, 1000);
	annotations_row_put(&to, &list);
	buf_put_octet(&b, 'x');
	IS_NUM(note_row_get(buf_str(&b), &a, &back), ERR_CORRUPT);
	b.len--;
	b.at[0] = 2;
	IS_NUM(note_row_get(buf_str(&b), &a, &back), ERR_CORRUPT);
	buf_clear(&b);
	annotations_row_put(&to, &(struct annotation_list){ turned, 2 });
	IS_NUM(note_row_get(buf_str(&b), &a, &back), ERR_CORRUPT);
	buf_clear(&b);
	annotations_row_put(&to, &(struct annotation_list){ again, 2 });
	IS_NUM(note_row_get(buf_str(&b), &a, &back), ERR_CORRUPT);
	buf_clear(&b);
	annotations_row_put(&to, &(struct annotation_list){ rows, 0 });
	IS_NUM(note_row_get(buf_str(&b), &a, &back), ERR_CORRUPT);
	buf_done(&b);
	arena_done(&a);
}

static void test_merge(void)
{
	struct annotation was[] = { { 0, S("/a"), S("1") }, { 7, S("/a"), S("2") } };
	struct annotation changes[] = { { 7, S("/a"), STR_NONE }, { 8, S("/A"), S("3") }, { 8, S("/A"), S("4") }, { 9, S("/c"), STR_NONE } };
	struct annotation many[NOTES_MAX + 1];
	struct annotation_list list;
	char names[NOTES_MAX + 1][8], long_name[NOTE_ENTRY_OCTETS_MAX + 1];

	arena_init(&a, ARENA_NONE);
	IS_NUM(note_merge(&a, &(struct annotation_list){ was, 2 }, &(struct annotation_list){ changes, 4 }, &list), ERR_OK);
	OK(list.count == 2 && str_eq(list.rows[0].entry, S("/A")) && str_eq(list.rows[0].value, S("4")) && list.rows[1].owner == 0,
		"the last change counts, case too");
	for (size_t i = 0; i < NOTES_MAX + 1; i++) {
		snprintf(names[i], sizeof(names[i]), "/%03zu", i);
		many[i] = (struct annotation){ 0, str_from_c(names[i]), S("x") };
	}
	IS_NUM(note_merge(&a, &(struct annotation_list){ 0 }, &(struct annotation_list){ many, NOTES_MAX }, &list), ERR_OK);
	IS_NUM(list.count, NOTES_MAX);
	IS_NUM(note_merge(&a, &(struct annotation_list){ 0 }, &(struct annotation_list){ many, NOTES_MAX + 1 }, &list), ERR_TOOMANYNOTES);
	memset(long_name, 'x', sizeof(long_name));
	changes[0].entry = str_make(long_name, sizeof(long_name));
	IS_NUM(note_merge(&a, &(struct annotation_list){ 0 }, &(struct annotation_list){ changes, 1 }, &list), ERR_SYNTAX);
	arena_done(&a);
}

/* ---- in a mailbox ---- */

static enum err ran(void)
{
	harness_run(&h);
	must(o.calls == 1);
	return o.err;
}

static void begin(const struct mailbox_limits *limits)
{
	struct folder_info info;

	arena_init(&a, ARENA_NONE);
	harness_open(&h, true);
	must(store_mailbox_open(h.store, 7, limits, &box) == ERR_OK);
	must(folder_find(box, S("INBOX"), &info) == ERR_OK);
	inbox = info.id;
	must(folder_find(box, S("Trash"), &info) == ERR_OK);
	trash = info.id;
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

static enum err note_all(uint32_t in, const struct uid_list *uids, struct annotation_list changes)
{
	struct note_request r = { .folder = in, .list = *uids, .changes = changes };

	memset(&o, 0, sizeof(o));
	mailbox_note(box, &r, outcome_put, &o);
	return ran();
}

static enum err note(uint32_t in, uint32_t uid, uint64_t owner, const char *entry, struct str value)
{
	struct annotation change = { owner, str_from_c(entry), value };

	return note_all(in, &(struct uid_list){ &uid, 1 }, (struct annotation_list){ &change, 1 });
}

static enum err append(uint32_t to, struct annotation_list notes)
{
	struct str octets = S("Subject: x\r\n\r\nbody\r\n");
	struct append_request r = { .folder = to, .date = 5, .octets = octets, .record = harness_record(&a, octets), .notes = notes };

	memset(&o, 0, sizeof(o));
	mailbox_append(box, &r, outcome_put, &o);
	return ran();
}

static enum err copy(const struct copy_request *r, bool move)
{
	memset(&o, 0, sizeof(o));
	(move ? mailbox_move : mailbox_copy)(box, r, outcome_put, &o);
	return ran();
}

static enum err expunge(uint32_t in, uint32_t uid, bool for_good)
{
	struct expunge_request r = { .folder = in, .for_good = for_good, .list = { &uid, 1 } };

	memset(&o, 0, sizeof(o));
	mailbox_expunge(box, &r, outcome_put, &o);
	return ran();
}

/* "/entry=value(owner) " for each, through a view. */
static void notes(uint32_t in, uint32_t uid, const char *want)
{
	struct view_options options = { .folder = in, .read_only = true };
	struct annotation_list list = { 0 };
	const struct item *it;
	struct folder_view *v;
	struct buf b;

	must(view_open(box, &options, &v) == ERR_OK);
	buf_init(&b, BUF_NO_CEILING);
	it = view_item(v, view_seq(v, uid));
	OK(it != NULL, "message %u is there", uid);
	IS_NUM(message_notes(box, in, it, &a, &list), ERR_OK);
	OK(it->noted == (list.count > 0), "and knows whether it has any");
	for (size_t i = 0; i < list.count; i++)
		buf_printf(&b, "%.*s=%.*s(%llu) ", STR_FMT(list.rows[i].entry), STR_FMT(list.rows[i].value),
			(unsigned long long)list.rows[i].owner);
	IS_STR(buf_str(&b), str_from_c(want));
	buf_done(&b);
	view_close(v);
}

static void test_changes(void)
{
	struct annotation two[] = { { 0, S("/comment"), S("both") }, { 7, S("/altsubject"), S("s") } };
	uint32_t uids[] = { 1, 2, 9 };
	struct note_request r = { .folder = inbox };
	uint64_t modseq;

	begin(&none);
	r.folder = inbox;
	for (unsigned i = 0; i < 3; i++)
		must(append(inbox, (struct annotation_list){ 0 }) == ERR_OK);
	IS_NUM(note(inbox, 1, 7, "/comment", S("mine")), ERR_OK);
	IS_NUM(o.count, 1);
	IS_NUM(note(inbox, 1, 8, "/comment", S("yours")), ERR_OK);
	IS_NUM(note_all(inbox, &(struct uid_list){ uids, 3 }, (struct annotation_list){ two, 2 }), ERR_OK);
	IS_NUM(o.count, 2);
	modseq = o.modseq;
	notes(inbox, 1, "/altsubject=s(7) /comment=both(0) /comment=mine(7) /comment=yours(8) ");
	notes(inbox, 2, "/altsubject=s(7) /comment=both(0) ");
	notes(inbox, 3, "");
	/* What is so already is no change, and what goes may go twice. */
	IS_NUM(note_all(inbox, &(struct uid_list){ uids, 3 }, (struct annotation_list){ two, 2 }), ERR_OK);
	IS_NUM(o.count, 0);
	IS_NUM(note(inbox, 3, 7, "/comment", STR_NONE), ERR_OK);
	IS_NUM(o.count, 0);
	IS_NUM(note(inbox, 9, 7, "/comment", S("x")), ERR_OK);
	IS_NUM(note(999, 1, 7, "/comment", S("x")), ERR_NOFOLDER);
	/* RFC 7162: one that was changed later is left alone. */
	two[0].value = S("later");
	r.list = (struct uid_list){ uids, 2 };
	r.changes = (struct annotation_list){ two, 1 };
	r.unchanged_since_given = true;
	r.unchanged_since = modseq - 1;
	memset(&o, 0, sizeof(o));
	mailbox_note(box, &r, outcome_put, &o);
	IS_NUM(ran(), ERR_OK);
	OK(o.count == 0 && o.refused_count == 2, "both were");
	IS_NUM(note(inbox, 2, 0, "/comment", STR_NONE), ERR_OK);
	IS_NUM(note(inbox, 2, 7, "/altsubject", STR_NONE), ERR_OK);
	notes(inbox, 2, "");
	reopen();
	notes(inbox, 1, "/altsubject=s(7) /comment=both(0) /comment=mine(7) /comment=yours(8) ");
	notes(inbox, 2, "");
	IS_NUM(harness_verify(&h), ERR_OK);
	end();
}

static void test_limits(void)
{
	static char big[NOTE_VALUE_OCTETS_MAX + 1];
	struct annotation change = { 0, S("/comment"), str_make(big, sizeof(big)) };
	uint32_t uids[1100];
	struct item before;

	memset(big, 'x', sizeof(big));
	memset(&before, 0, sizeof(before));
	begin(&none);
	for (uint32_t i = 0; i < 1100; i++) {
		uids[i] = i + 1;
		must(append(inbox, (struct annotation_list){ 0 }) == ERR_OK);
	}
	IS_NUM(note(inbox, 1, 0, "/comment", change.value), ERR_NOTESIZE);
	IS_NUM(append(inbox, (struct annotation_list){ &change, 1 }), ERR_NOTESIZE);
	change.value.len--;
	for (unsigned i = 0; i < 7; i++) {
		char name[] = "/vendor/x/0";

		name[10] = (char)('0' + i);
		IS_NUM(note(inbox, 1, 0, name, change.value), ERR_OK);
	}
	IS_NUM(note(inbox, 1, 0, "/vendor/x/7", change.value), ERR_TOOMANYNOTES);
	/* Some 64 KiB for each: there is no room for all of them, and what was changed before stays. */
	IS_NUM(note_all(inbox, &(struct uid_list){ uids, 1100 }, (struct annotation_list){ &change, 1 }), ERR_TOOMANYNOTES);
	IS_NUM(note_all(inbox, &(struct uid_list){ uids + 1, 1099 }, (struct annotation_list){ &change, 1 }), ERR_QUOTA);
	OK(o.count > 500 && o.count < 1099, "%zu were changed", o.count);
	/* Short ones fill what is left. */
	IS_NUM(copy(&(struct copy_request){ .from = inbox, .to = trash, .list = { uids, 200 }, .notes_shared = true }, false), ERR_QUOTA);
	IS_NUM(copy(&(struct copy_request){ .from = inbox, .to = trash, .list = { uids, 200 } }, false), ERR_OK);
	IS_NUM(copy(&(struct copy_request){ .from = inbox, .to = trash, .list = { uids, 200 }, .notes_shared = true }, true), ERR_OK);
	/* None is more, so it is always possible. */
	IS_NUM(note_all(inbox, &(struct uid_list){ uids, 1100 }, (struct annotation_list){ &(struct annotation){ 0, S("/comment"), STR_NONE }, 1 }), ERR_OK);
	IS_NUM(note(inbox, 500, 0, "/comment", change.value), ERR_OK);
	end();
}

static void test_with_the_message(void)
{
	struct annotation three[] = { { 8, S("/comment"), S("yours") }, { 0, S("/comment"), S("ours") }, { 7, S("/comment"), S("mine") } };
	struct annotation_list list = { three, 3 };
	uint32_t one = 1;
	struct copy_request r = { .list = { &one, 1 }, .notes_account = 7 };

	begin(&none);
	must(append(inbox, list) == ERR_OK && append(inbox, list) == ERR_OK && append(inbox, (struct annotation_list){ 0 }) == ERR_OK);
	notes(inbox, 1, "/comment=ours(0) /comment=mine(7) /comment=yours(8) ");
	r.from = inbox;
	r.to = trash;
	/* RFC 5257 section 4.6: nobody else's private ones. */
	IS_NUM(copy(&r, false), ERR_OK);
	notes(trash, 1, "/comment=mine(7) ");
	r.notes_shared = true;
	r.notes_account = 0;
	IS_NUM(copy(&r, false), ERR_OK);
	notes(trash, 2, "/comment=ours(0) ");
	r.notes_account = 7;
	r.to = inbox;
	IS_NUM(copy(&r, false), ERR_OK);
	notes(inbox, 4, "/comment=ours(0) /comment=mine(7) ");
	r.to = trash;
	IS_NUM(copy(&r, true), ERR_OK);
	notes(trash, 3, "/comment=ours(0) /comment=mine(7) ");
	/* Flags of many in one row beside them. */
	memset(&o, 0, sizeof(o));
	mailbox_flags(box, &(struct flags_request){ .folder = inbox, .list = { (uint32_t[]){ 2, 3, 4 }, 3 }, .mode = FLAGS_ADD, .flags = ITEM_SEEN },
		outcome_put, &o);
	IS_NUM(ran(), ERR_OK);
	notes(inbox, 2, "/comment=ours(0) /comment=mine(7) /comment=yours(8) ");
	notes(inbox, 3, "");
	IS_NUM(expunge(inbox, 4, false), ERR_OK);
	IS_NUM(note(inbox, 2, 9, "/altsubject", S("z")), ERR_OK);
	/* INBOX renamed: the messages are the same, and whose notes they have. */
	memset(&o, 0, sizeof(o));
	folder_rename(box, S("INBOX"), S("old"), outcome_put, &o);
	IS_NUM(ran(), ERR_OK);
	reopen();
	notes(o.folder, 1, "/altsubject=z(9) /comment=ours(0) /comment=mine(7) /comment=yours(8) ");
	notes(o.folder, 2, "");
	IS_NUM(harness_verify(&h), ERR_OK);
	memset(&o, 0, sizeof(o));
	folder_delete(box, S("old"), outcome_put, &o);
	IS_NUM(ran(), ERR_OK);
	end();
}

static bool take_id(void *arg, const struct retained *r)
{
	*(uint64_t *)arg = r->id;
	return true;
}

/* They wait with their message for it to be recovered, and go with it in the end. */
static void test_recovery(void)
{
	struct annotation change = { 7, S("/comment"), S("kept") };
	struct mailbox_limits soon = { .retention_days = 1 };
	uint64_t id = 0;

	begin(&keeping);
	must(append(inbox, (struct annotation_list){ &change, 1 }) == ERR_OK);
	must(append(inbox, (struct annotation_list){ &change, 1 }) == ERR_OK);
	IS_NUM(expunge(inbox, 1, false), ERR_OK);
	IS_NUM(mailbox_retained(box, 0, take_id, &id), ERR_OK);
	reopen();
	memset(&o, 0, sizeof(o));
	mailbox_recover(box, &(struct recover_request){ .ids = (uint64_t[]){ id }, .count = 1 }, outcome_put, &o);
	IS_NUM(ran(), ERR_OK);
	notes(inbox, 3, "/comment=kept(7) ");
	IS_NUM(expunge(inbox, 3, false), ERR_OK);
	IS_NUM(expunge(inbox, 2, true), ERR_OK);
	h.now_ms += 3 * 86400000ll;
	memset(&o, 0, sizeof(o));
	store_purge(h.store, 7, &soon, outcome_plain, &o);
	IS_NUM(ran(), ERR_OK);
	id = 0;
	IS_NUM(mailbox_retained(box, 0, take_id, &id), ERR_OK);
	IS_NUM(id, 0);
	end();
}

/* ---- what others are told ---- */

struct heard {
	struct buf text;
};

static void hear(void *arg, const struct view_event *event)
{
	struct heard *heard = arg;

	buf_printf(&heard->text, "%u %u", (unsigned)event->kind, event->uid);
	for (size_t i = 0; event->names && i < event->names->count; i++)
		buf_printf(&heard->text, " %.*s(%llu)", STR_FMT(event->names->of[i].entry), (unsigned long long)event->names->of[i].owner);
	buf_put(&heard->text, S("\n"));
}

static void heard_is(struct folder_view *v, const char *want)
{
	struct heard heard;

	buf_init(&heard.text, BUF_NO_CEILING);
	view_sync(v, true, hear, &heard);
	IS_STR(buf_str(&heard.text), str_from_c(want));
	buf_done(&heard.text);
}

static void test_telling(void)
{
	struct view_options options;
	struct folder_view *v, *deaf, *own;
	uint32_t one = 1;

	begin(&none);
	options = (struct view_options){ .folder = inbox };
	must(append(inbox, (struct annotation_list){ 0 }) == ERR_OK && append(inbox, (struct annotation_list){ 0 }) == ERR_OK);
	must(view_open(box, &options, &v) == ERR_OK && view_open(box, &options, &deaf) == ERR_OK && view_open(box, &options, &own) == ERR_OK);
	view_hear_notes(v, true);
	IS_NUM(note(inbox, 1, 7, "/comment", S("x")), ERR_OK);
	view_silence(own, o.modseq);
	IS_NUM(note(inbox, 1, 0, "/altsubject", S("x")), ERR_OK);
	view_silence(own, o.modseq);
	memset(&o, 0, sizeof(o));
	mailbox_flags(box, &(struct flags_request){ .folder = inbox, .list = { &one, 1 }, .mode = FLAGS_ADD, .flags = ITEM_SEEN }, outcome_put, &o);
	IS_NUM(ran(), ERR_OK);
	/* Each change of notes is told, flags as they are at last. */
	heard_is(v, "1 1 /comment(7)\n1 1 /altsubject(0)\n1 1\n");
	heard_is(deaf, "1 1\n");
	heard_is(own, "1 1\n");
	heard_is(v, "");
	/* The ring of changes goes round, and gives back what it held. */
	for (unsigned i = 0; i < 600; i++)
		must(note(inbox, 1 + i % 2, 7, "/comment", i % 4 < 2 ? S("y") : S("z")) == ERR_OK);
	heard_is(deaf, "1 1\n1 2\n");
	heard_is(v, "1 1\n1 2\n");
	view_close(v);
	view_close(deaf);
	view_close(own);
	end();
}

int main(void)
{
	test_row();
	test_merge();
	test_changes();
	test_limits();
	test_with_the_message();
	test_recovery();
	test_telling();
	return tap_done();
}
