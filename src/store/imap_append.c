#include "base/mem.h"
#include "io/clock.h"
#include "mail/record.h"
#include "store/imap_draft.h"
#include "store/imap_input.h"
#include "store/imap_limit.h"
#include "store/imap_note.h"
#include "store/imap_part.h"
#include "store/imap_rights.h"
#include "store/moderation.h"

/* So far a message may be behind the least rate (smtp.data_rate_min), and so long it may rest. */
#define GRACE_MS ((uint64_t)60000)

#define TOO_MANY S("too many messages, or too large ones, for one command")

/*
 * Lives apart from the session: the parser reads the octets until it has answered, also when the
 * client is gone by then.
 *
 * The command is read in pieces: items of one piece are done one by one, then the text comes with
 * which it ends, then the next piece is cut. Nothing goes to the store before the last of them.
 */
struct append {
	struct imap *i; /* NULL: the session has ended, the parser has not */
	enum step (*next)(struct imap *i);
	struct str mailbox;
	uint32_t folder;
	struct imap_append reader;
	struct imap_args piece;
	struct imap_append_item item;
	struct imap_draft *drafts;
	size_t count, room;
	uint64_t octets;  /* of all messages so far, as announced */
	uint64_t counted; /* of the last one, in the budget */
	uint64_t held;    /* of all of them, in the budget */
	uint64_t come;   /* octets of the literal so far */
	uint64_t since_ms, since_octets; /* when the grace was last whole, and what has come since */
	struct imap_part part; /* of another message, on its way into the last one */
	bool part_open, parsing, opaque, retry;
	bool replaces, star; /* REPLACE; its number is "*" */
	uint32_t replaced;   /* number, then uid */
	uint64_t replaced_octets;
	enum err result;
	const char *code; /* APPENDUID */
	bool waits;       /* it waits for a moderator, elsewhere than in the folder that was named */
};

static void free_drafts(struct append *c)
{
	for (size_t n = 0; n < c->count; n++)
		imap_draft_done(&c->drafts[n]);
	mem_free(c->drafts);
	mem_free(c);
}

static void free_append(struct imap *i)
{
	struct append *c = i->state;

	i->s->read_ms = 0;
	if (i->s->budget != NULL)
		i->s->budget->held -= c->held;
	if (c->part_open)
		imap_part_done(&c->part);
	c->i = NULL;
	if (!c->parsing)
		free_drafts(c);
}

static enum step run_start(struct imap *i);

/* The first piece is read to its end to see that it is well formed, and again when it is carried out. */
static void read_rest(struct imap *i, struct imap_args *args)
{
	struct append *c = i->state;
	enum err e;

	c->mailbox = imap_arg_mailbox(args);
	c->piece = *args;
	e = imap_append_check(&c->reader, args, i->has_body);
	args->rest = STR_NONE;
	if (e != ERR_OK)
		imap_args_fail(args, e);
}

static struct append *new_append(struct imap *i)
{
	struct append *c = MEM_NEW(struct append);

	i->state = c;
	c->i = i;
	c->next = run_start;
	return c;
}

static void read_append(struct imap *i, struct imap_args *args)
{
	new_append(i);
	read_rest(i, args);
}

/* RFC 8508 section 5: a seq-number in front. */
static void read_replace(struct imap *i, struct imap_args *args)
{
	struct append *c = new_append(i);

	c->replaces = true;
	imap_args_need(args, ' ');
	c->star = imap_args_take(args, '*');
	if (!c->star)
		c->replaced = imap_args_number(args);
	if (!c->star && c->replaced == 0)
		imap_args_fail(args, ERR_SYNTAX);
	read_rest(i, args);
}

static struct imap_draft *draft(struct append *c)
{
	must(c->count > 0);
	return &c->drafts[c->count - 1];
}

/* ---- refusals ---- */

static enum step refuse_as(struct imap *i, enum err e, const char *code, struct str text)
{
	if (i->has_body && !i->body_sync)
		imap_engine_skip_body(i);
	return imap_engine_over(i, e, code, text);
}

