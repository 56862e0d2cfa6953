#include "store/imap_context.h"

#include <stdlib.h>

#include "base/mem.h"
#include "store/imap_esearch.h"
#include "store/imap_fetch.h"
#include "store/imap_match.h"
#include "store/imap_sort.h"

#define NUMBERS_LINE 1000u /* told in one line */
#define FRESH_MAX    ((size_t)1000) /* ranges of new messages that are fetched at once */

struct imap_context {
	struct arena arena; /* what the command left: */
	struct str tag;
	struct imap_search search;
	struct imap_sort sort;
	enum imap_collation collation;
	bool uid, sorted;
	struct imap_match *match;
	uint32_t *uids;  /* of the results, ascending; owned */
	uint32_t *order; /* the same as they are sorted; owned, NULL: as above */
	size_t count, room;
	uint32_t uid_limit; /* messages above it were not looked at */
	struct imap_range *fresh; /* new ones, to be fetched; owned */
	size_t fresh_count;

	/* While it is told of. */
	bool running;
	size_t touched, news;
	uint32_t seq;
	uint32_t *came, *left; /* numbers as the client has them, NUMBERS_LINE of each; owned */
	size_t came_count, left_count;
	struct buf moves; /* of a sorted one: positions count, so all in order */
	char moving;      /* the list that is open in it: '+', '-' or none */
};

/* ---- results ---- */

static size_t lower(const struct imap_context *c, uint32_t uid)
{
	size_t from = 0, to = c->count;

	while (from < to) {
		size_t mid = from + (to - from) / 2;

		if (c->uids[mid] < uid)
			from = mid + 1;
		else
			to = mid;
	}
	return from;
}

static bool has(const struct imap_context *c, uint32_t uid)
{
	size_t at = lower(c, uid);

	return at < c->count && c->uids[at] == uid;
}

static void insert(uint32_t *row, size_t count, size_t at, uint32_t uid)
{
	memmove(row + at + 1, row + at, (count - at) * sizeof(*row));
	row[at] = uid;
}

static void take_out(uint32_t *row, size_t count, size_t at)
{
	memmove(row + at, row + at + 1, (count - at - 1) * sizeof(*row));
}

static void make_room(struct imap_context *c)
{
	if (c->count < c->room)
		return;
	c->room = c->room > 0 ? c->room * 2 : 64;
	c->uids = mem_resize(c->uids, c->room * sizeof(*c->uids));
	if (c->sorted)
		c->order = mem_resize(c->order, c->room * sizeof(*c->order));
}

static size_t place_of(const struct imap_context *c, uint32_t uid)
{
	size_t n = 0;

	while (n < c->count && c->order[n] != uid)
		n++;
	must(n < c->count);
	return n;
}

/* Where a message belongs in a sorted one. */
static size_t place_for(struct imap *i, const struct imap_context *c, uint32_t uid)
{
	size_t from = 0, to = c->count;

	while (from < to) {
		size_t mid = from + (to - from) / 2;
		uint32_t seqs[2] = { view_seq(i->view, c->order[mid]), view_seq(i->view, uid) };

		if (seqs[0] == 0 || imap_sort_order(i, &c->sort, c->collation, seqs) < 0)
			from = mid + 1;
		else
			to = mid;
	}
	return from;
}

/* ---- telling ---- */

static void put_head(struct imap *i, const struct imap_context *c)
{
	struct buf *to = imap_out(i);

	buf_put(to, S("* ESEARCH (TAG "));
	imap_put_string(to, c->tag, false);
	buf_put(to, c->uid ? S(") UID") : S(")"));
}

static int number_order(const void *a, const void *b)
{
	uint32_t one = *(const uint32_t *)a, two = *(const uint32_t *)b;

	return one < two ? -1 : one > two;
}

static void put_numbers(struct imap *i, struct str what, uint32_t *numbers, size_t count)
{
	struct buf *to = imap_out(i);

	if (count == 0)
		return;
	qsort(numbers, count, sizeof(*numbers), number_order);
	buf_put(to, what);
	imap_set_put_numbers(to, numbers, count);
	buf_put_octet(to, ')');
}

static void put_line(struct imap *i, struct imap_context *c)
{
	if (c->came_count + c->left_count + c->moves.len == 0)
		return;
	put_head(i, c);
	put_numbers(i, S(" REMOVEFROM (0 "), c->left, c->left_count);
	put_numbers(i, S(" ADDTO (0 "), c->came, c->came_count);
	buf_put(imap_out(i), buf_str(&c->moves));
	buf_put(imap_out(i), c->moving != 0 ? S(")\r\n") : S("\r\n"));
	c->came_count = c->left_count = 0;
	c->moving = 0;
	buf_clear(&c->moves);
}

