#include "store/pop3.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "wire/pop3.h"

#define PIECE_OCTETS ((size_t)64 << 10) /* of a message, read and sent in one step */
#define LINES_STEP   500u               /* of LIST and UIDL in one step */
#define AHEAD        16u                /* messages that are likely to be asked for next */
#define MARK_MAX     ((size_t)100)      /* messages that become \Seen in one write */

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
	bool whole;       /* by RETR */
	struct dot dot;
	enum err removal;
	bool kept_some; /* at QUIT some were no longer the user's to delete */

	/* Of the public store: sent and not yet marked as seen. */
	uint32_t *sent_uids;
	size_t sent_count, sent_room;
	bool marking; /* a write is under way */
	struct str refusal; /* why the drop was not opened; empty: what the code says */
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

static uint32_t rights_here(struct session *s)
{
	return folder_rights(s->mailbox, view_folder(pop3_of(s)->view), &s->user);
}

/* RFC 4314, as far as it concerns what POP3 does: which of these ascending uids the user may remove, before and after in *count. */
static enum err keep_removable(struct session *s, uint32_t *uids, size_t *count)
{
	uint32_t needs = ACL_DELETE_MESSAGES | ACL_EXPUNGE, rights = rights_here(s);

	if ((rights & needs) == needs)
		return ERR_OK;
	if ((acl_rights_own(rights) & needs) == needs)
		return mailbox_posted(s->mailbox, view_folder(pop3_of(s)->view), s->user.account, uids, count);
	*count = 0;
	return ERR_OK;
}

static enum step refuse_removal(struct session *s)
{
	if ((rights_here(s) & ACL_DELETE_OWN) != 0)
		return answered(s, ERR_PERM, S("you may delete here what you have posted yourself, and this was posted by somebody else"));
	return answered(s, ERR_PERM,
		s->folder.len > 0 ? S("you may read this folder, but not delete messages in it")
				  : S("you may read this mailbox, but not delete messages in it"));
}

static enum step do_dele(struct session *s, const struct pop3_command *c)
{
	struct pop3 *p = pop3_of(s);
	const struct item *it = asked_for(s, c->message);
	size_t removable = 1;
	uint32_t uid;
	enum err e;

	if (it == NULL)
		return STEP_READ;
	uid = it->uid;
	e = keep_removable(s, &uid, &removable);
	if (e != ERR_OK)
		return answered(s, e, STR_NONE);
	if (removable == 0)
		return refuse_removal(s);
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

/* RFC 2449 section 6.7: how long messages are left in the folder; 0: for ever. */
static uint32_t days_kept(struct session *s)
{
	uint32_t days = folder_age(s->mailbox, view_folder(pop3_of(s)->view));

	if (days == FOLDER_AGE_DEFAULT)
		days = folder_age(s->mailbox, 0);
	return days == FOLDER_AGE_DEFAULT ? 0 : days;
}

/* RFC 2449 section 6; what only helps before logon is listed all the same, as section 5 asks. */
static enum step do_capa(struct session *s, const struct pop3_command *c)
{
	static const char *const lines[] = { "TOP", "UIDL", "USER", "RESP-CODES", "AUTH-RESP-CODE",
		"PIPELINING", "UTF8", "LANG",
		"IMPLEMENTATION Bourse" };
	struct buf *to = session_out(s);
	uint32_t days = days_kept(s);

