#include "store/mailbox.h"

#include "base/mem.h"
#include "store/op.h"
#include "store/reader.h"

/* Flags of many messages take a row or two for each block of them, and each write set is a flush to be waited for. */
#define CHUNK OP_SLICE

struct change {
	struct flags_request request;
	struct uid_list list;
	size_t at;        /* next in the list */
	struct item mask; /* keywords named, by number */
	struct u32s seen; /* those whose reader has seen them, or not, when this write set is on disk */
	bool ready;
};

/* ERR_LIMIT when the folder's table is full. To remove a keyword that is not there is no fault. */
static enum err name_keywords(struct folder *f, struct change *c)
{
	const struct flags_request *r = &c->request;

	for (size_t i = 0; i < r->keywords_count; i++) {
		unsigned number;
		enum err e =
			folder_keyword_number(f, r->keywords[i], r->mode != FLAGS_REMOVE, &number);

		if (e == ERR_NOTFOUND)
			continue;
		if (e != ERR_OK)
			return e;
		item_keyword_set(&c->mask, number, true);
	}
	return ERR_OK;
}

static struct item changed(const struct change *c, const struct item *was)
{
	struct item it = *was;
	uint8_t flags = c->request.flags & ITEM_FLAGS;

	switch (c->request.mode) {
	case FLAGS_SET:
		it.flags = (uint8_t)((flags & ~c->request.flags_kept) | (was->flags & c->request.flags_kept));
		if (!c->request.keywords_kept)
			memcpy(it.keywords, c->mask.keywords, sizeof(it.keywords));
		break;
	case FLAGS_ADD:
		it.flags |= flags;
		for (size_t i = 0; i < sizeof(it.keywords); i++)
			it.keywords[i] |= c->mask.keywords[i];
		break;
	case FLAGS_REMOVE:
		it.flags = (uint8_t)(it.flags & ~flags);
		for (size_t i = 0; i < sizeof(it.keywords); i++)
			it.keywords[i] = (uint8_t)(it.keywords[i] & ~c->mask.keywords[i]);
		break;
	}
	return it;
}

/* What is to become of a message. */
enum wanted { WANTED_NOTHING, WANTED_SEEN, WANTED_ITEM };

/* Where each reader has a \Seen of its own, that of the item stays as it is. */
static enum wanted wanted(struct op *op, const struct reader *r, const struct item *was, struct item *ret_it)
{
	struct change *c = op->state;
	struct item own = *was, it;
	bool own_seen = mailbox_is_public(op->m), seen;

	if (own_seen)
		reader_show(r, &own);
	if (c->request.unchanged_since_given && own.modseq > c->request.unchanged_since) {
		u32s_put(&op->refused, was->uid);
		return WANTED_NOTHING;
	}
	it = changed(c, &own);
	seen = r != NULL && ((it.flags ^ own.flags) & ITEM_SEEN);
	if (seen)
		u32s_put(&c->seen, was->uid);
	if (own_seen)
		it.flags = (uint8_t)((it.flags & ~ITEM_SEEN) | (was->flags & ITEM_SEEN));
	*ret_it = it;
	if (it.flags != was->flags || !item_keywords_equal(&it, was))
		return WANTED_ITEM;
	return seen ? WANTED_SEEN : WANTED_NOTHING;
}

static enum op_step prepare(struct op *op)
{
	struct change *c = op->state;
	struct folder *f = op_folder(op, 0, c->request.folder);
	enum err e;

	if (!f)
		return OP_DONE;
	op->folder = f->id;
	op->uidvalidity = f->uidvalidity;
	e = name_keywords(f, c);
	if (e != ERR_OK)
		return op_end(op, e);
	c->ready = true;
	return OP_WAIT;
}

/* The first half of deleting must work when the disk is full. */
static bool marks_deleted(const struct flags_request *r)
{
	return r->mode != FLAGS_REMOVE && (r->flags & ITEM_DELETED);
}

static struct write *begin_set(struct op *op)
{
	const struct change *c = op->state;
	struct write *w = write_new(op->m->store);

	if (marks_deleted(&c->request))
		write_frees(w);
	return w;
}

static enum op_step chunk(struct op *op, const struct reader *r)
{
	struct change *c = op->state;
	struct folder *f = op->used[0];
	struct write *w = NULL;
	size_t n = 0, end = c->list.count - c->at > OP_SLICE ? c->at + OP_SLICE : c->list.count;

	for (; c->at < end && n < CHUNK; c->at++) {
		const struct item *was = folder_item(f, c->list.uids[c->at]);
		struct item it;
		enum wanted what = was ? wanted(op, r, was, &it) : WANTED_NOTHING;

		if (what == WANTED_NOTHING)
			continue;
		if (!w)
			w = begin_set(op);
		u32s_put(&op->uids, it.uid);
		n++;
		if (what == WANTED_SEEN)
			continue;
		it.modseq = part_modseq(write_part(w, op->m));
		write_change(w, write_part(w, op->m), f, was, &it);
	}
	reader_mark(r, w, (struct uid_list){ c->seen.at, c->seen.count }, (c->request.flags & ITEM_SEEN) && c->request.mode != FLAGS_REMOVE);
	mem_free(c->seen.at);
	c->seen = (struct u32s){ 0 };
	if (w)
		return op_commit(op, w, write_part(w, op->m));
	return c->at < c->list.count ? OP_AGAIN : op_end(op, ERR_OK);
}

/* The reader is looked up for each write set: it may have none of its sessions left by the next. */
static enum op_step chunk_of(struct op *op)
{
	const struct change *c = op->state;
	struct reader *r;
	enum op_step step;
	enum err e = reader_open(op->used[0], c->request.reader, &r);

	if (e != ERR_OK)
		return op_end(op, e);
	step = chunk(op, r);
	reader_close(r);
	return step;
}

static enum op_step step(struct op *op)
{
	struct change *c = op->state;

	if (!c->ready) {
		if (prepare(op) == OP_DONE)
			return OP_DONE;
	} else if (op->err != ERR_OK) {
		op->uids.count = op->uids_sound;
		return OP_DONE;
	}
	op->uids_sound = op->uids.count;
	return op->used[0]->gone ? op_end(op, ERR_NOFOLDER) : chunk_of(op);
}

void mailbox_flags(
	struct mailbox *m, const struct flags_request *request, mailbox_done *done, void *arg)
{
	struct op *op = op_new(m, step, sizeof(struct change));
	struct change *c = op->state;
	struct str *keywords = ARENA_ARRAY(&op->arena, struct str, request->keywords_count + 1);

	for (size_t i = 0; i < request->keywords_count; i++)
		keywords[i] = arena_str(&op->arena, request->keywords[i]);
	c->request = *request;
	c->request.keywords = keywords;
	c->list = op_uids(op, request->list);
	op_start(op, done, arg);
}
