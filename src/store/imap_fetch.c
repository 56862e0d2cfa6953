#include "store/imap_fetch.h"

#include "base/date.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/imap_binary.h"
#include "store/imap_limit.h"
#include "store/imap_note.h"
#include "store/imap_object.h"
#include "store/imap_page.h"
#include "store/imap_preview.h"
#include "store/imap_progress.h"
#include "store/imap_section.h"
#include "wire/imap_record.h"

#define ITEMS_FAST                                                                                 \
	(IMAP_FETCH_UID | IMAP_FETCH_FLAGS | IMAP_FETCH_INTERNALDATE | IMAP_FETCH_SIZE |           \
		IMAP_FETCH_SAVEDATE | IMAP_FETCH_EMAILID | IMAP_FETCH_MODSEQ)

/* What of one message is made of its record, in this order; then the sections. */
static const struct {
	enum imap_fetch_item item;
	struct str name;
} made[] = {
	{ IMAP_FETCH_ENVELOPE, S_INIT("ENVELOPE") },
	{ IMAP_FETCH_BODY, S_INIT("BODY") },
	{ IMAP_FETCH_BODYSTRUCTURE, S_INIT("BODYSTRUCTURE") },
	{ IMAP_FETCH_THREADID, S_INIT("THREADID") },
};
#define MADE_COUNT      (sizeof(made) / sizeof(made[0]))
#define MADE_OCTETS_MAX (4 * RECORD_OCTETS_MAX)

#define QUICK_OCTETS_MAX   ((size_t)16 << 10) /* a larger record's answers go out piece by piece */
#define QUICK_SECTIONS_MAX 8u
#define KEPT_OCTETS_MAX    ((size_t)128 << 10) /* of what is decoded: more is decoded twice */
#define LAZY_MAX           1000u /* previews that one FETCH makes with LAZY: more would be undue delay (RFC 8970 4.1) */

struct fetch {
	struct imap_fetch args;
	struct imap_page page;
	bool begun, needs_record, reads_messages;
	unsigned want; /* of enum message_want, when all of a message can be told from that; 0: it cannot */
	uint32_t batch[MESSAGE_LIST_MAX]; /* numbers taken from the walk */
	size_t batch_count, batch_at, told; /* told: of all batches taken */

	/* The message in hand. */
	bool in_message, blank;
	uint32_t seq;
	struct item item;
	struct arena arena;
	struct record record;
	size_t part; /* next of made, then of sections */
	bool sending;
	struct imap_source source;
	uint64_t sent;
	bool counting, decoding; /* binary: the first round, the second */
	const struct imap_section *section;
	struct imap_binary binary;
	bool previewing;
	struct imap_preview *preview; /* owned; NULL: none was made yet */
	unsigned previews;

	uint32_t *seen; /* uids to be marked; owned */
	size_t seen_count, seen_room;
	bool asked;
	enum err worst; /* of messages that could not be had */
};

static struct fetch *new_fetch(struct imap *i)
{
	struct fetch *c = ARENA_NEW(&i->arena, struct fetch);

	i->state = c;
	arena_init(&c->arena, ARENA_NONE);
	buf_init(&c->source.text, MADE_OCTETS_MAX);
	return c;
}

static void read_fetch(struct imap *i, struct imap_args *args)
{
	struct fetch *c = new_fetch(i);

	imap_arg_set(args, &c->page.set);
	imap_arg_fetch(args, &c->args);
	imap_arg_fetch_modifiers(args, i->command.uid, &c->page.modifiers);
	if (c->page.modifiers.vanished && !imap_enabled(i, IMAP_CAP_QRESYNC))
		imap_args_fail(args, ERR_SEQUENCE);
	if (c->page.modifiers.changed_since_given)
		c->args.items |= IMAP_FETCH_MODSEQ;
}