static void move(struct imap_context *c, char how, size_t place, uint32_t number)
{
	if (c->moving != 0 && c->moving != how)
		buf_put_octet(&c->moves, ')');
	if (c->moving != how)
		buf_put(&c->moves, how == '+' ? S(" ADDTO (") : S(" REMOVEFROM ("));
	buf_printf(&c->moves, "%s%zu %u", c->moving == how ? " " : "", place + 1, number);
	c->moving = how;
}

static bool is_full(const struct imap_context *c)
{
	return c->came_count == NUMBERS_LINE || c->left_count == NUMBERS_LINE ||
	       c->moves.len > NUMBERS_LINE * 8;
}

static void leave(struct imap_context *c, uint32_t uid, uint32_t number)
{
	if (c->sorted) {
		size_t place = place_of(c, uid);

		take_out(c->order, c->count, place);
		move(c, '-', place, number);
	} else {
		c->left[c->left_count++] = number;
	}
	take_out(c->uids, c->count, lower(c, uid));
	c->count--;
}

static void come(struct imap *i, struct imap_context *c, uint32_t uid, uint32_t number)
{
	make_room(c);
	if (c->sorted) {
		size_t place = place_for(i, c, uid);

		insert(c->order, c->count, place, uid);
		move(c, '+', place, number);
	} else {
		c->came[c->came_count++] = number;
	}
	insert(c->uids, c->count, lower(c, uid), uid);
	c->count++;
}

static void begin(struct imap_context *c)
{
	c->running = true;
	c->touched = c->news = 0;
	c->came = mem_new(NUMBERS_LINE * sizeof(*c->came));
	c->left = mem_new(NUMBERS_LINE * sizeof(*c->left));
}

/* Until something happens again it costs little. */
static void end(struct imap_context *c)
{
	c->running = false;
	mem_free(c->came);
	mem_free(c->left);
	c->came = c->left = NULL;
	buf_done(&c->moves);
	imap_match_rest(c->match);
}

/* ---- what is expunged ---- */

/* Highest number first, so that the numbers told are those from before all of them. */
static bool tell_left(struct imap *i, struct imap_context *c)
{
	for (; c->news < i->news_count && i->news[c->news].kind == VIEW_EXPUNGE; c->news++) {
		const struct imap_news *n = &i->news[c->news];

		if (is_full(c)) {
			put_line(i, c);
			return false;
		}
		if (has(c, n->uid))
			leave(c, n->uid, c->uid ? n->uid : n->seq);
	}
	put_line(i, c);
	return true;
}

bool imap_contexts_before(struct imap *i)
{
	struct imap_contexts *all = &i->contexts;

	if (all->left)
		return true;
	for (; all->at < all->count; all->at++) {
		struct imap_context *c = all->of[all->at];

		if (!c->running)
			begin(c);
		if (!tell_left(i, c))
			return false;
		end(c);
	}
	all->left = true;
	all->at = 0;
	return true;
}

/* ---- what changed and what came ---- */

void imap_contexts_touched(struct imap *i, const uint32_t *uids, size_t count)
{
	struct imap_contexts *all = &i->contexts;

	if (all->count == 0 || count == 0)
		return;
	all->touched = mem_resize(
		all->touched, (all->touched_count + count) * sizeof(*all->touched));
	memcpy(all->touched + all->touched_count, uids, count * sizeof(*uids));
	all->touched_count += count;
}

/* The next message to be looked at; 0: there is none. */
static uint32_t next(struct imap *i, struct imap_context *c)
{
	for (; c->touched < i->contexts.touched_count; c->touched++) {
		uint32_t seq = view_seq(i->view, i->contexts.touched[c->touched]);

		if (seq != 0)
			return seq;
	}
	while (c->news < i->news_count) {
		const struct imap_news *n = &i->news[c->news];
		uint32_t seq = n->kind == VIEW_FLAGS ? view_seq(i->view, n->uid) : 0;

		if (seq != 0)
			return seq;
		c->news++;
	}
	return c->seq <= view_count(i->view) ? c->seq : 0;
}

static void passed(struct imap *i, struct imap_context *c)
{
	if (c->touched < i->contexts.touched_count)
		c->touched++;
	else if (c->news < i->news_count)
		c->news++;
	else
		c->seq++;
}

/* RFC 5465 section 7: what is told of messages that are new, not of others that came to be among the results. */
static void keep_fresh(struct imap *i, struct imap_context *c, uint32_t uid)
{
	struct imap_range *last = c->fresh_count > 0 ? &c->fresh[c->fresh_count - 1] : NULL;

	if (c->search.updates == NULL || c->touched < i->contexts.touched_count ||
		c->news < i->news_count || c->fresh_count == FRESH_MAX)
		return;
	if (last != NULL && last->last + 1 == uid) {
		last->last = uid;
		return;
	}
	c->fresh = mem_resize(c->fresh, (c->fresh_count + 1) * sizeof(*c->fresh));
	c->fresh[c->fresh_count++] = (struct imap_range){ uid, uid };
}

