#include "store/imap_progress.h"

#include "base/mem.h"
#include "io/clock.h"

/* Of a command that waits for the store. */
struct imap_waiting {
	struct timer *timer; /* owned */
	uint64_t goal;
};

void imap_progress_begin(struct imap *i)
{
	i->progress_ms = clock_mono_ms();
}

static void put_number(struct buf *to, uint64_t n)
{
	buf_put_octet(to, ' ');
	if (n == IMAP_PROGRESS_UNKNOWN)
		buf_put(to, S("NIL"));
	else
		buf_put_u64(to, n);
}

void imap_progress(struct imap *i, uint64_t done, uint64_t goal)
{
	struct buf *to = imap_out(i);
	uint64_t now = clock_mono_ms();

	if (now - i->progress_ms < i->s->limits.progress_ms || i->mid_line || i->nested ||
		!imap_has_room(i) || !imap_caps_has(&i->offered, IMAP_CAP_INPROGRESS))
		return;
	i->progress_ms = now;
	buf_put(to, S("* OK [INPROGRESS ("));
	imap_put_string(to, i->command.tag, false);
	put_number(to, done);
	/* A goal is one or more, and without progress there is none (section 5). */
	put_number(to, done == IMAP_PROGRESS_UNKNOWN || goal == 0 ? IMAP_PROGRESS_UNKNOWN : goal);
	buf_put(to, S(")] "));
	imap_put_text(to, i->language, S("still at it"));
}

static void on_time(void *arg)
{
	struct imap *i = arg;

	imap_progress(i, mailbox_progress(i->view != NULL ? view_mailbox(i->view) : i->s->mailbox, i->s), i->waiting->goal);
	session_flush(i->s);
	timer_set(i->waiting->timer, i->s->limits.progress_ms);
}

void imap_progress_wait(struct imap *i, uint64_t goal)
{
	must(i->waiting == NULL);
	i->waiting = MEM_NEW(struct imap_waiting);
	i->waiting->timer = timer_new(i->s->loop, on_time, i);
	i->waiting->goal = goal;
	timer_set(i->waiting->timer, i->s->limits.progress_ms);
}

void imap_progress_end(struct imap *i)
{
	if (i->waiting == NULL)
		return;
	timer_free(i->waiting->timer);
	mem_free(i->waiting);
	i->waiting = NULL;
}