static void end_sending(struct fetch *c)
{
	if (c->counting || c->decoding)
		imap_binary_done(&c->binary);
	c->sending = c->counting = c->decoding = false;
	buf_done(&c->source.text);
}

static void free_fetch(struct imap *i)
{
	struct fetch *c = i->state;

	end_sending(c);
	imap_preview_free(c->preview);
	imap_page_done(&c->page);
	arena_done(&c->arena);
	mem_free(c->seen);
}

/* ---- \Seen ---- */

static void note_seen(struct imap *i)
{
	struct fetch *c = i->state;

	if (!c->args.sets_seen || (c->item.flags & ITEM_SEEN) || view_read_only(i->view))
		return;
	if (c->seen_count == c->seen_room) {
		c->seen_room = c->seen_room ? c->seen_room * 2 : 16;
		c->seen = mem_resize(c->seen, c->seen_room * sizeof(*c->seen));
	}
	c->seen[c->seen_count++] = c->item.uid;
}

/* That a flag could not be kept is no reason to call the FETCH failed. The change itself is told at
 * the end. */
static void on_seen(void *arg, enum err e, const struct mailbox_result *result)
{
	session_answered(arg);
}

static enum step over(struct imap *i)
{
	const struct fetch *c = i->state;

	imap_limit_note(i, c->page.limit_uid);
	return imap_engine_over(i, c->worst, NULL, STR_NONE);
}

static enum step end(struct imap *i)
{
	struct fetch *c = i->state;
	struct flags_request request = { .folder = view_folder(i->view),
		.reader = view_reader(i->view),
		.list = { c->seen, c->seen_count },
		.mode = FLAGS_ADD,
		.flags = ITEM_SEEN };

	if (c->seen_count == 0 || c->asked || view_folder_gone(i->view))
		return over(i);
	c->asked = true;
	session_asked(i->s);
	mailbox_flags(view_mailbox(i->view), &request, on_seen, i->s);
	return STEP_PEER;
}

/* ---- one message ---- */

static void blank(struct imap *i)
{
	struct fetch *c = i->state;

	if (c->blank)
		buf_put_octet(imap_out(i), ' ');
	c->blank = true;
}

static void put_ids(struct imap *i)
{
	struct fetch *c = i->state;
	struct buf *to = imap_out(i);

	if (c->args.items & IMAP_FETCH_SAVEDATE) {
		blank(i);
		buf_put(to, S("SAVEDATE "));
		date_put_imap(to, c->item.saved);
	}
	if (c->args.items & IMAP_FETCH_EMAILID) {
		blank(i);
		buf_put(to, S("EMAILID ("));
		imap_object_put_email(to, mailbox_id(view_mailbox(i->view)), &c->item);
		buf_put_octet(to, ')');
	}
}

static void note_failure(struct fetch *c, enum err e)
{
	/* It is still numbered, so others have expunged it and the time of keeping it is over. */
	c->worst = e == ERR_NOMESSAGE ? ERR_EXPUNGED : e;
}

static void put_notes(struct imap *i)
{
	struct fetch *c = i->state;
	enum err e = imap_note_put(i, &c->item, c->needs_record ? &c->record : NULL, c->args.notes, &c->blank);

	if (e != ERR_OK)
		note_failure(c, e);
}

/* The front of the line; imap_engine_keywords was called since the folder last changed. */
static void put_fast(struct imap *i)
{
	struct fetch *c = i->state;
	struct buf *to = imap_out(i);
	unsigned items = c->args.items;

	imap_engine_put_fetch(i, c->seq);
	c->blank = false;
	if ((i->command.uid && !imap_enabled(i, IMAP_CAP_UIDONLY)) || (items & IMAP_FETCH_UID)) {
		blank(i);
		buf_put(to, S("UID "));
		buf_put_u64(to, c->item.uid);
	}
	if (items & IMAP_FETCH_FLAGS) {
		blank(i);
		imap_engine_put_flags(i, to, &c->item);
	}
	if (items & IMAP_FETCH_INTERNALDATE) {
		blank(i);
		buf_put(to, S("INTERNALDATE "));
		date_put_imap(to, c->item.date);
	}
	if (items & IMAP_FETCH_SIZE) {
		blank(i);
		buf_put(to, S("RFC822.SIZE "));
		buf_put_u64(to, c->item.octets);
	}
	if (items & IMAP_FETCH_MODSEQ) {
		blank(i);
		imap_sync_put_modseq(i, to, c->item.modseq);
	}
	if (items & (IMAP_FETCH_SAVEDATE | IMAP_FETCH_EMAILID))
		put_ids(i);
	if (c->args.notes != NULL)
		put_notes(i);
}

