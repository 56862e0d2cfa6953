#include "store/sight.h"

#include "base/mem.h"

uint32_t sight_gone_lower(const struct folder_view *v, uint32_t uid)
{
	uint32_t from = 0, to = v->gone_count;

	while (from < to) {
		uint32_t mid = from + (to - from) / 2;

		if (v->gone[mid] < uid)
			from = mid + 1;
		else
			to = mid;
	}
	return from;
}

static void lose(struct folder_view *v, uint32_t uid)
{
	uint32_t at = sight_gone_lower(v, uid);

	if (v->gone_count == v->gone_room) {
		v->gone_room = v->gone_room ? v->gone_room * 2 : 16;
		v->gone = mem_resize(v->gone, v->gone_room * sizeof(uint32_t));
	}
	if (v->gone_count == 0)
		v->gone_since = v->f->modseq;
	memmove(v->gone + at + 1, v->gone + at, (v->gone_count - at) * sizeof(uint32_t));
	v->gone[at] = uid;
	v->gone_count++;
	v->live_count--;
}

uint32_t sight_lose(struct folder *f, uint32_t uid)
{
	uint32_t views = 0;

	LIST_EACH (node, &f->views) {
		struct folder_view *v = LIST_OF(node, struct folder_view, node);

		if (uid > v->uid_limit)
			continue;
		lose(v, uid);
		views++;
	}
	return views;
}

void sight_wake(struct folder *f)
{
	LIST_EACH (node, &f->views) {
		struct folder_view *v = LIST_OF(node, struct folder_view, node);

		if (v->woken || !v->options.changed)
			continue;
		v->woken = true;
		v->options.changed(v->options.arg);
	}
}

void sight_release(struct folder_view *v)
{
	if (v->gone_count == 0)
		return;
	for (uint32_t i = 0; i < v->gone_count; i++) {
		struct dead *d = folder_dead(v->f, v->gone[i]);

		must(d && d->views > 0);
		d->views--;
	}
	mem_free(v->gone);
	v->gone = NULL;
	v->gone_count = v->gone_room = 0;
	folder_bury(v->f);
}