static enum step refuse(struct imap *i, enum err e, struct str text)
{
	return refuse_as(i, e, NULL, text);
}

static enum err hold(struct append *c, uint64_t octets)
{
	struct session_budget *budget = c->i->s->budget;

	if (budget == NULL)
		return ERR_OK;
	if (budget->held > budget->max || octets > budget->max - budget->held)
		return ERR_BUSY;
	budget->held += octets;
	c->held += octets;
	c->counted += octets;
	return ERR_OK;
}

/* Whether that many octets more may come, before they do. */
static enum err judge(struct imap *i, uint64_t octets)
{
	struct append *c = i->state;
	uint64_t message = draft(c)->octets.len, all = c->octets, less = c->replaced_octets;

	if (octets > i->s->limits.message_octets_max || message > i->s->limits.message_octets_max - octets)
		return ERR_TOOBIG;
	if (c->count > 1 && (all > APPEND_SET_OCTETS_MAX || octets > APPEND_SET_OCTETS_MAX - all))
		return ERR_LIMIT;
	/* Only what is more than before counts (RFC 8508 section 3.4). */
	if ((!c->replaces || all + octets > less) &&
		!mailbox_has_room(imap_mailbox(i), c->replaces ? 0 : c->count, all + octets - less))
		return ERR_QUOTA;
	c->octets += octets;
	return hold(c, octets);
}

/* ---- the octets ---- */

static uint64_t grace_ms(const struct imap *i)
{
	return i->s->limits.idle_ms < GRACE_MS ? i->s->limits.idle_ms : GRACE_MS;
}

/* As for a message that comes by SMTP: octets at the least rate earn time, never more than a whole grace ahead. */
static bool is_too_slow(struct imap *i)
{
	struct append *c = i->state;
	uint64_t rate = i->s->limits.data_octets_per_second_min, now = clock_mono_ms(), earned;

	if (rate == 0)
		return false;
	earned = c->since_octets * 1000 / rate;
	if (c->since_ms + earned >= now) {
		c->since_ms = now;
		c->since_octets = 0;
		return false;
	}
	return c->since_ms + earned + grace_ms(i) < now;
}

static enum step run_more(struct imap *i);

static enum step run_text(struct imap *i)
{
	struct append *c = i->state;
	struct str in = session_in(i->s);
	uint64_t left = i->body_octets - c->come;

	in = str_sub(in, 0, left < in.len ? (size_t)left : in.len);
	imap_draft_put(draft(c), in);
	c->come += in.len;
	c->since_octets += in.len;
	session_consume(i->s, in.len);
	if (c->come == i->body_octets) {
		c->next = run_more;
		return STEP_AGAIN;
	}
	if (is_too_slow(i)) {
		imap_put_status(imap_out(i), i->language, STR_NONE, ERR_TOOSLOW, STR_NONE);
		return STEP_DONE;
	}
	return session_in(i->s).len > 0 ? STEP_AGAIN : STEP_READ;
}

static enum step begin_text(struct imap *i)
{
	struct append *c = i->state;
	enum err e = judge(i, i->body_octets);

	if (e != ERR_OK)
		return refuse(i, e, e == ERR_LIMIT ? TOO_MANY : STR_NONE);
	if (i->body_sync)
		imap_put_go(imap_out(i), i->language, S("go on"));
	draft(c)->binary |= c->item.binary;
	c->come = 0;
	c->since_ms = clock_mono_ms();
	c->since_octets = 0;
	if (i->s->limits.data_octets_per_second_min > 0)
		i->s->read_ms = grace_ms(i);
	imap_input_body(i);
	c->next = run_text;
	return STEP_AGAIN;
}

/* ---- octets of other messages ---- */

static enum step run_items(struct imap *i);

/* RFC 4469 section 4.1: the URL as it came, but for what may not stand in a response code. */
static enum step refuse_url(struct imap *i, struct str why)
{
	struct append *c = i->state;
	struct buf b;
	const char *code;