static enum err load_record(struct imap *i)
{
	struct fetch *c = i->state;
	struct str octets;
	enum err e = message_record(view_mailbox(i->view), &c->item, &c->arena, &octets);

	if (e != ERR_OK)
		return e;
	return record_open_view(octets, &c->record) == ERR_OK ? ERR_OK : ERR_UNREADABLE;
}

static void begin_message(struct imap *i, uint32_t seq)
{
	struct fetch *c = i->state;
	enum err e = ERR_OK;

	c->seq = seq;
	c->item = *view_item(i->view, seq);
	if (c->needs_record)
		e = load_record(i);
	if (e != ERR_OK) {
		note_failure(c, e);
		return;
	}
	imap_engine_keywords(i);
	put_fast(i);
	c->in_message = i->mid_line = true;
	c->part = 0;
}

static enum step end_message(struct imap *i)
{
	struct fetch *c = i->state;

	/* There is no empty answer (RFC 9051 section 9, msg-att). */
	if (!c->blank)
		buf_printf(imap_out(i), "UID %u", c->item.uid);
	buf_put(imap_out(i), S(")\r\n"));
	note_seen(i);
	c->in_message = i->mid_line = false;
	arena_clear(&c->arena);
	return STEP_AGAIN;
}

/* ---- what is too large for one step ---- */

/* The second round gives what the first one counted, unless it cannot be read any more. */
static enum err decode_piece(struct fetch *c, struct buf *to)
{
	enum err e = imap_binary_ended(&c->binary) ? ERR_UNREADABLE : imap_binary_step(&c->binary, to);

	if (e == ERR_OK)
		c->sent = c->binary.in_range;
	return e;
}

static enum err put_piece(struct imap *i)
{
	struct fetch *c = i->state;
	struct buf *to = imap_out(i);
	uint64_t left = c->source.octets - c->sent;
	size_t before = to->len;
	enum err e;

	if (left > IMAP_PIECE_OCTETS)
		left = IMAP_PIECE_OCTETS;
	if (left == 0)
		return ERR_OK;
	if (c->decoding)
		return decode_piece(c, to);
	if (c->source.made) {
		buf_put(to, str_sub(buf_str(&c->source.text),
				    (size_t)(c->source.at + c->sent), (size_t)left));
		c->sent += left;
		return ERR_OK;
	}
	e = message_read(view_mailbox(i->view), &c->item, c->source.at + c->sent, left, to);
	if (e == ERR_OK && to->len - before < left)
		e = ERR_UNREADABLE;
	if (e == ERR_OK)
		c->sent += left;
	else
		to->len = before;
	return e;
}

static enum step send_piece(struct imap *i)
{
	struct fetch *c = i->state;
	enum err e;

	if (c->sent == c->source.octets) {
		end_sending(c);
		return STEP_AGAIN;
	}
	e = put_piece(i);
	if (e == ERR_OK)
		return STEP_AGAIN;
	/* The octets were promised and cannot be had: only the end of the connection says so. */
	log_put(LOG_session_dropped, LOG_S("account", i->s->account), LOG_S("client", i->s->client),
		LOG_C("why", err_name(e)), LOG_U("uid", c->item.uid), LOG_END);
	return STEP_DONE;
}

