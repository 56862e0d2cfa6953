#include "store/reader.h"

#include "base/mem.h"
#include "store/keys.h"
#include "store/write.h"

#define READER_ROW_VERSION 1u

/* ---- spans ---- */

/* The first that does not end before the uid. */
static size_t lower(const struct reader_spans *s, uint32_t uid)
{
	size_t from = 0, to = s->count;

	while (from < to) {
		size_t mid = from + (to - from) / 2;

		if (s->at[mid].last < uid)
			from = mid + 1;
		else
			to = mid;
	}
	return from;
}

static bool joins(const struct reader_span *a, const struct reader_span *b)
{
	return a->last + 1 == b->first && a->seen == b->seen && a->modseq == b->modseq;
}

/* Those from `from` up to `to` become these, at most three. */
static void replace(struct reader_spans *s, size_t from, size_t to, const struct reader_span *with, size_t count)
{
	if (s->count + count > s->room) {
		s->room = s->room * 2 + count + 4;
		s->at = mem_resize(s->at, s->room * sizeof(*s->at));
	}
	memmove(s->at + from + count, s->at + to, (s->count - to) * sizeof(*s->at));
	memcpy(s->at + from, with, count * sizeof(*s->at));
	s->count = s->count - (to - from) + count;
}

void reader_spans_set(struct reader_spans *s, const struct reader_span *span)
{
	size_t from = lower(s, span->first), to = from, n = 0;
	struct reader_span with[3], all = *span;

	while (to < s->count && s->at[to].first <= span->last)
		to++;
	if (from < to && s->at[from].first < span->first) {
		with[n] = s->at[from];
		with[n++].last = span->first - 1;
	} else if (from > 0 && joins(&s->at[from - 1], span)) {
		all.first = s->at[--from].first;
	}
	with[n++] = all;
	if (from < to && s->at[to - 1].last > span->last) {
		with[n] = s->at[to - 1];
		with[n++].first = span->last + 1;
	}
	replace(s, from, to, with, n);
}

const struct reader_span *reader_spans_find(const struct reader_spans *s, uint32_t uid)
{
	size_t at = lower(s, uid);

	return at < s->count && s->at[at].first <= uid ? &s->at[at] : NULL;
}

void reader_spans_done(struct reader_spans *s)
{
	mem_free(s->at);
	*s = (struct reader_spans){ 0 };
}

/* ---- rows ---- */

static uint32_t block_of(uint32_t uid)
{
	return uid / READER_BLOCK_UIDS;
}

static uint8_t place(uint32_t uid, uint32_t block)
{
	uint32_t base = block * READER_BLOCK_UIDS;

	return uid < base ? 0 : uid - base >= READER_BLOCK_UIDS ? READER_BLOCK_UIDS - 1 : (uint8_t)(uid - base);
}

void reader_row_put(struct wr *to, const struct reader_spans *s, uint32_t block)
{
	bool begun = false;

	for (size_t i = lower(s, block * READER_BLOCK_UIDS); i < s->count && block_of(s->at[i].first) <= block; i++) {
		if (!begun)
			wr_u8(to, READER_ROW_VERSION);
		begun = true;
		wr_u8(to, place(s->at[i].first, block));
		wr_u8(to, place(s->at[i].last, block));
		wr_bool(to, s->at[i].seen);
		wr_number(to, s->at[i].modseq);
	}
}

enum err reader_row_get(struct str value, uint32_t block, struct reader_spans *s)
{
	struct rd r = rd_from(value);
	struct reader_span before = { 0 };
	unsigned behind = 0; /* places below it are told */
	bool sound = block <= block_of(UINT32_MAX) && rd_u8(&r) == READER_ROW_VERSION && r.rest.len > 0;

	while (sound && !r.failed && r.rest.len > 0) {
		uint8_t first = rd_u8(&r), last = rd_u8(&r);
		bool seen = rd_bool(&r);
		struct reader_span span = { block * READER_BLOCK_UIDS + first, block * READER_BLOCK_UIDS + last, seen, rd_number(&r) };

		sound = !r.failed && first <= last && first >= behind && (behind == 0 || !joins(&before, &span));
		behind = last + 1u;
		before = span;
		if (sound)
			reader_spans_set(s, &span);
	}
	return sound ? rd_end(&r) : ERR_CORRUPT;
}

bool reader_row_is_sound(struct str key, struct str value)
{
	struct reader_spans spans = { 0 };
	struct key_reader k;
	bool sound = key_reader_get(key, &k) == ERR_OK && reader_row_get(value, k.block, &spans) == ERR_OK;

	reader_spans_done(&spans);
	return sound;
}

/* ---- one reader ---- */

struct load {
	struct reader *r;
	enum err e;
};

static bool take_row(void *arg, struct str key, struct str value)
{
	struct load *l = arg;
	struct key_reader k;

	l->e = key_reader_get(key, &k);
	if (l->e == ERR_OK)
		l->e = reader_row_get(value, k.block, &l->r->spans);
	return l->e == ERR_OK;
}

