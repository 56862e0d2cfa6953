/* Stored values of the mail logic. The first octet picks the kind of row; what decodes must encode
 * to the same octets. */
#include "base/mem.h"
#include "store/flags_row.h"
#include "store/reader.h"
#include "store/gone_row.h"
#include "store/keys.h"
#include "store/note_row.h"
#include "store/row.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct names {
	struct str at[ITEM_KEYWORDS_MAX];
	size_t count;
};

static void name(void *arg, struct str s)
{
	struct names *n = arg;

	must(n->count < ITEM_KEYWORDS_MAX);
	n->at[n->count++] = s;
}

static bool change(struct str v, struct wr *w)
{
	struct change_reader r;
	struct change_writer to;
	struct mailbox_change c = { 0 };

	if (change_row_open(v, &r) != ERR_OK)
		return false;
	if (!r.runs)
		return false; /* no more written */
	change_row_begin(&to, w->to, r.when);
	while (change_row_next(&r, &c))
		change_row_add(&to, &c);
	change_row_end(&to);
	return true;
}

static bool flags(struct str v, struct wr *w)
{
	struct flags_writer to;
	struct flags_reader r;
	struct flags_run run;
	struct item it = { .uid = 1030, .modseq = 1 };

	if (flags_row_open(v, 1, &r) != ERR_OK)
		return false;
	flags_row_begin(&to, w->to, 1);
	while (flags_row_next(&r, &run)) {
		must(flags_block(run.first) == 1 && flags_block(run.last) == 1 && run.first <= run.last);
		flags_row_put(&to, &run);
		(void)!flags_run_apply(&run, &it);
	}
	must((it.flags & ~ITEM_FLAGS) == 0);
	return flags_row_end(&to) > 0;
}

static bool reader(struct str v, struct wr *w)
{
	struct reader_spans s = { 0 };
	bool sound = reader_row_get(v, 1, &s) == ERR_OK;

	for (size_t i = 0; i < s.count; i++)
		must(s.at[i].first / READER_BLOCK_UIDS == 1 && s.at[i].last / READER_BLOCK_UIDS == 1 && s.at[i].first <= s.at[i].last);
	if (sound)
		reader_row_put(w, &s, 1);
	reader_spans_done(&s);
	return sound;
}

static bool keywords(struct str v, struct wr *w)
{
	struct names n = { .count = 0 };

	if (keywords_row_get(v, name, &n) != ERR_OK)
		return false;
	keywords_row_put(w, n.at, n.count);
	return true;
}

static bool acl(struct str v, struct wr *w)
{
	static const struct acl_user user = { .account = 7, .access = ACCESS_FULL };
	struct acl *got;

	if (acl_row_get(v, &got) != ERR_OK)
		return false;
	must((acl_rights(got, &user) & ~ACL_KNOWN) == 0);
	acl_row_put(w, got);
	acl_free(got);
	return true;
}

struct annotations {
	struct annotation at[ANNOTATIONS_MAX];
	size_t count;
};

static void annotation(void *arg, const struct annotation *row)
{
	struct annotations *a = arg;

	must(a->count < ANNOTATIONS_MAX);
	a->at[a->count++] = *row;
}

static bool annotated(struct str v, struct wr *w)
{
	struct annotations a = { .count = 0 };

	if (annotations_row_get(v, annotation, &a) != ERR_OK)
		return false;
	annotations_row_put(w, &(struct annotation_list){ a.at, a.count });
	return true;
}

static bool noted(struct str v, struct wr *w)
{
	struct annotation_list list, merged;
	struct arena a;
	bool sound;

	arena_init(&a, ARENA_NONE);
	sound = note_row_get(v, &a, &list) == ERR_OK;
	if (sound) {
		annotations_row_put(w, &list);
		must(note_merge(&a, &list, &list, &merged) != ERR_OK || merged.count == list.count);
	}
	arena_done(&a);
	return sound;
}