	pop3_ok(to, S("capabilities follow"));
	if (s->sasl.len > 0)
		buf_printf(to, "SASL %.*s\r\n", STR_FMT(s->sasl));
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		pop3_line(to, str_from_c(lines[i]));
	if (days == 0)
		pop3_line(to, S("EXPIRE NEVER"));
	else
		buf_printf(to, "EXPIRE %u\r\n", days);
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

/* ---- what a reader of the public store has seen ---- */

static int compare(const void *x, const void *y)
{
	uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;

	return a < b ? -1 : a > b;
}

/* They stay to be marked no longer: a write that fails costs no more than that they are new once more. */
static void mark(struct session *s, mailbox_done *done, void *arg)
{
	struct pop3 *p = pop3_of(s);
	struct flags_request request = { .folder = view_folder(p->view), .reader = s->user.account, .mode = FLAGS_ADD, .flags = ITEM_SEEN };

	if (p->sent_count == 0)
		return;
	qsort(p->sent_uids, p->sent_count, sizeof(*p->sent_uids), compare);
	request.list = (struct uid_list){ p->sent_uids, p->sent_count };
	p->sent_count = 0;
	p->marking = true;
	mailbox_flags(s->mailbox, &request, done, arg);
}

static void on_marked(void *arg, enum err e, const struct mailbox_result *result)
{
	pop3_of(arg)->marking = false;
}

static void on_marked_last(void *arg, enum err e, const struct mailbox_result *result)
{
	struct session *s = arg;

	pop3_of(s)->marking = false;
	session_answered(s);
}

static void on_nobody(void *arg, enum err e, const struct mailbox_result *result)
{
}

/* Strangers are many: what one of them has read is not read by the next. */
static void note_sent(struct session *s)
{
	struct pop3 *p = pop3_of(s);

	if (!mailbox_is_public(s->mailbox) || s->user.access == ACCESS_ANYONE || (p->item.flags & ITEM_SEEN) != 0 ||
		(rights_here(s) & ACL_SEEN) == 0)
		return;
	if (p->sent_count == p->sent_room) {
		p->sent_room = p->sent_room * 2 + MARK_MAX;
		p->sent_uids = mem_resize(p->sent_uids, p->sent_room * sizeof(*p->sent_uids));
	}
	p->sent_uids[p->sent_count++] = p->item.uid;
	if (p->sent_count >= MARK_MAX && !p->marking)
		mark(s, on_marked, s);
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
	if (p->whole)
		note_sent(s);
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
	p->whole = lines == DOT_ALL_LINES;
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

/* What was marked and may still be removed. */
static enum step remove_marked(struct session *s)
{
	struct pop3 *p = pop3_of(s);
	struct expunge_request request = { .folder = view_folder(p->view) };
	uint32_t *uids = mem_new((p->deleted_count + 1) * sizeof(*uids));

	for (uint32_t i = 1; i <= p->count; i++) {
		if (is_deleted(p, i))
			uids[request.list.count++] = view_uid(p->view, i);
	}
	p->removal = keep_removable(s, uids, &request.list.count);
	p->kept_some = request.list.count < p->deleted_count;
	p->deleted_count = 0;
	request.list.uids = uids;
	if (p->removal == ERR_OK && request.list.count > 0) {
		session_asked(s);
		mailbox_expunge(s->mailbox, &request, on_removed, s);
	}
	mem_free(uids);
	return STEP_PEER;
}

static enum step more_quit(struct session *s)
{
	struct pop3 *p = pop3_of(s);

	if (p->sent_count > 0) {
		session_asked(s);
		mark(s, on_marked_last, s);
		return STEP_PEER;
	}
	if (p->deleted_count > 0)
		return remove_marked(s);
	if (p->removal == ERR_OK && p->kept_some)
		p->removal = ERR_PERM;
	if (p->removal == ERR_OK)
		return sign_off(s);
	answered(s, p->removal, S("some deleted messages were not removed"));
	return STEP_DONE;
}

static enum step do_quit(struct session *s, const struct pop3_command *c)
{
	return more_quit(s);
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

/* The list of the folder may have been changed meanwhile. */
static bool is_lost(struct session *s)
{
	if ((rights_here(s) & ACL_READ) != 0 || view_folder_gone(pop3_of(s)->view))
		return false;
	answered(s, ERR_PERM, s->folder.len > 0 ? S("you may no longer read this folder") : S("you may no longer read this mailbox"));
	return true;
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
	if (is_lost(s))
		return STEP_DONE;
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

static enum err refuse_drop(struct session *s, enum err e)
{
	const char *before = e == ERR_NOBOX ? "there is no folder" : "it may not read the folder", *behind = e == ERR_NOBOX ? " that it may see" : "";

	pop3_of(s)->refusal = arena_printf(&s->arena, "logged on as %.*s, but %s \"%.*s\"%s", STR_FMT(s->account), before,
		STR_FMT(s->mailbox_name), behind);
	return e;
}

/* RFC 4314 section 6: who may not see a folder does not learn that there is one. */
static enum err find_drop(struct session *s, struct folder_info *ret)
{
	/* The one of the public store is nobody's. */
	bool none = mailbox_is_public(s->mailbox) && str_ieq(s->folder, S("INBOX"));
	enum err e = none ? ERR_NOFOLDER : folder_find(s->mailbox, s->folder.len > 0 ? s->folder : S("INBOX"), ret);
	uint32_t rights = e == ERR_OK ? folder_rights(s->mailbox, ret->id, &s->user) : 0;

	if (s->folder.len == 0)
		return e == ERR_OK && (rights & ACL_READ) == 0 ? ERR_BOXRIGHT : e;
	if (e == ERR_NOFOLDER || e == ERR_FOLDERNAME || (e == ERR_OK && ((rights & ACL_LOOKUP) == 0 || ret->noselect)))
		return refuse_drop(s, ERR_NOBOX);
	if (e == ERR_OK && (rights & ACL_READ) == 0)
		return refuse_drop(s, ERR_BOXRIGHT);
	return e;
}

static enum err pop3_open(struct session *s)
{
	struct pop3 *p = MEM_NEW(struct pop3);
	struct folder_info drop;
	enum err e = s->refused;

	s->state = p;
	if (e == ERR_OK)
		e = find_drop(s, &drop);
	session_in_max(s, s->limits.line_octets_max);
	if (e == ERR_OK) {
		/* POP3 knows no \Recent and claims none. */
		struct view_options options = { .folder = drop.id, .read_only = true, .reader = s->user.account };

		e = view_open(s->mailbox, &options, &p->view);
	}
	if (e != ERR_OK)
		return e;
	p->uidvalidity = drop.uidvalidity;
	p->count = view_count(p->view);
	for (uint32_t i = 1; i <= p->count; i++)
		p->octets += view_item(p->view, i)->octets;
	answer_totals(s, arena_printf(&s->arena, "%.*s has ", STR_FMT(s->mailbox_name)));
	return ERR_OK;
}

static void pop3_farewell(struct session *s, enum err why)
{
	if (pop3_of(s)->running == NULL)
		pop3_err(session_out(s), why, pop3_of(s)->refusal);
}

static void pop3_free(struct session *s)
{
	struct pop3 *p = pop3_of(s);

	if (p->view != NULL && !view_folder_gone(p->view))
		mark(s, on_nobody, NULL);
	view_close(p->view);
	mem_free(p->sent_uids);
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