bool imap_contexts_due(const struct imap *i)
{
	for (size_t n = 0; n < i->contexts.count && !i->nested; n++) {
		if (i->contexts.of[n]->fresh_count > 0)
			return true;
	}
	return false;
}

void imap_contexts_fetch(struct imap *i)
{
	struct imap_context *c;
	size_t n = 0;

	while (i->contexts.of[n]->fresh_count == 0)
		n++;
	c = i->contexts.of[n];
	imap_fetch_untold(i, c->search.updates, &(struct imap_set){ .ranges = c->fresh, .count = c->fresh_count });
	mem_free(c->fresh);
	c->fresh = NULL;
	c->fresh_count = 0;
}

static bool tell_came(struct imap *i, struct imap_context *c)
{
	uint32_t seq;

	for (size_t work = 0; (seq = next(i, c)) != 0;) {
		uint32_t uid = view_uid(i->view, seq), number = c->uid ? uid : seq;
		enum imap_truth t;

		if (is_full(c))
			put_line(i, c);
		if (work >= IMAP_MATCH_STEP || !imap_has_room(i))
			return false;
		t = imap_match_step(c->match, seq, &work);
		if (t == IMAP_MAYBE)
			continue;
		if (t == IMAP_YES && !has(c, uid)) {
			come(i, c, uid, number);
			keep_fresh(i, c, uid);
		}
		else if (t == IMAP_NO && has(c, uid))
			leave(c, uid, number);
		passed(i, c);
		work += 10;
	}
	put_line(i, c);
	return true;
}

static void begin_came(struct imap *i, struct imap_context *c)
{
	begin(c);
	c->seq = view_seq_from(i->view, c->uid_limit + 1);
	imap_match_view(c->match, i->view);
}

bool imap_contexts_after(struct imap *i)
{
	struct imap_contexts *all = &i->contexts;

	for (; all->at < all->count; all->at++) {
		struct imap_context *c = all->of[all->at];

		if (!c->running)
			begin_came(i, c);
		if (!tell_came(i, c))
			return false;
		end(c);
		if (view_count(i->view) > 0)
			c->uid_limit = view_uid(i->view, view_count(i->view));
	}
	all->at = 0;
	all->left = false;
	mem_free(all->touched);
	all->touched = NULL;
	all->touched_count = 0;
	return true;
}

/* ---- from the command to the end ---- */

static void context_free(struct imap_context *c)
{
	imap_match_free(c->match);
	mem_free(c->uids);
	mem_free(c->order);
	mem_free(c->fresh);
	mem_free(c->came);
	mem_free(c->left);
	buf_done(&c->moves);
	arena_done(&c->arena);
	mem_free(c);
}

void imap_contexts_drop(struct imap *i)
{
	for (size_t n = 0; n < i->contexts.count; n++)
		context_free(i->contexts.of[n]);
	mem_free(i->contexts.touched);
	i->contexts = (struct imap_contexts){ 0 };
}

bool imap_context_has(const struct imap *i, struct str tag)
{
	for (size_t n = 0; n < i->contexts.count; n++) {
		if (str_eq(i->contexts.of[n]->tag, tag))
			return true;
	}
	return false;
}

/* What a set means stays as it was when the command came: numbers become uids (section 4.3). */
static void keep_set(struct imap *i, struct imap_context *c, struct imap_search_key *key)
{
	struct imap_set *set = &key->set;
	struct imap_range *ranges = ARENA_ARRAY(&c->arena, struct imap_range, set->count + 1);
	size_t count = 0;

	if (set->count > 0)
		memcpy(ranges, set->ranges, set->count * sizeof(*ranges));
	set->ranges = ranges;
	if (key->kind != IMAP_SEARCH_SEQ)
		return;
	key->kind = IMAP_SEARCH_UID;
	imap_set_resolve(set, view_count(i->view));
	for (size_t n = 0; n < set->count; n++) {
		struct imap_range r = ranges[n];

		r.last = r.last < view_count(i->view) ? r.last : view_count(i->view);
		if (r.first <= r.last)
			ranges[count++] = (struct imap_range){ view_uid(i->view, r.first), view_uid(i->view, r.last) };
	}
	set->count = count;
}

