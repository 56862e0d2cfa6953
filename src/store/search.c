#include "store/search.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "io/clock.h"
#include "io/file.h"
#include "io/work.h"
#include "store/search_int.h"

#define OPEN_MAX        8u   /* finders; each holds some MiB */
#define COMMIT_MESSAGES 512u /* in one transaction */
#define ROUND_MS        20   /* between two mailboxes after the start */
#define SWEEP_MS                                                                                   \
	60000 /* between looks at mailboxes with few changes, or with an index that failed */
#define ATTEMPT       "attempt"
#define DEATHS_MAX    5u /* while adding the same messages */
#define PAUSE_MS_MAX  1000
#define FAILURES_MAX  3u   /* in a row; then only a restart or an administrator tries again */
#define BUSY_CHANGES  100u /* told of in a second: mail comes in fast */
#define QUIET_PERCENT 50u
#define WAITING_MAX   100000u
#define DAY_MS        ((uint64_t)24 * 60 * 60 * 1000)

struct search {
	struct search_options options;
	char *folder;
	struct map boxes;  /* mailbox -> struct indexed */
	struct list dirty; /* struct indexed */
	struct list open;  /* struct indexed with a finder */
	struct list asks, removals;
	size_t open_count;
	struct search_job job;
	struct search_message messages[SEARCH_JOB_MESSAGES];
	struct deferred next;
	struct timer *pause, *round, *sweep;
	uint64_t round_at;
	uint64_t changes; /* told of since counted_ms */
	uint64_t counted_ms;
	uint64_t uncommitted; /* texts added since the last commit */
	bool pausing, stopping;
};

/* ---- mailboxes ---- */

static struct indexed *box_of(struct search *s, uint64_t mailbox)
{
	struct indexed *b = map_get(&s->boxes, mailbox);

	if (b)
		return b;
	b = MEM_NEW(struct indexed);
	b->mailbox = mailbox;
	list_init(&b->dirty);
	list_init(&b->open);
	map_put(&s->boxes, mailbox, b);
	return b;
}

static void wake(struct search *s)
{
	if (!s->stopping)
		loop_defer(s->options.loop, &s->next);
}

static void make_dirty(struct search *s, struct indexed *b)
{
	if (list_empty(&b->dirty) && (b->failures < FAILURES_MAX || b->asked))
		list_add_tail(&s->dirty, &b->dirty);
	wake(s);
}

static void set_finder(struct search *s, struct indexed *b, struct finder *f)
{
	list_remove(&b->open);
	s->open_count -= b->finder != NULL;
	s->open_count += f != NULL;
	b->finder = f;
	if (f)
		list_add_tail(&s->open, &b->open);
}

/* There is no index, or none that anybody may use. */
static void forget_index(struct indexed *b)
{
	b->position = b->texts = b->read = b->begun_ms = 0;
	b->looked = true;
	b->filling = false;
}

/* Its files go before anything else is done with them. */
static void throw_away(struct search *s, struct indexed *b)
{
	struct search_removal *r = MEM_NEW(struct search_removal);

	r->mailbox = b->mailbox;
	r->finder = b->finder;
	list_init(&r->node);
	list_add_tail(&s->removals, &r->node);
	set_finder(s, b, NULL);
	forget_index(b);
	wake(s);
}

static void box_free(struct search *s, struct indexed *b)
{
	throw_away(s, b);
	list_remove(&b->dirty);
	map_remove(&s->boxes, b->mailbox);
	mem_free(b);
}

static void rebuild(struct search *s, struct indexed *b)
{
	b->again = false;
	b->asked = true;
	b->failures = b->deaths = 0;
	throw_away(s, b);
	make_dirty(s, b);
}

/* ---- jobs ---- */

static void on_job(void *arg);

