#include "role/pending.h"

#include "base/mem.h"

struct question {
	uint64_t request;
	const struct link *asked;
	pending_fn *fn;
	void *arg;
};

static void nobody(void *arg, enum err e, struct msg *m)
{
}

void pending_init(struct pending_table *t)
{
	map_init(&t->by_request);
}

void pending_done(struct pending_table *t)
{
	MAP_EACH(struct question, q, &t->by_request)
		mem_free(q);
	map_done(&t->by_request);
}

void pending_add(struct pending_table *t, uint64_t request, const struct link *asked, pending_fn *fn, void *arg)
{
	struct question *q = MEM_NEW(struct question);

	must(map_get(&t->by_request, request) == NULL);
	*q = (struct question){ .request = request, .asked = asked, .fn = fn, .arg = arg };
	map_put(&t->by_request, request, q);
}

bool pending_answer(struct pending_table *t, uint64_t request, struct msg *m)
{
	struct question *q = map_remove(&t->by_request, request);
	struct question copy;

	if (q == NULL)
		return false;
	copy = *q;
	mem_free(q);
	copy.fn(copy.arg, ERR_OK, m);
	return true;
}

/* Callbacks may ask anew and so change the map: take one at a time, from the start. */
static struct question *any_of(struct pending_table *t, const struct link *asked)
{
	MAP_EACH(struct question, q, &t->by_request) {
		if (q->asked == asked)
			return q;
	}
	return NULL;
}

void pending_link_down(struct pending_table *t, const struct link *asked)
{
	struct question *q;

	while ((q = any_of(t, asked)) != NULL) {
		struct question copy = *q;

		map_remove(&t->by_request, copy.request);
		mem_free(q);
		copy.fn(copy.arg, ERR_UNAVAILABLE, NULL);
	}
}

void pending_drop_owner(struct pending_table *t, const void *arg)
{
	MAP_EACH(struct question, q, &t->by_request) {
		if (q->arg == arg) {
			q->fn = nobody;
			q->arg = NULL;
		}
	}
}
