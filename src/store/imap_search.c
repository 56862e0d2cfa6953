#include "wire/imap_search.h"

#include "base/date.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "mail/header.h"
#include "store/imap_found.h"
#include "store/imap_text.h"
#include "store/search.h"

#define WORK_STEP   ((size_t)100000) /* keys asked in one step */
#define SECONDS_DAY 86400

/* How much of a message is at hand. */
enum depth { DEPTH_ITEM, DEPTH_RECORD, DEPTH_BODY };
/* Of each key that needs a message's octets, for the message in hand. */
enum known { UNKNOWN, KNOWN_NO, KNOWN_YES };

struct looking {
	struct imap_search args;
	const struct imap_after *after; /* NULL: told as it goes */
	void *after_state;
	uint32_t *found; /* owned */
	size_t found_count, found_room, told;
	bool begun;
	uint32_t seq; /* the message in hand */
	struct item item;
	enum depth depth;
	size_t work;

	struct str *texts; /* folded, one for each key */
	uint8_t *known;    /* enum known, one for each key */
	uint32_t *wanted;  /* keys that bodies are read for: BODY and TEXT */
	size_t wanted_count, overlap;
	bool needs_header;
	bool asked;          /* the index */
	size_t *asked_as;    /* for each key its number in the answer, or SEARCH_KEYS_MAX */
	struct search_answer answer;

	struct arena arena; /* of the message */
	struct record record;
	struct buf header, text, raw, line;
	struct buf folded; /* the header, all of it */
	bool folded_made;
	struct imap_text body;
	uint32_t part;
	uint64_t at; /* in the part's body */
	bool in_part;
};

struct imap_search *imap_found_new(struct imap *i, const struct imap_after *after, void *state)
{
	struct looking *c = ARENA_NEW(&i->arena, struct looking);

	i->state = c;
	arena_init(&c->arena, ARENA_NONE);
	buf_init(&c->header, BUF_NO_CEILING);
	buf_init(&c->text, BUF_NO_CEILING);
	buf_init(&c->line, BUF_NO_CEILING);
	buf_init(&c->folded, BUF_NO_CEILING);
	buf_init(&c->raw, IMAP_TEXT_RAW_OCTETS);
	imap_text_init(&c->body);
	c->after = after;
	c->after_state = state;
	return &c->args;
}

void imap_found_free(struct imap *i)
{
	struct looking *c = i->state;

	if (c->after != NULL && c->after->free != NULL)
		c->after->free(c->after_state);
	mem_free(c->found);

	arena_done(&c->arena);
	buf_done(&c->header);
	buf_done(&c->text);
	buf_done(&c->line);
	buf_done(&c->folded);
	buf_done(&c->raw);
	imap_text_done(&c->body);
	search_forget(i->s->search, i);
	search_answer_done(&c->answer);
}

/* ---- keys that the folder's own row answers ---- */

static enum imap_truth truth(bool yes)
{
	return yes ? IMAP_YES : IMAP_NO;
}

static bool has_keyword(struct imap *i, const struct item *it, struct str name)
{
	for (unsigned n = 0; n < ITEM_KEYWORDS_MAX; n++) {
		struct str keyword = folder_keyword(i->s->mailbox, view_folder(i->view), n);

		if (keyword.len == 0)
			return false;
		if (str_ieq(keyword, name))
			return item_keyword(it, n);
	}
	return false;
}

static bool has_flag(struct imap *i, const struct item *it, unsigned flag)
{
	if (flag == IMAP_RECENT)
		return view_recent(i->view, it->uid);
	return (it->flags & flag) != 0;
}

static int32_t day_of(int64_t seconds)
{
	int64_t days = seconds / SECONDS_DAY - (seconds % SECONDS_DAY < 0);

	return (int32_t)days;
}

static enum imap_truth ask_item(struct imap *i, const struct imap_search_key *key)
{
	struct looking *c = i->state;
	const struct item *it = &c->item;

