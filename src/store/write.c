#include "store/write.h"

#include "base/mem.h"
#include "store/flags_row.h"
#include "store/kept.h"
#include "store/keys.h"
#include "store/sight.h"
#include "store/log_watch.h"
#include "store/reader.h"
#include "store/moderation.h"

#define ITEM_ROW_OCTETS 60u /* that a message's own row takes in the journal, about */

enum effect_kind { EFFECT_ADD, EFFECT_CHANGE, EFFECT_VANISH };

struct effect {
	struct folder *folder; /* used */
	enum effect_kind kind;
	uint8_t flags_were; /* EFFECT_CHANGE */
	uint64_t notes;     /* octets of their rows that come, modulo its width */
	struct item item;
};

struct seen {
	struct folder *folder; /* touched, thus used */
	uint64_t account;
	struct reader_span span;
};

struct kept_event {
	struct folder *folder; /* used */
	struct item item;
	bool gone;
};

struct part {
	struct mailbox *m; /* counted */
	struct kept_event *kept;
	size_t kept_count;
	uint64_t modseq, serial;
	struct effect *effects;
	size_t effects_count, effects_room;
	struct folder **touched; /* used */
	size_t touched_count, touched_room;
	struct seen *seen;
	size_t seen_count, seen_room;
	struct buf changes;
	struct change_writer log; /* into changes */
	struct note_names *names; /* counted; NULL: changes are of flags */
	int64_t retained_messages, retained_octets;
	bool all_rows;
};

struct write {
	struct store *s;
	struct kv_write *kv;
	struct part **parts;
	size_t parts_count;
	struct article_noted article;
	write_done *done;
	void *arg;
};

struct write *write_new(struct store *s)
{
	struct write *w = MEM_NEW(struct write);

	w->s = s;
	w->kv = kv_write_new(s->kv);
	return w;
}

struct kv_write *write_kv(struct write *w)
{
	return w->kv;
}

struct article_noted *write_article(struct write *w)
{
	return &w->article;
}

void write_frees(struct write *w)
{
	kv_write_frees(w->kv);
}

struct part *write_part(struct write *w, struct mailbox *m)
{
	struct part *p;

	for (size_t i = w->parts_count; i-- > 0;) {
		if (w->parts[i]->m == m)
			return w->parts[i];
	}
	p = MEM_NEW(struct part);
	p->m = mailbox_ref(m);
	p->modseq = ++m->row.modseq;
	p->serial = ++m->part_serial;
	m->in_flight++;
	buf_init(&p->changes, KV_VALUE_OCTETS_MAX);
	change_row_begin(&p->log, &p->changes, (uint32_t)store_seconds(w->s));
	w->parts = mem_resize(w->parts, (w->parts_count + 1) * sizeof(struct part *));
	w->parts[w->parts_count++] = p;
	return p;
}

uint64_t part_modseq(const struct part *p)
{
	return p->modseq;
}

uint32_t write_uid(struct folder *f)
{
	return f->uidnext == UINT32_MAX ? 0 : f->uidnext++;
}

void write_touch(struct part *p, struct folder *f)
{
	if (f->row_part == p->serial)
		return;
	f->row_part = p->serial;
	f->modseq_sub = p->modseq;
	if (p->touched_count == p->touched_room) {
		p->touched_room = p->touched_room ? p->touched_room * 2 : 2;
		p->touched = mem_resize(p->touched, p->touched_room * sizeof(struct folder *));
	}
	p->touched[p->touched_count++] = f;
	folder_use(f);
}

void write_retained(struct part *p, int64_t messages, int64_t octets)
{
	p->retained_messages += messages;
	p->retained_octets += octets;
	p->m->row.retained_messages += (uint64_t)messages;
	p->m->row.retained_octets += (uint64_t)octets;
}

void write_kept(struct part *p, uint32_t folder, const struct item *it, bool gone)
{
	struct folder *f = map_get(&p->m->by_id, folder | FOLDER_KEPT);

	if (!f)
		return;
	p->kept = mem_resize(p->kept, (p->kept_count + 1) * sizeof(*p->kept));
	p->kept[p->kept_count++] = (struct kept_event){ f, *it, gone };
	folder_use(f);
}

void write_log(struct part *p, enum mailbox_change_kind kind, uint32_t folder)
{
	change_row_add(&p->log, &(struct mailbox_change){ .kind = kind, .folder = folder });
}

/* What the effect changes, modulo their width. */
static struct counts counts_change(const struct effect *e)
{
	struct counts c = counts_of(e->item.octets, e->item.flags), zero = { 0 }, was;

