#include "mail/record.h"
#include "store/nntp_head.h"
#include "wire/wildmat.h"

/* OVER and HDR (RFC 3977 section 8), and XOVER, XHDR and XPAT (RFC 2980 section 2), which are asked the same way. */

#define BATCH        MESSAGE_LIST_MAX

struct known { /* one of a batch */
	uint32_t number;
	struct item item;
	struct str kept;
	uint32_t lines;
	bool has_lines;
};

/* Appends the article's line; false: it has none. */
struct asked;
typedef bool put_fn(struct asked *q, const struct known *k, struct nntp_source *source, const struct nntp_head *head);

struct asked {
	struct nntp *n;
	put_fn *put;
	int code;
	const char *first; /* behind the code */
	uint32_t seq;      /* of the selected group, next to be looked at */
	uint64_t high;
	bool begun;        /* the first line was put */
	bool groups;       /* other groups have to be looked at */
	uint32_t folder;
	struct arena batch;
	struct known known[BATCH];
	size_t count;
};

static void done(struct nntp *n)
{
	struct asked *q = n->state;

	if (q != NULL)
		arena_done(&q->batch);
}

static struct asked *ask(struct nntp *n, put_fn *put, int code, const char *first)
{
	struct asked *q = ARENA_NEW(&n->arena, struct asked);

	*q = (struct asked){ .n = n, .put = put, .code = code, .first = first };
	arena_init(&q->batch, ARENA_NONE);
	n->state = q;
	return q;
}

static bool take_parts(void *arg, size_t i, const struct message_parts *parts)
{
	struct asked *q = arg;
	struct known *k = &q->known[i];
	struct record_part root;

	k->kept = parts->kept.at != NULL ? arena_str(&q->batch, parts->kept) : STR_NONE;
	k->has_lines = parts->record != NULL && record_part(parts->record, 0, &root);
	k->lines = k->has_lines ? root.body_lines : 0;
	return true;
}

static void put_one(struct asked *q, const struct known *k)
{
	struct buf *to = nntp_out(q->n);
	struct nntp_source source;
	struct nntp_head head;
	size_t before = to->len;

	nntp_source_init(&source, q->n, q->folder, &k->item);
	source.kept = k->kept;
	/* One that cannot be read is left out: others need not wait for its repair. */
	if (nntp_head_make(&source, &q->batch, q->groups, &head) == ERR_OK) {
		if (!q->begun)
			buf_printf(to, "%d %s\r\n", q->code, q->first);
		q->begun = true;
		before = to->len;
		if (!q->put(q, k, &source, &head) || source.err != ERR_OK)
			to->len = before;
	}
	nntp_source_done(&source);
}

static enum err put_batch(struct asked *q)
{
	const struct item *items[BATCH];
	struct message_list list = { items, q->count, MESSAGE_RECORD | MESSAGE_KEPT };
	enum err e;

	for (size_t i = 0; i < q->count; i++)
		items[i] = &q->known[i].item;
	e = message_list_each(nntp_box(q->n), &list, take_parts, q);
	for (size_t i = 0; e == ERR_OK && i < q->count; i++)
		put_one(q, &q->known[i]);
	arena_clear(&q->batch);
	q->count = 0;
	return e;
}

static void add(struct asked *q, uint32_t number, const struct item *it)
{
	q->known[q->count++] = (struct known){ .number = number, .item = *it };
}

/* One article, the current one or that of a Message-ID. */
static enum step put_single(struct asked *q, const struct nntp_place *place)
{
	enum err e;

	q->folder = place->folder;
	add(q, place->number, &place->item);
	e = put_batch(q);
	if (e == ERR_OK && !q->begun)
		e = ERR_UNREADABLE;
	if (e != ERR_OK)
		return nntp_refuse(q->n, e);
	nntp_end(nntp_out(q->n));
	return STEP_READ;
}

static enum step begin(struct nntp *n)
{
	struct asked *q = n->state;
	struct nntp_place place;
	enum err e;

	if (n->command.message_id.len > 0 || !n->command.has_range) {
		e = n->command.message_id.len > 0 ? nntp_place_by_id(n, n->command.message_id, &place) : nntp_place_current(n, &place);
		return e == ERR_OK ? put_single(q, &place) : nntp_refuse(n, e);
	}
	if (n->view == NULL)
		return nntp_refuse(n, ERR_NOGROUP);
	q->folder = view_folder(n->view);
	q->seq = n->command.range.low <= UINT32_MAX ? view_seq_from(n->view, (uint32_t)n->command.range.low) : UINT32_MAX;
	q->high = n->command.range.high;
	return STEP_AGAIN;
}

static void fill(struct asked *q)
{
	struct folder_view *view = q->n->view;

	for (; q->count < BATCH && q->seq <= view_count(view) && view_uid(view, q->seq) <= q->high; q->seq++) {
		if (!view_item_gone(view, q->seq))
			add(q, view_uid(view, q->seq), view_item(view, q->seq));
	}
}

static enum step more(struct nntp *n)
{
	struct asked *q = n->state;
	enum err e;

