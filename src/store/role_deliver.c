#include <stdio.h>
#include <unistd.h>

#include "base/cursor.h"
#include "base/log.h"
#include "base/mem.h"
#include "io/clock.h"
#include "io/file.h"
#include "mail/record.h"
#include "store/moderation.h"
#include "store/role_int.h"

#define MESSAGE_OCTETS_MAX ((size_t)1 << 30)

/* One message on its way into one or more mailboxes. */
struct delivery {
	struct store_role *role;
	struct link *from; /* NULL: the front has died; nobody waits */
	uint64_t request;
	struct arena arena;
	struct deliver_row *rows;
	size_t rows_count;
	/* With each: the rows of ticket i are refs[starts[i]] up to refs[starts[i + 1]]. */
	bool each;
	size_t *refs, *starts;
	size_t tickets_count;
	struct list node;
};

static void answer(struct link *to, const struct msg_delivered *d)
{
	link_send(to, &(struct msg){ .id = MSG_delivered, .delivered = *d });
}

static void refuse(struct link *to, uint64_t request, enum err e)
{
	answer(to, &(struct msg_delivered){ .request = request, .code = e, .text = str_from_c(err_text(e)) });
}

/* A list's recipient has his mail when any of its members has it: nobody could be told of one of them. */
static enum err code_of(const struct delivery *d, size_t ticket, enum err e)
{
	enum err first = ERR_OK;

	for (size_t i = d->starts[ticket]; i < d->starts[ticket + 1]; i++) {
		const struct deliver_row *row = &d->rows[d->refs[i]];

		if (e == ERR_OK && row->ret == ERR_OK)
			return ERR_OK;
		if (first == ERR_OK)
			first = row->ret;
	}
	return first != ERR_OK ? first : e;
}

static struct str put_codes(const struct delivery *d, enum err e, struct buf *to)
{
	struct wr w = wr_to(to);

	for (size_t i = 0; d->each && i < d->tickets_count; i++)
		wr_u16(&w, (uint16_t)code_of(d, i, e));
	return buf_str(to);
}

/* Of the first mailbox that has it. */
static void put_id(const struct delivery *d, enum err e, char *to, size_t room)
{
	for (size_t i = 0; e == ERR_OK && i < d->rows_count; i++) {
		const struct deliver_row *row = &d->rows[i];

		if (row->ret != ERR_OK)
			continue;
		snprintf(to, room, "%llx.%llx", (unsigned long long)row->mailbox, (unsigned long long)row->ret_email);
		return;
	}
}

static void log_rows(const struct delivery *d, enum err e)
{
	for (size_t i = 0; i < d->rows_count; i++) {
		const struct deliver_row *row = &d->rows[i];

		if (e == ERR_OK && row->ret == ERR_OK)
			log_put(LOG_delivered, LOG_U("mailbox", row->mailbox), LOG_U("uid", row->ret_uid), LOG_U("email", row->ret_email), LOG_END);
	}
}

/* Told once each way. Only what was written shows that there is room again: a refusal for another reason never got that far. */
static void note_disk(struct store_role *r, enum err e)
{
	if (e == ERR_DISKFULL && !r->disk_full)
		log_put(LOG_disk_full, LOG_END);
	else if (e == ERR_OK && r->disk_full)
		log_put(LOG_disk_ok, LOG_END);
	else
		return;
	r->disk_full = e == ERR_DISKFULL;
}

/* To one of its recipients it has not come yet. */
static bool is_held(const struct delivery *d)
{
	bool held = false;

	for (size_t i = 0; i < d->rows_count && !held; i++) {
		const struct deliver_row *row = &d->rows[i];
		struct mailbox *box = NULL;

		if (row->folder != 0 && row->ret == ERR_OK && role_mailbox(d->role, row->mailbox, &box) == ERR_OK)
			held = moderation_of(box, row->folder) != 0;
		mailbox_unref(box);
	}
	return held;
}

static void on_delivered(void *arg, enum err e)
{
	struct delivery *d = arg;
	char id[64] = "";
	struct buf codes;

	log_rows(d, e);
	put_id(d, e, id, sizeof(id));
	note_disk(d->role, e);
	buf_init(&codes, PEER_MESSAGE_OCTETS_MAX / 2);
	/* Each recipient's code says it: one who has no room is no reason to bring the message to the others again. */
	answer(d->from, &(struct msg_delivered){ .request = d->request, .code = d->each ? ERR_OK : e,
		.held = e == ERR_OK && is_held(d), .text = str_from_c(err_text(e)),
		.id = str_from_c(id), .codes = put_codes(d, e, &codes) });
	buf_done(&codes);
	list_remove(&d->node);
	arena_done(&d->arena);
	mem_free(d);
}

/* The row of the mailbox and its folder; rows_count: it has none yet. */
static size_t row_of(const struct delivery *d, uint64_t mailbox, uint32_t folder)
{
	size_t i = 0;

	while (i < d->rows_count && (d->rows[i].mailbox != mailbox || d->rows[i].folder != folder))
		i++;
	return i;
}

