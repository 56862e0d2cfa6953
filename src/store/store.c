#include "store/store.h"

#include "base/mem.h"
#include "store/deliver.h"
#include "store/keys.h"
#include "store/op.h"

#define IDLE_MAILBOXES_MAX   1024u
#define IDLE_ITEM_OCTETS_MAX ((size_t)64 << 20)

struct store *store_new(struct kv *kv, const struct store_options *options)
{
	struct store *s = MEM_NEW(struct store);

	must(options->now_ms && options->soon);
	s->kv = kv;
	s->options = *options;
	if (s->options.idle_mailboxes_max == 0)
		s->options.idle_mailboxes_max = IDLE_MAILBOXES_MAX;
	if (s->options.idle_item_octets_max == 0)
		s->options.idle_item_octets_max = IDLE_ITEM_OCTETS_MAX;
	map_init(&s->mailboxes);
	list_init(&s->idle_mailboxes);
	list_init(&s->idle_folders);
	list_init(&s->ops);
	list_init(&s->ready);
	list_init(&s->deliveries);
	list_init(&s->refusals);
	granted_init(&s->granted);
	/* What cannot be read cannot be opened either, and whoever tries is told. */
	(void)!granted_load(&s->granted, kv);
	return s;
}

void store_free(struct store *s)
{
	if (!s)
		return;
	must(store_idle(s));
	box_drop_idle(s);
	must(s->mailboxes.count == 0);
	map_done(&s->mailboxes);
	granted_done(&s->granted);
	mem_free(s);
}

bool store_idle(const struct store *s)
{
	return list_empty(&s->ops) && list_empty(&s->deliveries) && list_empty(&s->refusals) &&
	       s->repairs == 0;
}

void store_ready(struct store *s, struct ready *r)
{
	list_add_tail(&s->ready, &r->node);
	s->options.soon(s->options.arg);
}

void store_turn(struct store *s)
{
	struct list now;

	/* Those that become ready meanwhile wait for the next turn, so that the loop is not kept.
	 */
	list_init(&now);
	while (!list_empty(&s->ready)) {
		struct list *node = s->ready.next;

		list_remove(node);
		list_add_tail(&now, node);
	}
	while (!list_empty(&now)) {
		struct ready *r = LIST_OF(now.next, struct ready, node);

		list_remove(&r->node);
		r->go(r);
	}
}

enum err store_mailbox_open(
	struct store *s, uint64_t id, const struct mailbox_limits *limits, struct mailbox **ret)
{
	struct mailbox *m;
	enum err e = box_open(s, id, &m);

	if (e != ERR_OK)
		return e;
	mailbox_limits_set(m, limits);
	if (m->rows_all && m->in_flight == 0)
		write_repair(m);
	*ret = m;
	return ERR_OK;
}

void store_public_set(struct store *s, uint64_t id)
{
	s->public_id = id;
}

uint64_t store_public(const struct store *s)
{
	return s->public_id;
}

size_t store_granted(struct store *s, const struct granted_query *q, uint64_t *ret, size_t max)
{
	return granted_find(&s->granted, q, ret, max);
}

bool store_mailbox_exists(struct store *s, uint64_t id)
{
	struct key key = key_mailbox();
	struct kv_read row = { .shard = id, .key = key_str(&key) };
	struct arena a;
	enum err e;

	if (map_get(&s->mailboxes, id))
		return true;
	arena_init(&a, ARENA_NONE);
	e = kv_read_all(s->kv, &row, 1, &a);
	arena_done(&a);
	return e == ERR_OK && row.ret_found;
}

void store_forget(struct store *s, const void *arg)
{
	op_forget(s, arg);
	deliver_forget(s, arg);
}
