#include "store/imap_esearch.h"

#include <stdlib.h>

#include "base/mem.h"

#define NUMBERS_STEP 1000u

static uint32_t number_at(const struct imap_esearch *e, size_t n)
{
	uint32_t seq = e->at(e->arg, n);

	return e->uid ? view_uid(e->view, seq) : seq;
}

void imap_esearch_window(
	const struct imap_window *p, size_t count, size_t *ret_first, size_t *ret_last)
{
	size_t low = p->from < p->to ? p->from : p->to, high = p->from < p->to ? p->to : p->from;

	if (high > count)
		high = count;
	if (low > high)
		low = high + 1;
	*ret_first = p->from_end ? count - high : low - 1;
	*ret_last = p->from_end ? count + 1 - low : high;
}

static void put_correlator(struct imap *i, const struct imap_esearch *e)
{
	struct buf *to = imap_out(i);

	buf_put(to, S("* ESEARCH (TAG "));
	imap_put_string(to, i->command.tag, false);
	if (e->mailbox.at != NULL) {
		buf_put(to, S(" MAILBOX "));
		imap_put_mailbox(to, e->mailbox, imap_utf8(i));
		buf_printf(to, " UIDVALIDITY %u", e->uidvalidity);
	}
	buf_put(to, e->uid ? S(") UID") : S(")"));
}

static void put_head(struct imap *i, struct imap_esearch *e)
{
	const struct imap_window *p = &e->search->partial;
	unsigned returns = e->search->returns;
	struct buf *to = imap_out(i);
	const char *sign = p->from_end ? "-" : "";

	put_correlator(i, e);
	if (returns & IMAP_RETURN_COUNT)
		buf_printf(to, " COUNT %zu", e->count);
	if (e->count > 0 && (returns & IMAP_RETURN_MIN))
		buf_printf(to, " MIN %u", number_at(e, 0));
	if (e->count > 0 && (returns & IMAP_RETURN_MAX))
		buf_printf(to, " MAX %u", number_at(e, e->count - 1));
	e->first = 0;
	e->last = (returns & IMAP_RETURN_ALL) ? e->count : 0;
	if (e->last > 0)
		buf_put(to, S(" ALL "));
	if (returns & IMAP_RETURN_PARTIAL) {
		imap_esearch_window(p, e->count, &e->first, &e->last);
		buf_printf(to, " PARTIAL (%s%u:%s%u ", sign, p->from, sign, p->to);
		if (e->first == e->last)
			buf_put(to, S("NIL"));
	}
	e->told = e->first;
	e->any = false;
	i->mid_line = true;
}

static void put_run(struct imap *i, struct imap_esearch *e)
{
	struct buf *to = imap_out(i);

	if (e->run.first == 0)
		return;
	if (e->any)
		buf_put_octet(to, ',');
	e->any = true;
	buf_put_u64(to, e->run.first);
	if (e->run.last > e->run.first) {
		buf_put_octet(to, ':');
		buf_put_u64(to, e->run.last);
	}
	e->run.first = 0;
}

/* As they come: in a SORT's order ranges are rare, and only ascending ones (RFC 5267 section 3.2). */
static bool put_numbers(struct imap *i, struct imap_esearch *e)
{
	for (unsigned n = 0; n < NUMBERS_STEP && e->told < e->last && imap_has_room(i); n++) {
		uint32_t number = number_at(e, e->told++);

		if (e->run.first != 0 && number == e->run.last + 1) {
			e->run.last = number;
			continue;
		}
		put_run(i, e);
		e->run = (struct imap_range){ number, number };
	}
	if (e->told < e->last)
		return false;
	put_run(i, e);
	if (e->search->returns & IMAP_RETURN_PARTIAL)
		buf_put_octet(imap_out(i), ')');
	e->told = e->first;
	return true;
}

static bool put_scores(struct imap *i, struct imap_esearch *e)
{
	struct buf *to = imap_out(i);

	if ((e->search->returns & IMAP_RETURN_RELEVANCY) == 0 || e->scores == NULL)
		return true;
	/* Of the messages that are told; when none are, of all. */
	if ((e->search->returns & (IMAP_RETURN_ALL | IMAP_RETURN_PARTIAL)) == 0)
		e->last = e->count;
	if (!e->any)
		buf_put(to, S(" RELEVANCY ("));
	e->any = true;
	for (unsigned n = 0; n < NUMBERS_STEP && e->told < e->last && imap_has_room(i); n++) {
		if (e->told > e->first)
			buf_put_octet(to, ' ');
		buf_put_u64(to, e->scores[e->told++]);
	}
	if (e->told < e->last)
		return false;
	buf_put_octet(to, ')');
	return true;
}