static void begin(struct search *s, enum search_job_kind kind, struct indexed *b, uint64_t mailbox)
{
	struct search_job *j = &s->job;

	must(j->kind == SEARCH_JOB_NONE);
	*j = (struct search_job){
		.kind = kind, .box = b, .messages = s->messages, .finder = b ? b->finder : NULL
	};
	snprintf(j->name, sizeof(j->name), "%s/%llu", s->folder, (unsigned long long)mailbox);
	snprintf(j->attempt, sizeof(j->attempt), "%s/" ATTEMPT, s->folder);
}

static void go(struct search *s)
{
	work_queue(s->options.loop, search_job_run, on_job, &s->job);
}

static void begin_open(struct search *s, struct indexed *b, bool make)
{
	must(b->finder == NULL);
	begin(s, SEARCH_JOB_OPEN, b, b->mailbox);
	s->job.make = make;
	if (s->open_count >= OPEN_MAX) {
		struct indexed *oldest = LIST_OF(s->open.next, struct indexed, open);

		s->job.also_close = oldest->finder;
		oldest->read = oldest->position; /* what it has not committed is read again */
		set_finder(s, oldest, NULL);
	}
	go(s);
}

static void failed(struct search *s, struct indexed *b, enum err e)
{
	log_put(LOG_search_failed, LOG_U("mailbox", b->mailbox), LOG_C("why", err_name(e)),
		LOG_END);
	b->failures++;
	b->asked = false;
	set_finder(s, b, NULL);
	forget_index(b);
	list_remove(&b->dirty);
}

/* ---- is the index one of these messages? ---- */

static const struct finder_text *recent_of(const struct search_job *j, uint64_t number)
{
	for (size_t i = 0; i < j->recent_count; i++) {
		if (j->recent[i].number == number)
			return &j->recent[i];
	}
	return NULL;
}

/*
 * After a restore an id may stand for another message than the index has seen. Ids only grow, so
 * then the highest ones are wrong: the last messages that the index must have are compared with it.
 */
static bool trusted(struct search *s, const struct indexed *b, const struct search_job *j)
{
	uint64_t position = finder_position(j->finder), next, mark, ids[FINDER_RECENT + 1];
	uint64_t from = finder_texts(j->finder) > j->recent_count && j->recent_count > 0
				? j->recent[j->recent_count - 1].number
				: 1;
	size_t count, seen = 0;

	if (position == 0)
		return true;
	if (search_source_next_id(s->options.store, b->mailbox, &next) != ERR_OK ||
		next <= position)
		return false;
	count = search_source_count(s->options.store, b->mailbox, from, ids, j->recent_count + 1);
	for (; seen < count && ids[seen] <= position; seen++) {
		const struct finder_text *t = recent_of(j, ids[seen]);

		if (!t ||
			search_source_mark(s->options.store, b->mailbox, ids[seen], &mark) !=
				ERR_OK ||
			mark != t->mark)
			return false;
	}
	return seen > 0;
}

static void opened(struct search *s, struct indexed *b, struct search_job *j)
{
	if (j->err == ERR_NOTFOUND) {
		forget_index(b);
		return;
	}
	if (j->err != ERR_OK) {
		failed(s, b, j->err);
		return;
	}
	set_finder(s, b, j->finder);
	if (b->looked ? finder_position(j->finder) != b->position : !trusted(s, b, j)) {
		log_put(LOG_search_failed, LOG_U("mailbox", b->mailbox), LOG_C("why", "STALE"),
			LOG_END);
		throw_away(s, b);
		make_dirty(s, b);
		return;
	}
	b->looked = true;
	b->position = b->read = finder_position(j->finder);
	b->texts = finder_texts(j->finder);
	if (b->begun_ms == 0)
		b->begun_ms = loop_now_ms(s->options.loop);
}

/* ---- bringing up to date ---- */

