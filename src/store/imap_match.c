#include "store/imap_match.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "io/clock.h"
#include "mail/header.h"
#include "store/imap_fuzzy.h"
#include "store/imap_object.h"
#include "store/imap_text.h"
#include "store/search.h"

#define SECONDS_DAY 86400
#define FUZZY_DAYS  8 /* so many days beside a date are too many */
#define FUZZY_PART  5 /* of a size or an age */

/* How much of a message is at hand. */
enum depth { DEPTH_ITEM, DEPTH_RECORD, DEPTH_BODY };
/* Of each key that needs a message's octets, for the message in hand. */
enum known { UNKNOWN, KNOWN_NO, KNOWN_YES };

struct imap_match {
	struct session *s;
	struct folder_view *view;
	const struct imap_search *search;
	enum imap_collation collation;
	int64_t now;       /* seconds: when the search began */
	struct arena kept; /* what belongs to the keys */
	struct arena viewed;    /* what belongs to the view */
	struct imap_set *sets; /* of each key, for the view */
	struct str *texts; /* folded, one for each key */
	uint8_t *known;    /* enum known, one for each key */
	uint32_t *wanted;  /* keys that bodies are read for: BODY and TEXT */
	size_t wanted_count, overlap;
	bool needs_header;
	struct imap_fuzzy **fuzzy; /* of each key that is text and FUZZY, else NULL */
	uint64_t *emails; /* of each EMAILID; 0: it is none of ours */
	uint8_t *near;    /* of each other key that is FUZZY: how far it was met, 1 .. 100; 0: it was not */
	bool *counted;    /* a FUZZY key that is under no NOT */
	struct buf refolded;
	size_t *asked_as; /* for each key its number in the answer, or SEARCH_KEYS_MAX */
	struct search_answer answer;

	uint32_t seq; /* the message in hand; 0: none */
	struct item item;
	enum depth depth;
	size_t work;
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

struct imap_match *imap_match_new(struct session *s)
{
	struct imap_match *c = MEM_NEW(struct imap_match);

	c->s = s;
	arena_init(&c->kept, ARENA_NONE);
	arena_init(&c->viewed, ARENA_NONE);
	arena_init(&c->arena, ARENA_NONE);
	buf_init(&c->header, BUF_NO_CEILING);
	buf_init(&c->text, BUF_NO_CEILING);
	buf_init(&c->line, BUF_NO_CEILING);
	buf_init(&c->folded, BUF_NO_CEILING);
	buf_init(&c->refolded, BUF_NO_CEILING);
	buf_init(&c->raw, IMAP_TEXT_RAW_OCTETS);
	imap_text_init(&c->body);
	return c;
}

void imap_match_free(struct imap_match *c)
{
	if (c == NULL)
		return;
	search_forget(c->s->search, c);
	search_answer_done(&c->answer);
	arena_done(&c->kept);
	arena_done(&c->viewed);
	arena_done(&c->arena);
	buf_done(&c->header);
	buf_done(&c->text);
	buf_done(&c->line);
	buf_done(&c->folded);
	buf_done(&c->refolded);
	buf_done(&c->raw);
	imap_text_done(&c->body);
	mem_free(c);
}

/* ---- keys that the folder's own row answers ---- */

static enum imap_truth truth(bool yes)
{
	return yes ? IMAP_YES : IMAP_NO;
}

static bool has_keyword(struct imap_match *c, const struct item *it, struct str name)
{
	for (unsigned n = 0; n < ITEM_KEYWORDS_MAX; n++) {
		struct str keyword = folder_keyword(c->s->mailbox, view_folder(c->view), n);

		if (keyword.len == 0)
			return false;
		if (str_ieq(keyword, name))
			return item_keyword(it, n);
	}
	return false;
}

static bool has_flag(struct imap_match *c, const struct item *it, unsigned flag)
{
	if (flag == IMAP_RECENT)
		return view_recent(c->view, it->uid);
	return (it->flags & flag) != 0;
}

static int32_t day_of(int64_t seconds)
{
	int64_t days = seconds / SECONDS_DAY - (seconds % SECONDS_DAY < 0);

	return (int32_t)days;
}

/* How many days it would have to be another. */
static uint64_t days_off(const struct imap_search_key *key, int32_t day)
{
	int64_t off = (int64_t)day - key->day;

	switch ((int)key->kind) {
	case IMAP_SEARCH_BEFORE:
	case IMAP_SEARCH_SAVEDBEFORE:
	case IMAP_SEARCH_SENTBEFORE:
		return off < 0 ? 0 : (uint64_t)off + 1;
	case IMAP_SEARCH_SINCE:
	case IMAP_SEARCH_SAVEDSINCE:
	case IMAP_SEARCH_SENTSINCE:
		return off < 0 ? (uint64_t)-off : 0;
	default:
		return off < 0 ? (uint64_t)-off : (uint64_t)off;
	}
}

static uint64_t above(int64_t value, int64_t most)
{
	return value > most ? (uint64_t)value - (uint64_t)most : 0;
}

/* A FUZZY key is met a little by what lies a little beside it (RFC 6203 section 5). */
static enum imap_truth near(
	struct imap_match *c, const struct imap_search_key *key, uint64_t off, uint64_t most)
{
	unsigned score;