static void put_nil(struct imap *i, enum err e)
{
	struct fetch *c = i->state;

	buf_put(imap_out(i), S(" NIL"));
	if (e != ERR_OK)
		note_failure(c, e);
}

static void put_thread(struct imap *i, struct buf *to)
{
	struct fetch *c = i->state;

	buf_put_octet(to, '(');
	imap_object_put_thread(to, mailbox_id(view_mailbox(i->view)), &c->item, &c->record);
	buf_put_octet(to, ')');
}

/* ENVELOPE and the like, with its name. */
static void put_made(struct imap *i, size_t n, struct buf *to)
{
	struct fetch *c = i->state;
	unsigned how = made[n].item == IMAP_FETCH_BODYSTRUCTURE ? IMAP_RECORD_EXTENDED : 0;
	enum err e = ERR_OK;

	buf_put(to, made[n].name);
	buf_put_octet(to, ' ');
	if (made[n].item == IMAP_FETCH_THREADID)
		put_thread(i, to);
	else if (made[n].item == IMAP_FETCH_ENVELOPE)
		imap_record_put_envelope(to, &c->record, 0, imap_utf8(i));
	else
		e = imap_record_put_body(to, &c->record,
			how | (imap_utf8(i) ? IMAP_RECORD_UTF8 : 0) | (imap_is_rev2(i) ? IMAP_RECORD_DECODED : 0));
	if (e == ERR_OK)
		return;
	buf_put(to, S("NIL"));
	note_failure(c, ERR_UNREADABLE);
}

/* The same, as text to be sent piece by piece. */
static void open_made(struct imap *i, size_t n)
{
	struct fetch *c = i->state;
	struct buf *text = &c->source.text;

	buf_clear(text);
	c->source.nil = false;
	c->source.made = true;
	put_made(i, n, text);
	if (buf_overflowed(text)) {
		buf_put(imap_out(i), made[n].name);
		put_nil(i, ERR_UNREADABLE);
		return;
	}
	c->source.at = 0;
	c->source.octets = text->len;
	c->sending = true;
}

static void open_section(struct imap *i, const struct imap_section *section)
{
	struct fetch *c = i->state;
	enum err e = imap_section_find(view_mailbox(i->view), &c->item, &c->record, section, &c->source);

	struct buf *to = imap_out(i);
	size_t before;

	imap_fetch_put_section(to, section);
	c->sent = 0;
	if (e != ERR_OK || c->source.nil) {
		put_nil(i, e);
		return;
	}
	before = to->len;
	buf_put_octet(to, ' ');
	imap_put_literal_size(to, c->source.octets);
	e = put_piece(i);
	if (e == ERR_OK) {
		c->sending = c->sent < c->source.octets;
		if (!c->sending)
			end_sending(c);
		return;
	}
	/* The size was a promise; it has not gone out yet. */
	to->len = before;
	put_nil(i, e);
}

/* ---- BINARY ---- */

/* What is the same with and without its encoding. */
static void open_plain_binary(struct imap *i, const struct imap_section *section, uint64_t octets)
{
	blank(i);
	if (section->name == IMAP_NAME_BINARY) {
		open_section(i, section);
		return;
	}
	imap_fetch_put_section(imap_out(i), section);
	buf_put_octet(imap_out(i), ' ');
	buf_put_u64(imap_out(i), octets);
}

