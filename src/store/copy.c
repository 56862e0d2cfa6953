#include "store/mailbox.h"

#include "base/mem.h"
#include "store/email.h"
#include "store/note.h"
#include "store/op.h"
#include "store/poster.h"
#include "store/reader.h"

/* COPY, MOVE, and what takes an unfinished COPY back. */

struct copy {
	struct copy_request request;
	struct uid_list list;
	size_t at;
	bool move, ready, undoing;
	enum err why;                       /* of undoing */
	uint8_t numbers[ITEM_KEYWORDS_MAX]; /* keyword number here to number there */
	bool numbers_known[ITEM_KEYWORDS_MAX], numbers_none[ITEM_KEYWORDS_MAX];
};

/* A keyword the target has no room for is left behind. */
static void carry_keyword(
	struct copy *c, const struct folder *from, struct folder *to, unsigned i, struct item *it)
{
	unsigned number;

	if (!c->numbers_known[i]) {
		c->numbers_known[i] = true;
		c->numbers_none[i] =
			i >= from->keywords_count ||
			folder_keyword_number(to, from->keywords[i], true, &number) != ERR_OK;
		if (!c->numbers_none[i])
			c->numbers[i] = (uint8_t)number;
	}
	if (!c->numbers_none[i])
		item_keyword_set(it, c->numbers[i], true);
}

static struct item carried(
	struct copy *c, const struct folder *from, struct folder *to, const struct item *was)
{
	struct item it = *was;

	it.flags = (uint8_t)(it.flags & ~c->request.flags_lost);
	memset(it.keywords, 0, sizeof(it.keywords));
	for (unsigned i = 0; !c->request.keywords_lost && i < ITEM_KEYWORDS_MAX; i++) {
		if (item_keyword(was, i))
			carry_keyword(c, from, to, i, &it);
	}
	return it;
}

/* The next items of the list that are there; at most room. */
static size_t gather(struct op *op, struct item *items, size_t room)
{
	struct copy *c = op->state;
	size_t n = 0, looked = 0;

	for (; c->at < c->list.count && n < room && looked < OP_SLICE; c->at++, looked++) {
		const struct item *it = folder_item(op->used[0], c->list.uids[c->at]);

		if (it)
			items[n++] = *it;
	}
	return n;
}

/* Messages of one write set. */
struct batch {
	struct item items[OP_CHUNK];
	uint64_t posters[OP_CHUNK]; /* MOVE */
	size_t count;
	struct str *were, *go; /* rows of their notes: here, and as they go with them; in arena */
	struct arena arena;
};

static bool has_uids(const struct folder *f, size_t n)
{
	return UINT32_MAX - f->uidnext > n;
}

/* Whoever has seen them here, has there. */
static void carry_seen(struct op *op, struct write *w, const struct reader *from, const struct item *items, size_t n)
{
	struct copy *c = op->state;
	const uint32_t *new_uids = op->new_uids.at + (op->new_uids.count - n);
	struct reader *to;
	struct u32s seen = { 0 };

	if (!from || (c->request.flags_lost & ITEM_SEEN) || reader_open(op->used[1], c->request.reader, &to) != ERR_OK)
		return;
	for (size_t i = 0; i < n; i++) {
		struct item own = items[i];

		reader_show(from, &own);
		if (own.flags & ITEM_SEEN)
			u32s_put(&seen, new_uids[i]);
	}
	reader_mark(to, w, (struct uid_list){ seen.at, seen.count }, true);
	reader_close(to);
	mem_free(seen.at);
}

static enum err load_notes(struct op *op, struct batch *b)
{
	const struct copy *c = op->state;
	struct note_carry carry = { .account = c->request.notes_account, .shared = c->request.notes_shared };
	uint64_t come = 0, leave = 0;
	enum err e = note_read_many(op->used[0], b->items, b->count, &b->arena, &b->were);

	b->go = ARENA_ARRAY(&b->arena, struct str, b->count + 1);
	for (size_t i = 0; e == ERR_OK && i < b->count; i++) {
		e = note_carried(&b->arena, b->were[i], &carry, &b->go[i]);
		come += e == ERR_OK ? b->go[i].len : 0;
		leave += c->move ? b->were[i].len : 0;
	}
	return e == ERR_OK && come > leave && !note_has_room(op->m, come - leave) ? ERR_QUOTA : e;
}

static void put(struct op *op, struct write *w, struct part *p, const struct batch *b)
{
	struct copy *c = op->state;
	struct folder *from = op->used[0], *to = op->used[1];
	const struct item *items = b->items;

	for (size_t i = 0; c->move && i < b->count; i++)
		write_vanish(w, p, from, &items[i], b->were[i]);
	for (size_t i = 0; i < b->count; i++) {
		struct item it = carried(c, from, to, &items[i]);

		it.uid = write_uid(to);
		it.modseq = part_modseq(p);
		it.saved = (uint32_t)store_seconds(op->m->store);
		write_add(w, p, to, &it, b->go[i]);
		poster_put(w, p, to, it.uid, c->move ? b->posters[i] : c->request.poster);
		u32s_put(&op->uids, items[i].uid);
		u32s_put(&op->new_uids, it.uid);
	}
}

/* More references to the same rows; ERR_UNREADABLE when a row is not there to be pointed to. */
static enum err refer(struct email_batch *b, const struct item *items, size_t n)
{
	enum err e = email_batch_read(b, items, n);