	switch ((int)key->kind) {
	case IMAP_SEARCH_ALL:
		return IMAP_YES;
	case IMAP_SEARCH_FLAG:
		return truth(has_flag(i, it, key->flag));
	case IMAP_SEARCH_NEW:
		return truth(view_recent(i->view, it->uid) && (it->flags & ITEM_SEEN) == 0);
	case IMAP_SEARCH_KEYWORD:
		return truth(has_keyword(i, it, key->text));
	case IMAP_SEARCH_BEFORE:
		return truth(day_of(it->date) < key->day);
	case IMAP_SEARCH_ON:
		return truth(day_of(it->date) == key->day);
	case IMAP_SEARCH_SINCE:
		return truth(day_of(it->date) >= key->day);
	case IMAP_SEARCH_LARGER:
		return truth(it->octets > key->number);
	case IMAP_SEARCH_SMALLER:
		return truth(it->octets < key->number);
	case IMAP_SEARCH_UID:
		return truth(imap_set_has(&key->set, it->uid));
	case IMAP_SEARCH_SEQ:
		return truth(imap_set_has(&key->set, c->seq));
	default:
		return IMAP_MAYBE;
	}
}

/* ---- keys that the record or the header answers ---- */

static bool contains(struct str text, struct str key)
{
	return key.len == 0 ||
	       (text.len >= key.len && memmem(text.at, text.len, key.at, key.len) != NULL);
}

static bool header_has(struct looking *c, struct str name, struct str key)
{
	struct header_walk walk = header_walk(buf_str(&c->header));
	struct header_field field;

	while (header_next(&walk, &field)) {
		if (!str_ieq(field.name, name))
			continue;
		buf_clear(&c->text);
		imap_text_value(field.value, &c->text);
		if (contains(buf_str(&c->text), key))
			return true;
	}
	return false;
}

/* "Name <mailbox@host>, ..." */
static void put_addresses(struct looking *c, struct record_rows rows)
{
	struct record_address a;
	struct buf *line = &c->line;

	buf_clear(line);
	for (uint32_t n = 0; record_address(&c->record, rows, n, &a); n++) {
		buf_put(line, n > 0 ? S(", ") : S(""));
		buf_put(line, a.name);
		buf_put(line, a.name.len > 0 ? S(" <") : S("<"));
		buf_put(line, a.mailbox);
		buf_put_octet(line, '@');
		buf_put(line, a.host);
		buf_put_octet(line, '>');
	}
	imap_text_value(buf_str(line), &c->text);
}

static bool envelope_has(struct looking *c, const struct imap_search_key *key, struct str text)
{
	static const struct str names[IMAP_SEARCH_KIND_COUNT] = {
		[IMAP_SEARCH_BCC] = S_INIT("Bcc"),
		[IMAP_SEARCH_CC] = S_INIT("Cc"),
		[IMAP_SEARCH_FROM] = S_INIT("From"),
		[IMAP_SEARCH_TO] = S_INIT("To"),
		[IMAP_SEARCH_SUBJECT] = S_INIT("Subject"),
	};
	struct record_envelope e;

	if (c->record.flags & RECORD_OPAQUE)
		return header_has(c, names[key->kind], text);
	if (!record_envelope(&c->record, 0, &e))
		return false;
	buf_clear(&c->text);
	if (key->kind == IMAP_SEARCH_SUBJECT && e.subject.at == NULL)
		return false;
	if (key->kind == IMAP_SEARCH_SUBJECT) {
		imap_text_value(e.subject, &c->text);
		return contains(buf_str(&c->text), text);
	}
	if (key->kind == IMAP_SEARCH_FROM)
		put_addresses(c, e.from);
	else if (key->kind == IMAP_SEARCH_TO)
		put_addresses(c, e.to);
	else
		put_addresses(c, key->kind == IMAP_SEARCH_CC ? e.cc : e.bcc);
	return c->text.len > 0 && contains(buf_str(&c->text), text);
}