static enum err load(struct reader *r)
{
	struct mailbox *m = r->folder->mailbox;
	struct key from = key_reader(&(struct key_reader){ r->folder->id, r->account, 0 });
	struct key to = key_reader(&(struct key_reader){ r->folder->id, r->account, UINT32_MAX });
	struct load l = { r, ERR_OK };
	enum err e = kv_scan(m->store->kv, m->id, key_str(&from), key_str(&to), 0, take_row, &l);

	return e == ERR_OK ? l.e : e;
}

static struct reader *find(struct folder *f, uint64_t account)
{
	LIST_EACH (node, &f->readers) {
		struct reader *r = LIST_OF(node, struct reader, node);

		if (r->account == account)
			return r;
	}
	return NULL;
}

enum err reader_open(struct folder *f, uint64_t account, struct reader **ret)
{
	struct reader *r;
	enum err e = ERR_OK;

	*ret = NULL;
	if (!mailbox_is_public(f->mailbox) || account == 0 || account == ACCESS_ANYONE_ACCOUNT)
		return ERR_OK;
	r = find(f, account);
	if (!r) {
		r = MEM_NEW(struct reader);
		r->folder = f;
		r->account = account;
		folder_use(f);
		list_add_tail(&f->readers, &r->node);
		e = load(r);
	}
	r->users++;
	if (e == ERR_OK)
		*ret = r;
	else
		reader_close(r);
	return e;
}

void reader_close(struct reader *r)
{
	struct folder *f;

	if (!r || --r->users > 0)
		return;
	f = r->folder;
	list_remove(&r->node);
	reader_spans_done(&r->spans);
	mem_free(r);
	folder_unuse(f);
}

void reader_show(const struct reader *r, struct item *it)
{
	const struct reader_span *span = r ? reader_spans_find(&r->spans, it->uid) : NULL;

	it->flags &= (uint8_t)~ITEM_SEEN;
	if (!span)
		return;
	it->flags |= span->seen ? ITEM_SEEN : 0;
	it->modseq = span->modseq > it->modseq ? span->modseq : it->modseq;
}

uint32_t reader_unseen(const struct reader *r)
{
	struct folder *f = r->folder;
	size_t seen = 0;

	for (size_t i = 0; i < r->spans.count; i++) {
		const struct reader_span *s = &r->spans.at[i];

		if (s->seen)
			seen += (s->last == UINT32_MAX ? f->items_count : folder_lower(f, s->last + 1)) - folder_lower(f, s->first);
	}
	return (uint32_t)(f->items_count - seen);
}

static void write_block(const struct reader *r, struct write *w, const struct reader_spans *s, uint32_t block)
{
	struct key key = key_reader(&(struct key_reader){ r->folder->id, r->account, block });
	struct buf value;
	struct wr to = wr_to(&value);

	buf_init(&value, KV_VALUE_OCTETS_MAX);
	reader_row_put(&to, s, block);
	kv_put(write_kv(w), r->folder->mailbox->id, key_str(&key), buf_str(&value));
	buf_done(&value);
}

static struct reader_spans copy_spans(const struct reader_spans *s)
{
	struct reader_spans copy = { mem_new((s->count + 1) * sizeof(*s->at)), s->count, s->count + 1 };

	if (s->count > 0)
		memcpy(copy.at, s->at, s->count * sizeof(*s->at));
	return copy;
}

/* No uid between them is a message, nor ever will be one. */
static bool are_neighbours(const struct folder *f, uint32_t a, uint32_t b)
{
	return b == a + 1 || (f->loaded && folder_lower(f, b) == folder_lower(f, a) + 1);
}

void reader_mark(const struct reader *r, struct write *w, struct uid_list list, bool seen)
{
	struct reader_spans s;
	struct part *p;
	uint32_t written = UINT32_MAX;

	if (!r || list.count == 0)
		return;
	s = copy_spans(&r->spans);
	p = write_part(w, r->folder->mailbox);
	for (size_t i = 0, end; i < list.count; i = end) {
		struct reader_span span = { list.uids[i], list.uids[i], seen, part_modseq(p) };

		for (end = i + 1; end < list.count && are_neighbours(r->folder, list.uids[end - 1], list.uids[end]); end++)
			span.last = list.uids[end];
		reader_spans_set(&s, &span);
		write_seen(p, r->folder, r->account, &span);
	}
	for (size_t i = 0; i < list.count; i++) {
		if (block_of(list.uids[i]) != written)
			write_block(r, w, &s, block_of(list.uids[i]));
		written = block_of(list.uids[i]);
	}
	reader_spans_done(&s);
}

void reader_appear(struct folder *f, uint64_t account, const struct reader_span *span)
{
	struct reader *r = find(f, account);

	if (r)
		reader_spans_set(&r->spans, span);
}
