#include "store/mailbox.h"

#include "base/mem.h"
#include "store/annotation.h"
#include "store/email.h"
#include "store/expunge.h"
#include "store/message.h"
#include "store/note.h"
#include "store/note_row.h"
#include "store/op.h"
#include "store/poster.h"
#include "store/reader.h"

struct append {
	struct append_set set; /* copied into the op's arena */
	struct item *items;    /* of the requests */
	struct str *notes;     /* rows of them; empty: none */
	bool submitted;
};

/* Sets the numbers of named keywords in *it; makes them in the folder. */
static enum err set_keywords(struct folder *f, const struct append_request *r, struct item *it)
{
	for (size_t i = 0; i < r->keywords_count; i++) {
		unsigned number;
		enum err e = folder_keyword_number(f, r->keywords[i], true, &number);

		if (e != ERR_OK)
			return e;
		item_keyword_set(it, number, true);
	}
	return ERR_OK;
}

static void add(struct op *op, struct write *w, struct part *p, size_t i)
{
	struct append *a = op->state;
	const struct append_request *r = &a->set.requests[i];
	struct item *it = &a->items[i];
	struct email_row row;

	it->uid = write_uid(op->used[0]);
	it->modseq = part_modseq(p);
	it->email = op->m->row.email_next++;
	it->sent = message_sent(r->record, it->date);
	email_blobs(w, r->octets, r->record, 1, &row);
	email_add(w, op->m, it->email, &row, r->record);
	write_add(w, p, op->used[0], it, a->notes[i]);
	poster_put(w, p, op->used[0], it->uid, r->poster);
	u32s_put(&op->new_uids, it->uid);
}

static void mark_seen(struct op *op, struct write *w, const struct reader *r)
{
	struct append *a = op->state;
	struct u32s seen = { 0 };

	for (size_t i = 0; r && i < a->set.count; i++) {
		if (a->set.requests[i].flags & ITEM_SEEN)
			u32s_put(&seen, op->new_uids.at[i]);
	}
	reader_mark(r, w, (struct uid_list){ seen.at, seen.count }, true);
	mem_free(seen.at);
}

/* gone: the one that is replaced, or NULL. */
static enum op_step submit(struct op *op, const struct item *gone)
{
	struct append *a = op->state;
	struct folder *f = op->used[0];
	struct expunge_set out = { .folder = op->used[1], .items = gone, .count = 1, .retain = gone && box_keep_days(op->used[1]) > 0 };
	struct reader *reader = NULL;
	struct write *w;
	struct part *p;
	enum err e = UINT32_MAX - f->uidnext > a->set.count ? ERR_OK : ERR_LIMIT;

	if (e == ERR_OK && gone)
		e = expunge_ready(op, &out);
	if (e == ERR_OK)
		e = reader_open(f, a->set.reader, &reader);
	if (e != ERR_OK)
		return op_end(op, e);
	w = write_new(op->m->store);
	p = write_part(w, op->m);
	if (gone)
		expunge_write(op, w, p, &out);
	for (size_t i = 0; i < a->set.count; i++)
		add(op, w, p, i);
	mark_seen(op, w, reader);
	reader_close(reader);
	a->submitted = true;
	op->folder = f->id;
	op->uidvalidity = f->uidvalidity;
	return op_commit(op, w, p);
}

static enum err prepare(struct op *op, size_t i)
{
	struct append *a = op->state;
	const struct append_request *r = &a->set.requests[i];
	struct item *it = &a->items[i];
	struct annotation_list none = { 0 }, notes;
	enum err e;

	it->date = r->date;
	it->flags = r->flags & ITEM_FLAGS;
	it->octets = (uint32_t)r->octets.len;
	it->saved = (uint32_t)store_seconds(op->m->store);
	e = note_merge(&op->arena, &none, &r->notes, &notes);
	a->notes[i] = e == ERR_OK ? note_row(&op->arena, &notes) : STR_NONE;
	return e == ERR_OK ? set_keywords(op->used[0], r, it) : e;
}

static bool has_room_for_notes(const struct op *op)
{
	const struct append *a = op->state;
	uint64_t octets = 0;

	for (size_t i = 0; i < a->set.count; i++)
		octets += a->notes[i].len;
	return octets == 0 || note_has_room(op->m, octets);
}

