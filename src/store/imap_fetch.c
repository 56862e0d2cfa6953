#include "store/imap_fetch.h"

#include "base/mem.h"
#include "store/imap_fetch_line.h"
#include "store/imap_fetch_part.h"
#include "store/imap_limit.h"
#include "store/imap_line.h"
#include "store/imap_note.h"
#include "store/imap_progress.h"
#include "store/imap_sync.h"

#define QUICK_OCTETS_MAX   ((size_t)16 << 10) /* a larger record's answers go out piece by piece */
#define QUICK_SECTIONS_MAX 8u
#define MADE_OCTETS_MAX    (4 * RECORD_OCTETS_MAX)

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
	if (c->args.items & IMAP_FETCH_MODSEQ)
		imap_sync_asks(i, args);
}

static void free_fetch(struct imap *i)
{
	struct fetch *c = i->state;

	imap_fetch_part_end(c);
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
		imap_fetch_failed(c, e);
		return;
	}
	imap_line_keywords(i);
	imap_fetch_put_fast(i);
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
	imap_fetch_put_fast(i);
	for (size_t k = 0; k < IMAP_FETCH_MADE; k++) {
		if (c->args.items & imap_fetch_made[k].item) {
			imap_fetch_blank(i);
			imap_fetch_put_made(i, k, to);
		}
	}
	for (size_t k = 0; k < c->args.sections_count; k++) {
		imap_fetch_blank(i);
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
	imap_line_keywords(i);
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
	unsigned want = args->items & ~IMAP_FETCH_FAST ? MESSAGE_RECORD : 0;

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
	c->needs_record = (c->args.items & ~IMAP_FETCH_FAST) != 0 || imap_note_needs_record(c->args.notes);
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

	imap_line_keywords(i);
	for (unsigned n = 0; n < IMAP_ROWS_STEP && imap_has_room(i); n++) {
		c->seq = imap_page_next(&c->page);
		if (c->seq == 0)
			return imap_page_paused(&c->page) ? STEP_AGAIN : end(i);
		c->item = *view_item(i->view, c->seq);
		imap_fetch_put_fast(i);
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
	if (imap_fetch_part_runs(c))
		return imap_fetch_part_step(i);
	if (c->in_message)
		return imap_fetch_part_next(i) ? STEP_AGAIN : end_message(i);
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
