#include "store/imap_match.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "io/clock.h"
#include "mail/header.h"
#include "store/imap_match_int.h"
#include "store/imap_fuzzy.h"
#include "store/imap_object.h"
#include "store/imap_text.h"
#include "store/search.h"

#define ASK_MESSAGES 2000u /* of which the header is looked through */

struct imap_match *imap_match_new(struct session *s, struct mailbox *mailbox)
{
	struct imap_match *c = MEM_NEW(struct imap_match);

	c->s = s;
	c->mailbox = mailbox;
	arena_init(&c->keys, ARENA_NONE);
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
	arena_done(&c->keys);
	arena_done(&c->viewed);
	imap_match_rest(c);
	mem_free(c);
}

static enum imap_truth leaf(void *arg, const struct imap_search_key *key)
{
	struct imap_match *c = arg;
	size_t n = (size_t)(key - c->search->keys);
	enum imap_truth t;

	c->work++;
	if (c->known[n] != UNKNOWN)
		return imap_match_truth(c->known[n] == KNOWN_YES);
	t = imap_match_item(c, key);
	if (t == IMAP_MAYBE && !search_answer_may(&c->answer, c->asked_as[n], c->item.email))
		return IMAP_NO;
	if (t != IMAP_MAYBE || c->depth == DEPTH_ITEM)
		return t;
	/* Bodies are looked through for all keys at once; until then nothing new is known of BODY
	 * and TEXT. */
	if (c->depth == DEPTH_BODY)
		return IMAP_MAYBE;
	c->work += c->has_header ? 100 : 20;
	t = imap_match_record(c, key, n);
	if (t != IMAP_MAYBE)
		c->known[n] = t == IMAP_YES ? KNOWN_YES : KNOWN_NO;
	return t;
}

/* ---- bodies ---- */

static void search_window(struct imap_match *c, struct str window)
{
	for (size_t n = 0; n < c->wanted_count; n++) {
		uint32_t k = c->wanted[n];

		if (c->known[k] == UNKNOWN && imap_match_finds(c, k, window))
			c->known[k] = KNOWN_YES;
	}
}

/* Fields of parts inside belong to the body. */
static enum err search_part_header(struct imap_match *c, const struct record_part *p)
{
	struct buf header;
	enum err e;