	if (e->kind == EFFECT_VANISH) {
		counts_sub(&zero, &c);
		zero.notes = e->notes;
		return zero;
	}
	c.notes = e->notes;
	if (e->kind == EFFECT_CHANGE) {
		was = counts_of(e->item.octets, e->flags_were);
		counts_sub(&c, &was);
	}
	return c;
}

static void become_visible(const struct effect *e)
{
	struct counts c = counts_change(e);

	counts_add(&e->folder->now, &c);
	counts_add(&e->folder->mailbox->now, &c);
}

static void effect(struct part *p, struct folder *f, const struct effect *e)
{
	static const enum mailbox_change_kind kinds[] = { CHANGE_NEW, CHANGE_FLAGS,
		CHANGE_VANISHED };
	struct counts c = counts_change(e);

	if (p->effects_count == p->effects_room) {
		p->effects_room = p->effects_room ? p->effects_room * 2 : 1;
		p->effects = mem_resize(p->effects, p->effects_room * sizeof(struct effect));
	}
	p->effects[p->effects_count++] = *e;
	folder_use(f);
	write_touch(p, f);
	counts_add(&f->sub, &c);
	counts_add(&p->m->sub, &c);
	change_row_add(&p->log, &(struct mailbox_change){ .kind = e->kind == EFFECT_CHANGE && p->names ? CHANGE_NOTES : kinds[e->kind],
					.folder = f->id,
					.uid = e->item.uid,
					.email = e->item.email });
}

static void item_row(struct write *w, struct folder *f, const struct item *it)
{
	struct key key = key_item(f->id, it->uid);
	struct buf value;
	struct wr to = wr_to(&value);

	buf_init(&value, KV_VALUE_OCTETS_MAX);
	item_put(&to, it);
	kv_put(w->kv, f->mailbox->id, key_str(&key), buf_str(&value));
	buf_done(&value);
}

static void note_put(struct write *w, struct folder *f, uint32_t uid, struct str row)
{
	struct key key = key_note(f->id, uid);

	if (row.len > 0)
		kv_put(w->kv, f->mailbox->id, key_str(&key), row);
	else
		kv_del(w->kv, f->mailbox->id, key_str(&key));
}

void part_names(struct part *p, struct note_names *names)
{
	must(!p->names);
	p->names = names;
}

void write_add(struct write *w, struct part *p, struct folder *f, const struct item *it, struct str notes)
{
	struct effect e = { .folder = f, .kind = EFFECT_ADD, .notes = notes.len, .item = *it };

	must(it->modseq == p->modseq && it->uid > 0 && it->uid < f->uidnext);
	e.item.apart = false;
	e.item.noted = notes.len > 0;
	item_row(w, f, it);
	if (notes.len > 0)
		note_put(w, f, it->uid, notes);
	article_add(w, f, it);
	effect(p, f, &e);
}

void write_change(struct write *w, struct part *p, struct folder *f, const struct item *was,
	const struct item *it)
{
	must(it->modseq == p->modseq && was->uid == it->uid && was->octets == it->octets);
	effect(p, f,
		&(struct effect){ .folder = f, .kind = EFFECT_CHANGE, .flags_were = was->flags, .item = *it });
}

void write_noted(struct write *w, struct part *p, struct folder *f, const struct item *it, const struct note_rows *rows)
{
	struct effect e = { .folder = f, .kind = EFFECT_CHANGE, .flags_were = it->flags, .item = *it };

	must(it->modseq == p->modseq && it->noted == (rows->is.len > 0) && p->names);
	e.notes = rows->is.len - (uint64_t)rows->was.len;
	note_put(w, f, it->uid, rows->is);
	effect(p, f, &e);
}

void write_vanish(struct write *w, struct part *p, struct folder *f, const struct item *it, struct str notes)
{
	struct key key = key_item(f->id, it->uid);

	kv_del(w->kv, p->m->id, key_str(&key));
	key = key_poster(f->id, it->uid);
	if (mailbox_is_public(p->m))
		kv_del(w->kv, p->m->id, key_str(&key));
	article_gone(w, f, it);
	if (notes.len > 0)
		note_put(w, f, it->uid, STR_NONE);
	effect(p, f, &(struct effect){ .folder = f, .kind = EFFECT_VANISH, .notes = 0 - (uint64_t)notes.len, .item = *it });
}

void write_seen(struct part *p, struct folder *f, uint64_t account, const struct reader_span *span)
{
	write_touch(p, f);
	if (p->seen_count == p->seen_room) {
		p->seen_room = p->seen_room ? p->seen_room * 2 : 4;
		p->seen = mem_resize(p->seen, p->seen_room * sizeof(*p->seen));
	}
	p->seen[p->seen_count++] = (struct seen){ f, account, *span };
}

