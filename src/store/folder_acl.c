#include "store/mailbox.h"

#include "store/op.h"

struct state {
	uint32_t id;
	struct acl_change change;
	struct acl *acl; /* as it is to be; owned */
	bool whole;      /* it was given */
	bool submitted;
};

static struct acl **place(struct op *op)
{
	const struct state *s = op->state;
	struct folder *f = s->id ? box_folder(op->m, s->id) : NULL;

	return s->id == 0 ? &op->m->acl : f ? &f->acl : NULL;
}

static enum op_step submit(struct op *op)
{
	struct state *s = op->state;
	struct write *w = write_new(op->m->store);
	struct part *p = write_part(w, op->m);

	write_acl(w, p, s->id, s->acl);
	if (s->id != 0) {
		/* Whoever listens there is to look at what he may see, and whoever has it selected, whether he still may. */
		write_touch(p, box_folder(op->m, s->id));
		write_log(p, CHANGE_FOLDER_CHANGED, s->id);
	}
	s->submitted = true;
	return op_commit(op, w, p);
}

static enum op_step step(struct op *op)
{
	struct state *s = op->state;
	struct acl **at = place(op);
	enum err e;

	if (s->submitted && op->err == ERR_OK && at) {
		acl_free(*at);
		*at = s->acl;
		return OP_DONE;
	}
	if (s->submitted) {
		acl_free(s->acl);
		return OP_DONE;
	}
	if (op->m->removing || !at) {
		acl_free(s->acl);
		return op_end(op, ERR_NOFOLDER);
	}
	e = s->whole ? ERR_OK : acl_change(*at, &s->change, &s->acl);
	return e == ERR_OK ? submit(op) : op_end(op, e);
}

void folder_acl_change(struct mailbox *m, uint32_t id, const struct acl_change *change,
	mailbox_done *done, void *arg)
{
	struct op *op = op_new(m, step, sizeof(struct state));
	struct state *s = op->state;
	uint64_t *gone = ARENA_ARRAY(&op->arena, uint64_t, change->gone_count + 1);

	for (size_t i = 0; i < change->gone_count; i++)
		gone[i] = change->gone[i];
	s->id = id;
	s->change = *change;
	s->change.gone = gone;
	op_start(op, done, arg);
}

void folder_acl_replace(struct mailbox *m, uint32_t id, const struct acl *acl, mailbox_done *done, void *arg)
{
	struct op *op = op_new(m, step, sizeof(struct state));
	struct state *s = op->state;

	s->id = id;
	s->acl = acl_copy(acl);
	s->whole = true;
	op_start(op, done, arg);
}
