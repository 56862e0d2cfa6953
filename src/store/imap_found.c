#include "store/imap_found.h"

#include "base/mem.h"
#include "mail/charset.h"
#include "mail/record.h"
#include "store/imap_limit.h"
#include "store/imap_filter.h"
#include "store/imap_match.h"
#include "store/imap_progress.h"
#include "store/imap_sync.h"

#define HELD_MAX  ((size_t)65536) /* numbers that SEARCH keeps until its end */
#define TOLD_STEP 4000u

struct telling {
	const struct item *const *items;
	size_t told;
	imap_found_each *each;
	void *arg;
};

static bool tell(void *arg, size_t n, const struct message_parts *parts)
{
	struct telling *t = arg;

	if (parts->record == NULL)
		return false;
	t->each(t->arg, n, t->items[n], parts->record);
	t->told = n + 1;
	return true;
}

/* What the rows did not tell. */
static void tell_alone(struct imap *i, struct telling *t)
{
	struct arena a;
	struct str octets;
	struct record record;
	enum err e;

	arena_init(&a, ARENA_NONE);
	e = message_record(view_mailbox(i->view), t->items[0], &a, &octets);
	if (e == ERR_OK)
		e = record_open_view(octets, &record);
	t->each(t->arg, 0, t->items[0], e == ERR_OK ? &record : NULL);
	arena_done(&a);
}

size_t imap_found_records(struct imap *i, const uint32_t *seqs, size_t count, imap_found_each *each, void *arg)
{
	const struct item *items[MESSAGE_LIST_MAX];
	struct message_list list = { .items = items, .want = MESSAGE_RECORD };
	struct telling t = { .items = items, .each = each, .arg = arg };

	must(count > 0);
	for (size_t n = 0; n < count && n < MESSAGE_LIST_MAX; n++)
		items[list.count++] = view_item(i->view, seqs[n]);
	if (message_list_each(view_mailbox(i->view), &list, tell, &t) == ERR_OK && t.told > 0)
		return t.told;
	if (t.told == 0)
		tell_alone(i, &t);
	return t.told > 0 ? t.told : 1;
}

/* ---- the command ---- */

struct looking {
	struct imap_search args;
	const struct imap_after *after; /* NULL: told as it goes */
	void *after_state;
	uint32_t *found; /* owned */
	uint8_t *scores; /* owned; NULL: nothing is FUZZY */
	size_t found_count, found_room, enough, told;
	uint64_t highest; /* modseq of what was found; 0: nobody asked, or nothing was found */
	bool begun, asked;
	uint32_t seq; /* the message in hand */
	struct imap_match *match;
};

struct imap_search *imap_found_new(struct imap *i, const struct imap_after *after, void *state)
{
	struct looking *c = ARENA_NEW(&i->arena, struct looking);

	i->state = c;
	c->after = after;
	c->after_state = state;
	c->enough = SIZE_MAX;
	return &c->args;
}

void imap_found_enough(struct imap *i, size_t n)
{
	struct looking *c = i->state;

	c->enough = n;
}

const uint8_t *imap_found_scores(const struct imap *i)
{
	const struct looking *c = i->state;

	return c->scores;
}

void imap_found_then(struct imap *i, const struct imap_after *after, void *state)
{
	struct looking *c = i->state;

	c->after = after;
	c->after_state = state;
}

void imap_found_free(struct imap *i)
{
	struct looking *c = i->state;

	if (c->after != NULL && c->after->free != NULL)
		c->after->free(c->after_state);
	mem_free(c->found);
	mem_free(c->scores);
	imap_match_free(c->match);
}

enum err imap_found_decode(struct imap *i, struct imap_search *search)
{
	struct str charset = search->charset;
	struct buf b;
	bool known;

	if (charset.len == 0 || str_ieq(charset, S("UTF-8")) || str_ieq(charset, S("US-ASCII")))
		return ERR_OK;
	buf_init(&b, BUF_NO_CEILING);
	known = charset_to_utf8(charset, STR_NONE, &b);
	for (size_t n = 0; n < search->count && known; n++) {
		struct imap_search_key *key = &search->keys[n];

		if (key->kind == IMAP_SEARCH_KEYWORD || key->kind == IMAP_SEARCH_EMAILID ||
			key->kind == IMAP_SEARCH_THREADID)
			continue; /* atoms */
		buf_clear(&b);
		charset_to_utf8(charset, key->text, &b);
		key->text = arena_str(&i->arena, buf_str(&b));
	}
	buf_done(&b);
	return known ? ERR_OK : ERR_CHARSET;
}