	for (size_t i = 0; e == ERR_OK && i < n; i++) {
		if (!email_batch_get(b, items[i].email))
			e = ERR_UNREADABLE;
		else
			email_batch_change(b, items[i].email, 1);
	}
	return e;
}

static enum op_step undo(struct op *op, enum err why);

static enum op_step chunk(struct op *op)
{
	struct copy *c = op->state;
	struct batch *b = MEM_NEW(struct batch);
	size_t n = b->count = gather(op, b->items, OP_CHUNK);
	struct email_batch emails;
	struct reader *reader = NULL;
	struct write *w;
	struct part *p;
	enum err e = n > 0 && !has_uids(op->used[1], n) ? ERR_LIMIT : ERR_OK;

	arena_init(&b->arena, ARENA_NONE);
	email_batch_init(&emails, op->m);
	if (e == ERR_OK)
		e = load_notes(op, b);
	if (e == ERR_OK && !c->move)
		e = refer(&emails, b->items, n);
	else if (e == ERR_OK)
		e = poster_read(op->used[0], b->items, n, b->posters);
	if (e == ERR_OK)
		e = reader_open(op->used[0], c->request.reader, &reader);
	if (e == ERR_OK && n > 0) {
		w = write_new(op->m->store);
		p = write_part(w, op->m);
		if (c->move)
			write_frees(w);
		put(op, w, p, b);
		carry_seen(op, w, reader, b->items, n);
		email_batch_write(&emails, w);
		op_commit(op, w, p);
	}
	reader_close(reader);
	email_batch_done(&emails);
	arena_done(&b->arena);
	mem_free(b);
	if (e != ERR_OK)
		return c->move ? op_end(op, e) : undo(op, e);
	if (n > 0)
		return OP_WAIT;
	return c->at < c->list.count ? OP_AGAIN : op_end(op, ERR_OK);
}

/* What was copied goes again, for good; from the end, about a chunk at a time. */
static enum op_step undo(struct op *op, enum err why)
{
	struct copy *c = op->state;
	struct folder *to = op->used[1];
	size_t from = op->uids_sound > OP_CHUNK ? op->uids_sound - OP_CHUNK : 0, n = 0;
	struct item *items;
	struct email_batch emails;
	struct str *notes;
	struct arena a;
	struct write *w;
	struct part *p;
	enum err e;

	c->undoing = true;
	c->why = why;
	if (op->uids_sound == 0)
		return op_end(op, why);
	items = mem_new(OP_CHUNK * sizeof(struct item));
	for (size_t i = from; i < op->uids_sound; i++) {
		const struct item *it = folder_item(to, op->new_uids.at[i]);

		if (it)
			items[n++] = *it;
	}
	email_batch_init(&emails, op->m);
	arena_init(&a, ARENA_NONE);
	e = email_batch_read(&emails, items, n);
	if (e == ERR_OK)
		e = note_read_many(to, items, n, &a, &notes);
	op->uids_sound = op->uids.count = op->new_uids.count = from;
	if (e == ERR_OK) {
		w = write_new(op->m->store);
		p = write_part(w, op->m);
		write_frees(w);
		for (size_t i = 0; i < n; i++) {
			write_vanish(w, p, to, &items[i], notes[i]);
			email_batch_change(&emails, items[i].email, -1);
		}
		email_batch_write(&emails, w);
		op_commit(op, w, p);
	}
	email_batch_done(&emails);
	arena_done(&a);
	mem_free(items);
	return e == ERR_OK ? OP_WAIT : op_end(op, why);
}

static enum op_step prepare(struct op *op)
{
	struct copy *c = op->state;
	struct folder *from = op_folder(op, 0, c->request.from);
	struct folder *to = from ? op_folder(op, 1, c->request.to) : NULL;
	uint64_t messages = 0, octets = 0;

	if (!to)
		return OP_DONE;
	c->ready = true;
	op->folder = to->id;
	op->uidvalidity = to->uidvalidity;
	for (size_t i = 0; i < c->list.count && !c->move; i++) {
		const struct item *it = folder_item(from, c->list.uids[i]);

		messages += it != NULL;
		octets += it ? it->octets : 0;
	}
	if (!mailbox_has_room(op->m, messages, octets))
		return op_end(op, ERR_QUOTA);
	return OP_WAIT;
}

static enum op_step step(struct op *op)
{
	struct copy *c = op->state;

	if (!c->ready) {
		if (prepare(op) == OP_DONE)
			return OP_DONE;
	} else if (c->undoing) {
		return op->err != ERR_OK ? op_end(op, c->why) : undo(op, c->why);
	} else if (op->err != ERR_OK) {
		op->uids.count = op->new_uids.count = op->uids_sound;
		return c->move ? OP_DONE : undo(op, op->err);
	}
	op->uids_sound = op->uids.count;
	if (op->m->removing)
		return op_end(op, ERR_NOFOLDER);
	return chunk(op);
}

static void start(struct mailbox *m, const struct copy_request *request, bool move,
	mailbox_done *done, void *arg)
{
	struct op *op = op_new(m, step, sizeof(struct copy));
	struct copy *c = op->state;

	c->request = *request;
	c->move = move;
	c->list = op_uids(op, request->list);
	op_start(op, done, arg);
}

void mailbox_copy(
	struct mailbox *m, const struct copy_request *request, mailbox_done *done, void *arg)
{
	start(m, request, false, done, arg);
}

void mailbox_move(
	struct mailbox *m, const struct copy_request *request, mailbox_done *done, void *arg)
{
	start(m, request, true, done, arg);
}
