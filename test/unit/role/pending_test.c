/* Questions that wait for an answer: each ends exactly once, whatever happens to who was asked or who asked. */
#include "role/pending.h"

#include "role/role.h"
#include "tap.h"

struct asker {
	struct pending_table *table;
	const struct link *next; /* asked again there when the first is gone */
	uint64_t next_request;
	int answered, gone;
	struct msg *last;
};

static void on_answer(void *arg, enum err e, struct msg *m)
{
	struct asker *a = arg;

	a->answered += e == ERR_OK;
	a->gone += e == ERR_UNAVAILABLE;
	a->last = m;
	if (e == ERR_UNAVAILABLE && a->next != NULL) {
		const struct link *next = a->next;

		a->next = NULL;
		pending_add(a->table, a->next_request, next, on_answer, a);
	}
}

int main(void)
{
	struct pending_table t;
	struct link one = { 0 }, two = { 0 };
	struct msg m = { .id = MSG_parsed };
	struct asker a = { .table = &t }, b = { .table = &t }, many[100] = { 0 };
	int gone = 0;

	pending_init(&t);
	pending_add(&t, 1, &one, on_answer, &a);
	pending_add(&t, 2, &two, on_answer, &b);
	OK(pending_answer(&t, 1, &m) && a.answered == 1 && a.last == &m, "answered");
	OK(!pending_answer(&t, 1, &m) && a.answered == 1, "not twice");
	OK(!pending_answer(&t, 77, &m), "a number that nobody asked by");
	pending_link_down(&t, &one);
	OK(b.gone == 0, "another link's end is not ours");
	/* Asked anew from inside the refusal, of another and of the same. */
	b.next = &one;
	b.next_request = 3;
	pending_link_down(&t, &two);
	IS_NUM(b.gone, 1);
	OK(pending_answer(&t, 3, &m) && b.answered == 1, "the second try is answered");
	/* The owner goes: the number stays known, nobody is called. */
	pending_add(&t, 4, &one, on_answer, &a);
	pending_add(&t, 5, NULL, on_answer, &a);
	pending_drop_owner(&t, &a);
	OK(pending_answer(&t, 4, &m) && a.answered == 1, "an answer for nobody");
	pending_link_down(&t, &one);
	IS_NUM(a.gone, 0);
	for (uint64_t i = 0; i < 100; i++) {
		many[i].table = &t;
		many[i].next = i % 2 ? &two : NULL;
		many[i].next_request = 2000 + i;
		pending_add(&t, 1000 + i, &one, on_answer, &many[i]);
	}
	pending_link_down(&t, &one);
	for (int i = 0; i < 100; i++)
		gone += many[i].gone;
	IS_NUM(gone, 100);
	IS_NUM(t.by_request.count, 51); /* the fifty second tries, and number 5 */
	pending_done(&t);
	return tap_done();
}
