#include "store/imap_progress.h"

#include "base/mem.h"
#include "io/clock.h"

#define TAG_QUOTED_MAX ((size_t)1000) /* longer strings are literals */

/* Of a command that waits for the store. */
struct imap_waiting {
	struct timer *timer; /* owned */
	uint64_t goal;
};

void imap_progress_begin(struct imap *i)
{
	i->progress_ms = clock_mono_ms();
}

/* RFC 9585 sections 4 and 5: NIL, or in quotes; a bracket in it would end the code. */
static void put_tag(struct buf *to, struct str tag)
{
	if (str_has_octet(tag, ']') || tag.len > TAG_QUOTED_MAX)
		buf_put(to, S("NIL"));
	else
		imap_put_string(to, tag, false);
}

static void put_number(struct buf *to, uint64_t n)
{
	buf_put_octet(to, ' ');
	if (n == IMAP_PROGRESS_UNKNOWN)
		buf_put(to, S("NIL"));
	else
		buf_put_u64(to, n);
}

/* Section 4: the goal is greater than what is done, or nothing is said any more. */
static bool is_there(uint64_t done, uint64_t goal)
{
	return done != IMAP_PROGRESS_UNKNOWN && goal != IMAP_PROGRESS_UNKNOWN && goal != 0 && done >= goal;
}

void imap_progress(struct imap *i, uint64_t done, uint64_t goal)
{
	struct buf *to = imap_out(i);
	uint64_t now = clock_mono_ms();

	if (now - i->progress_ms < i->s->limits.progress_ms || i->mid_line || i->nested ||
		!imap_has_room(i) || !imap_caps_has(&i->offered, IMAP_CAP_INPROGRESS) || is_there(done, goal))
		return;
	i->progress_ms = now;
	buf_put(to, S("* OK [INPROGRESS ("));
	put_tag(to, i->command.tag);
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
