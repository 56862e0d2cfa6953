#include "store/mailbox.h"

#include "base/mem.h"
#include "store/expunge.h"

/* How old messages of a folder become, and the end of those that are older; how long what is removed is kept. */

enum term { TERM_AGE, TERM_KEEP };

static uint32_t *place(struct mailbox *m, uint32_t id, enum term term)
{
	struct folder *f = id ? box_folder(m, id) : NULL;

	if (term == TERM_KEEP)
		return f ? &f->keep_days : NULL;
	return id == 0 ? &m->age_days : f ? &f->age_days : NULL;
}

uint32_t folder_age(struct mailbox *m, uint32_t id)
{
	const uint32_t *at = place(m, id, TERM_AGE);

	return at ? *at : FOLDER_AGE_DEFAULT;
}

uint32_t folder_keep(struct mailbox *m, uint32_t id)
{
	const uint32_t *at = place(m, id, TERM_KEEP);

	return at ? *at : FOLDER_AGE_DEFAULT;
}

uint32_t folder_kept_days(struct mailbox *m, uint32_t id)
{
	const struct folder *f = box_folder(m, id);

	return f ? box_keep_days(f) : m->limits.retention_days;
}

/* ---- changing ---- */

struct change {
	enum term term;
	uint32_t id, days;
	bool submitted;
};

static enum op_step change(struct op *op)
{
	struct change *c = op->state;
	uint32_t *at = place(op->m, c->id, c->term);
	struct write *w;
	struct part *p;

	if (c->submitted && op->err == ERR_OK && at)
		*at = c->days;
	if (c->submitted)
		return OP_DONE;
	if (op->m->removing || !at)
		return op_end(op, ERR_NOFOLDER);
	w = write_new(op->m->store);
	p = write_part(w, op->m);
	(c->term == TERM_KEEP ? write_keep : write_age)(w, p, c->id, c->days);
	c->submitted = true;
	return op_commit(op, w, p);
}

static void begin(struct mailbox *m, const struct change *given, mailbox_done *done, void *arg)
{
	struct op *op = op_new(m, change, sizeof(struct change));

	must(given->days <= FOLDER_AGE_DAYS_MAX || given->days == FOLDER_AGE_DEFAULT);
	*(struct change *)op->state = *given;
	op_start(op, done, arg);
}

void folder_age_change(struct mailbox *m, uint32_t id, uint32_t days, mailbox_done *done, void *arg)
{
	begin(m, &(struct change){ .term = TERM_AGE, .id = id, .days = days }, done, arg);
}

void folder_keep_change(struct mailbox *m, uint32_t id, uint32_t days, mailbox_done *done, void *arg)
{
	begin(m, &(struct change){ .term = TERM_KEEP, .id = id, .days = days }, done, arg);
}

/* ---- what is too old ---- */

struct aging {
	uint32_t id; /* of the next folder */
	bool submitted;
};

/* At most OP_CHUNK of them. */
static size_t gather(const struct folder *f, struct item *ret)
{
	int64_t before = store_seconds(f->mailbox->store) - (int64_t)box_age_days(f) * 86400;
	size_t count = 0;

	for (size_t i = 0; i < f->items_count && count < OP_CHUNK; i++) {
		if (f->items[i].saved < before)
			ret[count++] = f->items[i];
	}
	return count;
}

/* One that cannot be read does not keep the others. */
static enum op_step age_one(struct op *op, struct folder *f)
{
	struct aging *x = op->state;
	struct item *items;
	enum op_step next = OP_AGAIN;
	size_t count = 0;

	folder_use(f);
	items = mem_new(OP_CHUNK * sizeof(*items));
	if (folder_load(f) == ERR_OK)
		count = gather(f, items);
	if (count > 0) {
		op->used[0] = f;
		x->submitted = true;
		next = expunge_chunk(op, f, items, count, box_keep_days(f) > 0);
	} else {
		folder_unuse(f);
	}
	mem_free(items);
	return next;
}

static enum op_step age(struct op *op)
{
	struct aging *x = op->state;

	if (x->submitted)
		return op_end(op, op->err == ERR_OK ? ERR_NEEDMORE : op->err);
	if (op->m->removing)
		return op_end(op, ERR_NOBOX);
	while (x->id < op->m->row.folder_next) {
		struct folder *f = box_folder(op->m, x->id++);

		if (f && box_age_days(f) > 0 && f->now.messages > 0)
			return age_one(op, f);
	}
	return op_end(op, ERR_OK);
}

void store_age(struct store *s, uint64_t id, deliver_done *done, void *arg)
{
	struct mailbox *m;
	struct op *op;
	enum err e = box_open(s, id, &m);

	if (e != ERR_OK) {
		op_refuse_plain(s, e, done, arg);
		return;
	}
	op = op_new(m, age, sizeof(struct aging));
	((struct aging *)op->state)->id = 1;
	op_start_plain(op, done, arg);
	mailbox_unref(m);
}