/* RFC 4731 section 3.2: of MIN and MAX alone only what they name counts. */
static void put_modseq(struct imap *i, const struct imap_esearch *e)
{
	unsigned returns = e->search->returns, ends = IMAP_RETURN_MIN | IMAP_RETURN_MAX;
	uint64_t modseq = e->modseq, low = 0, high = 0;

	if (e->modseq == 0 || e->count == 0)
		return;
	if (returns & IMAP_RETURN_MIN)
		low = view_item(e->view, e->at(e->arg, 0))->modseq;
	if (returns & IMAP_RETURN_MAX)
		high = view_item(e->view, e->at(e->arg, e->count - 1))->modseq;
	if ((returns & ends) && (returns & ~(ends | IMAP_RETURN_SAVE)) == 0)
		modseq = low > high ? low : high;
	buf_printf(imap_out(i), " MODSEQ %llu", (unsigned long long)modseq);
}

bool imap_esearch_put(struct imap *i, struct imap_esearch *e)
{
	if (e->stage == IMAP_ESEARCH_HEAD) {
		put_head(i, e);
		e->stage = IMAP_ESEARCH_NUMBERS;
	}
	if (e->stage == IMAP_ESEARCH_NUMBERS) {
		if (!put_numbers(i, e))
			return false;
		e->any = false;
		e->stage = IMAP_ESEARCH_SCORES;
	}
	if (e->stage == IMAP_ESEARCH_SCORES && !put_scores(i, e))
		return false;
	if (e->stage == IMAP_ESEARCH_SCORES) {
		put_modseq(i, e);
		buf_put(imap_out(i), S("\r\n"));
	}
	e->stage = IMAP_ESEARCH_DONE;
	i->mid_line = false;
	return true;
}

enum step imap_esearch_step(struct imap *i, struct imap_esearch *e)
{
	if (e->stage == IMAP_ESEARCH_HEAD && (e->search->returns & IMAP_RETURN_SAVE) &&
		imap_esearch_save(i, e) != ERR_OK)
		return imap_engine_over(i, ERR_LIMIT, "NOTSAVED", S("too many messages to be remembered"));
	if (e->stage == IMAP_ESEARCH_HEAD && (e->search->returns & IMAP_RETURN_UPDATE))
		imap_context_add(i, e);
	/* RFC 5182 section 2.1: nothing else was asked for. */
	if (e->search->returns == IMAP_RETURN_SAVE || imap_esearch_put(i, e))
		return imap_engine_over(i, ERR_OK, NULL, STR_NONE);
	return STEP_AGAIN;
}

/* ---- SAVE ---- */

static int seq_order(const void *a, const void *b)
{
	uint32_t one = *(const uint32_t *)a, two = *(const uint32_t *)b;

	return one < two ? -1 : one > two;
}

static bool is_ascending(const uint32_t *seqs, size_t n)
{
	size_t k = 1;

	while (k < n && seqs[k - 1] <= seqs[k])
		k++;
	return k >= n;
}

/* RFC 5182 section 2.4, RFC 9394 section 3.2: what is told of is saved, unless COUNT stands for all. */
static size_t choose(const struct imap_esearch *e, uint32_t *seqs)
{
	unsigned returns = e->search->returns, some = IMAP_RETURN_MIN | IMAP_RETURN_MAX | IMAP_RETURN_PARTIAL;
	size_t first = 0, last = e->count, n = 0;

	if ((returns & (IMAP_RETURN_ALL | IMAP_RETURN_COUNT)) == 0 && (returns & some)) {
		last = 0;
		if (returns & IMAP_RETURN_PARTIAL)
			imap_esearch_window(&e->search->partial, e->count, &first, &last);
		if (e->count > 0 && (returns & IMAP_RETURN_MIN))
			seqs[n++] = e->at(e->arg, 0);
		if (e->count > 0 && (returns & IMAP_RETURN_MAX))
			seqs[n++] = e->at(e->arg, e->count - 1);
	}
	while (first < last)
		seqs[n++] = e->at(e->arg, first++);
	return n;
}

enum err imap_esearch_save(struct imap *i, const struct imap_esearch *e)
{
	uint32_t *seqs;
	size_t n, kept = 0;
	enum err result;

	seqs = mem_new((e->count + 2) * sizeof(*seqs));
	n = choose(e, seqs);
	if (!is_ascending(seqs, n))
		qsort(seqs, n, sizeof(*seqs), seq_order);
	for (size_t k = 0; k < n; k++) {
		if (kept == 0 || seqs[k] != seqs[kept - 1])
			seqs[kept++] = seqs[k];
	}
	result = imap_saved_set(i, seqs, kept);
	mem_free(seqs);
	return result;
}