void write_acl(struct write *w, struct part *p, uint32_t folder, const struct acl *acl)
{
	struct key key = key_folder(KEYS_ACL, folder);
	struct buf value;
	struct wr to = wr_to(&value);

	if (!acl) {
		kv_del(w->kv, p->m->id, key_str(&key));
		return;
	}
	granted_note(&p->m->store->granted, p->m->id, acl);
	buf_init(&value, KV_VALUE_OCTETS_MAX);
	acl_row_put(&to, acl);
	kv_put(w->kv, p->m->id, key_str(&key), buf_str(&value));
	buf_done(&value);
}

static void write_days(struct write *w, struct part *p, struct key key, uint32_t days)
{
	struct buf value;
	struct wr to = wr_to(&value);

	if (days == FOLDER_AGE_DEFAULT) {
		kv_del(w->kv, p->m->id, key_str(&key));
		return;
	}
	buf_init(&value, KV_VALUE_OCTETS_MAX);
	age_row_put(&to, days);
	kv_put(w->kv, p->m->id, key_str(&key), buf_str(&value));
	buf_done(&value);
}

void write_age(struct write *w, struct part *p, uint32_t folder, uint32_t days)
{
	write_days(w, p, key_folder(KEYS_AGE, folder), days);
}

void write_keep(struct write *w, struct part *p, uint32_t folder, uint32_t days)
{
	write_days(w, p, key_folder(KEYS_KEEP, folder), days);
}

void write_held(struct write *w, struct part *p, const struct moderation *row)
{
	struct key key = key_folder(KEYS_HELD, row->folder);
	struct buf value;
	struct wr to = wr_to(&value);

	if (row->held == 0) {
		kv_del(w->kv, p->m->id, key_str(&key));
		return;
	}
	buf_init(&value, KV_VALUE_OCTETS_MAX);
	held_row_put(&to, row);
	kv_put(w->kv, p->m->id, key_str(&key), buf_str(&value));
	buf_done(&value);
}

void write_urls_gone(struct write *w, struct part *p, uint32_t folder)
{
	struct key key = key_folder(KEYS_URL, folder);

	kv_del(w->kv, p->m->id, key_str(&key));
}

void write_folder_gone(struct write *w, struct part *p, struct folder *f)
{
	struct key row = key_folder(KEYS_FOLDER, f->id),
		   keywords = key_folder(KEYS_KEYWORDS, f->id);

	kv_del(w->kv, p->m->id, key_str(&row));
	kv_del(w->kv, p->m->id, key_str(&keywords));
	write_urls_gone(w, p, f->id);
	write_age(w, p, f->id, FOLDER_AGE_DEFAULT);
	write_keep(w, p, f->id, FOLDER_AGE_DEFAULT);
	write_held(w, p, &(struct moderation){ .folder = f->id });
	write_acl(w, p, f->id, NULL);
	write_annotations(w, p, f->id, STR_NONE);
	f->dying = true;
}

void write_annotations(struct write *w, struct part *p, uint32_t folder, struct str value)
{
	struct key key = key_folder(KEYS_ANNOTATIONS, folder);

	if (value.len > 0)
		kv_put(w->kv, p->m->id, key_str(&key), value);
	else
		kv_del(w->kv, p->m->id, key_str(&key));
}

/* ---- committing ---- */

static void folder_row(struct write *w, struct folder *f)
{
	struct key key = key_folder(KEYS_FOLDER, f->id);
	struct folder_attrs own = box_attrs(f);
	const struct folder_attrs *a = f->pending ? f->pending : &own;
	struct folder_row row = {
		.name = a->name,
		.specials = a->specials,
		.subscribed = a->subscribed,
		.noselect = a->noselect,
		.nonexistent = a->nonexistent,
		.uidvalidity = a->uidvalidity,
		.uidnext = f->uidnext,
		.modseq = f->modseq_sub,
		.octets = f->sub.octets,
		.notes = f->sub.notes,
		.messages = f->sub.messages,
		.unseen = f->sub.unseen,
		.deleted = f->sub.deleted,
		.recent_from = f->recent_from,
	};
	struct buf value;
	struct wr to = wr_to(&value);

	if (f->dying)
		return;
	buf_init(&value, KV_VALUE_OCTETS_MAX);
	folder_row_put(&to, &row);
	kv_put(w->kv, f->mailbox->id, key_str(&key), buf_str(&value));
	if (f->keywords_dirty) {
		key = key_folder(KEYS_KEYWORDS, f->id);
		buf_clear(&value);
		keywords_row_put(&to, f->keywords, f->keywords_count);
		kv_put(w->kv, f->mailbox->id, key_str(&key), buf_str(&value));
		f->keywords_dirty = false;
	}
	buf_done(&value);
}

