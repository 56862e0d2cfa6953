#include "front/relay.h"

#include <sys/socket.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "front/client.h"
#include "wire/nntp.h"

struct relay {
	struct list node;
	struct front *front;
	struct conn *client, *store;
	bool store_gone; /* what it said last may still be in its input */
	struct relay_origin origin;
	struct homecoming *home; /* NULL: the store has not given it back */
};

/* What waits until the store's last words are gone. */
struct homecoming {
	struct buf unread; /* what the client has sent and the store has not looked at */
	struct buf name, version, place;
};

static void home_free(struct homecoming *h)
{
	if (h == NULL)
		return;
	buf_done(&h->unread);
	buf_done(&h->name);
	buf_done(&h->version);
	buf_done(&h->place);
	mem_free(h);
}

static void relay_free(struct relay *r)
{
	struct front *f = r->front;

	home_free(r->home);

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

	if (r->home != NULL)
		return;
	move(r->client, r->store);
	/* A client that sends no more may still want to hear: the store decides when it is over. */
	if (conn_in_ended(r->client) && conn_in(r->client).len == 0)
		conn_end_output(r->store);
}

static void come_home(struct relay *r)
{
	struct client_back back = { .conn = r->client,
		.service = r->origin.service,
		.number = r->origin.number,
		.address = r->origin.address,
		.unread = buf_str(&r->home->unread),
		.refused = buf_overflowed(&r->home->unread) ? ERR_JUNK : ERR_OK,
		.name = buf_str(&r->home->name),
		.version = buf_str(&r->home->version),
		.place = buf_str(&r->home->place) };

	r->client = NULL;
	client_back(r->front, &back);
	relay_free(r);
}

static void move_down(void *arg)
{
	struct relay *r = arg;

	move(r->store, r->client);
	if ((!r->store_gone && !conn_in_ended(r->store)) || conn_in(r->store).len > 0)
		return;
	if (r->home != NULL)
		come_home(r);
	else
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

void relay_new(struct front *f, struct conn *client, int store_fd, const struct relay_origin *origin)
{
	struct relay *r = MEM_NEW(struct relay);

	r->front = f;
	r->client = client;
	r->origin = *origin;
	r->store = conn_new(f->env->loop, store_fd, FRONT_IN_OCTETS_MAX, &store_events, r);
	list_init(&r->node);
	list_add_tail(&f->relays, &r->node);
	f->relays_count++;
	conn_set_owner(client, &client_events, r);
	conn_again(client);
}

static struct relay *relay_of(struct front *f, int fd, uint64_t number)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return NULL;
	LIST_EACH (node, &f->relays) {
		struct relay *r = LIST_OF(node, struct relay, node);

		/* A number may have been given anew since this process began; a pair has one other end. */
		if (r->origin.number == number && r->origin.inode == st.st_ino && r->origin.device == st.st_dev)
			return r;
	}
	return NULL;
}

/* In the order in which the client has sent it. Nothing may be left in fd: closing it would then cost us the store's last words. */
static void collect(struct relay *r, int fd, struct str unread)
{
	struct buf *to = &r->home->unread, *out = conn_out(r->store);
	char octets[4096];
	ssize_t n;

	buf_put(to, unread);
	while ((n = recv(fd, octets, sizeof(octets), MSG_DONTWAIT)) > 0)
		buf_put(to, str_make(octets, (size_t)n));
	mem_wipe(octets, sizeof(octets)); /* a password may have come this way */
	buf_put(to, buf_str(out));
	buf_clear(out);
}

bool relay_return(struct front *f, int fd, const struct msg_hand_back *q)
{
	struct relay *r = relay_of(f, fd, q->session);

	if (r == NULL || r->home != NULL)
		return false;
	conn_pause(r->client, true);
	r->home = MEM_NEW(struct homecoming);
	buf_init(&r->home->unread, FRONT_IN_OCTETS_MAX);
	buf_init(&r->home->name, FRONT_CLIENT_NAME_OCTETS_MAX);
	buf_init(&r->home->version, FRONT_CLIENT_NAME_OCTETS_MAX);
	buf_put(&r->home->name, q->client_name);
	buf_put(&r->home->version, q->client_version);
	buf_init(&r->home->place, NNTP_PLACE_OCTETS_MAX);
	buf_put(&r->home->place, q->place);
	collect(r, fd, q->unread);
	return true;
}

void relay_free_all(struct front *f)
{
	LIST_EACH (node, &f->relays)
		relay_free(LIST_OF(node, struct relay, node));
}