	buf_init(&header, RECORD_HEADER_OCTETS_MAX);
	e = message_read(c->mailbox, &c->item, p->header_at,
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
		e = message_read(c->mailbox, &c->item, p.body_at + c->at,
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
	enum err e = message_record(c->mailbox, &c->item, &c->arena, &octets);

	if (e == ERR_OK)
		e = record_open_view(octets, &c->record);
	buf_clear(&c->header);
	c->has_header = true;
	if (e != ERR_OK || !(c->needs_header || (c->record.flags & RECORD_OPAQUE)))
		return e;
	if (!record_part(&c->record, 0, &root))
		return ERR_UNREADABLE;
	header = (c->record.flags & RECORD_OPAQUE) ? c->item.octets : root.header_octets;
	if (header > RECORD_HEADER_OCTETS_MAX)
		header = RECORD_HEADER_OCTETS_MAX;
	e = header > 0 ? message_read(c->mailbox, &c->item, 0, header, &c->header) : ERR_OK;
	if (e == ERR_OK && (c->record.flags & RECORD_OPAQUE))
		c->header.len = header_octets(buf_str(&c->header), NULL);
	return e;
}

/* Others may add some at any time. */
static void find_keywords(struct imap_match *c)
{
	for (size_t n = 0; n < c->search->count; n++) {
		const struct imap_search_key *key = &c->search->keys[n];
		struct str keyword;

		if (key->kind != IMAP_SEARCH_KEYWORD)
			continue;
		for (c->keywords[n] = 0; c->keywords[n] < ITEM_KEYWORDS_MAX; c->keywords[n]++) {
			keyword = folder_keyword(c->mailbox, view_folder(c->view), c->keywords[n]);
			if (keyword.len == 0)
				c->keywords[n] = ITEM_KEYWORDS_MAX;
			if (keyword.len == 0 || str_ieq(keyword, key->text))
				break;
		}
	}
}

static void begin_message(struct imap_match *c, uint32_t seq)
{
	arena_clear(&c->arena);
	find_keywords(c);
	c->has_header = false;
	c->kept = STR_NONE;
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

void imap_match_rest(struct imap_match *c)
{
	c->seq = 0;
	c->many_count = 0;
	arena_done(&c->arena);
	buf_done(&c->header);
	buf_done(&c->text);
	buf_done(&c->line);
	buf_done(&c->folded);
	buf_done(&c->refolded);
	buf_done(&c->raw);
	imap_text_done(&c->body);
}

/* ---- many messages at once ---- */

struct many {
	struct imap_match *c;
	const struct item *items[MESSAGE_LIST_MAX]; /* those that their rows in the folder leave open */
	size_t places[MESSAGE_LIST_MAX];
	size_t count;
};

static bool ask_rows(void *arg, size_t n, const struct message_parts *parts)
{
	struct many *m = arg;
	struct imap_match *c = m->c;

	if ((c->want & MESSAGE_RECORD) && parts->record == NULL)
		return true;
	if (parts->record != NULL)
		c->record = *parts->record;
	c->kept = parts->kept;
	c->item = *m->items[n];
	c->seq = c->many_first + (uint32_t)m->places[n];
	memset(c->known, UNKNOWN, c->search->count);
	c->many[m->places[n]] = imap_search_match(c->search, leaf, c);
	return true;
}

/* The first of them is read at once, so it is not among those that others may unpack meanwhile. */
static void read_ahead(struct imap_match *c, const struct many *m)
{
	UNZEROED const struct item *items[MESSAGE_LIST_MAX];
	size_t count = 0, open = 0;

	for (size_t n = 0; n < m->count; n++) {
		if (c->many[m->places[n]] == IMAP_MAYBE && open++ > 0)
			items[count++] = m->items[n];
	}
	if (count > 0)
		message_ahead(c->mailbox, items, count);
}

static void ask_many(struct imap_match *c, uint32_t seq)
{
	uint32_t left = view_count(c->view) - seq + 1;
	struct many m = { .c = c };
	struct message_list list = { .items = m.items, .want = c->want };

	begin_message(c, seq);
	c->many_first = seq;
	c->many_count = left < MESSAGE_LIST_MAX ? left : MESSAGE_LIST_MAX;
	for (size_t n = 0; n < c->many_count; n++) {
		const struct item *it = view_item(c->view, seq + (uint32_t)n);

		c->seq = seq + (uint32_t)n;
		c->item = *it;
		memset(c->known, UNKNOWN, c->search->count);
		c->many[n] = view_item_gone(c->view, c->seq) ? IMAP_NO : imap_search_match(c->search, leaf, c);
		if (c->many[n] != IMAP_MAYBE)
			continue;
		m.items[m.count] = it;
		m.places[m.count++] = n;
	}
	list.count = m.count;
	c->depth = DEPTH_RECORD;
	/* What they do not tell, for whatever reason, is looked at alone. */
	if (m.count > 0 && c->want != 0 && message_list_each(c->mailbox, &list, ask_rows, &m) != ERR_OK)
		c->many_count = 0;
	if (c->many_count > 0 && c->reads_bodies)
		read_ahead(c, &m);
	c->seq = 0;
}

enum imap_truth imap_match_next(struct imap_match *c, uint32_t seq, size_t *work)
{
	if ((c->want == 0 && !c->reads_bodies) || c->seq == seq)
		return imap_match_step(c, seq, work);
	if (seq < c->many_first || seq >= c->many_first + c->many_count) {
		c->work = *work;
		ask_many(c, seq);
		*work = c->work;
	}
	if (c->many_count > 0 && c->many[seq - c->many_first] != IMAP_MAYBE)
		return c->many[seq - c->many_first];
	return imap_match_step(c, seq, work);
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
	c->fuzzy[n] = imap_fuzzy_new(&c->keys, buf_str(&c->text));
}

static enum err prepare_key(struct imap_match *c, size_t n)
{
	const struct imap_search_key *key = &c->search->keys[n];

	if (key->kind == IMAP_SEARCH_EMAILID)
		c->emails[n] = imap_object_get_email(key->text, mailbox_id(c->mailbox));
	if (!utf8_valid(key->text))
		return ERR_SYNTAX;
	buf_clear(&c->text);
	imap_text_fold(c->collation, key->text, &c->text);
	if (c->text.len > IMAP_TEXT_KEY_OCTETS_MAX)
		return ERR_LIMIT;
	c->texts[n] = arena_str(&c->keys, buf_str(&c->text));
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

/* Scores are those of one message in hand, so what is FUZZY is looked at alone. */
static unsigned what_to_want(const struct imap_search *search)
{
	unsigned want = 0;

	for (size_t n = 0; n < search->count && !search->fuzzy; n++) {
		enum imap_search_kind kind = search->keys[n].kind;

		if (kind == IMAP_SEARCH_NOTE)
			return 0; /* the engine is asked for it, as it is not while rows are told */
		if (kind == IMAP_SEARCH_HEADER)
			want |= MESSAGE_KEPT;
		else if ((kind >= IMAP_SEARCH_BCC && kind <= IMAP_SEARCH_SUBJECT) ||
			(kind >= IMAP_SEARCH_SENTBEFORE && kind <= IMAP_SEARCH_SENTSINCE) ||
			kind == IMAP_SEARCH_THREADID)
			want |= MESSAGE_RECORD;
	}
	return want;
}

void imap_match_view(struct imap_match *c, struct folder_view *view)
{
	uint32_t count = view_count(view);

	arena_clear(&c->viewed);
	c->view = view;
	c->seq = 0;
	c->many_count = 0;
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
	c->texts = ARENA_ARRAY(&c->keys, struct str, count);
	c->known = ARENA_ARRAY(&c->keys, uint8_t, count);
	c->fuzzy = ARENA_ARRAY(&c->keys, struct imap_fuzzy *, count);
	c->emails = ARENA_ARRAY(&c->keys, uint64_t, count);
	c->keywords = ARENA_ARRAY(&c->keys, unsigned, count);
	c->want = what_to_want(search);
	c->near = ARENA_ARRAY(&c->keys, uint8_t, count);
	c->counted = ARENA_ARRAY(&c->keys, bool, count);
	mark_counted(c);
	c->wanted = ARENA_ARRAY(&c->keys, uint32_t, count);
	c->asked_as = ARENA_ARRAY(&c->keys, size_t, count);
	for (size_t n = 0; n < count && e == ERR_OK; n++) {
		c->asked_as[n] = SEARCH_KEYS_MAX;
		e = prepare_key(c, n);
	}
	/* As in what_to_want. */
	c->reads_bodies = c->wanted_count > 0 && !search->fuzzy;
	return e;
}

/* ---- the index ---- */

static void on_answer(void *arg, const struct search_answer *answer)
{
	struct imap_match *c = arg;

	c->answer = *answer;
	session_answered(c->s);
}

/* The rows of a few messages are read sooner than the index has answered. */
static bool is_worth_asking(const struct imap_match *c)
{
	return c->wanted_count > 0 || c->view == NULL || view_count(c->view) >= ASK_MESSAGES;
}

enum step imap_match_ask(struct imap_match *c)
{
	struct str keys[SEARCH_KEYS_MAX];
	struct search_question question = { .mailbox = mailbox_id(c->mailbox),
		.keys = keys,
		.done = on_answer,
		.arg = c };

	for (size_t n = 0; n < c->search->count; n++) {
		if (question.count == SEARCH_KEYS_MAX || !is_text_key(c->search->keys[n].kind) ||
			c->fuzzy[n] != NULL)
			continue;
		buf_clear(&c->text);
		imap_text_fold(IMAP_UNICODE_CASEMAP, c->texts[n], &c->text);
		if (!finder_key(buf_str(&c->text)))
			continue;
		c->asked_as[n] = question.count;
		keys[question.count++] = arena_str(&c->keys, buf_str(&c->text));
	}
	/* The index forgets what was deleted. */
	if (c->view != NULL && folder_is_kept(view_folder(c->view)))
		return STEP_AGAIN;
	if (c->s->search == NULL || question.count == 0 || !is_worth_asking(c))
		return STEP_AGAIN;
	session_asked(c->s);
	search_ask(c->s->search, &question);
	return STEP_PEER;
}