static void pause_for(struct search *s, uint64_t took_us)
{
	uint64_t now = loop_now_ms(s->options.loop), since = now - s->counted_ms + 1, ms;
	bool busy = s->changes * 1000 / since >= BUSY_CHANGES;
	unsigned percent = busy ? s->options.share_percent : QUIET_PERCENT;

	s->changes = 0;
	s->counted_ms = now;
	ms = (took_us + 1) * (100 - percent) / percent / 1000;
	s->pausing = true;
	timer_set(s->pause, ms > PAUSE_MS_MAX ? PAUSE_MS_MAX : ms);
}

/* tail: messages that are left to be looked through. */
static void settle(struct search *s, struct indexed *b, size_t tail)
{
	b->filling = b->asked = false;
	b->changes = tail;
	list_remove(&b->dirty);
	wake(s);
}

/* What is gone goes within a day or so, and a large index is not made anew for each message. */
static bool is_garbage(struct search *s, struct indexed *b)
{
	uint64_t now = loop_now_ms(s->options.loop);
	bool old = b->begun_ms != 0 && now >= b->begun_ms + s->options.old_ms;
	uint64_t least = old ? b->texts - b->texts / 10 : b->texts / 2;
	uint64_t pause = s->options.old_ms < SWEEP_MS ? s->options.old_ms : SWEEP_MS;

	if (b->texts < 2 * SEARCH_TAIL || (b->garbage_ms != 0 && now < b->garbage_ms + pause))
		return false;
	b->garbage_ms = now;
	return search_source_count(s->options.store, b->mailbox, 1, NULL, least) < least;
}

static bool wants_filling(struct search *s, struct indexed *b, size_t *ret_tail)
{
	if (b->filling)
		return true;
	if (is_garbage(s, b)) {
		throw_away(s, b);
		return true;
	}
	*ret_tail = search_source_count(
		s->options.store, b->mailbox, b->position + 1, NULL, SEARCH_TAIL);
	return *ret_tail >= SEARCH_TAIL || (b->asked && *ret_tail > 0);
}

/* False: there are no more. */
static bool gather(struct search *s, struct indexed *b)
{
	struct search_job *j = &s->job;
	size_t octets = 0;

	while (j->count < SEARCH_JOB_MESSAGES && octets < SEARCH_JOB_OCTETS) {
		struct search_message *m = &s->messages[j->count];

		if (search_source_next(s->options.store, b->mailbox, b->read + 1, m) != ERR_OK)
			return false;
		b->read = m->email;
		octets += m->raw.len;
		j->count++;
	}
	return true;
}

static void fill(struct search *s, struct indexed *b)
{
	size_t tail;
	bool more;

	if (!b->looked) {
		begin_open(s, b, false);
		return;
	}
	if (!wants_filling(s, b, &tail)) {
		settle(s, b, tail);
		return;
	}
	if (!list_empty(&s->removals)) { /* its own, perhaps */
		wake(s);
		return;
	}
	b->filling = true;
	if (!b->finder) {
		begin_open(s, b, true);
		return;
	}
	begin(s, SEARCH_JOB_ADD, b, b->mailbox);
	if (b->read == b->position)
		s->uncommitted = 0;
	s->job.first = s->uncommitted == 0;
	s->job.deaths = b->deaths;
	more = gather(s, b);
	s->uncommitted += s->job.count;
	s->job.commit = !more || s->uncommitted >= COMMIT_MESSAGES;
	s->job.position = b->read;
	s->job.last = !more;
	go(s);
}

static void added(struct search *s, struct indexed *b, struct search_job *j)
{
	for (size_t i = 0; i < j->count; i++)
		search_message_done(&s->messages[i]);
	if (j->err != ERR_OK) {
		failed(s, b, j->err);
		return;
	}
	b->failures = 0;
	if (j->commit) {
		b->deaths = 0;
		b->position = finder_position(j->finder);
		b->texts = finder_texts(j->finder);
		s->uncommitted = 0;
	}
	if (j->last)
		settle(s, b, 0);
	pause_for(s, j->took_us);
}

/* ---- questions ---- */

