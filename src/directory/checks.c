#include "directory/checks.h"

#include "base/mem.h"
#include "config/network.h"

struct checks_source {
	struct list turn;
	struct list waiting; /* of struct check, oldest first */
	uint64_t number;
	size_t count;
};

void checks_init(struct checks *q)
{
	list_init(&q->turns);
	map_init(&q->sources);
	q->waiting = 0;
}

void checks_done(struct checks *q)
{
	must(q->waiting == 0);
	map_done(&q->sources);
}

uint64_t checks_source(struct str address)
{
	return network_source(address);
}

static struct checks_source *need_source(struct checks *q, uint64_t number)
{
	struct checks_source *s = map_get(&q->sources, number);

	if (s != NULL)
		return s;
	s = MEM_NEW(struct checks_source);
	s->number = number;
	list_init(&s->turn);
	list_init(&s->waiting);
	map_put(&q->sources, number, s);
	list_add_tail(&q->turns, &s->turn);
	return s;
}

static void take_out(struct checks *q, struct check *c)
{
	struct checks_source *s = c->source;

	list_remove(&c->node);
	c->source = NULL;
	q->waiting--;
	if (--s->count > 0)
		return;
	list_remove(&s->turn);
	map_remove(&q->sources, s->number);
	mem_free(s);
}

/* The newest of the source that has most waiting, if that is more than count. */
static struct check *of_the_largest(struct checks *q, size_t count)
{
	struct checks_source *largest = NULL;

	LIST_EACH (node, &q->turns) {
		struct checks_source *s = LIST_OF(node, struct checks_source, turn);

		if (s->count > count) {
			largest = s;
			count = s->count;
		}
	}
	return largest != NULL ? LIST_OF(largest->waiting.prev, struct check, node) : NULL;
}

enum err checks_put(struct checks *q, struct check *c, uint64_t source, struct check **ret_instead)
{
	const struct checks_source *known = map_get(&q->sources, source);
	size_t count = known != NULL ? known->count : 0;
	struct check *instead = NULL;
	struct checks_source *s;

	if (count >= CHECKS_SOURCE_MAX)
		return ERR_BUSY;
	if (q->waiting >= CHECKS_MAX) {
		/* After the exchange the other still has at least as many as we. */
		instead = of_the_largest(q, count + 1);
		if (instead == NULL)
			return ERR_BUSY;
		take_out(q, instead);
	}
	s = need_source(q, source);
	list_init(&c->node);
	list_add_tail(&s->waiting, &c->node);
	c->source = s;
	s->count++;
	q->waiting++;
	*ret_instead = instead;
	return ERR_OK;
}

struct check *checks_take(struct checks *q)
{
	struct checks_source *s;
	struct check *c;

	if (list_empty(&q->turns))
		return NULL;
	s = LIST_OF(q->turns.next, struct checks_source, turn);
	c = LIST_OF(s->waiting.next, struct check, node);
	/* To the end of the turns before it may go altogether. */
	list_remove(&s->turn);
	list_add_tail(&q->turns, &s->turn);
	take_out(q, c);
	return c;
}

bool checks_drop(struct checks *q, struct check *c)
{
	if (c->source == NULL)
		return false;
	take_out(q, c);
	return true;
}
