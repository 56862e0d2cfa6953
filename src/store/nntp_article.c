#include "base/log.h"
#include "mail/header.h"
#include "store/nntp_head.h"
#include "wire/dot.h"

/* ARTICLE, HEAD, BODY and STAT (RFC 3977 section 6.2). */

#define PIECE_OCTETS ((size_t)64 << 10) /* of a message, read and sent in one step */
#define AHEAD        16u                /* articles that are likely to be asked for next */

struct sending {
	struct nntp_place place;
	uint64_t sent; /* octets of the message that need not be read any more */
	struct dot dot;
};

/* By what the command names; a number makes it the current one (RFC 3977 section 6.2.1.2). */
static enum err find(struct nntp *n, struct nntp_place *ret)
{
	enum err e;

	if (n->command.message_id.len > 0)
		return nntp_place_by_id(n, n->command.message_id, ret);
	if (!n->command.has_number)
		return nntp_place_current(n, ret);
	e = nntp_place_by_number(n, n->command.number, ret);
	if (e == ERR_OK)
		n->current = ret->number;
	return e;
}

/* A message that is in its group and cannot be read is damage, not absence. */
static enum step refuse(struct nntp *n, enum err e)
{
	return nntp_refuse(n, e == ERR_CORRUPT ? ERR_UNREADABLE : e);
}

static void put_first(struct nntp *n, int code, const struct nntp_place *place, struct str id)
{
	buf_printf(nntp_out(n), "%d %u %.*s\r\n", code, place->number, STR_FMT(id));
}

/* Who takes one takes the next ones. */
static void read_ahead(struct nntp *n, const struct nntp_place *place)
{
	const struct item *items[AHEAD];
	uint32_t seq = place->number > 0 && n->view != NULL ? view_seq(n->view, place->number) : 0;
	size_t count = 0;

	if (seq == 0 || (n->last_read + 1 != seq && n->last_read != 0)) {
		n->last_read = seq;
		return;
	}
	n->last_read = seq;
	if (seq % AHEAD != 0)
		return;
	for (uint32_t next = seq + 1; next <= view_count(n->view) && count < AHEAD; next++) {
		if (!view_item_gone(n->view, next))
			items[count++] = view_item(n->view, next);
	}
	message_ahead(nntp_box(n), items, count);
}

static enum step begin_stat(struct nntp *n)
{
	struct nntp_place place;
	struct str id;
	enum err e = find(n, &place);

	if (e == ERR_OK)
		e = nntp_head_id(n, &place, &id);
	if (e != ERR_OK)
		return refuse(n, e);
	put_first(n, 223, &place, id);
	return STEP_READ;
}

/* The message from its beginning, with its whole header unless that is too long. */
static enum err read_start(struct nntp *n, const struct item *it, struct buf *to)
{
	enum err e = message_read(nntp_box(n), it, 0, PIECE_OCTETS, to);

	if (e != ERR_OK || it->octets <= to->len || header_octets(buf_str(to), NULL) < to->len)
		return e;
	return message_read(nntp_box(n), it, to->len, NNTP_HEADER_OCTETS_MAX - to->len, to);
}

static enum step end_sending(struct nntp *n)
{
	struct sending *s = n->state;

	dot_end(&s->dot, nntp_out(n));
	return STEP_READ;
}

struct wish {
	int code;
	bool header, body;
};

static void put_start(struct nntp *n, const struct nntp_head *h, struct str start, const struct wish *wish)
{
	struct sending *s = n->state;
	struct buf header;
	size_t length;

	buf_init(&header, BUF_NO_CEILING);
	length = nntp_head_put_whole(h, start, &header);
	/* A header that goes on behind what was read has its empty line there. */
	if (wish->body && wish->header && (length < start.len || start.len == s->place.item.octets))
		buf_put(&header, S("\r\n"));
	put_first(n, wish->code, &s->place, h->message_id);
	if (wish->header)
		dot_put(&s->dot, nntp_out(n), buf_str(&header));
	if (wish->body)
		dot_put(&s->dot, nntp_out(n), str_skip(start, length));
	buf_done(&header);
}

static enum err begin_sending(struct nntp *n, const struct wish *wish)
{
	struct sending *s = n->state;
	struct nntp_source source;
	struct nntp_head head;
	struct buf start;
	enum err e;

	buf_init(&start, NNTP_HEADER_OCTETS_MAX);
	nntp_source_init(&source, n, s->place.folder, &s->place.item);
	nntp_source_find(&source, &n->arena);
	e = nntp_head_make(&source, &n->arena, true, &head);
	nntp_source_done(&source);
	if (e == ERR_OK)
		e = read_start(n, &s->place.item, &start);
	if (e == ERR_OK)
		put_start(n, &head, buf_str(&start), wish);
	s->sent = start.len;
	buf_done(&start);
	return e;
}

static enum step begin(struct nntp *n, const struct wish *wish)
{
	struct sending *s = ARENA_NEW(&n->arena, struct sending);
	enum err e = find(n, &s->place);

	n->state = s;
	dot_init(&s->dot, DOT_ALL_LINES);
	if (e == ERR_OK) {
		read_ahead(n, &s->place);
		e = begin_sending(n, wish);
	}
	if (e != ERR_OK)
		return refuse(n, e);
	return wish->body && s->sent < s->place.item.octets ? STEP_AGAIN : end_sending(n);
}

static enum step more(struct nntp *n)
{
	struct sending *s = n->state;
	struct buf piece;
	enum err e;

	buf_init(&piece, PIECE_OCTETS);
	e = message_read(nntp_box(n), &s->place.item, s->sent, PIECE_OCTETS, &piece);
	if (e == ERR_OK && piece.len == 0)
		e = ERR_UNREADABLE;
	dot_put(&s->dot, nntp_out(n), buf_str(&piece));
	s->sent += piece.len;
	buf_done(&piece);
	if (e == ERR_OK)
		return s->sent < s->place.item.octets ? STEP_AGAIN : end_sending(n);
	/* Damage behind what was sent already: a missing end is the only honest answer left. */
	log_put(LOG_session_dropped, LOG_S("account", n->s->account), LOG_S("client", n->s->client), LOG_C("why", err_name(e)),
		LOG_U("uid", s->place.item.uid), LOG_END);
	return STEP_DONE;
}

static enum step begin_article(struct nntp *n)
{
	return begin(n, &(struct wish){ 220, true, true });
}

static enum step begin_head(struct nntp *n)
{
	return begin(n, &(struct wish){ 221, true, false });
}

static enum step begin_body(struct nntp *n)
{
	return begin(n, &(struct wish){ 222, false, true });
}

const struct nntp_handler nntp_do_article = { begin_article, more, NULL, "article" };
const struct nntp_handler nntp_do_head = { begin_head, more, NULL, "head" };
const struct nntp_handler nntp_do_body = { begin_body, more, NULL, "body" };
const struct nntp_handler nntp_do_stat = { begin_stat, NULL, NULL, "stat" };
