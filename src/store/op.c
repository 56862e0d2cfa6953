#include "store/op.h"

#include "base/mem.h"
#include "store/log_watch.h"

void u32s_put(struct u32s *u, uint32_t n)
{
	if (u->count == u->room) {
		u->room = u->room ? u->room * 2 : 4;
		u->at = mem_resize(u->at, u->room * sizeof(uint32_t));
	}
	u->at[u->count++] = n;
}

static void go(struct ready *r);

struct op *op_new(struct mailbox *m, enum op_step (*step)(struct op *), size_t state_octets)
{
	struct op *op = MEM_NEW(struct op);

	op->m = mailbox_ref(m);
	op->step = step;
	list_init(&op->queue);
	list_init(&op->all);
	list_init(&op->ready.node);
	op->ready.go = go;
	arena_init(&op->arena, ARENA_NONE);
	op->state = arena_take(&op->arena, state_octets);
	return op;
}

static void finish(struct op *op);

/* inside: called from somewhere that must not call `done`. */
static void run(struct op *op, bool inside)
{
	enum op_step step = op->m->removed ? op_end(op, ERR_NOBOX) : op->step(op);

	switch (step) {
	case OP_WAIT:
		return;
	case OP_AGAIN:
		store_ready(op->m->store, &op->ready);
		return;
	case OP_DONE:
		op->finished = true;
		if (inside)
			store_ready(op->m->store, &op->ready);
		else
			finish(op);
		return;
	}
}

static void answer(struct op *op)
{
	struct mailbox_result r = {
		.folder = op->folder,
		.uidvalidity = op->uidvalidity,
		.uids = op->uids.at,
		.new_uids = op->new_uids.count > 0 ? op->new_uids.at : NULL,
		.count = op->uids.count > op->new_uids.count ? op->uids.count : op->new_uids.count,
		.refused = op->refused.at,
		.refused_count = op->refused.count,
		.modseqs = op->modseqs,
		.modseqs_count = op->modseqs_count,
	};

	if (op->modseqs_count > 0)
		r.modseq = op->modseqs[op->modseqs_count - 1];
	log_watch_note_own(op->m, op->arg, op->modseqs, op->modseqs_count);
	if (op->done)
		op->done(op->arg, op->err, &r);
	else if (op->plain_done)
		op->plain_done(op->arg, op->err);
}

/* The next one is begun before the answer, so that its write set may join the same flush. */
static void finish(struct op *op)
{
	struct mailbox *m = op->m;

	list_remove(&op->queue);
	list_remove(&op->all);
	for (unsigned i = 0; i < 2; i++) {
		if (op->used[i])
			folder_unuse(op->used[i]);
	}
	if (!list_empty(&m->queue))
		run(LIST_OF(m->queue.next, struct op, queue), true);
	answer(op);
	mem_free(op->uids.at);
	mem_free(op->new_uids.at);
	mem_free(op->refused.at);
	mem_free(op->modseqs);
	arena_done(&op->arena);
	mem_free(op);
	mailbox_unref(m);
}

static void go(struct ready *r)
{
	struct op *op = LIST_OF(r, struct op, ready);

	if (op->finished)
		finish(op);
	else
		run(op, false);
}

static void start(struct op *op)
{
	struct mailbox *m = op->m;
	bool first = list_empty(&m->queue);

	list_add_tail(&m->queue, &op->queue);
	list_add_tail(&m->store->ops, &op->all);
	if (first)
		run(op, true);
}

void op_start(struct op *op, mailbox_done *done, void *arg)
{
	op->done = done;
	op->arg = arg;
	start(op);
}

void op_start_plain(struct op *op, deliver_done *done, void *arg)
{
	op->plain_done = done;
	op->arg = arg;
	start(op);
}

static enum op_step refused(struct op *op)
{
	return OP_DONE;
}

void op_refuse(struct op *op, enum err e, mailbox_done *done, void *arg)
{
	op->step = refused;
	op->err = e;
	op_start(op, done, arg);
}

static void committed(void *arg, enum err e)
{
	struct op *op = arg;

	if (e != ERR_OK)
		op->modseqs_count--;
	op_go_on(op, e);
}

enum op_step op_commit(struct op *op, struct write *w, struct part *p)
{
	op->modseqs = mem_resize(op->modseqs, (op->modseqs_count + 1) * sizeof(uint64_t));
	op->modseqs[op->modseqs_count++] = part_modseq(p);
	write_commit(w, committed, op);
	return OP_WAIT;
}

void op_go_on(struct op *op, enum err e)
{
	op->err = e;
	run(op, false);
}

enum op_step op_end(struct op *op, enum err e)
{
	op->err = e;
	return OP_DONE;
}

struct folder *op_folder(struct op *op, unsigned slot, uint32_t id)
{
	struct folder *f = op->m->removing ? NULL : box_folder(op->m, id);

	if (!f) {
		op->err = ERR_NOFOLDER;
		return NULL;
	}
	must(!op->used[slot]);
	folder_use(f);
	op->used[slot] = f;
	op->err = folder_load(f);
	return op->err == ERR_OK ? f : NULL;
}

struct uid_list op_uids(struct op *op, struct uid_list list)
{
	uint32_t *copy = ARENA_ARRAY(&op->arena, uint32_t, list.count + 1);
	size_t n = 0;

	for (size_t i = 0; i < list.count; i++) {
		if (n == 0 || list.uids[i] > copy[n - 1])
			copy[n++] = list.uids[i];
	}
	return (struct uid_list){ copy, n };
}

uint64_t mailbox_progress(const struct mailbox *m, const void *arg)
{
	LIST_EACH (node, &m->queue) {
		const struct op *op = LIST_OF(node, struct op, queue);

		if (op->arg == arg)
			return op->uids_sound;
	}
	return 0;
}

/* ---- refusals where there is no mailbox ---- */

struct refusal {
	struct ready ready;
	struct list node; /* in store->refusals */
	deliver_done *done;
	void *arg;
	enum err err;
};

static void go_refusal(struct ready *r)
{
	struct refusal *x = LIST_OF(r, struct refusal, ready);

	list_remove(&x->node);
	if (x->done)
		x->done(x->arg, x->err);
	mem_free(x);
}

void op_refuse_plain(struct store *s, enum err e, deliver_done *done, void *arg)
{
	struct refusal *x = MEM_NEW(struct refusal);

	*x = (struct refusal){ .ready.go = go_refusal, .done = done, .arg = arg, .err = e };
	list_init(&x->ready.node);
	list_add_tail(&s->refusals, &x->node);
	store_ready(s, &x->ready);
}

void op_forget(struct store *s, const void *arg)
{
	LIST_EACH (node, &s->ops) {
		struct op *op = LIST_OF(node, struct op, all);

		if (op->arg != arg)
			continue;
		op->done = NULL;
		op->plain_done = NULL;
	}
	LIST_EACH (node, &s->refusals) {
		struct refusal *x = LIST_OF(node, struct refusal, node);

		if (x->arg == arg)
			x->done = NULL;
	}
}
