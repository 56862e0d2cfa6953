#include "store/flags_row.h"

#include <string.h>

#define VERSION 1u

bool flags_run_apply(const struct flags_run *run, struct item *it)
{
	if (it->uid < run->first || it->uid > run->last || it->modseq >= run->modseq)
		return false;
	it->modseq = run->modseq;
	it->flags = run->flags;
	memcpy(it->keywords, run->keywords, sizeof(it->keywords));
	it->apart = true;
	return true;
}

/* ---- writing ---- */

void flags_row_begin(struct flags_writer *w, struct buf *to, uint32_t block)
{
	*w = (struct flags_writer){ .to = wr_to(to), .at = block * FLAGS_BLOCK_UIDS };
	wr_u8(&w->to, VERSION);
}

void flags_row_put(struct flags_writer *w, const struct flags_run *run)
{
	size_t n = sizeof(run->keywords);

	while (n > 0 && run->keywords[n - 1] == 0)
		n--;
	wr_number(&w->to, run->first - w->at);
	wr_number(&w->to, run->last - run->first);
	wr_number(&w->to, run->modseq);
	wr_u8(&w->to, run->flags);
	wr_u8(&w->to, (uint8_t)n);
	wr_octets(&w->to, str_make(run->keywords, n));
	w->at = run->last + 1;
	w->runs++;
}

void flags_row_pass(struct flags_writer *w)
{
	if (w->open)
		flags_row_put(w, &w->run);
	w->open = false;
}

void flags_row_add(struct flags_writer *w, const struct item *it)
{
	struct flags_run *run = &w->run;

	if (!w->open || run->modseq != it->modseq || run->flags != it->flags ||
		memcmp(run->keywords, it->keywords, sizeof(run->keywords)) != 0) {
		flags_row_pass(w);
		*run = (struct flags_run){ .first = it->uid, .modseq = it->modseq, .flags = it->flags };
		memcpy(run->keywords, it->keywords, sizeof(run->keywords));
		w->open = true;
	}
	run->last = it->uid;
}

size_t flags_row_end(struct flags_writer *w)
{
	flags_row_pass(w);
	return w->runs;
}

/* ---- reading ---- */

static bool read_run(struct flags_reader *r, struct flags_run *run)
{
	uint64_t first = r->at + rd_number(&r->rest), last = first + rd_number(&r->rest);
	uint32_t end = (r->at / FLAGS_BLOCK_UIDS + 1) * FLAGS_BLOCK_UIDS - 1;
	struct str keywords;

	*run = (struct flags_run){ .modseq = rd_number(&r->rest), .flags = rd_u8(&r->rest) };
	keywords = rd_octets(&r->rest, rd_u8(&r->rest));
	if (r->rest.failed || first < r->at || last < first || last > end || run->modseq == 0 || (run->flags & ~ITEM_FLAGS) != 0)
		return false;
	if (keywords.len > sizeof(run->keywords) || (keywords.len > 0 && keywords.at[keywords.len - 1] == 0))
		return false;
	if (keywords.len > 0)
		memcpy(run->keywords, keywords.at, keywords.len);
	run->first = (uint32_t)first;
	run->last = (uint32_t)last;
	r->at = run->last + 1;
	return true;
}

enum err flags_row_open(struct str value, uint32_t block, struct flags_reader *ret)
{
	struct flags_reader r = { .rest = rd_from(value), .at = block * FLAGS_BLOCK_UIDS }, whole;
	struct flags_run run;
	bool sound = block <= flags_block(UINT32_MAX) && rd_u8(&r.rest) == VERSION && r.rest.rest.len > 0;

	whole = r;
	while (sound && r.rest.rest.len > 0)
		sound = flags_block(r.at) == block && read_run(&r, &run);
	if (!sound)
		return ERR_CORRUPT;
	*ret = whole;
	return ERR_OK;
}

bool flags_row_next(struct flags_reader *r, struct flags_run *ret)
{
	return r->rest.rest.len > 0 && read_run(r, ret);
}