static void answer(struct search *s, struct search_ask *a)
{
	struct search_answer answer = a->answer;
	search_answered_fn *done = a->question.done;
	void *arg = a->question.arg;

	list_remove(&a->node);
	arena_done(&a->arena);
	mem_free(a);
	if (done)
		done(arg, &answer);
	else
		search_answer_done(&answer);
}

static void found(struct search *s, struct indexed *b, struct search_job *j)
{
	if (j->err != ERR_OK) {
		search_answer_done(&j->ask->answer);
		failed(s, b, j->err);
	}
	answer(s, j->ask);
}

static void serve(struct search *s, struct search_ask *a)
{
	struct indexed *b = box_of(s, a->question.mailbox);

	if (s->options.on && a->question.done && !b->looked) {
		begin_open(s, b, false);
		return;
	}
	if (s->options.on)
		make_dirty(s, b); /* the next one finds more in it */
	if (!s->options.on || !a->question.done || b->position == 0) {
		answer(s, a);
		wake(s);
	} else if (!b->finder) {
		begin_open(s, b, false);
	} else {
		set_finder(s, b, b->finder); /* used last */
		begin(s, SEARCH_JOB_FIND, b, b->mailbox);
		s->job.ask = a;
		go(s);
	}
}

/* ---- whose turn it is ---- */

static void remove_first(struct search *s)
{
	struct search_removal *r = LIST_OF(s->removals.next, struct search_removal, node);

	begin(s, SEARCH_JOB_REMOVE, NULL, r->mailbox);
	s->job.finder = r->finder;
	list_remove(&r->node);
	mem_free(r);
	go(s);
}

static void on_next(void *arg)
{
	struct search *s = arg;

	if (s->job.kind != SEARCH_JOB_NONE || s->stopping)
		return;
	if (!list_empty(&s->asks))
		serve(s, LIST_OF(s->asks.next, struct search_ask, node));
	else if (!list_empty(&s->removals))
		remove_first(s);
	else if (!list_empty(&s->dirty) && !s->pausing && s->options.on)
		fill(s, LIST_OF(s->dirty.next, struct indexed, dirty));
}

static void on_job(void *arg)
{
	struct search_job *j = arg;
	struct search *s = LIST_OF(j, struct search, job);
	struct indexed *b = j->box;
	enum search_job_kind kind = j->kind;

	j->kind = SEARCH_JOB_NONE;
	if (kind == SEARCH_JOB_OPEN)
		opened(s, b, j);
	else if (kind == SEARCH_JOB_ADD)
		added(s, b, j);
	else if (kind == SEARCH_JOB_FIND)
		found(s, b, j);
	if (b && b->gone)
		box_free(s, b);
	else if (b && b->again)
		rebuild(s, b);
	wake(s);
}

static void on_pause(void *arg)
{
	struct search *s = arg;

	s->pausing = false;
	wake(s);
}

/* One mailbox after the other, so that what came in while nobody looked is indexed, too. */
static void on_round(void *arg)
{
	struct search *s = arg;
	uint64_t id;

	if (search_source_mailbox(s->options.store, s->round_at, &id) != ERR_OK)
		return;
	s->round_at = id + 1;
	make_dirty(s, box_of(s, id));
	timer_set(s->round, ROUND_MS);
}

static void on_sweep(void *arg)
{
	struct search *s = arg;

	MAP_EACH (struct indexed, b, &s->boxes) {
		if (b->changes > 0 || b->failures > 0)
			make_dirty(s, b);
	}
	timer_set(s->sweep, SWEEP_MS);
}

/* ---- for everybody ---- */

void search_changed(struct search *s, uint64_t mailbox)
{
	struct indexed *b = box_of(s, mailbox);

	s->changes++;
	if (!b->looked || ++b->changes >= SEARCH_TAIL)
		make_dirty(s, b);
}

void search_removed(struct search *s, uint64_t mailbox)
{
	struct indexed *b = box_of(s, mailbox);

	if (s->job.kind != SEARCH_JOB_NONE && s->job.box == b)
		b->gone = true;
	else
		box_free(s, b);
}

