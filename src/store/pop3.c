#include "store/pop3.h"

#include "base/log.h"
#include "base/mem.h"
#include "wire/pop3.h"

#define PIECE_OCTETS ((size_t)64 << 10) /* of a message, read and sent in one step */
#define LINES_STEP   500u               /* of LIST and UIDL in one step */
#define AHEAD        16u                /* messages that are likely to be asked for next */

struct handler;

struct pop3 {
	struct folder_view *view;
	uint32_t uidvalidity;
	uint32_t count, deleted_count;
	uint64_t octets, deleted_octets;
	uint8_t *deleted; /* one bit for each message; NULL: none */
	unsigned bad;     /* in a row */

	/* The running command; NULL: none. */
	const struct handler *running;
	uint32_t at;      /* next message to be listed */
	uint32_t next, ahead; /* message behind the last one sent, and behind the last one read ahead */
	struct item item; /* being sent */
	uint64_t sent;
	struct dot dot;
	enum err removal;
};

/* Both return STEP_READ when the command is answered; else `more` is called after the wait. */
struct handler {
	enum step (*begin)(struct session *s, const struct pop3_command *c);
	enum step (*more)(struct session *s);
	const char *doing;
};

static struct pop3 *pop3_of(const struct session *s)
{
	return s->state;
}

static enum step answered(struct session *s, enum err e, struct str text)
{
	if (e == ERR_OK)
		pop3_ok(session_out(s), text);
	else
		pop3_err(session_out(s), e, text);
	return STEP_READ;
}

static bool is_deleted(const struct pop3 *p, uint32_t message)
{
	return p->deleted != NULL && (p->deleted[message / 8] >> (message % 8) & 1) != 0;
}

/* The message, unless it is none that can be asked for; answers then. */
static const struct item *asked_for(struct session *s, uint32_t message)
{
	struct pop3 *p = pop3_of(s);

	if (message > p->count || view_item_gone(p->view, message)) {
		answered(s, ERR_NOMESSAGE, STR_NONE);
		return NULL;
	}
	if (is_deleted(p, message)) {
		answered(s, ERR_NOMESSAGE, S("message is marked as deleted"));
		return NULL;
	}
	return view_item(p->view, message);
}

/* "3 messages (4711 octets)" of what is not marked. */
static void put_totals(struct session *s, struct buf *to)
{
	struct pop3 *p = pop3_of(s);
	uint32_t count = p->count - p->deleted_count;

	buf_printf(to, "%u message%s (%llu octets)", count, count == 1 ? "" : "s",
		(unsigned long long)(p->octets - p->deleted_octets));
}

static void answer_totals(struct session *s, struct str before)
{
	struct buf text;

	buf_init(&text, 512);
	buf_put(&text, before);
	put_totals(s, &text);
	pop3_ok(session_out(s), buf_str(&text));
	buf_done(&text);
}

/* ---- short commands ---- */

static enum step do_stat(struct session *s, const struct pop3_command *c)
{
	struct pop3 *p = pop3_of(s);

	buf_printf(session_out(s), "+OK %u %llu\r\n", p->count - p->deleted_count,
		(unsigned long long)(p->octets - p->deleted_octets));
	return STEP_READ;
}

static enum step do_noop(struct session *s, const struct pop3_command *c)
{
	return answered(s, ERR_OK, STR_NONE);
}

/* RFC 4314, as far as it concerns what POP3 does. */
static bool may_delete(struct session *s)
{
	uint32_t needs = ACL_DELETE_MESSAGES | ACL_EXPUNGE;

	return (folder_rights(s->mailbox, view_folder(pop3_of(s)->view), &s->user) & needs) == needs;
}

static enum step do_dele(struct session *s, const struct pop3_command *c)
{
	struct pop3 *p = pop3_of(s);
	const struct item *it = asked_for(s, c->message);

	if (it == NULL)
		return STEP_READ;
	if (!may_delete(s))
		return answered(s, ERR_PERM, S("you may read this mailbox, but not delete messages in it"));
	if (p->deleted == NULL)
		p->deleted = mem_new(p->count / 8 + 1);
	p->deleted[c->message / 8] |= (uint8_t)(1u << (c->message % 8));
	p->deleted_count++;
	p->deleted_octets += it->octets;
	return answered(s, ERR_OK, S("marked as deleted"));
}

static enum step do_rset(struct session *s, const struct pop3_command *c)
{
	struct pop3 *p = pop3_of(s);