	buf_init(&b, IMAP_URL_OCTETS_MAX * 4);
	buf_put_c(&b, "BADURL ");
	for (size_t n = 0; n < c->item.url.len && n < IMAP_URL_OCTETS_MAX; n++) {
		unsigned char octet = (unsigned char)c->item.url.at[n];

		if (octet > ' ' && octet < 0x7f && octet != ']' && octet != '[')
			buf_put_octet(&b, (char)octet);
		else
			buf_printf(&b, "%%%02X", octet);
	}
	code = arena_str(&i->arena, buf_str(&b)).at;
	buf_done(&b);
	return refuse_as(i, ERR_NOTFOUND, code, why);
}

static enum step run_url(struct imap *i)
{
	struct append *c = i->state;
	struct buf piece;
	enum err e;

	buf_init(&piece, IMAP_PIECE_OCTETS);
	e = imap_part_read(&c->part, &piece);
	imap_draft_put(draft(c), buf_str(&piece));
	if (e == ERR_OK && piece.len == 0) {
		imap_part_done(&c->part);
		c->part_open = false;
		c->next = run_items;
	}
	buf_done(&piece);
	return e == ERR_OK ? STEP_AGAIN : refuse_url(i, str_from_c(err_text(e)));
}

/* RFC 4469 section 3: of this server, of this session's mailbox, and so without a server in it. */
/* A folder in the session's own mailbox, or in the one that is appended to: no third one is opened for it. */
static enum err find_named(struct imap *i, struct str name, struct folder_info *ret, struct mailbox **ret_mailbox)
{
	struct imap_box *box = i->box;
	enum err e;

	if (imap_others_is_name(name) && !imap_box_inner(box, name, &name))
		return ERR_NOFOLDER;
	if (!imap_others_is_name(name) && box != &i->own)
		i->box = &i->own;
	e = folder_find(imap_mailbox(i), name, ret);
	if (e == ERR_OK && (ret->noselect || ret->nonexistent))
		e = ERR_NOFOLDER;
	if (e == ERR_OK)
		e = imap_rights_need(i, ret, ACL_READ);
	*ret_mailbox = imap_mailbox(i);
	i->box = box;
	return e;
}

static enum err find_url(struct imap *i, struct imap_url *url)
{
	struct append *c = i->state;
	struct mailbox *mailbox = i->view != NULL ? view_mailbox(i->view) : NULL;
	struct folder_info folder;
	enum err e = imap_url_get(&i->parsed, c->item.url, url);

	if (e == ERR_OK && (url->absolute || url->access != IMAP_URL_OPEN || (url->mailbox.len == 0 && i->view == NULL)))
		e = ERR_SYNTAX;
	if (e == ERR_OK && url->mailbox.len > 0)
		e = find_named(i, url->mailbox, &folder, &mailbox);
	else if (e == ERR_OK)
		e = imap_rights_need_here(i, ACL_READ);
	if (e == ERR_OK && url->mailbox.len == 0)
		e = folder_by_id(view_mailbox(i->view), view_folder(i->view), &folder);
	if (e == ERR_OK)
		e = imap_part_open(mailbox, &folder, url, &c->part);
	return e;
}

static enum step begin_url(struct imap *i)
{
	struct append *c = i->state;
	struct imap_url url;
	enum err e = find_url(i, &url);

	if (e == ERR_LIMIT)
		return refuse(i, e, STR_NONE);
	if (e != ERR_OK)
		return refuse_url(i, e == ERR_SYNTAX ? S("no URL of a message in this mailbox") : str_from_c(err_text(e)));
	c->part_open = true;
	e = judge(i, c->part.source.octets);
	if (e != ERR_OK)
		return refuse(i, e, e == ERR_LIMIT ? TOO_MANY : STR_NONE);
	c->next = run_url;
	return STEP_AGAIN;
}

/* ---- the record ---- */

static void on_parsed(void *arg, enum err e, struct str record);

static void ask_parser(struct append *c)
{
	struct session *s = c->i->s;

	c->parsing = true;
	session_asked(s);
	s->parse(s->arg, buf_str(&draft(c)->octets), on_parsed, c);
}