enum err imap_found_resolve(struct imap *i, struct imap_search *search)
{
	uint32_t count = view_count(i->view);
	enum err e = ERR_OK;

	for (size_t n = 0; n < search->count && e == ERR_OK; n++) {
		struct imap_search_key *key = &search->keys[n];
		bool uid = key->kind == IMAP_SEARCH_UID;

		if (!key->set.saved)
			continue;
		imap_set_resolve(&key->set, uid ? view_uid(i->view, count) : count);
		e = imap_saved_join(i, &key->set, uid);
	}
	return e;
}

/* RFC 5182 section 2.1: what a search that fails would have saved is nothing. */
static enum step end_failed(struct imap *i, enum err e)
{
	struct looking *c = i->state;

	if ((c->args.returns & IMAP_RETURN_SAVE) && strcmp(err_row(e)->imap_status, "NO") == 0)
		imap_saved_clear(i);
	return imap_engine_over(i, e, NULL, STR_NONE);
}

bool imap_found_names_seqs(const struct imap_search *search)
{
	for (size_t n = 0; n < search->count; n++) {
		if (search->keys[n].kind == IMAP_SEARCH_SEQ)
			return true;
	}
	return false;
}

static bool is_set(const struct imap_search_key *key)
{
	return key->kind == IMAP_SEARCH_UID || key->kind == IMAP_SEARCH_SEQ;
}

static struct imap_set resolved(struct imap *i, const struct imap_search_key *key)
{
	uint32_t count = view_count(i->view);
	struct imap_set set = key->set;

	set.ranges = ARENA_ARRAY(&i->arena, struct imap_range, set.count + 1);
	if (set.count > 0)
		memcpy(set.ranges, key->set.ranges, set.count * sizeof(*set.ranges));
	imap_set_resolve(&set, key->kind == IMAP_SEARCH_UID ? view_uid(i->view, count) : count);
	return set;
}

/* What every message must be in, of one kind of numbers: whether these are uids. */
static bool outer_set(struct imap *i, const struct imap_search *search, struct imap_set *ret)
{
	static struct imap_range every = { 1, UINT32_MAX };
	const struct imap_search_key *first = NULL;

	*ret = (struct imap_set){ .ranges = &every, .count = 1 };
	for (uint32_t n = 1; n < search->keys[0].end; n = search->keys[n].end) {
		const struct imap_search_key *key = &search->keys[n];
		struct imap_set set;

		if (!is_set(key) || (first != NULL && first->kind != key->kind))
			continue;
		first = key;
		set = resolved(i, key);
		if (imap_set_meet(&i->arena, ret, &set) != ERR_OK)
			break;
	}
	return first == NULL || first->kind == IMAP_SEARCH_UID;
}

/* RFC 9738 section 3.1: of the messages that are to be searched, those with the highest uids. */
static uint32_t first_number(struct imap *i)
{
	struct looking *c = i->state;
	struct imap_set set;
	struct imap_walk walk = { .view = i->view, .set = &set, .seq = 1 };
	uint32_t limit = imap_limit_messages(i), count, seq;

	if (limit == 0)
		return 1;
	walk.uid = outer_set(i, &c->args, &set);
	count = imap_walk_pass(&walk, UINT32_MAX);
	if (count <= limit)
		return 1;
	walk.range = 0;
	walk.seq = 1;
	walk.last = 0;
	imap_walk_pass(&walk, count - limit);
	seq = imap_walk_next(&walk);
	imap_limit_note(i, view_uid(i->view, seq));
	return seq;
}

/* RFC 9738 section 3.3: what is sorted or threaded in parts is neither. */
static bool needs_all(const struct imap *i)
{
	return i->command.verb == IMAP_SORT || i->command.verb == IMAP_THREAD;
}

static enum step refuse_many(struct imap *i)
{
	struct looking *c = i->state;

	if (c->args.returns & IMAP_RETURN_SAVE)
		imap_saved_clear(i);
	i->limit_code = NULL;
	return imap_limit_refuse(i, imap_limit_messages(i));
}

static enum step begin(struct imap *i)
{
	struct looking *c = i->state;
	struct str name;
	enum err e = imap_filter_expand(i, &c->args, &name);

	if (e != ERR_OK) {
		(void)end_failed(i, e);
		return imap_filter_failed(i, e, name);
	}
	e = imap_found_decode(i, &c->args);