/* A mailbox named twice (by itself and by a list) gets the message once. */
static void take_rows(struct delivery *d, const struct ticket_recipient *found, size_t count)
{
	size_t refs = d->starts[d->tickets_count];

	for (size_t i = 0; i < count; i++) {
		size_t at = row_of(d, found[i].mailbox, found[i].folder);

		d->refs[refs++] = at;
		if (at == d->rows_count)
			d->rows[d->rows_count++] = (struct deliver_row){ .mailbox = found[i].mailbox,
				.limits = role_mailbox_limits(&found[i].limits), .no_quota = found[i].no_quota,
				.folder = found[i].folder, .poster = found[i].poster };
	}
	d->starts[++d->tickets_count] = refs;
}

static enum err take_tickets(struct delivery *d, struct str tickets)
{
	struct role_env *env = d->role->env;
	uint64_t now = clock_mono_ms();
	size_t places = tickets.len / sizeof(uint64_t) + 2; /* no row is shorter */

	d->rows = ARENA_ARRAY(&d->arena, struct deliver_row, places);
	d->refs = ARENA_ARRAY(&d->arena, size_t, places);
	d->starts = ARENA_ARRAY(&d->arena, size_t, places);
	while (tickets.len > 0) {
		const struct ticket_recipient *found;
		size_t count;
		enum err e = ticket_recipients_open(&tickets, env->ticket_key, now, &d->arena, &found, &count);

		if (e != ERR_OK)
			return e;
		take_rows(d, found, count);
	}
	return d->rows_count > 0 ? ERR_OK : ERR_TICKET;
}

/* Copied before it is looked at: whoever else holds the descriptor could still write into it. */
static enum err read_record(int fd, uint64_t octets, struct buf *to)
{
	uint64_t at = 0;

	while (at < octets) {
		size_t n = octets - at < 65536 ? (size_t)(octets - at) : 65536;
		char *room = buf_room(to, n);
		ssize_t got = room ? pread(fd, room, n, (off_t)at) : -1;

		if (got <= 0)
			return ERR_PEER;
		buf_added(to, (size_t)got);
		at += (uint64_t)got;
	}
	return ERR_OK;
}

static enum err take_record(const struct msg *m, uint64_t message_octets, struct buf *to)
{
	const struct msg_deliver *q = &m->deliver;

	if (q->record.len > 0) {
		buf_put(to, q->record);
		return ERR_OK;
	}
	if (q->record_octets == 0)
		return record_make_opaque(message_octets, to);
	if (m->fd_count < 1)
		return ERR_PEER;
	return read_record(m->fds[m->fd_count - 1], q->record_octets, to);
}

/* A small message stands in the role's own memory already; a file is mapped. */
static enum err take_message(const struct msg *m, struct str *ret_mapped)
{
	if (m->deliver.octets.len > 0)
		return ERR_OK;
	return m->fd_count >= 1 && memfd_is_sealed(m->fds[0]) ? fd_map(m->fds[0], MESSAGE_OCTETS_MAX, ret_mapped) : ERR_PEER;
}

static void submit(struct delivery *d, struct str message, struct str record)
{
	struct deliver_request request = { .rows = d->rows, .rows_count = d->rows_count, .all_or_none = !d->each,
		.date = clock_real_ms() / 1000, .octets = message, .record = record };

	list_add_tail(&d->role->deliveries, &d->node);
	store_deliver(d->role->store, &request, on_delivered, d);
}

void role_deliver(struct store_role *r, struct link *from, struct msg *m)
{
	struct delivery *d = MEM_NEW(struct delivery);
	struct str message, mapped = STR_NONE;
	struct buf record;
	enum err e;

	*d = (struct delivery){ .role = r, .from = from, .request = m->deliver.request, .each = m->deliver.each };
	list_init(&d->node);
	arena_init(&d->arena, ARENA_NONE);
	buf_init(&record, RECORD_OCTETS_MAX);
	e = take_tickets(d, m->deliver.recipient_tickets);
	if (e == ERR_OK)
		e = take_message(m, &mapped);
	message = m->deliver.octets.len > 0 ? m->deliver.octets : mapped;
	if (e == ERR_OK)
		e = take_record(m, message.len, &record);
	if (e == ERR_OK)
		submit(d, message, buf_str(&record));
	fd_unmap(&mapped);
	buf_done(&record);
	if (e == ERR_OK)
		return;
	refuse(from, m->deliver.request, e);
	arena_done(&d->arena);
	mem_free(d);
}

void role_deliver_link_down(struct store_role *r, struct link *link)
{
	LIST_EACH(node, &r->deliveries) {
		struct delivery *d = LIST_OF(node, struct delivery, node);

		if (d->from == link)
			d->from = NULL;
	}
}