	mem_free(p->deleted);
	p->deleted = NULL;
	p->deleted_count = 0;
	p->deleted_octets = 0;
	answer_totals(s, S("maildrop has "));
	return STEP_READ;
}

/* RFC 2449 section 6; what only helps before logon is listed all the same, as section 5 asks. */
static enum step do_capa(struct session *s, const struct pop3_command *c)
{
	static const char *const lines[] = { "TOP", "UIDL", "USER", "RESP-CODES", "AUTH-RESP-CODE",
		"PIPELINING", "EXPIRE NEVER", "UTF8", "LANG",
		"IMPLEMENTATION Bourse" };
	struct buf *to = session_out(s);

	pop3_ok(to, S("capabilities follow"));
	if (s->sasl.len > 0)
		buf_printf(to, "SASL %.*s\r\n", STR_FMT(s->sasl));
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		pop3_line(to, str_from_c(lines[i]));
	pop3_end(to);
	return STEP_READ;
}

/* RFC 6856 section 3.2: there is one language, and "*" means it. */
static enum step do_lang(struct session *s, const struct pop3_command *c)
{
	struct buf *to = session_out(s);

	if (c->text.len == 0) {
		pop3_ok(to, S("languages follow"));
		pop3_line(to, S("en English"));
		pop3_end(to);
		return STEP_READ;
	}
	if (str_eq(c->text, S("*")) || str_ieq(c->text, S("en")) || str_istarts(c->text, S("en-")))
		return answered(s, ERR_OK, S("en English it is"));
	return answered(s, ERR_UNSUPPORTED, S("no such language"));
}

/* ---- LIST and UIDL ---- */

static void put_size(struct pop3 *p, struct buf *to, uint32_t message, const struct item *it)
{
	buf_put_u64(to, message);
	buf_put_octet(to, ' ');
	buf_put_u64(to, it->octets);
	buf_put(to, S("\r\n"));
}

static void put_uidl(struct pop3 *p, struct buf *to, uint32_t message, const struct item *it)
{
	buf_put_u64(to, message);
	buf_put_octet(to, ' ');
	item_uidl_put(to, p->uidvalidity, it->uid);
	buf_put(to, S("\r\n"));
}

typedef void put_fn(struct pop3 *p, struct buf *to, uint32_t message, const struct item *it);

static enum step list_begin(struct session *s, const struct pop3_command *c, put_fn *put)
{
	struct pop3 *p = pop3_of(s);
	const struct item *it;

	if (!c->has_message) {
		p->at = 1;
		answer_totals(s, STR_NONE);
		return STEP_AGAIN;
	}
	it = asked_for(s, c->message);
	if (it != NULL) {
		buf_put(session_out(s), S("+OK "));
		put(p, session_out(s), c->message, it);
	}
	return STEP_READ;
}

static enum step list_more(struct session *s, put_fn *put)
{
	struct pop3 *p = pop3_of(s);
	struct buf *to = session_out(s);

	for (uint32_t i = 0; i < LINES_STEP && p->at <= p->count; i++, p->at++) {
		if (!is_deleted(p, p->at))
			put(p, to, p->at, view_item(p->view, p->at));
	}
	if (p->at <= p->count)
		return STEP_AGAIN;
	pop3_end(to);
	return STEP_READ;
}

static enum step do_list(struct session *s, const struct pop3_command *c)
{
	return list_begin(s, c, put_size);
}

static enum step more_list(struct session *s)
{
	return list_more(s, put_size);
}

static enum step do_uidl(struct session *s, const struct pop3_command *c)
{
	return list_begin(s, c, put_uidl);
}

static enum step more_uidl(struct session *s)
{
	return list_more(s, put_uidl);
}

/* ---- RETR and TOP ---- */

static enum err read_piece(struct session *s, struct buf *piece)
{
	struct pop3 *p = pop3_of(s);
	enum err e;

	buf_init(piece, PIECE_OCTETS);
	if (p->sent >= p->item.octets)
		return ERR_OK;
	e = message_read(s->mailbox, &p->item, p->sent, PIECE_OCTETS, piece);
	return e == ERR_OK && piece->len == 0 ? ERR_UNREADABLE : e;
}

/* Takes the piece. */
static enum step send_piece(struct session *s, struct buf *piece)
{
	struct pop3 *p = pop3_of(s);

	dot_put(&p->dot, session_out(s), buf_str(piece));
	p->sent += piece->len;
	buf_done(piece);
	if (!p->dot.full && p->sent < p->item.octets)
		return STEP_AGAIN;
	dot_end(&p->dot, session_out(s));
	return STEP_READ;
}