/* RFC 3501 section 6.4.4: the day as the sender wrote it, whatever the zone. */
static bool sent_matches(struct looking *c, const struct imap_search_key *key)
{
	struct record_envelope e;
	int32_t day;

	if (!record_envelope(&c->record, 0, &e) || !e.sent_valid)
		return false;
	day = day_of(e.sent_seconds + (int64_t)e.sent_zone_minutes * 60);
	if (key->kind == IMAP_SEARCH_SENTON)
		return day == key->day;
	return key->kind == IMAP_SEARCH_SENTBEFORE ? day < key->day : day >= key->day;
}

static bool text_in_header(struct looking *c, struct str key)
{
	if (!c->folded_made) {
		buf_clear(&c->folded);
		imap_text_header(buf_str(&c->header), &c->folded);
		c->folded_made = true;
	}
	return contains(buf_str(&c->folded), key);
}

static enum imap_truth ask_record(
	struct looking *c, const struct imap_search_key *key, struct str text)
{
	switch ((int)key->kind) {
	case IMAP_SEARCH_SENTBEFORE:
	case IMAP_SEARCH_SENTON:
	case IMAP_SEARCH_SENTSINCE:
		return truth(sent_matches(c, key));
	case IMAP_SEARCH_HEADER:
		return truth(header_has(c, key->field, text));
	case IMAP_SEARCH_TEXT:
		return text_in_header(c, text) ? IMAP_YES : IMAP_MAYBE;
	case IMAP_SEARCH_BODY:
		return IMAP_MAYBE;
	default:
		return truth(envelope_has(c, key, text));
	}
}

static enum imap_truth leaf(void *arg, const struct imap_search_key *key)
{
	struct imap *i = arg;
	struct looking *c = i->state;
	size_t n = (size_t)(key - c->args.keys);
	enum imap_truth t;

	c->work++;
	if (c->known[n] != UNKNOWN)
		return truth(c->known[n] == KNOWN_YES);
	t = ask_item(i, key);
	if (t == IMAP_MAYBE && !search_answer_may(&c->answer, c->asked_as[n], c->item.email))
		return IMAP_NO;
	if (t != IMAP_MAYBE || c->depth == DEPTH_ITEM)
		return t;
	/* Bodies are looked through for all keys at once; until then nothing new is known of BODY
	 * and TEXT. */
	if (c->depth == DEPTH_BODY)
		return IMAP_MAYBE;
	c->work += 100;
	t = ask_record(c, key, c->texts[n]);
	if (t != IMAP_MAYBE)
		c->known[n] = t == IMAP_YES ? KNOWN_YES : KNOWN_NO;
	return t;
}

/* ---- bodies ---- */

static void search_window(struct looking *c, struct str window)
{
	for (size_t n = 0; n < c->wanted_count; n++) {
		uint32_t k = c->wanted[n];

		if (c->known[k] == UNKNOWN && contains(window, c->texts[k]))
			c->known[k] = KNOWN_YES;
	}
}

/* Fields of parts inside belong to the body. */
static enum err search_part_header(struct imap *i, const struct record_part *p)
{
	struct looking *c = i->state;
	struct buf header;
	enum err e;

	buf_init(&header, RECORD_HEADER_OCTETS_MAX);
	e = message_read(i->s->mailbox, &c->item, p->header_at,
		p->header_octets < RECORD_HEADER_OCTETS_MAX ? p->header_octets
							    : RECORD_HEADER_OCTETS_MAX,
		&header);
	buf_clear(&c->text);
	imap_text_header(buf_str(&header), &c->text);
	search_window(c, buf_str(&c->text));
	buf_done(&header);
	return e;
}

static bool is_text(const struct record_part *p)
{
	return p->kind == RECORD_PART_LEAF && str_ieq(p->type, S("text"));
}

static enum err begin_part(struct imap *i, const struct record_part *p)
{
	struct looking *c = i->state;
	enum err e = c->part > 0 && p->header_octets > 0 ? search_part_header(i, p) : ERR_OK;

