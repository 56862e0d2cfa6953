#include "store/log_watch.h"

#include "base/mem.h"
#include "store/box.h"

#define OWN_MAX 256u

struct log_watch {
	struct mailbox *m; /* counted */
	struct list node;  /* in m->log_watches */
	void (*changed)(void *arg);
	void *arg;
	bool woken;
	uint64_t own[OWN_MAX]; /* a ring */
	size_t own_count;      /* ever put in */
};

struct log_watch *log_watch_new(struct mailbox *m, void (*changed)(void *arg), void *arg)
{
	struct log_watch *w = MEM_NEW(struct log_watch);

	w->m = mailbox_ref(m);
	w->changed = changed;
	w->arg = arg;
	list_add_tail(&m->log_watches, &w->node);
	return w;
}

void log_watch_free(struct log_watch *w)
{
	if (!w)
		return;
	list_remove(&w->node);
	mailbox_unref(w->m);
	mem_free(w);
}

bool log_watch_woken(const struct log_watch *w)
{
	return w->woken;
}

void log_watch_rest(struct log_watch *w)
{
	w->woken = false;
}

bool log_watch_own(const struct log_watch *w, uint64_t modseq)
{
	size_t kept = w->own_count < OWN_MAX ? w->own_count : OWN_MAX;

	for (size_t n = 0; n < kept; n++) {
		if (w->own[n] == modseq)
			return true;
	}
	return false;
}

void log_watch_wake(struct mailbox *m)
{
	LIST_EACH (node, &m->log_watches) {
		struct log_watch *w = LIST_OF(node, struct log_watch, node);

		if (w->woken)
			continue;
		w->woken = true;
		w->changed(w->arg);
	}
}

void log_watch_note_own(struct mailbox *m, const void *arg, const uint64_t *modseqs, size_t count)
{
	LIST_EACH (node, &m->log_watches) {
		struct log_watch *w = LIST_OF(node, struct log_watch, node);

		for (size_t n = 0; w->arg == arg && n < count; n++)
			w->own[w->own_count++ % OWN_MAX] = modseqs[n];
	}
}