/* Whoever fetches two in a row will want the next ones, too: hardly any client does otherwise. */
static void read_ahead(struct session *s, uint32_t message)
{
	struct pop3 *p = pop3_of(s);
	const struct item *items[AHEAD];
	bool goes_on = message == p->next;
	size_t count = 0;

	p->next = message + 1;
	if (!goes_on)
		p->ahead = 0;
	if (!goes_on || p->ahead > message + AHEAD / 2)
		return;
	if (p->ahead <= message)
		p->ahead = message + 1;
	for (; p->ahead <= p->count && p->ahead <= message + AHEAD; p->ahead++) {
		if (!is_deleted(p, p->ahead) && !view_item_gone(p->view, p->ahead))
			items[count++] = view_item(p->view, p->ahead);
	}
	message_ahead(s->mailbox, items, count);
}

/* The first piece is read before the first reply line, so that a message that cannot be read is
 * refused and no more. */
static enum step send_begin(struct session *s, const struct pop3_command *c, uint64_t lines)
{
	struct pop3 *p = pop3_of(s);
	const struct item *it = asked_for(s, c->message);
	struct buf piece;
	enum err e;

	if (it == NULL)
		return STEP_READ;
	p->item = *it;
	p->sent = 0;
	read_ahead(s, c->message);
	dot_init(&p->dot, lines);
	e = read_piece(s, &piece);
	if (e != ERR_OK) {
		buf_done(&piece);
		/* It is in the folder, so that its octets are not is damage. */
		return answered(s, e == ERR_NOMESSAGE ? ERR_UNREADABLE : e, STR_NONE);
	}
	if (lines == DOT_ALL_LINES) {
		buf_put(session_out(s), S("+OK "));
		buf_put_u64(session_out(s), p->item.octets);
		buf_put(session_out(s), S(" octets\r\n"));
	} else {
		pop3_ok(session_out(s), S("top of message follows"));
	}
	return send_piece(s, &piece);
}

static enum step more_send(struct session *s)
{
	struct buf piece;
	enum err e = read_piece(s, &piece);

	if (e == ERR_OK)
		return send_piece(s, &piece);
	buf_done(&piece);
	/* Damage behind what was sent already: a missing end is the only honest answer left. */
	log_put(LOG_session_dropped, LOG_S("account", s->account), LOG_S("client", s->client),
		LOG_C("why", err_name(e)), LOG_U("uid", pop3_of(s)->item.uid), LOG_END);
	return STEP_DONE;
}

static enum step do_retr(struct session *s, const struct pop3_command *c)
{
	return send_begin(s, c, DOT_ALL_LINES);
}

static enum step do_top(struct session *s, const struct pop3_command *c)
{
	return send_begin(s, c, c->lines);
}

/* ---- QUIT ---- */

static void on_removed(void *arg, enum err e, const struct mailbox_result *result)
{
	struct session *s = arg;

	pop3_of(s)->removal = e;
	session_answered(s);
}

static enum step sign_off(struct session *s)
{
	answered(s, ERR_OK,
		arena_printf(
			&s->arena, "Bourse POP3 server %.*s signing off", STR_FMT(s->host_name)));
	return STEP_DONE;
}

static enum step do_quit(struct session *s, const struct pop3_command *c)
{
	struct pop3 *p = pop3_of(s);
	struct expunge_request request = { .folder = view_folder(p->view) };
	uint32_t *uids;

	if (p->deleted_count == 0)
		return sign_off(s);
	if (!may_delete(s)) {
		answered(s, ERR_PERM, S("the deleted messages were not removed"));
		return STEP_DONE;
	}
	uids = mem_new(p->deleted_count * sizeof(*uids));
	for (uint32_t i = 1; i <= p->count; i++) {
		if (is_deleted(p, i))
			uids[request.list.count++] = view_uid(p->view, i);
	}
	request.list.uids = uids;
	session_asked(s);
	mailbox_expunge(s->mailbox, &request, on_removed, s);
	mem_free(uids);
	return STEP_PEER;
}

static enum step more_quit(struct session *s)
{
	struct pop3 *p = pop3_of(s);

	if (p->removal == ERR_OK)
		return sign_off(s);
	answered(s, p->removal, S("some deleted messages were not removed"));
	return STEP_DONE;
}

/* ---- dialogue ---- */