	if (!key->fuzzy)
		return truth(off == 0);
	score = imap_fuzzy_distance(off, most);
	c->near[key - c->search->keys] = (uint8_t)score;
	return truth(score > 0);
}

static enum imap_truth ask_exactly(struct imap_match *c, const struct imap_search_key *key);

static enum imap_truth ask_item(struct imap_match *c, const struct imap_search_key *key)
{
	const struct item *it = &c->item;

	switch ((int)key->kind) {
	case IMAP_SEARCH_BEFORE:
	case IMAP_SEARCH_ON:
	case IMAP_SEARCH_SINCE:
		return near(c, key, days_off(key, day_of(it->date)), FUZZY_DAYS);
	case IMAP_SEARCH_SAVEDBEFORE:
	case IMAP_SEARCH_SAVEDON:
	case IMAP_SEARCH_SAVEDSINCE:
		return near(c, key, days_off(key, day_of(it->saved)), FUZZY_DAYS);
	case IMAP_SEARCH_OLDER:
		return near(c, key, above(it->date, c->now - (int64_t)key->number), key->number / FUZZY_PART);
	case IMAP_SEARCH_YOUNGER:
		return near(c, key, above(c->now - (int64_t)key->number, it->date), key->number / FUZZY_PART);
	case IMAP_SEARCH_LARGER:
		return near(c, key, above((int64_t)key->number, (int64_t)it->octets - 1), key->number / FUZZY_PART);
	case IMAP_SEARCH_SMALLER:
		return near(c, key, above(it->octets, (int64_t)key->number - 1), key->number / FUZZY_PART);
	default:
		return ask_exactly(c, key);
	}
}

static enum imap_truth ask_exactly(struct imap_match *c, const struct imap_search_key *key)
{
	const struct item *it = &c->item;
	size_t n = (size_t)(key - c->search->keys);

