#include "front/listener.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "config/network.h"
#include "front/client.h"
#include "io/file.h"

#define ACCEPTS_PER_TURN 64
/* How long the others have to take a connection for which we lack descriptors, and how often in a row. */
#define PAUSE_MS   ((uint64_t)100)
#define PAUSES_MAX 10u

struct listener {
	struct list node;
	struct front *front;
	enum service service;
	int fd;
	struct watch *watch;
};

static void drop_oldest_stranger(struct front *f)
{
	if (!list_empty(&f->strangers))
		client_end(LIST_OF(f->strangers.next, struct client, stranger), ERR_CROWDED);
}

enum err listener_admit(struct front *f, enum service service, uint64_t address_key)
{
	const struct config *config = f->env->config;
	uint64_t strangers_max =
		config->front_connections_max * config->front_unauthenticated_percent_max / 100;

	/* Who may speak LMTP is named by the administrator, and brings everybody's mail. */
	if (service != SERVICE_LMTP &&
		crowd_count(&f->by_address, address_key) >= config->front_connections_per_address_max)
		return ERR_CROWDED;
	if (f->strangers_count > 0 && f->strangers_count >= strangers_max)
		drop_oldest_stranger(f);
	if (f->clients_count + f->relays_count < config->front_connections_max)
		return ERR_OK;
	drop_oldest_stranger(f);
	return ERR_CROWDED;
}

/* One try: whoever cannot take a line from an empty socket buffer is not worth waiting for. */
static void turn_away(int fd, enum service service, enum err why)
{
	struct buf words;

	if (!service_row(service)->implicit_tls) {
		ssize_t sent;

		buf_init(&words, 1024);
		client_put_farewell(&words, service_row(service)->protocol, why);
		sent = send(fd, words.at, words.len, MSG_NOSIGNAL | MSG_DONTWAIT);
		(void)sent;
		buf_done(&words);
	}
	close(fd);
}

static void set_up_socket(int fd)
{
	int on = 1;

	/* Replies are gathered per turn already; waiting for more would only delay the last one. */
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
}

static bool may_deliver(const struct config *c, const struct sockaddr_storage *from)
{
	for (size_t i = 0; i < c->lmtp_networks.count; i++) {
		if (network_has(c->lmtp_networks.at[i], from))
			return true;
	}
	return false;
}

static void take(struct listener *l, int fd, const struct sockaddr_storage *from)
{
	struct crowd_address address;

	crowd_address_read(from, &address);
	if (l->service == SERVICE_LMTP && !may_deliver(l->front->env->config, from)) {
		log_put(LOG_limit_hit, LOG_C("what", "lmtp.networks"), LOG_C("client", address.text),
			LOG_C("service", service_row(l->service)->name), LOG_END);
		turn_away(fd, l->service, ERR_PERM);
		return;
	}
	if (listener_admit(l->front, l->service, address.key) != ERR_OK) {
		log_put(LOG_limit_hit, LOG_C("what", "connections"), LOG_C("client", address.text),
			LOG_C("service", service_row(l->service)->name), LOG_END);
		turn_away(fd, l->service, ERR_CROWDED);
		return;
	}
	set_up_socket(fd);
	client_new(l->front, l->service, fd, &address);
}

/* Whoever logs on inside TLS needs three descriptors at the hand-over and two from then on; none may come in for whom these lack. */
static bool is_full(const struct front *f)
{
	if (f->env->def->role != ROLE_FRONT_USER)
		return false;
	return f->descriptors_own + f->clients_count + 2 * (f->relays_count + f->strangers_count + 1) >= f->descriptors_max;
}

static void watch_all(struct front *f)
{
	bool open = f->accepting && !f->paused;

	LIST_EACH (node, &f->listeners)
		watch_set(LIST_OF(node, struct listener, node)->watch, open ? WATCH_READ : 0);
}

void listeners_resume(void *arg)
{
	struct front *f = arg;

	f->paused = false;
	watch_all(f);
}

/*
 * A connection that cannot be accepted would wake us for ever. The other processes of our class listen on the same socket and may
 * have room, so they get some time first. True: they have had it.
 */
static bool others_had_time(struct front *f)
{
	uint64_t now = loop_now_ms(f->env->loop);

	if (now > f->paused_until_ms + PAUSE_MS)
		f->pauses = 0;
	if (f->pauses >= PAUSES_MAX)
		return true;
	if (f->pauses++ == 0)
		log_put(LOG_limit_hit, LOG_C("what", "descriptors"), LOG_END);
	f->paused_until_ms = now + PAUSE_MS;
	f->paused = true;
	timer_set(f->pause, PAUSE_MS);
	watch_all(f);
	return false;
}

static void turn_next_away(struct listener *l)
{
	struct front *f = l->front;
	int fd;

	log_put(LOG_limit_hit, LOG_C("what", "descriptors"), LOG_END);
	drop_oldest_stranger(f);
	fd_close(&f->reserve_fd);
	fd = accept4(l->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd >= 0)
		turn_away(fd, l->service, ERR_CROWDED);
	f->reserve_fd = memfd_new("reserve");
}

static void on_acceptable(void *arg, int events)
{
	struct listener *l = arg;

	for (int i = 0; i < ACCEPTS_PER_TURN; i++) {
		struct sockaddr_storage from = { 0 };
		socklen_t length = sizeof(from);
		bool full = is_full(l->front);
		int fd = full ? -1 : accept4(l->fd, (struct sockaddr *)&from, &length, SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (fd >= 0) {
			take(l, fd, &from);
			continue;
		}
		if (full || errno == EMFILE || errno == ENFILE) {
			if (others_had_time(l->front))
				turn_next_away(l);
			return;
		}
		if (errno != ECONNABORTED && errno != EINTR)
			return;
	}
}

void listener_add(struct front *f, enum service service, int fd)
{
	struct listener *l = MEM_NEW(struct listener);

	l->front = f;
	l->service = service;
	l->fd = fd;
	must(fd_nonblocking(fd) == ERR_OK);
	l->watch = watch_new(f->env->loop, fd, on_acceptable, l);
	list_init(&l->node);
	list_add_tail(&f->listeners, &l->node);
	watch_all(f);
}

void listeners_open(struct front *f, bool open)
{
	f->accepting = open;
	watch_all(f);
}

void listeners_free(struct front *f)
{
	LIST_EACH (node, &f->listeners) {
		struct listener *l = LIST_OF(node, struct listener, node);

		list_remove(&l->node);
		watch_free(l->watch);
		fd_close(&l->fd);
		mem_free(l);
	}
}
