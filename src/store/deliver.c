#include "store/deliver.h"

#include "base/mem.h"
#include "store/email.h"
#include "store/message.h"
#include "store/poster.h"

struct delivery {
	struct store *s;
	struct list node;   /* in store->deliveries */
	struct ready ready; /* of one that was refused */
	struct deliver_row *rows;
	size_t rows_count;
	deliver_done *done;
	void *arg;
	enum err err;
	struct buf unique;
};

/* The message that crosses the limit is taken, the next one is not: so a recipient's refusal comes at RCPT, where it is his
 * alone, and not at the end of the data, where it would be everybody's. */
static bool over(const struct mailbox *m, const struct deliver_row *row)
{
	return !row->no_quota && box_quota_state(&row->limits, &m->sub) == MAILBOX_QUOTA_FULL;
}

enum err store_deliver_check(
	struct store *s, uint64_t mailbox, const struct mailbox_limits *limits)
{
	struct deliver_row row = { .mailbox = mailbox, .limits = *limits };
	struct mailbox *m;
	enum err e = box_open(s, mailbox, &m);

	if (e != ERR_OK)
		return e;
	mailbox_limits_set(m, limits);
	e = over(m, &row) ? ERR_QUOTA : ERR_OK;
	mailbox_unref(m);
	return e;
}

static void answer(struct delivery *d)
{
	list_remove(&d->node);
	if (d->done)
		d->done(d->arg, d->err);
	buf_done(&d->unique);
	mem_free(d);
}

static void refused(struct ready *r)
{
	answer(LIST_OF(r, struct delivery, ready));
}

static void committed(void *arg, enum err e)
{
	struct delivery *d = arg;

	d->err = e;
	for (size_t i = 0; e != ERR_OK && d->rows && i < d->rows_count; i++) {
		if (d->rows[i].ret != ERR_OK)
			continue;
		d->rows[i].ret = e;
		d->rows[i].ret_uid = 0;
		d->rows[i].ret_email = 0;
	}
	answer(d);
}

/* NULL: it is gone. */
static struct folder *target(struct mailbox *m, const struct deliver_row *row)
{
	return row->folder != 0 ? box_folder(m, row->folder) : box_inbox(m);
}

/* Opens and judges each row; boxes[i] is NULL for a refused one. Returns how many were taken. */
static size_t judge(struct store *s, const struct deliver_request *r, struct mailbox **boxes)
{
	size_t taken = 0;

	for (size_t i = 0; i < r->rows_count; i++) {
		struct deliver_row *row = &r->rows[i];

		row->ret_uid = 0;
		row->ret_email = 0;
		row->ret = box_open(s, row->mailbox, &boxes[i]);
		if (row->ret != ERR_OK)
			continue;
		mailbox_limits_set(boxes[i], &row->limits);
		if (over(boxes[i], row))
			row->ret = ERR_QUOTA;
		else if (!target(boxes[i], row))
			row->ret = ERR_NOFOLDER;
		else if (target(boxes[i], row)->uidnext == UINT32_MAX)
			row->ret = ERR_LIMIT;
		if (row->ret != ERR_OK) {
			mailbox_unref(boxes[i]);
			boxes[i] = NULL;
			continue;
		}
		/* For the case that the mailbox is named twice; taken back below. */
		boxes[i]->sub.octets += r->octets.len;
		boxes[i]->sub.messages++;
		taken++;
	}
	for (size_t i = 0; i < r->rows_count; i++) {
		if (!boxes[i])
			continue;
		boxes[i]->sub.octets -= r->octets.len;
		boxes[i]->sub.messages--;
	}
	return taken;
}

static enum err first_refusal(const struct deliver_request *r)
{
	for (size_t i = 0; i < r->rows_count; i++) {
		if (r->rows[i].ret != ERR_OK)
			return r->rows[i].ret;
	}
	return ERR_OK;
}

static void put(struct write *w, struct mailbox *m, const struct deliver_request *r,
	const struct email_row *email, struct deliver_row *row)
{
	struct part *p = write_part(w, m);
	struct folder *f = target(m, row);
	struct item it = {
		.modseq = part_modseq(p),
		.email = m->row.email_next++,
		.date = r->date,
		.sent = message_sent(r->record, r->date),
		.uid = write_uid(f),
		.octets = (uint32_t)r->octets.len,
		.saved = (uint32_t)store_seconds(m->store),
	};

	email_add(w, m, it.email, email, r->record);
	write_add(w, p, f, &it, STR_NONE);
	poster_put(w, p, f, it.uid, row->poster);
	row->ret_uid = it.uid;
	row->ret_email = it.email;
}

static void submit(
	struct delivery *d, const struct deliver_request *r, struct mailbox **boxes, size_t taken)
{
	struct write *w = write_new(d->s);
	struct email_row email;

	email_blobs(w, r->octets, taken > 0 ? r->record : STR_NONE, taken + r->also_count, &email);
	if (email.record_blob && r->also_count > 0)
		kv_blob_count(write_kv(w), email.record_blob, -(int64_t)r->also_count);
	for (size_t i = 0; i < r->rows_count; i++) {
		if (boxes[i])
			put(w, boxes[i], r, &email, &r->rows[i]);
	}
	if (r->also)
		r->also(r->also_arg, write_kv(w), email.blob);
	write_commit(w, committed, d);
}

void store_deliver(
	struct store *s, const struct deliver_request *request, deliver_done *done, void *arg)
{
	struct delivery *d = MEM_NEW(struct delivery);
	struct mailbox **boxes = mem_new((request->rows_count + 1) * sizeof(struct mailbox *));
	size_t taken = 0;

	*d = (struct delivery){ .s = s,
		.ready.go = refused,
		.rows = request->rows,
		.rows_count = request->rows_count,
		.done = done,
		.arg = arg };
	buf_init(&d->unique, BUF_NO_CEILING);
	buf_put(&d->unique, request->unique);
	list_init(&d->ready.node);
	list_add_tail(&s->deliveries, &d->node);
	must((request->also == NULL) == (request->also_count == 0));
	d->err = message_check(request->octets, request->record);
	if (d->err == ERR_OK) {
		taken = judge(s, request, boxes);
		if (request->all_or_none || !request->also)
			d->err = request->all_or_none || taken == 0 ? first_refusal(request)
								    : ERR_OK;
	}
	if (d->err == ERR_OK && taken + request->also_count > 0)
		submit(d, request, boxes, taken);
	else
		store_ready(s, &d->ready);
	for (size_t i = 0; i < request->rows_count; i++)
		mailbox_unref(boxes[i]);
	mem_free(boxes);
}

bool store_delivers(const struct store *s, struct str unique)
{
	LIST_EACH (node, &s->deliveries) {
		if (str_eq(buf_str(&LIST_OF(node, struct delivery, node)->unique), unique))
			return true;
	}
	return false;
}

void deliver_forget(struct store *s, const void *arg)
{
	LIST_EACH (node, &s->deliveries) {
		struct delivery *d = LIST_OF(node, struct delivery, node);

		if (d->arg != arg)
			continue;
		d->done = NULL;
		d->rows = NULL;
	}
}