/* Octets that the message and its record have more than was announced. */
static enum err settle(struct append *c)
{
	uint64_t octets = draft(c)->octets.len + draft(c)->record.len;

	if (draft(c)->octets.len > c->i->s->limits.message_octets_max)
		return ERR_TOOBIG;
	return octets > c->counted ? hold(c, octets - c->counted) : ERR_OK;
}

/* c->result says how it went; c->retry: the parser has to look again. */
static void take_record(struct append *c, struct str record)
{
	enum imap_draft_next next = imap_draft_parsed(draft(c), record);

	c->retry = next == IMAP_DRAFT_CHANGED;
	c->result = next == IMAP_DRAFT_REFUSED ? ERR_UNSUPPORTED : settle(c);
}

static void on_parsed(void *arg, enum err e, struct str record)
{
	struct append *c = arg;

	c->parsing = false;
	if (c->i == NULL) {
		free_drafts(c);
		return;
	}
	take_record(c, e == ERR_OK ? record : STR_NONE);
	session_answered(c->i->s);
}

/* RFC 5257 section 3.2.1. */
static bool has_parts(const struct imap_draft *d)
{
	struct record record;

	if (!imap_note_names_parts(&d->notes))
		return true;
	return record_check(buf_str(&d->record), d->octets.len) == ERR_OK &&
	       record_open_view(buf_str(&d->record), &record) == ERR_OK && imap_note_fits(&d->notes, &record);
}

static enum step run_parsed(struct imap *i)
{
	struct append *c = i->state;

	if (c->result == ERR_UNSUPPORTED)
		return refuse_as(i, c->result, "UNKNOWN-CTE", S("NUL stands where no transfer encoding can be declared"));
	if (c->result != ERR_OK)
		return refuse(i, c->result, STR_NONE);
	if (c->retry) {
		if (i->s->parse != NULL) {
			ask_parser(c);
			return STEP_PEER;
		}
		take_record(c, STR_NONE);
		return STEP_AGAIN;
	}
	if (!has_parts(draft(c)))
		return refuse(i, ERR_SYNTAX, S("the message has no part that an annotation is about"));
	/* RFC 6855 section 4. */
	if (imap_caps_has(&i->offered, IMAP_CAP_UTF8_ACCEPT) && !imap_utf8(i) &&
		imap_draft_has_8bit_header(draft(c)))
		return refuse(i, ERR_UNSUPPORTED, S("8-bit header fields are taken after ENABLE UTF8=ACCEPT"));
	c->next = run_items;
	return STEP_AGAIN;
}

static enum step close_draft(struct imap *i)
{
	struct append *c = i->state;
	enum err e = imap_draft_close(draft(c));

	i->s->read_ms = 0;
	if (e != ERR_OK)
		return refuse(i, e, S("NUL in the message"));
	if (draft(c)->octets.len == 0)
		return refuse(i, ERR_UNSUPPORTED, S("an empty message is not kept"));
	e = settle(c);
	if (e != ERR_OK)
		return refuse(i, e, STR_NONE);
	c->next = run_parsed;
	c->retry = true;
	return STEP_AGAIN;
}

/* ---- the pieces ---- */

static enum step run_submit(struct imap *i);

static enum step begin_draft(struct imap *i)
{
	struct append *c = i->state;

	if (c->replaces && c->count == 1)
		return refuse(i, ERR_SYNTAX, S("one message replaces another"));
	if (c->count == APPEND_SET_MAX)
		return refuse(i, ERR_LIMIT, TOO_MANY);
	if (imap_limit_saves(i) > 0 && c->count == imap_limit_saves(i))
		return refuse_as(i, ERR_LIMIT, imap_limit_code(i, imap_limit_saves(i)), TOO_MANY);
	if (c->count == c->room) {
		c->room = c->room > 0 ? c->room * 2 : 1;
		c->drafts = mem_resize(c->drafts, c->room * sizeof(*c->drafts));
	}
	imap_draft_init(&c->drafts[c->count++], &c->item);
	c->counted = 0;
	return STEP_AGAIN;
}