	c->in_part = true;
	c->at = 0;
	imap_text_begin(&c->body, p->encoding,
		record_param_value(&c->record, p->params, S("charset")), c->overlap);
	return e;
}

/* One piece of one part. *ret_end: there is no more. */
static enum err search_piece(struct imap *i, bool *ret_end)
{
	struct looking *c = i->state;
	struct record_part p;
	uint64_t left;
	size_t used;
	enum err e = ERR_OK;

	*ret_end = !record_part(&c->record, c->part, &p);
	if (*ret_end)
		return ERR_OK;
	if (!c->in_part)
		e = begin_part(i, &p);
	left = p.body_octets - c->at;
	if (e == ERR_OK && is_text(&p) && left > 0) {
		buf_clear(&c->raw);
		e = message_read(i->s->mailbox, &c->item, p.body_at + c->at,
			IMAP_TEXT_RAW_OCTETS < left ? IMAP_TEXT_RAW_OCTETS : left, &c->raw);
		if (e != ERR_OK || c->raw.len == 0)
			return e != ERR_OK ? e : ERR_UNREADABLE;
		used = imap_text_feed(&c->body, buf_str(&c->raw), c->raw.len == left);
		if (used == 0)
			return ERR_UNREADABLE; /* less came than is there */
		c->at += used;
		search_window(c, buf_str(&c->body.window));
	} else {
		c->at = p.body_octets;
	}
	if (c->at >= p.body_octets) {
		c->part++;
		c->in_part = false;
	}
	return e;
}

/* ---- messages ---- */

static enum err load(struct imap *i)
{
	struct looking *c = i->state;
	struct record_part root;
	struct str octets;
	uint64_t header;
	enum err e = message_record(i->s->mailbox, &c->item, &c->arena, &octets);

	if (e == ERR_OK)
		e = record_open_view(octets, &c->record);
	buf_clear(&c->header);
	if (e != ERR_OK || !(c->needs_header || (c->record.flags & RECORD_OPAQUE)))
		return e;
	if (!record_part(&c->record, 0, &root))
		return ERR_UNREADABLE;
	header = (c->record.flags & RECORD_OPAQUE) ? c->item.octets : root.header_octets;
	if (header > RECORD_HEADER_OCTETS_MAX)
		header = RECORD_HEADER_OCTETS_MAX;
	e = header > 0 ? message_read(i->s->mailbox, &c->item, 0, header, &c->header) : ERR_OK;
	if (e == ERR_OK && (c->record.flags & RECORD_OPAQUE))
		c->header.len = header_octets(buf_str(&c->header), NULL);
	return e;
}

static void next_message(struct looking *c)
{
	arena_clear(&c->arena);
	c->depth = DEPTH_ITEM;
	c->folded_made = false;
	c->seq++;
}

/* What is still open is settled: nowhere in the body. */
static void settle(struct looking *c)
{
	for (size_t n = 0; n < c->wanted_count; n++) {
		if (c->known[c->wanted[n]] == UNKNOWN)
			c->known[c->wanted[n]] = KNOWN_NO;
	}
}

/* MAYBE: call again. A message that cannot be read does not match. */
static enum imap_truth deepen(struct imap *i)
{
	struct looking *c = i->state;
	enum imap_truth t;
	bool end;

	if (c->depth == DEPTH_ITEM) {
		if (load(i) != ERR_OK)
			return IMAP_NO;
		c->depth = DEPTH_RECORD;
		t = imap_search_match(&c->args, leaf, i);
		c->depth = DEPTH_BODY;
		c->part = 0;
		c->in_part = false;
		return t;
	}
	if (search_piece(i, &end) != ERR_OK)
		return IMAP_NO;
	if (end)
		settle(c);
	c->work += WORK_STEP;
	return imap_search_match(&c->args, leaf, i);
}

static enum imap_truth look(struct imap *i)
{
	struct looking *c = i->state;
	enum imap_truth t;