static void keep_search(struct imap *i, struct imap_context *c, const struct imap_search *search)
{
	c->search = *search;
	if (search->updates != NULL)
		c->search.updates = imap_fetch_copy(&c->arena, search->updates);
	c->search.keys = ARENA_ARRAY(&c->arena, struct imap_search_key, search->count);
	memcpy(c->search.keys, search->keys, search->count * sizeof(*search->keys));
	for (size_t n = 0; n < search->count; n++) {
		struct imap_search_key *key = &c->search.keys[n];

		key->text = arena_str(&c->arena, key->text);
		key->field = arena_str(&c->arena, key->field);
		keep_set(i, c, key);
	}
}

static void keep_results(struct imap *i, struct imap_context *c, const struct imap_esearch *e)
{
	c->room = e->count + 64;
	c->uids = mem_new(c->room * sizeof(*c->uids));
	c->order = c->sorted ? mem_new(c->room * sizeof(*c->order)) : NULL;
	for (size_t n = 0; n < e->count; n++)
		c->uids[n] = view_uid(i->view, e->at(e->arg, n));
	c->count = e->count;
	if (!c->sorted)
		return;
	memcpy(c->order, c->uids, c->count * sizeof(*c->uids));
	qsort(c->uids, c->count, sizeof(*c->uids), number_order);
}

static const char *why_not(const struct imap *i, const struct imap_esearch *e)
{
	size_t results = e->count;

	for (size_t n = 0; n < i->contexts.count; n++)
		results += i->contexts.of[n]->count;
	if (i->contexts.count == IMAP_CONTEXTS_MAX)
		return "too many contexts";
	if (results > IMAP_CONTEXT_RESULTS_MAX)
		return "too many results";
	for (size_t n = 0; e->sort != NULL && n < e->sort->count; n++) {
		if (e->sort->by[n].key == IMAP_SORT_RELEVANCY)
			return "relevance is not kept up to date";
	}
	return NULL;
}

void imap_context_refuse(struct imap *i, struct str tag, const char *why)
{
	struct buf *to = imap_out(i);

	buf_put(to, S("* NO [NOUPDATE "));
	imap_put_string(to, tag, false);
	buf_put(to, S("] "));
	imap_put_text(to, i->language, str_from_c(why));
}

void imap_context_add(struct imap *i, const struct imap_esearch *e)
{
	const char *why = why_not(i, e);
	struct imap_context *c;

	if (why != NULL) {
		imap_context_refuse(i, i->command.tag, why);
		return;
	}
	c = MEM_NEW(struct imap_context);
	arena_init(&c->arena, ARENA_NONE);
	buf_init(&c->moves, BUF_NO_CEILING);
	c->tag = arena_str(&c->arena, i->command.tag);
	c->uid = e->uid;
	c->sorted = e->sort != NULL;
	if (c->sorted)
		c->sort = *e->sort;
	c->collation = i->collation;
	c->uid_limit = view_count(i->view) > 0 ? view_uid(i->view, view_count(i->view)) : 0;
	c->match = imap_match_new(i->s, view_mailbox(i->view));
	keep_search(i, c, e->search);
	keep_results(i, c, e);
	if (imap_match_prepare(c->match, c->collation, &c->search) != ERR_OK) {
		imap_context_refuse(i, c->tag, "it cannot be kept"); /* it was prepared once before */
		context_free(c);
		return;
	}
	i->contexts.of[i->contexts.count++] = c;
}

/* ---- CANCELUPDATE ---- */

#define TAGS_MAX 100u

struct cancelling {
	size_t count;
	struct str tags[TAGS_MAX];
};

static void read_cancel(struct imap *i, struct imap_args *args)
{
	struct cancelling *c = ARENA_NEW(&i->arena, struct cancelling);

	i->state = c;
	do {
		if (c->count == TAGS_MAX) {
			imap_args_fail(args, ERR_LIMIT);
			return;
		}
		c->tags[c->count++] = imap_arg_string(args);
	} while (args->err == ERR_OK && imap_arg_more(args));
}

static void cancel(struct imap *i, struct str tag)
{
	struct imap_contexts *all = &i->contexts;

	for (size_t n = 0; n < all->count; n++) {
		if (!str_eq(all->of[n]->tag, tag))
			continue;
		context_free(all->of[n]);
		memmove(&all->of[n], &all->of[n + 1], (all->count - n - 1) * sizeof(*all->of));
		all->count--;
		return;
	}
}

/* All of them or, when one is not known, none. */
static enum step run_cancel(struct imap *i)
{
	const struct cancelling *c = i->state;

	for (size_t n = 0; n < c->count; n++) {
		if (!imap_context_has(i, c->tags[n]))
			return imap_engine_over(i, ERR_SYNTAX, NULL, S("no updates have that tag"));
	}
	for (size_t n = 0; n < c->count; n++)
		cancel(i, c->tags[n]);
	return imap_engine_over(i, ERR_OK, NULL, STR_NONE);
}

const struct imap_handler imap_cancelupdate_handler = { read_cancel, run_cancel, NULL };