	fill(q);
	if (q->count > 0) {
		e = put_batch(q);
		if (e == ERR_OK)
			return STEP_AGAIN;
		if (!q->begun)
			return nntp_refuse(n, e);
		return STEP_DONE; /* a missing end is the only honest answer left */
	}
	if (!q->begun)
		return nntp_refuse(n, ERR_NOMESSAGE);
	nntp_end(nntp_out(n));
	return STEP_READ;
}

/* ---- OVER ---- */

static bool put_over(struct asked *q, const struct known *k, struct nntp_source *source, const struct nntp_head *head)
{
	static const struct str fields[] = { S_INIT("Subject"), S_INIT("From"), S_INIT("Date"), S_INIT("Message-ID"), S_INIT("References") };
	struct buf *to = nntp_out(q->n);

	buf_put_u64(to, k->number);
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		buf_put_octet(to, '\t');
		(void)!nntp_head_value(head, source, fields[i], to);
	}
	buf_put_octet(to, '\t');
	buf_put_u64(to, head->octets);
	buf_put_octet(to, '\t');
	if (k->has_lines)
		buf_put_u64(to, k->lines);
	buf_printf(to, "\tXref: %.*s\r\n", STR_FMT(head->values[NNTP_HEAD_XREF]));
	return true;
}

static enum step begin_over(struct nntp *n)
{
	ask(n, put_over, 224, "overview information follows")->groups = true;
	return begin(n);
}

/* ---- HDR ---- */

static bool put_value(struct asked *q, const struct known *k, struct nntp_source *source, const struct nntp_head *head, struct buf *to)
{
	struct str field = q->n->command.field;

	if (str_ieq(field, S(":bytes")))
		buf_put_u64(to, head->octets);
	else if (str_ieq(field, S(":lines")) && k->has_lines)
		buf_put_u64(to, k->lines);
	else if (field.at[0] != ':')
		return nntp_head_value(head, source, field, to);
	return true;
}

static bool put_hdr(struct asked *q, const struct known *k, struct nntp_source *source, const struct nntp_head *head)
{
	struct buf *to = nntp_out(q->n);

	buf_put_u64(to, k->number);
	buf_put_octet(to, ' ');
	(void)!put_value(q, k, source, head, to);
	buf_put(to, S("\r\n"));
	return true;
}

/* RFC 2980 section 2.6: what was asked by Message-ID is told by it, and an absent field is "(none)". */
static void put_x(struct asked *q, const struct known *k, struct str value)
{
	struct buf *to = nntp_out(q->n);

	if (q->n->command.message_id.len > 0)
		buf_put(to, q->n->command.message_id);
	else
		buf_put_u64(to, k->number);
	buf_put_octet(to, ' ');
	buf_put(to, value);
	buf_put(to, S("\r\n"));
}

static bool put_xhdr(struct asked *q, const struct known *k, struct nntp_source *source, const struct nntp_head *head)
{
	struct buf value;
	bool there;

	buf_init(&value, BUF_NO_CEILING);
	there = put_value(q, k, source, head, &value);
	put_x(q, k, there ? buf_str(&value) : S("(none)"));
	buf_done(&value);
	return true;
}

/* RFC 2980 section 2.9: one of the patterns fits. */
static bool put_xpat(struct asked *q, const struct known *k, struct nntp_source *source, const struct nntp_head *head)
{
	struct str rest = q->n->command.text, pattern;
	struct buf value;
	bool fits = false;

	buf_init(&value, BUF_NO_CEILING);
	if (put_value(q, k, source, head, &value)) {
		while (!fits && str_cut(&rest, ' ', &pattern))
			fits = pattern.len > 0 && wildmat_fits(pattern, buf_str(&value));
		fits = fits || (rest.len > 0 && wildmat_fits(rest, buf_str(&value)));
	}
	if (fits)
		put_x(q, k, buf_str(&value));
	buf_done(&value);
	return fits;
}

/* RFC 3977 section 8.5.2: metadata that is not known here. */
static bool is_metadata_unknown(struct str field)
{
	return field.at[0] == ':' && !str_ieq(field, S(":bytes")) && !str_ieq(field, S(":lines"));
}

static enum step begin_field(struct nntp *n, put_fn *put, int code, const char *first)
{
	ask(n, put, code, first)->groups = nntp_head_names_groups(n->command.field);
	if (is_metadata_unknown(n->command.field))
		return nntp_answer(n, 503, "no such metadata item here");
	return begin(n);
}

static enum step begin_hdr(struct nntp *n)
{
	return begin_field(n, put_hdr, 225, "headers follow");
}

static enum step begin_xhdr(struct nntp *n)
{
	return begin_field(n, put_xhdr, 221, "header follows");
}

static enum step begin_xpat(struct nntp *n)
{
	return begin_field(n, put_xpat, 221, "header follows");
}

const struct nntp_handler nntp_do_over = { begin_over, more, done, "over" };
const struct nntp_handler nntp_do_xover = { begin_over, more, done, "xover" };
const struct nntp_handler nntp_do_hdr = { begin_hdr, more, done, "hdr" };
const struct nntp_handler nntp_do_xhdr = { begin_xhdr, more, done, "xhdr" };
const struct nntp_handler nntp_do_xpat = { begin_xpat, more, done, "xpat" };