	if (c->depth != DEPTH_ITEM)
		return deepen(i);
	if (view_item_gone(i->view, c->seq))
		return IMAP_NO;
	c->item = *view_item(i->view, c->seq);
	memset(c->known, UNKNOWN, c->args.count);
	t = imap_search_match(&c->args, leaf, i);
	return t == IMAP_MAYBE ? deepen(i) : t;
}

/* ---- the command ---- */

static bool is_deep(enum imap_search_kind kind)
{
	return kind == IMAP_SEARCH_BODY || kind == IMAP_SEARCH_TEXT;
}

static enum err prepare_key(struct imap *i, size_t n)
{
	struct looking *c = i->state;
	struct imap_search_key *key = &c->args.keys[n];

	if (key->kind == IMAP_SEARCH_SEQ)
		imap_set_resolve(&key->set, view_count(i->view));
	if (key->kind == IMAP_SEARCH_UID)
		imap_set_resolve(&key->set, view_uid(i->view, view_count(i->view)));
	if (!utf8_valid(key->text))
		return ERR_SYNTAX;
	buf_clear(&c->text);
	imap_text_fold(key->text, &c->text);
	if (c->text.len > IMAP_TEXT_KEY_OCTETS_MAX)
		return ERR_LIMIT;
	c->texts[n] = arena_str(&i->arena, buf_str(&c->text));
	c->needs_header |= key->kind == IMAP_SEARCH_HEADER || key->kind == IMAP_SEARCH_TEXT;
	if (!is_deep(key->kind))
		return ERR_OK;
	c->wanted[c->wanted_count++] = (uint32_t)n;
	if (c->texts[n].len > c->overlap)
		c->overlap = c->texts[n].len;
	return ERR_OK;
}

static enum err prepare(struct imap *i)
{
	struct looking *c = i->state;
	size_t count = c->args.count;
	enum err e = ERR_OK;

	c->texts = ARENA_ARRAY(&i->arena, struct str, count);
	c->known = ARENA_ARRAY(&i->arena, uint8_t, count);
	c->wanted = ARENA_ARRAY(&i->arena, uint32_t, count);
	c->asked_as = ARENA_ARRAY(&i->arena, size_t, count);
	for (size_t n = 0; n < count && e == ERR_OK; n++)
		e = prepare_key(i, n);
	c->seq = 1;
	c->begun = true;
	return e;
}

/* ---- the index ---- */

static void on_answer(void *arg, const struct search_answer *answer)
{
	struct imap *i = arg;
	struct looking *c = i->state;

	c->answer = *answer;
	session_answered(i->s);
}

/* Strings that stand in the text of the index as they would be compared. */
static bool is_indexed(const struct imap_search_key *key)
{
	return is_deep(key->kind) || key->kind == IMAP_SEARCH_HEADER;
}

/* Of messages that a string cannot be in, nothing is read. */
static enum step ask_index(struct imap *i)
{
	struct looking *c = i->state;
	struct str keys[SEARCH_KEYS_MAX];
	struct search_question question = { .mailbox = mailbox_id(i->s->mailbox),
		.keys = keys,
		.done = on_answer,
		.arg = i };

	c->asked = true;
	for (size_t n = 0; n < c->args.count; n++) {
		c->asked_as[n] = SEARCH_KEYS_MAX;
		if (question.count == SEARCH_KEYS_MAX || !is_indexed(&c->args.keys[n]) ||
			!finder_key(c->texts[n]))
			continue;
		c->asked_as[n] = question.count;
		keys[question.count++] = c->texts[n];
	}
	if (i->s->search == NULL || question.count == 0)
		return STEP_AGAIN;
	session_asked(i->s);
	search_ask(i->s->search, &question);
	return STEP_PEER;
}

static bool knows_charset(struct str charset)
{
	return charset.len == 0 || str_ieq(charset, S("UTF-8")) || str_ieq(charset, S("US-ASCII"));
}

static enum step begin(struct imap *i)
{
	struct looking *c = i->state;
	enum err e;