	c->begun = true;
	i->numbers_used = imap_found_names_seqs(&c->args);
	if (e == ERR_OK && imap_enabled(i, IMAP_CAP_UIDONLY) && i->numbers_used)
		e = ERR_UIDREQUIRED;
	if (e == ERR_OK)
		e = imap_found_resolve(i, &c->args);
	if (e != ERR_OK)
		return end_failed(i, e);
	c->match = imap_match_new(i->s, view_mailbox(i->view));
	e = imap_match_prepare(c->match, i->collation, &c->args);
	if (e != ERR_OK)
		return end_failed(i, e);
	imap_match_view(c->match, i->view);
	c->seq = first_number(i);
	if (c->seq > 1 && i->limit_code != NULL && needs_all(i))
		return refuse_many(i);
	if (c->args.modseq)
		imap_sync_enable(i);
	return STEP_AGAIN;
}

uint64_t imap_found_modseq(const struct imap *i)
{
	const struct looking *c = i->state;

	return c->highest;
}

static void note_found(struct imap *i)
{
	struct looking *c = i->state;
	uint64_t modseq = c->args.modseq ? view_item(i->view, c->seq)->modseq : 0;

	c->highest = modseq > c->highest ? modseq : c->highest;
	if (c->found_count == c->found_room) {
		c->found_room = c->found_room ? c->found_room * 2 : 64;
		c->found = mem_resize(c->found, c->found_room * sizeof(*c->found));
		if (c->args.fuzzy)
			c->scores = mem_resize(c->scores, c->found_room);
	}
	if (c->args.fuzzy)
		c->scores[c->found_count] = (uint8_t)imap_match_score(c->match);
	c->found[c->found_count++] = c->seq;
}

void imap_found_put_modseq(struct imap *i)
{
	if (imap_found_modseq(i) > 0)
		buf_printf(imap_out(i), " (MODSEQ %llu)", (unsigned long long)imap_found_modseq(i));
}

static enum step ask_index(struct imap *i)
{
	struct looking *c = i->state;

	c->asked = true;
	return imap_match_ask(c->match);
}

/* SEARCH tells what it found at its end, or from when it is much: until then the line is free for word of how far it is. */
static bool is_to_be_told(struct imap *i, const struct looking *c)
{
	return c->after == NULL && c->told < c->found_count &&
	       (c->seq > view_count(i->view) || i->mid_line || c->found_count >= HELD_MAX);
}

static void put_head(struct imap *i)
{
	if (!i->mid_line)
		buf_put(imap_out(i), S("* SEARCH"));
	i->mid_line = true;
}

static enum step tell_found(struct imap *i)
{
	struct looking *c = i->state;

	put_head(i);
	for (unsigned n = 0; n < TOLD_STEP && c->told < c->found_count; n++) {
		buf_put_octet(imap_out(i), ' ');
		buf_put_u64(imap_out(i), imap_found_number(i, c->found[c->told++]));
	}
	if (c->told == c->found_count)
		c->told = c->found_count = 0;
	return STEP_AGAIN;
}

enum step imap_found_run(struct imap *i)
{
	struct looking *c = i->state;

	if (!c->begun)
		return begin(i);
	if (!c->asked)
		return ask_index(i);
	if (is_to_be_told(i, c))
		return tell_found(i);
	imap_progress(i, c->seq - 1, c->after == NULL ? view_count(i->view) : IMAP_PROGRESS_UNKNOWN);
	for (size_t work = 0;
		work < IMAP_MATCH_STEP && c->seq <= view_count(i->view) && imap_has_room(i);) {
		enum imap_truth t = imap_match_next(c->match, c->seq, &work);

		if (t == IMAP_MAYBE)
			continue;
		if (t == IMAP_YES)
			note_found(i);
		c->seq++;
		work += 10;
		if (c->found_count == c->enough)
			c->seq = view_count(i->view) + 1;
	}
	if (c->seq <= view_count(i->view) || is_to_be_told(i, c))
		return STEP_AGAIN;
	if (c->after != NULL)
		imap_progress(i, IMAP_PROGRESS_UNKNOWN, IMAP_PROGRESS_UNKNOWN);
	if (c->after != NULL)
		return c->after->run(i, c->after_state, c->found, c->found_count);
	put_head(i);
	imap_found_put_modseq(i);
	buf_put(imap_out(i), S("\r\n"));
	i->mid_line = false;
	return imap_engine_over(i, ERR_OK, NULL, STR_NONE);
}