/* RFC 5257 section 3.4. What is missing is told. */
static bool may_annotate(struct imap *i, const struct imap_notes *notes)
{
	struct append *c = i->state;

	i->missing = imap_note_rights(i, notes) & ~folder_rights(imap_mailbox(i), c->folder, imap_user(i));
	return i->missing == 0;
}

static enum step run_items(struct imap *i)
{
	struct append *c = i->state;

	switch (imap_append_next(&c->reader, &c->piece, &c->item)) {
	case IMAP_APPEND_MESSAGE:
		if (!may_annotate(i, &c->item.notes))
			return refuse(i, ERR_PERM, STR_NONE);
		return begin_draft(i);
	case IMAP_APPEND_TEXT:
		return begin_text(i);
	case IMAP_APPEND_URL:
		return begin_url(i);
	case IMAP_APPEND_CLOSE:
		return close_draft(i);
	case IMAP_APPEND_END:
		break;
	}
	if (c->piece.err != ERR_OK)
		return refuse(i, c->piece.err, STR_NONE);
	c->next = run_submit;
	return STEP_AGAIN;
}

/* The text has come: what stands behind it is cut, and lives as long as the command. */
static enum step run_more(struct imap *i)
{
	struct append *c = i->state;
	struct imap_cut cut;
	char *copy;
	enum err e = imap_input_cut(i, IMAP_INPUT_MORE, &cut);

	if (e == ERR_NEEDMORE)
		return STEP_READ;
	if (e == ERR_TOOLONG || e == ERR_BARELINEEND)
		return imap_input_lost(i, i->command.tag, e);
	copy = e == ERR_OK ? arena_try(&i->parsed, cut.command.len + 1) : NULL;
	if (copy != NULL && cut.command.len > 0)
		memcpy(copy, cut.command.at, cut.command.len);
	imap_args_init(&c->piece, &i->parsed, str_make(copy, copy != NULL ? cut.command.len : 0));
	session_consume(i->s, cut.used);
	if (e == ERR_OK)
		e = copy == NULL ? ERR_LIMIT : imap_append_check(&c->reader, &c->piece, i->has_body);
	if (e != ERR_OK)
		return refuse(i, e, STR_NONE);
	c->next = run_items;
	return STEP_AGAIN;
}

/* The message that is to go. */
static enum err find_replaced(struct imap *i)
{
	struct append *c = i->state;
	uint32_t seq = c->star ? view_count(i->view) : i->command.uid ? view_seq(i->view, c->replaced) : c->replaced;
	uint32_t uid = seq > 0 && seq <= view_count(i->view) ? view_uid(i->view, seq) : 0;
	enum err e = view_read_only(i->view)
			     ? ERR_READONLY
			     : imap_rights_need_on(i, &uid, uid > 0 ? 1 : 0, ACL_DELETE_MESSAGES | ACL_EXPUNGE);

	if (e != ERR_OK)
		return e;
	if (uid == 0)
		return i->command.uid ? ERR_NOMESSAGE : ERR_SYNTAX;
	if (view_item_gone(i->view, seq))
		return ERR_EXPUNGED;
	c->replaced = uid;
	c->replaced_octets = view_item(i->view, seq)->octets;
	return ERR_OK;
}

static enum step run_start(struct imap *i)
{
	struct append *c = i->state;
	struct folder_info folder;
	enum err e = c->replaces ? find_replaced(i) : ERR_OK;

	if (e == ERR_OK)
		e = imap_engine_folder(i, c->mailbox, ACL_INSERT, &folder);
	/* One write set takes the one and gives the other: both are of one mailbox. */
	if (e == ERR_OK && c->replaces && i->box != i->here)
		e = ERR_UNSUPPORTED;
	if (e != ERR_OK)
		return refuse(i, e, STR_NONE);
	c->folder = moderation_target(imap_mailbox(i), folder.id, imap_user(i));
	c->waits = c->folder != folder.id;
	c->next = run_items;
	return STEP_AGAIN;
}