	if (!knows_charset(c->args.charset))
		return imap_engine_over(i, ERR_CHARSET, NULL, STR_NONE);
	e = prepare(i);
	if (e != ERR_OK)
		return imap_engine_over(i, e, NULL, STR_NONE);
	if (c->after == NULL)
		buf_put(imap_out(i), S("* SEARCH"));
	i->mid_line = c->after == NULL;
	return STEP_AGAIN;
}

static void note_found(struct imap *i)
{
	struct looking *c = i->state;

	if (c->after == NULL) {
		buf_put_octet(imap_out(i), ' ');
		buf_put_u64(imap_out(i), i->command.uid ? c->item.uid : c->seq);
		return;
	}
	if (c->found_count == c->found_room) {
		c->found_room = c->found_room ? c->found_room * 2 : 64;
		c->found = mem_resize(c->found, c->found_room * sizeof(*c->found));
	}
	c->found[c->found_count++] = c->seq;
}

enum step imap_found_run(struct imap *i)
{
	struct looking *c = i->state;

	if (!c->begun)
		return begin(i);
	if (!c->asked)
		return ask_index(i);
	for (c->work = 0;
		c->work < WORK_STEP && c->seq <= view_count(i->view) && imap_has_room(i);) {
		enum imap_truth t = look(i);

		if (t == IMAP_MAYBE)
			continue;
		if (t == IMAP_YES)
			note_found(i);
		next_message(c);
		c->work += 10;
	}
	if (c->seq <= view_count(i->view))
		return STEP_AGAIN;
	if (c->after != NULL)
		return c->after->run(i, c->after_state, c->found, c->found_count);
	buf_put(imap_out(i), S("\r\n"));
	i->mid_line = false;
	return imap_engine_over(i, ERR_OK, NULL, STR_NONE);
}

/* ---- SEARCH ---- */

/* RFC 4731 section 3.1: with the tag, since results of several commands may be under way. */
static void put_extended_head(struct imap *i, const uint32_t *seqs, size_t count)
{
	const struct looking *c = i->state;
	struct buf *to = imap_out(i);

	buf_put(to, S("* ESEARCH (TAG "));
	imap_put_string(to, i->command.tag, false);
	buf_put(to, i->command.uid ? S(") UID") : S(")"));
	if (c->args.returns & IMAP_RETURN_COUNT)
		buf_printf(to, " COUNT %zu", count);
	if (count > 0 && (c->args.returns & IMAP_RETURN_MIN))
		buf_printf(to, " MIN %u", imap_found_number(i, seqs[0]));
	if (count > 0 && (c->args.returns & IMAP_RETURN_MAX))
		buf_printf(to, " MAX %u", imap_found_number(i, seqs[count - 1]));
	i->mid_line = true;
}

static enum step put_extended(struct imap *i, void *state, const uint32_t *seqs, size_t count)
{
	struct looking *c = i->state;
	uint32_t numbers[IMAP_ROWS_STEP];
	size_t n = 0;

	if (!i->mid_line)
		put_extended_head(i, seqs, count);
	if ((c->args.returns & IMAP_RETURN_ALL) == 0)
		c->told = count;
	if (c->told < count)
		buf_put(imap_out(i), c->told == 0 ? S(" ALL ") : S(","));
	while (n < IMAP_ROWS_STEP && c->told < count)
		numbers[n++] = imap_found_number(i, seqs[c->told++]);
	imap_set_put_numbers(imap_out(i), numbers, n);
	if (c->told < count)
		return STEP_AGAIN;
	buf_put(imap_out(i), S("\r\n"));
	i->mid_line = false;
	return imap_engine_over(i, ERR_OK, NULL, STR_NONE);
}

static void read_search(struct imap *i, struct imap_args *args)
{
	static const struct imap_after after = { put_extended, NULL };
	struct imap_search *search = imap_found_new(i, NULL, NULL);

	imap_arg_search(args, search);
	if (search->extended)
		((struct looking *)i->state)->after = &after;
}

const struct imap_handler imap_search_handler = { read_search, imap_found_run, imap_found_free };
