#include "store/moderation.h"

#include "store/op.h"

uint32_t moderation_held(struct mailbox *m, uint32_t id)
{
	const struct folder *f = id ? box_folder(m, id) : NULL;

	return f ? f->held : 0;
}

uint32_t moderation_told(struct mailbox *m, uint32_t id)
{
	const struct folder *f = id ? box_folder(m, id) : NULL;

	return f ? f->held_told : 0;
}

uint32_t moderation_of(struct mailbox *m, uint32_t held)
{
	for (size_t i = 0; held != 0 && i < m->folders_count; i++) {
		if (m->folders[i]->held == held)
			return m->folders[i]->id;
	}
	return 0;
}

uint32_t moderation_target(struct mailbox *m, uint32_t folder, const struct acl_user *user)
{
	uint32_t held = moderation_held(m, folder);

	if (held == 0 || (folder_rights(m, held, user) & MODERATION_RIGHTS) == MODERATION_RIGHTS)
		return folder;
	return held;
}

/* ---- changing ---- */

struct change {
	struct moderation to;
	bool submitted;
};

static enum err judge(struct mailbox *m, const struct moderation *to)
{
	const struct folder *f = box_folder(m, to->folder), *held = to->held ? box_folder(m, to->held) : NULL;
	uint32_t of = moderation_of(m, to->held);

	if (m->removing || !f || f->noselect || f->nonexistent)
		return ERR_NOFOLDER;
	if (to->held == 0)
		return ERR_OK;
	if (!held || held->noselect || held->nonexistent)
		return ERR_NOFOLDER;
	return held == f || held->held != 0 || (of != 0 && of != f->id) ? ERR_CONFLICT : ERR_OK;
}

static enum op_step change(struct op *op)
{
	struct change *c = op->state;
	struct folder *f = box_folder(op->m, c->to.folder);
	struct write *w;
	struct part *p;
	enum err e;

	if (c->submitted && op->err == ERR_OK && f) {
		f->held = c->to.held;
		f->held_told = c->to.told;
	}
	if (c->submitted)
		return OP_DONE;
	e = judge(op->m, &c->to);
	if (e != ERR_OK)
		return op_end(op, e);
	w = write_new(op->m->store);
	p = write_part(w, op->m);
	write_held(w, p, &c->to);
	c->submitted = true;
	return op_commit(op, w, p);
}

void moderation_change(struct mailbox *m, const struct moderation *to, mailbox_done *done, void *arg)
{
	struct op *op = op_new(m, change, sizeof(struct change));

	((struct change *)op->state)->to = *to;
	op_start(op, done, arg);
}