	switch ((int)key->kind) {
	case IMAP_SEARCH_ALL:
		return IMAP_YES;
	case IMAP_SEARCH_FLAG:
		return truth(has_flag(c, it, key->flag));
	case IMAP_SEARCH_NEW:
		return truth(view_recent(c->view, it->uid) && (it->flags & ITEM_SEEN) == 0);
	case IMAP_SEARCH_KEYWORD:
		return truth(has_keyword(c, it, key->text));
	case IMAP_SEARCH_EMAILID:
		return truth(c->emails[n] != 0 && it->email == c->emails[n]);
	case IMAP_SEARCH_MODSEQ:
		return truth(it->modseq >= key->modseq);
	case IMAP_SEARCH_UID:
		return truth(imap_set_has(&c->sets[n], it->uid));
	case IMAP_SEARCH_SEQ:
		return truth(imap_set_has(&c->sets[n], c->seq));
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

/* Does the text settle it that key number n is met? FUZZY ones are settled at the end, unless they are met wholly. */
static bool finds(struct imap_match *c, size_t n, struct str text)
{
	if (c->fuzzy[n] == NULL)
		return contains(text, c->texts[n]);
	if (c->collation != IMAP_UNICODE_CASEMAP) {
		buf_clear(&c->refolded);
		imap_text_fold(IMAP_UNICODE_CASEMAP, text, &c->refolded);
		text = buf_str(&c->refolded);
	}
	imap_fuzzy_look(c->fuzzy[n], text);
	return imap_fuzzy_score(c->fuzzy[n]) == 100;
}

static bool header_has(struct imap_match *c, struct str name, size_t n)
{
	struct header_walk walk = header_walk(buf_str(&c->header));
	struct header_field field;

	while (header_next(&walk, &field)) {
		if (!str_ieq(field.name, name))
			continue;
		buf_clear(&c->text);
		imap_text_value(c->collation, field.value, &c->text);
		if (finds(c, n, buf_str(&c->text)))
			return true;
	}
	return false;
}

/* "Name <mailbox@host>, ..." */
static void put_addresses(struct imap_match *c, struct record_rows rows)
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
	imap_text_value(c->collation, buf_str(line), &c->text);
}

static bool envelope_has(struct imap_match *c, const struct imap_search_key *key, size_t n)
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
		return header_has(c, names[key->kind], n);
	if (!record_envelope(&c->record, 0, &e))
		return false;
	buf_clear(&c->text);
	if (key->kind == IMAP_SEARCH_SUBJECT && e.subject.at == NULL)
		return false;
	if (key->kind == IMAP_SEARCH_SUBJECT) {
		imap_text_value(c->collation, e.subject, &c->text);
		return finds(c, n, buf_str(&c->text));
	}
	if (key->kind == IMAP_SEARCH_FROM)
		put_addresses(c, e.from);
	else if (key->kind == IMAP_SEARCH_TO)
		put_addresses(c, e.to);
	else
		put_addresses(c, key->kind == IMAP_SEARCH_CC ? e.cc : e.bcc);
	return c->text.len > 0 && finds(c, n, buf_str(&c->text));
}

/* RFC 3501 section 6.4.4: the day as the sender wrote it, whatever the zone. */
static enum imap_truth sent_matches(struct imap_match *c, const struct imap_search_key *key)
{
	struct record_envelope e;
	int32_t day;

	if (!record_envelope(&c->record, 0, &e) || !e.sent_valid)
		return IMAP_NO;
	day = day_of(e.sent_seconds + (int64_t)e.sent_zone_minutes * 60);
	return near(c, key, days_off(key, day), FUZZY_DAYS);
}

static bool text_in_header(struct imap_match *c, size_t n)
{
	if (!c->folded_made) {
		buf_clear(&c->folded);
		imap_text_header(c->collation, buf_str(&c->header), &c->folded);
		c->folded_made = true;
	}
	return finds(c, n, buf_str(&c->folded));
}

/* Object ids are compared as they stand (RFC 8474 section 7). */
static bool is_in_thread(struct imap_match *c, struct str id)
{
	buf_clear(&c->line);
	imap_object_put_thread(&c->line, mailbox_id(c->s->mailbox), &c->item, &c->record);
	return str_eq(buf_str(&c->line), id);
}

static enum imap_truth ask_record(
	struct imap_match *c, const struct imap_search_key *key, size_t n)
{
	switch ((int)key->kind) {
	case IMAP_SEARCH_SENTBEFORE:
	case IMAP_SEARCH_SENTON:
	case IMAP_SEARCH_SENTSINCE:
		return sent_matches(c, key);
	case IMAP_SEARCH_THREADID:
		return truth(is_in_thread(c, key->text));
	case IMAP_SEARCH_HEADER:
		return truth(header_has(c, key->field, n));
	case IMAP_SEARCH_TEXT:
		return text_in_header(c, n) ? IMAP_YES : IMAP_MAYBE;
	case IMAP_SEARCH_BODY:
		return IMAP_MAYBE;
	default:
		return truth(envelope_has(c, key, n));
	}
}

static enum imap_truth ask_record_fuzzily(
	struct imap_match *c, const struct imap_search_key *key, size_t n)
{
	enum imap_truth t;