static const struct handler handlers[POP3_VERB_COUNT] = {
	[POP3_CAPA] = { do_capa, NULL, "capa" },
	[POP3_LANG] = { do_lang, NULL, "lang" },
	[POP3_QUIT] = { do_quit, more_quit, "quit" },
	[POP3_STAT] = { do_stat, NULL, "stat" },
	[POP3_LIST] = { do_list, more_list, "list" },
	[POP3_RETR] = { do_retr, more_send, "retr" },
	[POP3_DELE] = { do_dele, NULL, "dele" },
	[POP3_NOOP] = { do_noop, NULL, "noop" },
	[POP3_RSET] = { do_rset, NULL, "rset" },
	[POP3_TOP] = { do_top, more_send, "top" },
	[POP3_UIDL] = { do_uidl, more_uidl, "uidl" },
};

static enum step bad_command(struct session *s, enum err e)
{
	struct pop3 *p = pop3_of(s);

	if (++p->bad < POP3_BAD_MAX)
		return answered(s, e, STR_NONE);
	log_put(LOG_bad_input, LOG_S("account", s->account), LOG_S("client", s->client), LOG_END);
	answered(s, e, S("too many commands that make no sense"));
	return STEP_DONE;
}

static enum step begin(struct session *s, struct str line)
{
	struct pop3 *p = pop3_of(s);
	struct pop3_command c;
	enum err e = pop3_parse(line, &c);

	if (e == ERR_OK && handlers[c.verb].begin == NULL)
		e = ERR_SEQUENCE;
	if (e != ERR_OK && e != ERR_NOMESSAGE)
		return bad_command(s, e);
	p->bad = 0;
	if (e != ERR_OK)
		return answered(s, e, STR_NONE);
	p->running = &handlers[c.verb];
	return p->running->begin(s, &c);
}

/* *ret_used: what is to be consumed; not before the command was looked at, for its text stands
 * there. */
static enum step read_command(struct session *s, size_t *ret_used)
{
	struct str line;
	enum err e = line_cut(session_in(s), s->limits.line_octets_max, &line);

	*ret_used = 0;
	if (e == ERR_NEEDMORE)
		return STEP_READ;
	if (e != ERR_OK) {
		answered(s, e, STR_NONE);
		return STEP_DONE;
	}
	*ret_used = line.len + 2;
	return begin(s, line);
}

static enum step pop3_run(struct session *s)
{
	struct pop3 *p = pop3_of(s);
	size_t used = 0;
	enum step step = p->running ? p->running->more(s) : read_command(s, &used);
	bool over = step == STEP_READ && (p->running || used > 0);

	session_consume(s, used);
	if (!over)
		return step;
	p->running = NULL;
	return STEP_AGAIN;
}

static enum err pop3_open(struct session *s)
{
	struct pop3 *p = MEM_NEW(struct pop3);
	struct folder_info inbox;
	enum err e = s->refused;

	s->state = p;
	if (e == ERR_OK)
		e = folder_find(s->mailbox, S("INBOX"), &inbox);
	if (e == ERR_OK && (folder_rights(s->mailbox, inbox.id, &s->user) & ACL_READ) == 0)
		e = ERR_BOXRIGHT;
	session_in_max(s, s->limits.line_octets_max);
	if (e == ERR_OK) {
		/* POP3 knows no \Recent and claims none. */
		struct view_options options = { .folder = inbox.id, .read_only = true };

		e = view_open(s->mailbox, &options, &p->view);
	}
	if (e != ERR_OK)
		return e;
	p->uidvalidity = inbox.uidvalidity;
	p->count = view_count(p->view);
	for (uint32_t i = 1; i <= p->count; i++)
		p->octets += view_item(p->view, i)->octets;
	answer_totals(s, arena_printf(&s->arena, "%.*s has ", STR_FMT(s->mailbox_name)));
	return ERR_OK;
}

static void pop3_farewell(struct session *s, enum err why)
{
	if (pop3_of(s)->running == NULL)
		pop3_err(session_out(s), why, STR_NONE);
}

static void pop3_free(struct session *s)
{
	struct pop3 *p = pop3_of(s);

	view_close(p->view);
	mem_free(p->deleted);
	mem_free(p);
}

static const char *pop3_doing(const struct session *s)
{
	return pop3_of(s)->running ? pop3_of(s)->running->doing : "idle";
}

const struct session_engine pop3_engine = {
	.name = "pop3",
	.in_octets_max = 4096,
	.open = pop3_open,
	.run = pop3_run,
	.farewell = pop3_farewell,
	.free = pop3_free,
	.doing = pop3_doing,
};