/* The block's row as it is with these changes of it; false: no message of it is told there. */
static bool flags_row(const struct folder *f, uint32_t block, const struct effect *e, size_t count, struct buf *to)
{
	struct flags_writer w;
	size_t n = 0;

	flags_row_begin(&w, to, block);
	for (size_t at = folder_lower(f, block * FLAGS_BLOCK_UIDS);
		at < f->items_count && flags_block(f->items[at].uid) == block; at++) {
		const struct item *it = &f->items[at];
		bool has = n < count && e[n].item.uid == it->uid;

		if (has && e[n].kind == EFFECT_CHANGE)
			flags_row_add(&w, &e[n].item);
		else if (!has && it->apart)
			flags_row_add(&w, it);
		else
			flags_row_pass(&w);
		n += has;
	}
	return flags_row_end(&w) > 0;
}

/* In one row or, where that is shorter, in those of the messages: the higher modseq counts. */
static void flags_change(struct write *w, uint32_t block, struct effect *e, size_t count)
{
	struct folder *f = e->folder;
	struct key key = key_flags(f->id, block);
	struct buf row;
	bool apart;

	buf_init(&row, KV_VALUE_OCTETS_MAX);
	apart = count > 1 && flags_row(f, block, e, count, &row) && row.len <= count * ITEM_ROW_OCTETS;
	if (apart) {
		kv_put(w->kv, f->mailbox->id, key_str(&key), buf_str(&row));
		folder_flags_note(f, block);
	}
	for (size_t i = 0; i < count; i++) {
		e[i].item.apart = apart;
		if (!apart)
			item_row(w, f, &e[i].item);
	}
	buf_done(&row);
}

/* What is told there of messages that go, goes. */
static void flags_vanish(struct write *w, uint32_t block, const struct effect *e, size_t count)
{
	struct folder *f = e->folder;
	struct key key = key_flags(f->id, block);
	struct buf row;

	if (!folder_flags_noted(f, block))
		return;
	buf_init(&row, KV_VALUE_OCTETS_MAX);
	if (flags_row(f, block, e, count, &row))
		kv_put(w->kv, f->mailbox->id, key_str(&key), buf_str(&row));
	else
		kv_del(w->kv, f->mailbox->id, key_str(&key));
	buf_done(&row);
}

static bool same_block(const struct effect *a, const struct effect *b)
{
	return a->kind == b->kind && a->folder == b->folder && flags_block(a->item.uid) == flags_block(b->item.uid);
}

static void flags_rows(struct write *w, struct part *p)
{
	for (size_t i = 0, end; i < p->effects_count; i = end) {
		struct effect *e = &p->effects[i];
		uint32_t block = flags_block(e->item.uid);

		for (end = i + 1; end < p->effects_count && same_block(e, &p->effects[end]);)
			end++;
		if (e->kind == EFFECT_CHANGE)
			flags_change(w, block, e, end - i);
		else if (e->kind == EFFECT_VANISH)
			flags_vanish(w, block, e, end - i);
	}
}

static void part_rows(struct write *w, struct part *p)
{
	struct mailbox *m = p->m;
	struct key key = key_mailbox();
	struct buf value;
	struct wr to = wr_to(&value);

	flags_rows(w, p);
	p->all_rows = m->rows_all;
	for (size_t i = 0; i < p->touched_count; i++)
		folder_row(w, p->touched[i]);
	for (size_t i = 0; p->all_rows && i < m->folders_count; i++) {
		if (m->folders[i]->row_part != p->serial)
			folder_row(w, m->folders[i]);
	}
	buf_init(&value, KV_VALUE_OCTETS_MAX);
	mailbox_row_put(&to, &m->row);
	kv_put(w->kv, m->id, key_str(&key), buf_str(&value));
	buf_done(&value);
	if (p->log.added == 0)
		return;
	change_row_end(&p->log);
	/* Longer than a value may be only if a write set was: the log then begins behind it. */
	key = key_number(KEYS_CHANGE, p->modseq);
	must(!buf_overflowed(&p->changes));
	kv_put(w->kv, m->id, key_str(&key), buf_str(&p->changes));
}

/* ---- done ---- */

static void vanish_run(const struct part *p, size_t from, size_t to)
{
	uint32_t *uids = mem_new((to - from) * sizeof(uint32_t));

	for (size_t i = from; i < to; i++)
		uids[i - from] = p->effects[i].item.uid;
	folder_vanish(p->effects[from].folder, uids, to - from);
	mem_free(uids);
}