static bool url_keys(struct str v, struct wr *w)
{
	struct url_key *keys;
	struct arena a;
	size_t count;
	bool sound;

	arena_init(&a, ARENA_NONE);
	sound = url_keys_row_get(v, &a, &keys, &count) == ERR_OK;
	if (sound)
		url_keys_row_put(w, keys, count);
	arena_done(&a);
	return sound;
}

static bool folder(struct str v, struct wr *w)
{
	struct folder_row row;

	if (folder_row_get(v, &row) != ERR_OK)
		return false;
	folder_row_put(w, &row);
	return true;
}

static bool mailbox(struct str v, struct wr *w)
{
	struct mailbox_row row;

	if (mailbox_row_get(v, &row) != ERR_OK)
		return false;
	mailbox_row_put(w, &row);
	return true;
}

static bool email(struct str v, struct wr *w)
{
	struct email_row row;

	if (email_row_get(v, &row) != ERR_OK)
		return false;
	email_row_put(w, &row);
	return true;
}

static bool retained(struct str v, struct wr *w)
{
	struct retained_row row;

	if (retained_row_get(v, &row) != ERR_OK)
		return false;
	retained_row_put(w, &row);
	return true;
}

static bool item(struct str v, struct wr *w)
{
	struct item it = { .uid = 1 };

	if (item_get(v, &it) != ERR_OK)
		return false;
	item_put(w, &it);
	return true;
}

static bool poster(struct str v, struct wr *w)
{
	uint64_t account;

	if (poster_row_get(v, &account) != ERR_OK)
		return false;
	must(account != 0);
	poster_row_put(w, account);
	return true;
}

static bool article(struct str v, struct wr *w)
{
	struct key_article place;
	uint64_t email_id;
	struct key k;

	if (key_article_get(v, &place) == ERR_OK) {
		must(place.folder != 0 && place.uid != 0);
		k = key_article(&place);
		must(str_eq(str_skip(key_str(&k), 1), str_skip(v, 1)));
	}
	if (article_row_get(v, &email_id) != ERR_OK)
		return false;
	article_row_put(w, email_id);
	return true;
}

static bool age(struct str v, struct wr *w)
{
	uint32_t days;

	if (age_row_get(v, &days) != ERR_OK)
		return false;
	must(days <= FOLDER_AGE_DAYS_MAX);
	age_row_put(w, days);
	return true;
}

static bool held(struct str v, struct wr *w)
{
	struct moderation row;

	if (held_row_get(v, &row) != ERR_OK)
		return false;
	must(row.held != 0);
	held_row_put(w, &row);
	return true;
}

static bool keys(struct str v, struct wr *w)
{
	uint32_t f = 0, uid = 0;
	uint64_t n = 0;
	struct key k;

	if (key_item_get(v, &f, &uid) == ERR_OK) {
		k = key_item(f, uid);
		must(str_eq(str_skip(key_str(&k), 1), str_skip(v, 1)));
	}
	if (key_number_get(v, &n) == ERR_OK) {
		k = key_number('E', n);
		must(str_eq(str_skip(key_str(&k), 1), str_skip(v, 1)));
	}
	if (key_folder_get(v, &f) == ERR_OK) {
		k = key_folder('F', f);
		must(str_eq(str_skip(key_str(&k), 1), str_skip(v, 1)));
	}
	return false;
}

static bool gone(struct str v, struct wr *w)
{
	struct gone_row row;

	if (gone_row_get(v, &row) != ERR_OK)
		return false;
	gone_row_put(w, &row);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool (*const kinds[])(struct str, struct wr *) = { mailbox, folder, email, retained,
		keywords, item, change, keys, acl, annotated, url_keys, flags, reader, poster, noted, age, gone, article, held };
	struct str v = str_make(data, size);
	struct buf b;
	struct wr w = wr_to(&b);

	if (size == 0)
		return 0;
	v = str_skip(v, 1);
	buf_init(&b, BUF_NO_CEILING);
	if (kinds[data[0] % (sizeof(kinds) / sizeof(kinds[0]))](v, &w))
		must(str_eq(buf_str(&b), v));
	buf_done(&b);
	return 0;
}