/* What cannot be decoded is left out, and the command fails (RFC 3516 section 4.3). */
static void open_binary(struct imap *i, const struct imap_section *section)
{
	struct fetch *c = i->state;
	bool size = section->name == IMAP_NAME_BINARY_SIZE;
	struct record_part p;

	c->section = section;
	if (!imap_section_part(&c->record, section, &p)) {
		blank(i);
		imap_fetch_put_section(imap_out(i), section);
		buf_put(imap_out(i), size ? S(" 0") : S(" NIL"));
		return;
	}
	if (section->parts_count > 0 && (p.flags & RECORD_PART_ENCODING_BAD)) {
		note_failure(c, ERR_UNKNOWNCTE);
		return;
	}
	if (!imap_binary_is_needed(&c->record, section, &p)) {
		open_plain_binary(i, section, section->parts_count > 0 ? p.body_octets : c->item.octets);
		return;
	}
	imap_binary_open(&c->binary, view_mailbox(i->view), &c->item, &c->record, &p);
	if (section->parts_count == 0)
		imap_binary_whole(&c->binary);
	imap_binary_range(&c->binary, section);
	if (i->binary != NULL)
		imap_binary_resume(&c->binary, i->binary);
	buf_clear(&c->source.text);
	c->counting = c->source.made = true;
}

/* All of it is there, and may be sent as what was made, or is decoded again as it is sent. */
static void begin_binary(struct imap *i)
{
	struct fetch *c = i->state;
	struct buf *to = imap_out(i);
	uint64_t octets = c->binary.in_range;

	blank(i);
	imap_fetch_put_section(to, c->section);
	buf_put_octet(to, ' ');
	if (i->binary == NULL)
		i->binary = ARENA_NEW(&i->s->arena, struct imap_binary_mark);
	imap_binary_leave(&c->binary, i->binary);
	c->counting = false;
	c->decoding = !c->source.made;
	if (c->source.made)
		imap_binary_done(&c->binary);
	if (c->section->name == IMAP_NAME_BINARY_SIZE) {
		buf_put_u64(to, octets);
		end_sending(c);
		return;
	}
	if (c->binary.has_nul)
		buf_put_octet(to, '~');
	imap_put_literal_size(to, octets);
	if (c->decoding)
		imap_binary_again(&c->binary);
	c->source.at = 0;
	c->source.octets = octets;
	c->sent = 0;
	c->sending = true;
}

/* The first round: how many octets are there, and is a NUL among them? What is short is kept. */
static enum step count_piece(struct imap *i)
{
	struct fetch *c = i->state;
	bool keep = c->source.made && c->section->name == IMAP_NAME_BINARY;
	enum err e;

	if (imap_binary_ended(&c->binary)) {
		begin_binary(i);
		return STEP_AGAIN;
	}
	e = imap_binary_step(&c->binary, keep ? &c->source.text : NULL);
	if (e != ERR_OK) {
		end_sending(c);
		note_failure(c, e);
	} else if (c->source.text.len > KEPT_OCTETS_MAX) {
		buf_done(&c->source.text);
		c->source.made = false;
	}
	return STEP_AGAIN;
}

/* ---- PREVIEW ---- */

static void open_preview(struct imap *i)
{
	struct fetch *c = i->state;

	if (c->args.lazy && c->previews == LAZY_MAX) {
		blank(i);
		buf_put(imap_out(i), S("PREVIEW NIL"));
		return;
	}
	c->previews++;
	if (c->preview == NULL)
		c->preview = imap_preview_new();
	imap_preview_begin(c->preview, view_mailbox(i->view), &c->item, &c->record);
	c->previewing = true;
}

/* A message of which nothing can be shown has an empty one (RFC 8970 section 3.2). */
static enum step preview_piece(struct imap *i)
{
	struct fetch *c = i->state;
	struct str text;

	if (!imap_preview_step(c->preview, &text))
		return STEP_AGAIN;
	blank(i);
	buf_put(imap_out(i), S("PREVIEW "));
	imap_put_string(imap_out(i), text, imap_utf8(i));
	c->previewing = false;
	return STEP_AGAIN;
}

/* ---- the parts of an answer ---- */

static void next_section(struct imap *i, const struct imap_section *section)
{
	if (section->name == IMAP_NAME_BINARY || section->name == IMAP_NAME_BINARY_SIZE) {
		open_binary(i, section);
		return;
	}
	blank(i);
	open_section(i, section);
}

