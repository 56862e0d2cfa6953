#include "front/relay.h"

#include "base/mem.h"

struct relay {
	struct list node;
	struct front *front;
	struct conn *client, *store;
	bool store_gone; /* what it said last may still be in its input */
};

static void relay_free(struct relay *r)
{
	struct front *f = r->front;

	list_remove(&r->node);
	f->relays_count--;
	conn_free(r->client);
	conn_free(r->store);
	mem_free(r);
	front_one_less(f);
}

static void move(struct conn *from, struct conn *to)
{
	struct str in = conn_in(from);

	if (in.len > 0 && !conn_congested(to)) {
		conn_put(to, in);
		conn_consume(from, in.len);
	}
}

static void move_up(void *arg)
{
	struct relay *r = arg;

	move(r->client, r->store);
	/* A client that sends no more may still want to hear: the store decides when it is over. */
	if (conn_in_ended(r->client) && conn_in(r->client).len == 0)
		conn_end_output(r->store);
}

static void move_down(void *arg)
{
	struct relay *r = arg;

	move(r->store, r->client);
	if ((r->store_gone || conn_in_ended(r->store)) && conn_in(r->store).len == 0)
		conn_put_and_close(r->client);
}

/* Nobody is left to read what the store still says. */
static void on_client_closed(void *arg, enum err e)
{
	relay_free(arg);
}

static void on_store_closed(void *arg, enum err e)
{
	struct relay *r = arg;

	r->store_gone = true;
	move_down(r);
}

static const struct conn_events client_events = { .input = move_up,
	.drained = move_down,
	.closed = on_client_closed };
static const struct conn_events store_events = { .input = move_down,
	.drained = move_up,
	.closed = on_store_closed };

void relay_new(struct front *f, struct conn *client, int store_fd)
{
	struct relay *r = MEM_NEW(struct relay);

	r->front = f;
	r->client = client;
	r->store = conn_new(f->env->loop, store_fd, FRONT_IN_OCTETS_MAX, &store_events, r);
	list_init(&r->node);
	list_add_tail(&f->relays, &r->node);
	f->relays_count++;
	conn_set_owner(client, &client_events, r);
	conn_again(client);
}

void relay_free_all(struct front *f)
{
	LIST_EACH (node, &f->relays)
		relay_free(LIST_OF(node, struct relay, node));
}
