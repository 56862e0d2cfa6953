#include "store/imap_esearch.h"
#include "store/imap_found.h"
#include "store/imap_sync.h"

struct searching {
	struct imap_esearch out;
	const uint32_t *seqs;
};

static uint32_t at(void *arg, size_t n)
{
	const struct searching *c = arg;

	return c->seqs[n];
}

static enum step put_extended(struct imap *i, void *state, const uint32_t *seqs, size_t count)
{
	struct searching *c = state;

	c->seqs = seqs;
	c->out.count = count;
	c->out.scores = imap_found_scores(i);
	c->out.modseq = imap_found_modseq(i);
	return imap_esearch_step(i, &c->out);
}

/* How many results are enough to answer; SIZE_MAX: all of them are needed. */
static size_t enough(const struct imap_search *search)
{
	const struct imap_window *p = &search->partial;
	unsigned returns = search->returns & ~(unsigned)(IMAP_RETURN_SAVE | IMAP_RETURN_CONTEXT);

	if (returns == IMAP_RETURN_MIN)
		return 1;
	if (returns == IMAP_RETURN_PARTIAL && !p->from_end)
		return p->from > p->to ? p->from : p->to;
	return SIZE_MAX;
}

static void read_search(struct imap *i, struct imap_args *args)
{
	static const struct imap_after after = { put_extended, NULL };
	struct imap_search *search = imap_found_new(i, NULL, NULL);
	struct searching *c;

	imap_arg_search(args, search);
	if (search->modseq)
		imap_sync_asks(i, args);
	/* RFC 6855 section 3: UTF-8 is the only charset then. */
	if (search->charset.len > 0 && imap_enabled(i, IMAP_CAP_UTF8_ACCEPT))
		imap_args_fail(args, ERR_SYNTAX);
	/* RFC 5267 section 4.3. */
	if ((search->returns & IMAP_RETURN_UPDATE) && imap_context_has(i, i->command.tag))
		imap_args_fail(args, ERR_SYNTAX);
	/* RFC 9051 section 6.4.4: there is no SEARCH response any more. */
	if (!search->extended && imap_enabled(i, IMAP_CAP_IMAP4REV2)) {
		search->extended = true;
		search->returns = IMAP_RETURN_ALL;
	}
	if (!search->extended)
		return;
	c = ARENA_NEW(&i->arena, struct searching);
	c->out = (struct imap_esearch){
		.search = search, .at = at, .arg = c, .view = i->view, .uid = i->command.uid
	};
	imap_found_then(i, &after, c);
	imap_found_enough(i, enough(search));
}

const struct imap_handler imap_search_handler = { read_search, imap_found_run, imap_found_free };
