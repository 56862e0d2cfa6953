#include "store/mailbox.h"

#include "store/op.h"

/* Flags of many messages take a row or two for each block of them, and each write set is a flush to be waited for. */
#define CHUNK OP_SLICE

struct change {
	struct flags_request request;
	struct uid_list list;
	size_t at;        /* next in the list */
	struct item mask; /* keywords named, by number */
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

/* True when the message is to be written as *ret_it. */
static bool wanted(struct op *op, const struct folder *f, uint32_t uid, struct item *ret_it)
{
	struct change *c = op->state;
	const struct item *was = folder_item(f, uid);

	if (!was)
		return false;
	if (c->request.unchanged_since_given && was->modseq > c->request.unchanged_since) {
		u32s_put(&op->refused, uid);
		return false;
	}
	*ret_it = changed(c, was);
	return ret_it->flags != was->flags || !item_keywords_equal(ret_it, was);
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

static enum op_step chunk(struct op *op)
{
	struct change *c = op->state;
	struct folder *f = op->used[0];
	struct write *w = NULL;
	struct part *p = NULL;
	size_t n = 0, end = c->list.count - c->at > OP_SLICE ? c->at + OP_SLICE : c->list.count;

	for (; c->at < end && n < CHUNK; c->at++) {
		struct item it;

		if (!wanted(op, f, c->list.uids[c->at], &it))
			continue;
		if (!w) {
			w = write_new(op->m->store);
			p = write_part(w, op->m);
			if (marks_deleted(&c->request))
				write_frees(w);
		}
		it.modseq = part_modseq(p);
		write_change(w, p, f, folder_item(f, it.uid), &it);
		u32s_put(&op->uids, it.uid);
		n++;
	}
	if (w)
		return op_commit(op, w, p);
	return c->at < c->list.count ? OP_AGAIN : op_end(op, ERR_OK);
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
	return op->used[0]->gone ? op_end(op, ERR_NOFOLDER) : chunk(op);
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