static void rebuild_soon(struct search *s, struct indexed *b)
{
	b->asked = true; /* from now on, whoever looks */
	if (s->job.kind != SEARCH_JOB_NONE && s->job.box == b)
		b->again = true;
	else
		rebuild(s, b);
}

enum err search_rebuild(struct search *s, uint64_t mailbox)
{
	if (!s->options.on || s->stopping)
		return ERR_UNAVAILABLE;
	if (mailbox > 0) {
		if (!store_mailbox_exists(s->options.store, mailbox))
			return ERR_NOBOX;
		rebuild_soon(s, box_of(s, mailbox));
		return ERR_OK;
	}
	while (search_source_mailbox(s->options.store, mailbox + 1, &mailbox) == ERR_OK) {
		struct indexed *b = box_of(s, mailbox);

		if (b->texts > 0 || search_source_count(s->options.store, mailbox, 1, NULL,
					    SEARCH_TAIL) >= SEARCH_TAIL)
			rebuild_soon(s, b);
	}
	return ERR_OK;
}

bool search_rebuilding(struct search *s, uint64_t mailbox, uint64_t *ret_done, uint64_t *ret_total,
	bool *ret_failed)
{
	bool any = false;

	*ret_done = *ret_total = 0;
	*ret_failed = false;
	MAP_EACH (struct indexed, b, &s->boxes) {
		if (mailbox != 0 && b->mailbox != mailbox)
			continue;
		any = any || b->asked;
		*ret_failed = *ret_failed || b->failures > 0;
		*ret_done += b->texts;
		*ret_total +=
			b->texts + (b->asked ? search_source_count(s->options.store, b->mailbox,
						       b->position + 1, NULL, WAITING_MAX)
					     : 0);
	}
	return any;
}

void search_ask(struct search *s, const struct search_question *q)
{
	struct search_ask *a = MEM_NEW(struct search_ask);

	must(q->count <= SEARCH_KEYS_MAX && q->done);
	arena_init(&a->arena, ARENA_NONE);
	a->question = *q;
	for (size_t i = 0; i < q->count; i++)
		a->keys[i] = arena_str(&a->arena, q->keys[i]);
	list_init(&a->node);
	list_add_tail(&s->asks, &a->node);
	if (s->stopping || !s->options.on)
		answer(s, a);
	else
		wake(s);
}

void search_forget(struct search *s, const void *arg)
{
	for (struct list *node = s ? s->asks.next : NULL; s && node != &s->asks;
		node = node->next) {
		struct search_ask *a = LIST_OF(node, struct search_ask, node);

		if (a->question.arg == arg)
			a->question.done = NULL; /* the thread may be at it */
	}
}

void search_answer_done(struct search_answer *a)
{
	for (size_t i = 0; i < SEARCH_KEYS_MAX; i++)
		finder_hits_done(&a->hits[i]);
	*a = (struct search_answer){ 0 };
}

bool search_answer_may(const struct search_answer *a, size_t n, uint64_t email)
{
	return email > a->position || n >= a->count || a->hits[n].all ||
	       finder_hits_has(&a->hits[n], email);
}

void search_set(struct search *s, bool on, unsigned share_percent)
{
	s->options.on = on;
	s->options.share_percent = share_percent;
	wake(s);
}

static int by_mailbox(const void *a, const void *b)
{
	uint64_t x = ((const struct search_figures *)a)->mailbox;
	uint64_t y = ((const struct search_figures *)b)->mailbox;

	return x < y ? -1 : x > y;
}