static enum step next_part(struct imap *i)
{
	struct fetch *c = i->state;
	size_t n = c->part++;

	c->sent = 0;
	if (n < MADE_COUNT) {
		if (c->args.items & made[n].item) {
			blank(i);
			open_made(i, n);
		}
		return STEP_AGAIN;
	}
	n -= MADE_COUNT;
	if (n < c->args.sections_count)
		next_section(i, &c->args.sections[n]);
	else if (n == c->args.sections_count && (c->args.items & IMAP_FETCH_PREVIEW))
		open_preview(i);
	else
		return end_message(i);
	return STEP_AGAIN;
}

/* ---- many messages at once ---- */

/* All that is asked for stands in what was read, and is not too much for one step. */
static bool is_known(const struct fetch *c, const struct message_parts *parts)
{
	if ((c->want & MESSAGE_RECORD) &&
		(parts->record == NULL || parts->record->octets.len > QUICK_OCTETS_MAX))
		return false;
	for (size_t k = 0; k < c->args.sections_count; k++) {
		if (!imap_section_is_kept(&c->args.sections[k], parts->kept))
			return false;
	}
	return true;
}

/* The whole line of a message of which little is to be said, while its rows lie open before us. */
static bool put_quick(void *arg, size_t n, const struct message_parts *parts)
{
	struct imap *i = arg;
	struct fetch *c = i->state;
	struct buf *to = imap_out(i);

	if (!is_known(c, parts) || !imap_has_room(i))
		return false;
	if (parts->record != NULL)
		c->record = *parts->record;
	c->seq = c->batch[c->batch_at];
	c->item = *view_item(i->view, c->seq);
	put_fast(i);
	for (size_t k = 0; k < MADE_COUNT; k++) {
		if (c->args.items & made[k].item) {
			blank(i);
			put_made(i, k, to);
		}
	}
	for (size_t k = 0; k < c->args.sections_count; k++) {
		blank(i);
		imap_fetch_put_section(to, &c->args.sections[k]);
		buf_put_octet(to, ' ');
		imap_section_put_kept(to, &c->args.sections[k], parts->kept);
	}
	buf_put(to, S(")\r\n"));
	note_seen(i);
	c->batch_at++;
	return true;
}

static enum err quick_batch(struct imap *i)
{
	struct fetch *c = i->state;
	const struct item *items[MESSAGE_LIST_MAX];
	struct message_list list = { .items = items, .want = c->want };

	for (size_t n = c->batch_at; n < c->batch_count; n++)
		items[list.count++] = view_item(i->view, c->batch[n]);
	imap_engine_keywords(i);
	return message_list_each(view_mailbox(i->view), &list, put_quick, i);
}

/* The first of the batch is read at once, so it is not among those that others may unpack meanwhile. */
static void read_ahead(struct imap *i)
{
	struct fetch *c = i->state;
	const struct item *items[MESSAGE_LIST_MAX];
	size_t count = 0;

	for (size_t n = 1; n < c->batch_count; n++)
		items[count++] = view_item(i->view, c->batch[n]);
	message_ahead(view_mailbox(i->view), items, count);
}

static void take_batch(struct imap *i)
{
	struct fetch *c = i->state;
	uint32_t seq;

	c->batch_at = c->batch_count = 0;
	while (c->batch_count < MESSAGE_LIST_MAX && (seq = imap_page_next(&c->page)) != 0)
		c->batch[c->batch_count++] = seq;
	if (c->reads_messages)
		read_ahead(i);
}

static enum step next_batch(struct imap *i)
{
	struct fetch *c = i->state;
	size_t before;

	if (c->batch_at == c->batch_count) {
		imap_progress(i, c->told, IMAP_PROGRESS_UNKNOWN);
		take_batch(i);
		c->told += c->batch_count;
	}
	if (c->batch_count == 0)
		return imap_page_paused(&c->page) ? STEP_AGAIN : end(i);
	before = c->batch_at;
	/* What the batch did not tell, for whatever reason, is asked for alone. */
	if ((c->want == 0 || quick_batch(i) != ERR_OK || c->batch_at == before) && imap_has_room(i))
		begin_message(i, c->batch[c->batch_at++]);
	return STEP_AGAIN;
}

