#include "front/smtp_intake.h"

#include "io/file.h"

static const struct str received = S_INIT("received:");

static void give_back(struct smtp_intake *b)
{
	room_give(&b->room);
	b->open = false;
	buf_done(&b->small);
	fd_close(&b->fd);
}

static void spoil(struct smtp_intake *b, enum err e)
{
	if (b->fault == ERR_OK)
		b->fault = e;
	give_back(b);
}

/* Others are faster and there is too little room: the rest is read and forgotten. */
static void give_way(struct room_part *part)
{
	spoil(LIST_OF(part, struct smtp_intake, room), ERR_LIMIT);
}

static void reset(struct smtp_intake *b)
{
	struct room_part room = b->room;

	*b = (struct smtp_intake){ .front = room.front, .fd = -1 };
	room_init(&b->room, room.front, room.from, room.trusted);
	b->room.give_way = give_way;
	buf_init(&b->small, SMTP_SMALL_OCTETS_MAX);
}

void smtp_intake_init(
	struct smtp_intake *b, struct front *front, const struct crowd_address *from, bool trusted)
{
	room_init(&b->room, front, from, trusted);
	reset(b);
}

void smtp_intake_drop(struct smtp_intake *b)
{
	give_back(b);
	reset(b);
}

/* The file is made when the message turns out to be larger than a buffer is worth. */
static enum err to_file(struct smtp_intake *b)
{
	b->fd = memfd_new("message");
	if (b->fd < 0 || memfd_add(b->fd, buf_str(&b->small)) != ERR_OK)
		return ERR_LIMIT;
	buf_done(&b->small);
	return ERR_OK;
}

static enum err keep(struct smtp_intake *b, struct str octets)
{
	if (b->fd < 0 && b->small.len + octets.len <= SMTP_SMALL_OCTETS_MAX) {
		buf_put(&b->small, octets);
		return ERR_OK;
	}
	if (b->fd < 0 && to_file(b) != ERR_OK)
		return ERR_LIMIT;
	return memfd_add(b->fd, octets);
}

static void write_octets(struct smtp_intake *b, struct str octets)
{
	if (!room_take(&b->room, octets.len) || keep(b, octets) != ERR_OK)
		spoil(b, ERR_LIMIT);
}

enum err smtp_intake_begin(struct smtp_intake *b, enum smtp_data_mode mode, struct str head)
{
	must(!b->open && b->fd < 0);
	smtp_data_init(&b->decoder, mode, false);
	b->open = true;
	b->fault = ERR_OK;
	room_begin(&b->room);
	b->hops = 0;
	b->line_octets = 0;
	b->line_matches = b->line_empty = true;
	b->header_over = false;
	write_octets(b, head);
	if (b->fault == ERR_OK)
		return ERR_OK;
	smtp_intake_drop(b);
	return ERR_LIMIT;
}

static void header_octet(struct smtp_intake *b, char c)
{
	if (c == '\n') {
		b->header_over = b->line_empty;
		b->line_octets = 0;
		b->line_matches = b->line_empty = true;
		return;
	}
	b->line_empty = b->line_empty && c == '\r';
	if (!b->line_matches)
		return;
	b->line_matches = ascii_lower(c) == received.at[b->line_octets++];
	if (b->line_matches && b->line_octets == received.len) {
		b->hops++;
		b->line_matches = false;
	}
}

static void count_hops(struct smtp_intake *b, struct str octets)
{
	for (size_t i = 0; i < octets.len && !b->header_over; i++)
		header_octet(b, octets.at[i]);
}

static size_t feed_piece(struct smtp_intake *b, struct str in)
{
	struct buf *out = b->fault == ERR_OK ? &b->front->scratch : NULL;
	size_t used;

	if (out != NULL)
		buf_clear(out);
	used = smtp_data_feed(&b->decoder, in, out);
	if (out == NULL)
		return used;
	count_hops(b, buf_str(out));
	if (b->decoder.octets > b->front->env->config->smtp_message_octets_max)
		spoil(b, ERR_TOOBIG);
	else
		write_octets(b, buf_str(out));
	return used;
}

size_t smtp_intake_feed(struct smtp_intake *b, struct str in)
{
	size_t used = 0;

	while (used < in.len && !b->decoder.done)
		used += feed_piece(b, str_sub(in, used, FRONT_PIECE_OCTETS_MAX));
	return used;
}

static enum err judge(struct smtp_intake *b)
{
	if (b->decoder.faults != 0)
		return ERR_BARELINEEND;
	if (b->fault != ERR_OK)
		return b->fault;
	if (b->hops > b->front->env->config->smtp_hops_max)
		return ERR_LOOP;
	return b->fd >= 0 ? memfd_seal(b->fd) : ERR_OK;
}

enum err smtp_intake_to_file(struct smtp_intake *b)
{
	enum err e = b->fd < 0 ? to_file(b) : ERR_OK;

	return e == ERR_OK ? memfd_seal(b->fd) : e;
}

enum err smtp_intake_end(struct smtp_intake *b)
{
	enum err e;

	if (b->decoder.mode == SMTP_DATA_CHUNKS) {
		struct buf *out = b->fault == ERR_OK ? &b->front->scratch : NULL;

		if (out != NULL)
			buf_clear(out);
		smtp_data_end(&b->decoder, out);
	}
	room_settle(&b->room);
	e = judge(b);
	if (e != ERR_OK)
		smtp_intake_drop(b);
	return e;
}