size_t search_figures(struct search *s, struct search_figures **ret)
{
	struct search_figures *rows = mem_new((s->boxes.count + 1) * sizeof(*rows));
	char name[SEARCH_NAME_OCTETS];
	size_t n = 0;

	MAP_EACH (struct indexed, b, &s->boxes) {
		snprintf(name, sizeof(name), "%s/%llu", s->folder, (unsigned long long)b->mailbox);
		rows[n++] = (struct search_figures){ .mailbox = b->mailbox,
			.texts = b->texts,
			.position = b->position,
			.waiting = search_source_count(
				s->options.store, b->mailbox, b->position + 1, NULL, WAITING_MAX),
			.octets = b->position > 0 ? finder_octets(name) : 0,
			.working = b->filling };
	}
	qsort(rows, n, sizeof(*rows), by_mailbox);
	*ret = rows;
	return n;
}

/* ---- life ---- */

void search_prepare(void)
{
	finder_prepare();
}

/* Files of mailboxes that were removed while nobody looked. */
static void on_file(void *arg, const char *name)
{
	struct search *s = arg;
	uint64_t mailbox;

	if (!str_u64(str_from_c(name), STORE_MAILBOX_MAX, &mailbox) ||
		store_mailbox_exists(s->options.store, mailbox))
		return;
	box_free(s, box_of(s, mailbox));
}

/* The process before us died while it added to an index: too often, and the index is left alone. */
static void look_at_attempt(struct search *s)
{
	char name[SEARCH_NAME_OCTETS];
	struct indexed *b;
	uint64_t mailbox;
	unsigned deaths;

	snprintf(name, sizeof(name), "%s/" ATTEMPT, s->folder);
	if (!search_attempt_read(name, &mailbox, &deaths) ||
		!store_mailbox_exists(s->options.store, mailbox))
		return;
	b = box_of(s, mailbox);
	b->deaths = deaths + 1;
	if (b->deaths < DEATHS_MAX)
		return;
	log_put(LOG_search_given_up, LOG_U("mailbox", mailbox), LOG_END);
	b->failures = FAILURES_MAX;
}

enum err search_new(const struct search_options *options, struct search **ret)
{
	enum err e = folder_make(options->folder, 0700);
	struct search *s;

	if (e != ERR_OK)
		return e;
	s = MEM_NEW(struct search);
	s->options = *options;
	if (s->options.old_ms == 0)
		s->options.old_ms = DAY_MS;
	s->folder = str_dup_c(str_from_c(options->folder));
	map_init(&s->boxes);
	list_init(&s->dirty);
	list_init(&s->open);
	list_init(&s->asks);
	list_init(&s->removals);
	deferred_init(&s->next, on_next, s);
	s->pause = timer_new(options->loop, on_pause, s);
	s->round = timer_new(options->loop, on_round, s);
	s->sweep = timer_new(options->loop, on_sweep, s);
	s->round_at = 1;
	timer_set(s->round, ROUND_MS);
	timer_set(s->sweep, SWEEP_MS);
	look_at_attempt(s);
	e = finder_each(s->folder, on_file, s);
	if (e == ERR_OK)
		*ret = s;
	else
		search_free(s);
	return e;
}

void search_stop(struct search *s)
{
	s->stopping = true;
	timer_stop(s->pause);
	timer_stop(s->round);
	timer_stop(s->sweep);
	deferred_cancel(&s->next);
	LIST_EACH (node, &s->asks) {
		struct search_ask *a = LIST_OF(node, struct search_ask, node);

		if (s->job.kind != SEARCH_JOB_FIND || s->job.ask != a)
			answer(s, a);
	}
}

bool search_idle(const struct search *s)
{
	return s->job.kind == SEARCH_JOB_NONE;
}

void search_free(struct search *s)
{
	if (!s)
		return;
	must(search_idle(s));
	search_stop(s);
	LIST_EACH (node, &s->removals) {
		struct search_removal *r = LIST_OF(node, struct search_removal, node);

		finder_close(r->finder);
		list_remove(node);
		mem_free(r);
	}
	MAP_EACH (struct indexed, b, &s->boxes) {
		finder_close(b->finder);
		mem_free(b);
	}
	map_done(&s->boxes);
	timer_free(s->pause);
	timer_free(s->round);
	timer_free(s->sweep);
	mem_free(s->folder);
	mem_free(s);
}