static unsigned what_to_want(const struct imap_fetch *args)
{
	unsigned want = args->items & ~ITEMS_FAST ? MESSAGE_RECORD : 0;

	/* Notes are read for one message at a time. */
	if (args->sections_count > QUICK_SECTIONS_MAX || (args->items & IMAP_FETCH_PREVIEW) || args->notes != NULL)
		return 0;
	for (size_t n = 0; n < args->sections_count; n++) {
		if (!imap_section_may_be_kept(&args->sections[n]))
			return 0;
		want |= MESSAGE_KEPT;
	}
	return want;
}

/* ---- the command ---- */

static enum err begin(struct imap *i)
{
	struct fetch *c = i->state;

	c->begun = true;
	if ((imap_rights_here(i) & ACL_SEEN) == 0)
		c->args.sets_seen = false;
	c->needs_record = (c->args.items & ~ITEMS_FAST) != 0 || imap_note_needs_record(c->args.notes);
	for (size_t n = 0; n < c->args.sections_count; n++) {
		c->needs_record |= imap_section_needs_record(&c->args.sections[n]);
		c->reads_messages |= imap_section_reads_message(&c->args.sections[n]);
	}
	c->want = what_to_want(&c->args);
	if (c->args.items & IMAP_FETCH_MODSEQ)
		imap_sync_enable(i);
	return imap_page_begin(i, &c->page);
}

/* Nothing but what the folder itself knows. */
static enum step next_rows(struct imap *i)
{
	struct fetch *c = i->state;

	imap_engine_keywords(i);
	for (unsigned n = 0; n < IMAP_ROWS_STEP && imap_has_room(i); n++) {
		c->seq = imap_page_next(&c->page);
		if (c->seq == 0)
			return imap_page_paused(&c->page) ? STEP_AGAIN : end(i);
		c->item = *view_item(i->view, c->seq);
		put_fast(i);
		if (!c->blank)
			buf_printf(imap_out(i), "UID %u", c->item.uid);
		buf_put(imap_out(i), S(")\r\n"));
	}
	return STEP_AGAIN;
}

static enum step run_fetch(struct imap *i)
{
	struct fetch *c = i->state;
	enum err e;

	if (!c->begun && imap_page_is_too_wide(i, &c->page))
		return imap_limit_refuse(i, imap_limit_messages(i));
	if (!c->begun) {
		e = begin(i);
		return e == ERR_OK ? STEP_AGAIN : imap_engine_over(i, e, NULL, STR_NONE);
	}
	if (c->asked)
		return over(i);
	if (!imap_page_step(i, &c->page, &e))
		return e == ERR_OK ? STEP_AGAIN : imap_engine_over(i, e, NULL, STR_NONE);
	if (c->sending)
		return send_piece(i);
	if (c->counting)
		return count_piece(i);
	if (c->previewing)
		return preview_piece(i);
	if (c->in_message)
		return next_part(i);
	return c->needs_record || c->args.sections_count > 0 ? next_batch(i) : next_rows(i);
}

const struct imap_handler imap_fetch_handler = { read_fetch, run_fetch, free_fetch };

void imap_fetch_untold(struct imap *i, const struct imap_fetch *args, const struct imap_set *set)
{
	struct fetch *c;

	imap_engine_nest(i, &imap_fetch_handler, IMAP_FETCH);
	c = new_fetch(i);
	c->args = *args;
	c->page.set = *set;
	c->page.set.ranges = ARENA_ARRAY(&i->arena, struct imap_range, set->count);
	memcpy(c->page.set.ranges, set->ranges, set->count * sizeof(*set->ranges));
}