	imap_fuzzy_begin(c->fuzzy[n]);
	t = ask_record(c, key, n);
	return t == IMAP_MAYBE ? t : truth(imap_fuzzy_score(c->fuzzy[n]) > 0);
}

static enum imap_truth leaf(void *arg, const struct imap_search_key *key)
{
	struct imap_match *c = arg;
	size_t n = (size_t)(key - c->search->keys);
	enum imap_truth t;

	c->work++;
	if (c->known[n] != UNKNOWN)
		return truth(c->known[n] == KNOWN_YES);
	t = ask_item(c, key);
	if (t == IMAP_MAYBE && !search_answer_may(&c->answer, c->asked_as[n], c->item.email))
		return IMAP_NO;
	if (t != IMAP_MAYBE || c->depth == DEPTH_ITEM)
		return t;
	/* Bodies are looked through for all keys at once; until then nothing new is known of BODY
	 * and TEXT. */
	if (c->depth == DEPTH_BODY)
		return IMAP_MAYBE;
	c->work += 100;
	t = c->fuzzy[n] ? ask_record_fuzzily(c, key, n) : ask_record(c, key, n);
	if (t != IMAP_MAYBE)
		c->known[n] = t == IMAP_YES ? KNOWN_YES : KNOWN_NO;
	return t;
}

/* ---- bodies ---- */

static void search_window(struct imap_match *c, struct str window)
{
	for (size_t n = 0; n < c->wanted_count; n++) {
		uint32_t k = c->wanted[n];

		if (c->known[k] == UNKNOWN && finds(c, k, window))
			c->known[k] = KNOWN_YES;
	}
}

/* Fields of parts inside belong to the body. */
static enum err search_part_header(struct imap_match *c, const struct record_part *p)
{
	struct buf header;
	enum err e;

	buf_init(&header, RECORD_HEADER_OCTETS_MAX);
	e = message_read(c->s->mailbox, &c->item, p->header_at,
		p->header_octets < RECORD_HEADER_OCTETS_MAX ? p->header_octets
							    : RECORD_HEADER_OCTETS_MAX,
		&header);
	buf_clear(&c->text);
	imap_text_header(c->collation, buf_str(&header), &c->text);
	search_window(c, buf_str(&c->text));
	buf_done(&header);
	return e;
}

static bool is_text(const struct record_part *p)
{
	return p->kind == RECORD_PART_LEAF && str_ieq(p->type, S("text"));
}

static enum err begin_part(struct imap_match *c, const struct record_part *p)
{
	enum err e = c->part > 0 && p->header_octets > 0 ? search_part_header(c, p) : ERR_OK;

	c->in_part = true;
	c->at = 0;
	imap_text_begin(&c->body, p->encoding,
		record_param_value(&c->record, p->params, S("charset")), c->overlap);
	return e;
}

/* One piece of one part. *ret_end: there is no more. */
static enum err search_piece(struct imap_match *c, bool *ret_end)
{
	struct record_part p;
	uint64_t left;
	size_t used;
	enum err e = ERR_OK;