/* ---- the store ---- */

static enum step run_end(struct imap *i)
{
	struct append *c = i->state;

	if (c->result == ERR_PEER && !c->opaque) {
		/* The parser made something that does not fit: what it says is not needed. */
		c->opaque = true;
		for (size_t n = 0; n < c->count; n++)
			imap_draft_make_opaque(&c->drafts[n]);
		c->next = run_submit;
		return STEP_AGAIN;
	}
	if (c->replaces && c->result == ERR_NOMESSAGE)
		c->result = ERR_EXPUNGED;
	/* RFC 8508 section 4.3: before the EXPUNGE. */
	if (c->replaces && c->result == ERR_OK && !c->waits) {
		imap_put_ok(imap_out(i), i->language, STR_NONE, c->code, S("replacement message ready"));
		c->code = NULL;
	}
	if (c->result == ERR_OK && c->waits)
		return imap_engine_over(i, ERR_OK, NULL, S("held until a moderator approves it"));
	return imap_engine_over(i, c->result, c->code, c->result == ERR_LIMIT ? S("too many keywords or messages in that folder") : STR_NONE);
}

/* RFC 4315 section 3, RFC 3502 section 4. */
static const char *uid_code(struct imap *i, const struct mailbox_result *r)
{
	struct buf b;
	const char *code;

	buf_init(&b, BUF_NO_CEILING);
	buf_printf(&b, "APPENDUID %u ", r->uidvalidity);
	imap_set_put_numbers(&b, r->new_uids, r->count);
	code = arena_str(&i->arena, buf_str(&b)).at;
	buf_done(&b);
	return code;
}

static void on_appended(void *arg, enum err e, const struct mailbox_result *result)
{
	struct session *s = arg;
	struct append *c = imap_of(s)->state;

	c->result = e;
	if (e == ERR_OK)
		c->code = uid_code(c->i, result);
	session_answered(s);
}

/* What the store would refuse (mailbox_append_set). */
static bool is_too_large(const struct append *c)
{
	uint64_t octets = 0;

	for (size_t n = 0; n < c->count; n++)
		octets += c->drafts[n].octets.len + c->drafts[n].record.len;
	return c->count > 1 && octets > APPEND_SET_OCTETS_MAX;
}

static enum step run_submit(struct imap *i)
{
	struct append *c = i->state;
	struct append_request *requests;
	struct append_set set = { .count = c->count, .reader = imap_user(i)->account };
	uint32_t rights = acl_rights_own(folder_rights(imap_mailbox(i), c->folder, imap_user(i)));

	if (is_too_large(c))
		return refuse(i, ERR_LIMIT, TOO_MANY);
	set.requests = requests = mem_new(c->count * sizeof(*requests));
	if (c->replaces) {
		set.replaced_folder = view_folder(i->view);
		set.replaced_uid = c->replaced;
	}

	for (size_t n = 0; n < c->count; n++) {
		const struct imap_draft *d = &c->drafts[n];

		requests[n] = (struct append_request){
			.folder = c->folder,
			.flags = (uint8_t)(d->flags.system & imap_rights_flags(rights)),
			.keywords = d->flags.keywords,
			.keywords_count = rights & ACL_WRITE ? d->flags.keywords_count : 0,
			.date = d->has_date ? d->date : clock_real_ms() / 1000,
			.octets = buf_str(&d->octets),
			.record = buf_str(&d->record),
			.poster = imap_rights_poster(i),
			.notes = imap_note_changes(i, &i->arena, &d->notes),
		};
	}
	c->next = run_end;
	session_asked(i->s);
	mailbox_append_set(imap_mailbox(i), &set, on_appended, i->s);
	mem_free(requests);
	return STEP_PEER;
}

static enum step run_append(struct imap *i)
{
	struct append *c = i->state;

	return c->next(i);
}

const struct imap_handler imap_append_handler = { read_append, run_append, free_append };
const struct imap_handler imap_replace_handler = { read_replace, run_append, free_append };
