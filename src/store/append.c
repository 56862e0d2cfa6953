#include "store/mailbox.h"

#include "store/email.h"
#include "store/message.h"
#include "store/op.h"

struct append {
	struct append_request request; /* copied into the op's arena */
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

static enum op_step submit(struct op *op, struct folder *f, struct item *it)
{
	struct append *a = op->state;
	struct write *w;
	struct part *p;
	struct email_row row;

	it->uid = write_uid(f);
	if (it->uid == 0)
		return op_end(op, ERR_LIMIT);
	w = write_new(op->m->store);
	p = write_part(w, op->m);
	it->modseq = part_modseq(p);
	it->email = op->m->row.email_next++;
	it->sent = message_sent(a->request.record, it->date);
	email_blobs(w, a->request.octets, a->request.record, 1, &row);
	email_add(w, op->m, it->email, &row, a->request.record);
	write_add(w, p, f, it);
	a->submitted = true;
	op->folder = f->id;
	op->uidvalidity = f->uidvalidity;
	u32s_put(&op->new_uids, it->uid);
	return op_commit(op, w, p);
}

static enum op_step step(struct op *op)
{
	struct append *a = op->state;
	const struct append_request *r = &a->request;
	struct item it = { .date = r->date, .flags = r->flags & ITEM_FLAGS };
	struct folder *f;
	enum err e;

	if (a->submitted) {
		if (op->err != ERR_OK)
			op->new_uids.count = 0;
		return OP_DONE;
	}
	f = op->m->removing ? NULL : box_folder(op->m, r->folder);
	if (!f)
		return op_end(op, ERR_NOFOLDER);
	if (!r->no_quota && !mailbox_has_room(op->m, 1, r->octets.len))
		return op_end(op, ERR_QUOTA);
	folder_use(f);
	op->used[0] = f;
	e = folder_keywords_load(f);
	if (e == ERR_OK)
		e = set_keywords(f, r, &it);
	if (e != ERR_OK)
		return op_end(op, e);
	it.octets = (uint32_t)r->octets.len;
	it.saved = (uint32_t)store_seconds(op->m->store);
	return submit(op, f, &it);
}

void mailbox_append(
	struct mailbox *m, const struct append_request *request, mailbox_done *done, void *arg)
{
	struct op *op = op_new(m, step, sizeof(struct append));
	struct append *a = op->state;
	struct str *keywords = ARENA_ARRAY(&op->arena, struct str, request->keywords_count + 1);
	enum err e = message_check(request->octets, request->record);

	if (e != ERR_OK) {
		op_refuse(op, e, done, arg);
		return;
	}
	for (size_t i = 0; i < request->keywords_count; i++)
		keywords[i] = arena_str(&op->arena, request->keywords[i]);
	a->request = *request;
	a->request.keywords = keywords;
	/* Only one that has to wait for others needs copies of the message. */
	if (!list_empty(&m->queue)) {
		a->request.octets = arena_str(&op->arena, request->octets);
		a->request.record = arena_str(&op->arena, request->record);
	}
	op_start(op, done, arg);
}