static void part_visible(struct part *p)
{
	struct mailbox *m = p->m;

	for (size_t i = 0; i < p->effects_count; i++) {
		const struct effect *e = &p->effects[i];
		size_t end = i + 1;

		become_visible(e);
		switch (e->kind) {
		case EFFECT_ADD:
			folder_appear(e->folder, &e->item);
			break;
		case EFFECT_CHANGE:
			folder_change(e->folder, &e->item, p->names);
			break;
		case EFFECT_VANISH:
			while (end < p->effects_count && p->effects[end].kind == EFFECT_VANISH &&
				p->effects[end].folder == e->folder) {
				become_visible(&p->effects[end++]);
			}
			vanish_run(p, i, end);
			i = end - 1;
			break;
		}
	}
	for (size_t i = 0; i < p->seen_count; i++)
		reader_appear(p->seen[i].folder, p->seen[i].account, &p->seen[i].span);
	for (size_t i = 0; i < p->kept_count; i++)
		kept_appear(p->kept[i].folder, &p->kept[i].item, p->kept[i].gone);
	for (size_t i = 0; i < p->touched_count; i++)
		p->touched[i]->modseq = p->modseq;
	m->modseq = p->modseq;
	m->retained_messages += (uint64_t)p->retained_messages;
	m->retained_octets += (uint64_t)p->retained_octets;
	if (p->all_rows && p->serial == m->part_serial)
		m->rows_all = false;
}

static void part_taken_back(struct part *p)
{
	struct mailbox *m = p->m;

	for (size_t i = 0; i < p->effects_count; i++) {
		struct counts c = counts_change(&p->effects[i]);

		counts_sub(&p->effects[i].folder->sub, &c);
		counts_sub(&m->sub, &c);
	}
	for (size_t i = 0; i < p->touched_count; i++)
		p->touched[i]->keywords_dirty |= p->touched[i]->keywords_count > 0;
	m->row.retained_messages -= (uint64_t)p->retained_messages;
	m->row.retained_octets -= (uint64_t)p->retained_octets;
	m->rows_all = true;
}

static void part_tell(struct part *p)
{
	const struct store_options *o = &p->m->store->options;

	for (size_t i = 0; i < p->touched_count; i++)
		sight_wake(p->touched[i]);
	for (size_t i = 0; i < p->kept_count; i++)
		sight_wake(p->kept[i].folder);
	log_watch_wake(p->m);
	box_quota_look(p->m);
	if (o->changed)
		o->changed(o->arg, p->m->id, p->modseq);
}

static void part_free(struct part *p)
{
	for (size_t i = 0; i < p->effects_count; i++)
		folder_unuse(p->effects[i].folder);
	for (size_t i = 0; i < p->touched_count; i++)
		folder_unuse(p->touched[i]);
	for (size_t i = 0; i < p->kept_count; i++)
		folder_unuse(p->kept[i].folder);
	mem_free(p->kept);
	mem_free(p->effects);
	mem_free(p->seen);
	mem_free(p->touched);
	buf_done(&p->changes);
	note_names_unref(p->names);
	mailbox_unref(p->m);
	mem_free(p);
}

static void repaired(void *arg, enum err e)
{
	struct store *s = arg;

	s->repairs--;
}

void write_repair(struct mailbox *m)
{
	struct write *w = write_new(m->store);

	write_frees(w);
	(void)write_part(w, m);
	m->store->repairs++;
	write_commit(w, repaired, m->store);
}

static void committed(void *arg, enum err e)
{
	struct write *w = arg;

	for (size_t i = 0; i < w->parts_count; i++) {
		struct part *p = w->parts[i];
		struct mailbox *m = p->m;
		bool others = p->serial != m->part_serial;

		m->in_flight--;
		if (e == ERR_OK)
			part_visible(p);
		else
			part_taken_back(p);
		if (e == ERR_OK && p->touched_count + p->kept_count > 0)
			part_tell(p);
		/* Later ones in flight carry figures that count this one: write the true ones at
		 * once. */
		if (e != ERR_OK && others && !m->removing)
			write_repair(m);
	}
	if (w->done)
		w->done(w->arg, e);
	for (size_t i = 0; i < w->parts_count; i++)
		part_free(w->parts[i]);
	mem_free(w->parts);
	mem_free(w);
}

void write_commit(struct write *w, write_done *done, void *arg)
{
	w->done = done;
	w->arg = arg;
	for (size_t i = 0; i < w->parts_count; i++)
		part_rows(w, w->parts[i]);
	kv_commit(w->s->kv, w->kv, committed, w);
}