/* Only what is more than before counts (RFC 8508 section 3.4). */
static bool is_over_quota(const struct op *op, const struct item *gone)
{
	const struct append *a = op->state;
	uint64_t octets = 0, less = gone ? gone->octets : 0, messages = a->set.count - (gone ? 1 : 0);

	for (size_t i = 0; i < a->set.count; i++)
		octets += a->set.requests[i].octets.len;
	octets = octets > less ? octets - less : 0;
	return !a->set.requests[0].no_quota && (messages > 0 || octets > 0) && !mailbox_has_room(op->m, messages, octets);
}

/* The folder that something goes from, with its items; *ret: that message. */
static enum err find_replaced(struct op *op, struct item *ret)
{
	struct append *a = op->state;
	struct folder *f = op_folder(op, 1, a->set.replaced_folder);
	const struct item *it = f ? folder_item(f, a->set.replaced_uid) : NULL;

	if (!f)
		return op->err;
	if (!it)
		return ERR_NOMESSAGE;
	*ret = *it;
	return ERR_OK;
}

static enum op_step step(struct op *op)
{
	struct append *a = op->state;
	struct item gone = { 0 };
	struct folder *f;
	enum err e = ERR_OK;

	if (a->submitted) {
		if (op->err != ERR_OK)
			op->new_uids.count = op->uids.count = 0;
		return OP_DONE;
	}
	f = op->m->removing ? NULL : box_folder(op->m, a->set.requests[0].folder);
	if (!f)
		return op_end(op, ERR_NOFOLDER);
	folder_use(f);
	op->used[0] = f;
	if (a->set.replaced_uid > 0)
		e = find_replaced(op, &gone);
	if (e == ERR_OK && is_over_quota(op, gone.uid > 0 ? &gone : NULL))
		e = ERR_QUOTA;
	if (e == ERR_OK)
		e = folder_keywords_load(f);
	for (size_t i = 0; e == ERR_OK && i < a->set.count; i++)
		e = prepare(op, i);
	if (e == ERR_OK && !has_room_for_notes(op))
		e = ERR_QUOTA;
	return e == ERR_OK ? submit(op, gone.uid > 0 ? &gone : NULL) : op_end(op, e);
}

/* Copies of what must not go away before the step runs. */
static void take(struct op *op, struct append_request *r, bool waits)
{
	struct str *keywords = ARENA_ARRAY(&op->arena, struct str, r->keywords_count + 1);

	for (size_t i = 0; i < r->keywords_count; i++)
		keywords[i] = arena_str(&op->arena, r->keywords[i]);
	r->keywords = keywords;
	r->notes = annotation_copy(&op->arena, &r->notes);
	if (!waits)
		return;
	r->octets = arena_str(&op->arena, r->octets);
	r->record = arena_str(&op->arena, r->record);
}

static enum err check(const struct append_set *set)
{
	uint64_t octets = 0;
	enum err e = set->count <= APPEND_SET_MAX ? ERR_OK : ERR_LIMIT;

	must(set->count > 0 && (set->replaced_uid == 0 || set->count == 1));
	for (size_t i = 0; e == ERR_OK && i < set->count; i++) {
		const struct append_request *r = &set->requests[i];

		must(r->folder == set->requests[0].folder);
		e = message_check(r->octets, r->record);
		octets += r->octets.len + r->record.len;
	}
	return e == ERR_OK && set->count > 1 && octets > APPEND_SET_OCTETS_MAX ? ERR_LIMIT : e;
}

void mailbox_append_set(
	struct mailbox *m, const struct append_set *set, mailbox_done *done, void *arg)
{
	struct op *op = op_new(m, step, sizeof(struct append));
	struct append *a = op->state;
	struct append_request *requests;
	enum err e = check(set);

	if (e != ERR_OK) {
		op_refuse(op, e, done, arg);
		return;
	}
	requests = ARENA_ARRAY(&op->arena, struct append_request, set->count);
	for (size_t i = 0; i < set->count; i++) {
		requests[i] = set->requests[i];
		/* Only one that has to wait for others needs copies of the message. */
		take(op, &requests[i], !list_empty(&m->queue));
	}
	a->set = *set;
	a->set.requests = requests;
	a->items = ARENA_ARRAY(&op->arena, struct item, set->count);
	a->notes = ARENA_ARRAY(&op->arena, struct str, set->count);
	op_start(op, done, arg);
}

void mailbox_append(
	struct mailbox *m, const struct append_request *request, mailbox_done *done, void *arg)
{
	mailbox_append_set(m, &(struct append_set){ .requests = request, .count = 1 }, done, arg);
}
