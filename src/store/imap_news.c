#include "store/imap_news.h"

#include "base/mem.h"
#include "store/imap_line.h"
#include "store/imap_notify.h"
#include "store/imap_sync.h"

void imap_news_keep(void *arg, const struct view_event *event)
{
	struct imap *i = arg;

	if (imap_notify_drops(i, event))
		return;
	if (i->news_count == i->news_room) {
		i->news_room = i->news_room ? i->news_room * 2 : 16;
		i->news = mem_resize(i->news, i->news_room * sizeof(*i->news));
	}
	i->news[i->news_count++] = (struct imap_news){
		.seq = event->seq, .uid = event->uid, .kind = event->kind, .names = note_names_ref(event->names)
	};
}

static void put_flag_news(struct imap *i, const struct imap_news *n)
{
	const struct item *it = view_item(i->view, n->seq);

	if (it == NULL || it->uid != n->uid)
		return;
	imap_line_keywords(i);
	imap_line_put_noted(i, n->seq, it, n->names);
}

/* How many are told by it. */
static size_t put_news(struct imap *i, const struct imap_news *n)
{
	switch (n->kind) {
	case VIEW_EXPUNGE:
		if (imap_vanishes(i))
			return imap_sync_put_expunges(i);
		imap_put_count(imap_out(i), n->seq, "EXPUNGE");
		break;
	case VIEW_FLAGS:
		put_flag_news(i, n);
		break;
	case VIEW_EXISTS:
		imap_put_count(imap_out(i), n->seq, "EXISTS");
		break;
	case VIEW_RECENT:
		if (!imap_is_rev2(i))
			imap_put_count(imap_out(i), n->seq, "RECENT");
		break;
	}
	return 1;
}

void imap_news_drop(struct imap *i)
{
	for (size_t n = 0; n < i->news_count; n++)
		note_names_unref(i->news[n].names);
	mem_free(i->news);
	i->news = NULL;
	i->news_count = i->news_room = i->news_at = 0;
}

enum step imap_news_tell(struct imap *i)
{
	if (!imap_contexts_before(i))
		return STEP_AGAIN;
	for (unsigned n = 0; n < IMAP_ROWS_STEP && i->news_at < i->news_count && imap_has_room(i);
		n++)
		i->news_at += put_news(i, &i->news[i->news_at]);
	if (i->news_at == i->news_count && imap_contexts_after(i))
		imap_news_drop(i);
	return STEP_AGAIN;
}