	*ret_end = !record_part(&c->record, c->part, &p);
	if (*ret_end)
		return ERR_OK;
	if (!c->in_part)
		e = begin_part(c, &p);
	left = p.body_octets - c->at;
	if (e == ERR_OK && is_text(&p) && left > 0) {
		buf_clear(&c->raw);
		e = message_read(c->s->mailbox, &c->item, p.body_at + c->at,
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

static enum err load(struct imap_match *c)
{
	struct record_part root;
	struct str octets;
	uint64_t header;
	enum err e = message_record(c->s->mailbox, &c->item, &c->arena, &octets);

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
	e = header > 0 ? message_read(c->s->mailbox, &c->item, 0, header, &c->header) : ERR_OK;
	if (e == ERR_OK && (c->record.flags & RECORD_OPAQUE))
		c->header.len = header_octets(buf_str(&c->header), NULL);
	return e;
}

static void begin_message(struct imap_match *c, uint32_t seq)
{
	arena_clear(&c->arena);
	c->depth = DEPTH_ITEM;
	c->folded_made = false;
	c->seq = seq;
}

/* What is still open is settled: nowhere in the body. */
static void settle(struct imap_match *c)
{
	for (size_t n = 0; n < c->wanted_count; n++) {
		uint32_t k = c->wanted[n];
		bool near_enough = c->fuzzy[k] && imap_fuzzy_score(c->fuzzy[k]) > 0;

		if (c->known[k] == UNKNOWN)
			c->known[k] = near_enough ? KNOWN_YES : KNOWN_NO;
	}
}

/* MAYBE: call again. A message that cannot be read does not match. */
static enum imap_truth deepen(struct imap_match *c)
{
	enum imap_truth t;
	bool end;

	if (c->depth == DEPTH_ITEM) {
		if (load(c) != ERR_OK)
			return IMAP_NO;
		c->depth = DEPTH_RECORD;
		t = imap_search_match(c->search, leaf, c);
		c->depth = DEPTH_BODY;
		c->part = 0;
		c->in_part = false;
		return t;
	}
	if (search_piece(c, &end) != ERR_OK)
		return IMAP_NO;
	if (end)
		settle(c);
	c->work += IMAP_MATCH_STEP;
	return imap_search_match(c->search, leaf, c);
}

static enum imap_truth look(struct imap_match *c)
{
	enum imap_truth t;

	if (c->depth != DEPTH_ITEM)
		return deepen(c);
	if (view_item_gone(c->view, c->seq))
		return IMAP_NO;
	c->item = *view_item(c->view, c->seq);
	memset(c->known, UNKNOWN, c->search->count);
	memset(c->near, 0, c->search->count);
	t = imap_search_match(c->search, leaf, c);
	return t == IMAP_MAYBE ? deepen(c) : t;
}

enum imap_truth imap_match_step(struct imap_match *c, uint32_t seq, size_t *work)
{
	enum imap_truth t;

	if (c->seq != seq)
		begin_message(c, seq);
	c->work = *work;
	t = look(c);
	*work = c->work;
	if (t != IMAP_MAYBE)
		c->seq = 0;
	return t;
}

unsigned imap_match_score(const struct imap_match *c)
{
	unsigned sum = 0, count = 0;

	for (size_t n = 0; n < c->search->count; n++) {
		bool met = c->known[n] == KNOWN_YES;
		unsigned score = c->fuzzy[n] ? (met ? imap_fuzzy_score(c->fuzzy[n]) : 0) : c->near[n];

		if (!c->counted[n] || score == 0)
			continue;
		sum += score;
		count++;
	}
	return count > 0 && sum / count > 0 ? sum / count : 100;
}

/* ---- the keys ---- */

static bool is_deep(enum imap_search_kind kind)
{
	return kind == IMAP_SEARCH_BODY || kind == IMAP_SEARCH_TEXT;
}

static bool is_text_key(enum imap_search_kind kind)
{
	return kind >= IMAP_SEARCH_HEADER && kind <= IMAP_SEARCH_TEXT;
}

static void prepare_fuzzy(struct imap_match *c, size_t n)
{
	const struct imap_search_key *key = &c->search->keys[n];

	if (!key->fuzzy || !is_text_key(key->kind) || key->text.len == 0)
		return;
	buf_clear(&c->text);
	imap_text_fold(IMAP_UNICODE_CASEMAP, key->text, &c->text);
	c->fuzzy[n] = imap_fuzzy_new(&c->kept, buf_str(&c->text));
}

static enum err prepare_key(struct imap_match *c, size_t n)
{
	const struct imap_search_key *key = &c->search->keys[n];

	if (key->kind == IMAP_SEARCH_EMAILID)
		c->emails[n] = imap_object_get_email(key->text, mailbox_id(c->s->mailbox));
	if (!utf8_valid(key->text))
		return ERR_SYNTAX;
	buf_clear(&c->text);
	imap_text_fold(c->collation, key->text, &c->text);
	if (c->text.len > IMAP_TEXT_KEY_OCTETS_MAX)
		return ERR_LIMIT;
	c->texts[n] = arena_str(&c->kept, buf_str(&c->text));
	prepare_fuzzy(c, n);
	c->needs_header |= key->kind == IMAP_SEARCH_HEADER || key->kind == IMAP_SEARCH_TEXT;
	if (!is_deep(key->kind))
		return ERR_OK;
	c->wanted[c->wanted_count++] = (uint32_t)n;
	if (c->texts[n].len > c->overlap)
		c->overlap = c->texts[n].len;
	if (c->fuzzy[n] && c->overlap < IMAP_FUZZY_OVERLAP)
		c->overlap = IMAP_FUZZY_OVERLAP;
	return ERR_OK;
}

/* What a NOT holds tells nothing of how relevant a message is. */
static void mark_counted(struct imap_match *c)
{
	const struct imap_search_key *keys = c->search->keys;

	for (size_t n = 0; n < c->search->count; n++)
		c->counted[n] = keys[n].fuzzy && keys[n].kind > IMAP_SEARCH_NOT;
	for (size_t n = 0; n < c->search->count; n++) {
		if (keys[n].kind == IMAP_SEARCH_NOT)
			memset(c->counted + n, 0, keys[n].end - n);
	}
}

void imap_match_view(struct imap_match *c, struct folder_view *view)
{
	uint32_t count = view_count(view);

	arena_clear(&c->viewed);
	c->view = view;
	c->seq = 0;
	c->sets = ARENA_ARRAY(&c->viewed, struct imap_set, c->search->count);
	for (size_t n = 0; n < c->search->count; n++) {
		const struct imap_search_key *key = &c->search->keys[n];
		struct imap_set *set = &c->sets[n];

		*set = key->set;
		if (!set->star)
			continue;
		set->ranges = ARENA_ARRAY(&c->viewed, struct imap_range, set->count);
		memcpy(set->ranges, key->set.ranges, set->count * sizeof(*set->ranges));
		imap_set_resolve(set, key->kind == IMAP_SEARCH_UID ? view_uid(view, count) : count);
	}
}

enum err imap_match_prepare(struct imap_match *c, enum imap_collation collation,
	const struct imap_search *search)
{
	size_t count = search->count;
	enum err e = ERR_OK;

	c->search = search;
	c->collation = c->body.collation = collation;
	c->now = clock_real_ms() / 1000;
	c->texts = ARENA_ARRAY(&c->kept, struct str, count);
	c->known = ARENA_ARRAY(&c->kept, uint8_t, count);
	c->fuzzy = ARENA_ARRAY(&c->kept, struct imap_fuzzy *, count);
	c->emails = ARENA_ARRAY(&c->kept, uint64_t, count);
	c->near = ARENA_ARRAY(&c->kept, uint8_t, count);
	c->counted = ARENA_ARRAY(&c->kept, bool, count);
	mark_counted(c);
	c->wanted = ARENA_ARRAY(&c->kept, uint32_t, count);
	c->asked_as = ARENA_ARRAY(&c->kept, size_t, count);
	for (size_t n = 0; n < count && e == ERR_OK; n++) {
		c->asked_as[n] = SEARCH_KEYS_MAX;
		e = prepare_key(c, n);
	}
	return e;
}

/* ---- the index ---- */

static void on_answer(void *arg, const struct search_answer *answer)
{
	struct imap_match *c = arg;

	c->answer = *answer;
	session_answered(c->s);
}

/* Strings that stand in the text of the index as they would be compared, or in other case there. */
static bool is_indexed(const struct imap_match *c, size_t n)
{
	enum imap_search_kind kind = c->search->keys[n].kind;

	return c->fuzzy[n] == NULL && (is_deep(kind) || kind == IMAP_SEARCH_HEADER);
}

enum step imap_match_ask(struct imap_match *c)
{
	struct str keys[SEARCH_KEYS_MAX];
	struct search_question question = { .mailbox = mailbox_id(c->s->mailbox),
		.keys = keys,
		.done = on_answer,
		.arg = c };

	for (size_t n = 0; n < c->search->count; n++) {
		if (question.count == SEARCH_KEYS_MAX || !is_indexed(c, n))
			continue;
		buf_clear(&c->text);
		imap_text_fold(IMAP_UNICODE_CASEMAP, c->texts[n], &c->text);
		if (!finder_key(buf_str(&c->text)))
			continue;
		c->asked_as[n] = question.count;
		keys[question.count++] = arena_str(&c->kept, buf_str(&c->text));
	}
	if (c->s->search == NULL || question.count == 0)
		return STEP_AGAIN;
	session_asked(c->s);
	search_ask(c->s->search, &question);
	return STEP_PEER;
}
