#include "io/peer.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "io/file.h"

/* A slice of a turn: a busy peer must not starve the others. */
#define MESSAGES_PER_TURN 64
/* How many messages one system call sends or receives. */
#define BATCH 16
/* Gathered messages are to fit: a larger one leaves by itself. */
#define GATHERED_OCTETS_MAX ((size_t)64 << 10)
/* Until descriptors are sent again that were too many in flight. */
#define AGAIN_MS 10

struct queued {
	struct list node;
	struct str octets;
	int fds[PEER_FDS_MAX];
	size_t fd_count;
};

struct peer {
	int fd;
	struct watch *watch;
	peer_message_fn *message;
	peer_closed_fn *closed;
	void *arg;
	struct list queue;
	size_t queued_octets;
	struct loop *loop;
	struct deferred flush;
	struct buf gathered; /* messages back to back */
	size_t gathered_octets[BATCH], gathered_count;
	struct timer *again; /* NULL: never needed yet */
	bool gathers, paused, dead, freed, busy;
	bool waits; /* for `again`, not for room */
};

enum err peer_pair(int ret_fds[2])
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ret_fds) < 0)
		return file_err(errno);
	return ERR_OK;
}

static ssize_t send_message(int fd, struct str octets, const int *fds, size_t fd_count)
{
	struct iovec iov = { .iov_base = (void *)(uintptr_t)octets.at, .iov_len = octets.len };
	union {
		struct cmsghdr align;
		char octets[CMSG_SPACE(sizeof(int) * PEER_FDS_MAX)];
	} control = { 0 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n;

	if (fd_count > 0) {
		struct cmsghdr *c;

		m.msg_control = control.octets;
		m.msg_controllen = CMSG_SPACE(sizeof(int) * fd_count);
		c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int) * fd_count);
		memcpy(CMSG_DATA(c), fds, sizeof(int) * fd_count);
	}
	do {
		n = sendmsg(fd, &m, MSG_NOSIGNAL);
	} while (n < 0 && errno == EINTR);
	return n;
}

static size_t take_fds(struct msghdr *m, int ret_fds[PEER_FDS_MAX])
{
	size_t count = 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c != NULL; c = CMSG_NXTHDR(m, c)) {
		size_t n;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < n; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(int));
			if (count < PEER_FDS_MAX)
				ret_fds[count++] = fd;
			else
				close(fd);
		}
	}
	return count;
}

union control {
	struct cmsghdr align;
	char octets[CMSG_SPACE(sizeof(int) * PEER_FDS_MAX)];
};

/* One message as it was received. */
struct received {
	char *at;
	size_t octets; /* 0: the end, or a message too large for us */
	int fds[PEER_FDS_MAX];
	size_t fd_count;
};

static void read_received(struct mmsghdr *m, struct received *ret)
{
	ret->octets = m->msg_len;
	ret->fd_count = take_fds(&m->msg_hdr, ret->fds);
	if (!(m->msg_hdr.msg_flags & MSG_TRUNC))
		return;
	ret->octets = 0;
	while (ret->fd_count > 0)
		close(ret->fds[--ret->fd_count]);
}

/*
 * Fills rows, which have room of PEER_MESSAGE_OCTETS_MAX each; how many, or -1 with errno. Descriptors may be fewer than
 * were sent when this process has no room for more: then the message's reader misses them and refuses the message, not
 * the channel.
 */
static int receive_messages(int fd, struct received *rows, unsigned max)
{
	struct mmsghdr m[BATCH] = { 0 };
	union control control[BATCH];
	struct iovec iov[BATCH];
	int n;

	for (unsigned i = 0; i < max; i++) {
		iov[i] = (struct iovec){ .iov_base = rows[i].at, .iov_len = PEER_MESSAGE_OCTETS_MAX };
		m[i].msg_hdr = (struct msghdr){ .msg_iov = &iov[i], .msg_iovlen = 1, .msg_control = control[i].octets,
			.msg_controllen = sizeof(control[i].octets) };
	}
	/* An end that died with messages of ours unread is told once and before its own last messages, which are still
	 * to be had. */
	do {
		n = recvmmsg(fd, m, max, MSG_CMSG_CLOEXEC | MSG_DONTWAIT, NULL);
	} while (n < 0 && (errno == EINTR || errno == ECONNRESET));
	for (int i = 0; i < n; i++)
		read_received(&m[i], &rows[i]);
	return n;
}

static void free_queued(struct peer *peer, struct queued *q)
{
	list_remove(&q->node);
	peer->queued_octets -= q->octets.len;
	for (size_t i = 0; i < q->fd_count; i++)
		fd_close(&q->fds[i]);
	mem_free((void *)(uintptr_t)q->octets.at);
	mem_free(q);
}

static void die(struct peer *peer)
{
	if (peer->dead)
		return;
	peer->dead = true;
	watch_set(peer->watch, 0);
	peer->closed(peer->arg);
}

static void arm(struct peer *peer)
{
	if (peer->dead)
		return;
	watch_set(peer->watch, (peer->paused ? 0 : WATCH_READ) |
				       (list_empty(&peer->queue) || peer->waits ? 0 : WATCH_WRITE));
}

static void on_again(void *arg);

/*
 * More of this user's descriptors are in flight between processes than one process may have open: other messages, even
 * of other programs, must be read first, and no event tells of that.
 */
static void wait_a_little(struct peer *peer)
{
	if (peer->again == NULL)
		peer->again = timer_new(peer->loop, on_again, peer);
	peer->waits = true;
	timer_set(peer->again, AGAIN_MS);
}

/* errno of a send says that it will work later. */
static bool is_for_now(void)
{
	return errno == EAGAIN || errno == ENOBUFS || errno == ETOOMANYREFS;
}

static void flush_queue(struct peer *peer)
{
	while (!peer->dead && !list_empty(&peer->queue)) {
		struct queued *q = LIST_OF(peer->queue.next, struct queued, node);

		if (send_message(peer->fd, q->octets, q->fds, q->fd_count) < 0) {
			if (errno == ETOOMANYREFS)
				wait_a_little(peer);
			else if (!is_for_now())
				die(peer);
			break;
		}
		free_queued(peer, q);
	}
}

static void release(struct peer *peer)
{
	LIST_EACH(node, &peer->queue)
		free_queued(peer, LIST_OF(node, struct queued, node));
	deferred_cancel(&peer->flush);
	buf_done(&peer->gathered);
	timer_free(peer->again);
	watch_free(peer->watch);
	fd_close(&peer->fd);
	mem_free(peer);
}

/* One set of buffers for all peers; a second only while a message's reader drains another peer. Of the memory only what
 * messages have filled is ever there. */
static char *spare_buffers;

static char *take_buffers(void)
{
	char *octets = spare_buffers ? spare_buffers : mem_new(BATCH * PEER_MESSAGE_OCTETS_MAX);

	spare_buffers = NULL;
	return octets;
}

static void give_buffers(char *octets)
{
	mem_free(spare_buffers);
	spare_buffers = octets;
}

/* What came with others that made an end of the peer is not read any more. */
static void deliver(struct peer *peer, struct received *r)
{
	if (peer->dead) {
		for (size_t i = 0; i < r->fd_count; i++)
			close(r->fds[i]);
	} else if (r->octets == 0) {
		die(peer);
	} else {
		peer->message(peer->arg, str_make(r->at, r->octets), r->fds, r->fd_count);
	}
	mem_wipe(r->at, r->octets); /* passwords and keys pass here */
}

/* How many were taken; fewer than max: there are no more now. */
static size_t take_batch(struct peer *peer, char *octets, size_t max)
{
	struct received rows[BATCH];
	int n;

	max = max < BATCH ? max : BATCH;
	for (size_t i = 0; i < max; i++)
		rows[i].at = octets + i * PEER_MESSAGE_OCTETS_MAX;
	n = receive_messages(peer->fd, rows, (unsigned)max);
	if (n < 0 && errno != EAGAIN)
		die(peer);
	for (int i = 0; i < n; i++)
		deliver(peer, &rows[i]);
	return n > 0 ? (size_t)n : 0;
}

static void take_messages(struct peer *peer, size_t max)
{
	char *octets = take_buffers();
	bool more = true;

	while (more && max > 0 && !peer->dead && !peer->paused) {
		size_t want = max < BATCH ? max : BATCH, n = take_batch(peer, octets, want);

		more = n == want;
		max -= n;
	}
	give_buffers(octets);
}

static void rest(struct peer *peer)
{
	peer->busy = false;
	if (peer->freed)
		release(peer);
	else
		arm(peer);
}

static void on_again(void *arg)
{
	struct peer *peer = arg;

	peer->waits = false;
	peer->busy = true;
	flush_queue(peer);
	rest(peer);
}

static void on_event(void *arg, int events)
{
	struct peer *peer = arg;

	peer->busy = true;
	if (events & WATCH_WRITE)
		flush_queue(peer);
	if (events & (WATCH_READ | WATCH_ERROR))
		take_messages(peer, MESSAGES_PER_TURN);
	rest(peer);
}

void peer_drain(struct peer *peer)
{
	if (peer->busy || peer->dead)
		return;
	peer->busy = true;
	peer->paused = false;
	take_messages(peer, SIZE_MAX);
	rest(peer);
}

static void flush_gathered(void *arg);

struct peer *peer_new(struct loop *loop, int fd, peer_message_fn *message, peer_closed_fn *closed, void *arg)
{
	struct peer *peer = MEM_NEW(struct peer);

	must(fd >= 0);
	peer->fd = fd;
	peer->message = message;
	peer->closed = closed;
	peer->arg = arg;
	peer->loop = loop;
	list_init(&peer->queue);
	deferred_init(&peer->flush, flush_gathered, peer);
	buf_init(&peer->gathered, GATHERED_OCTETS_MAX);
	must(fd_nonblocking(fd) == ERR_OK);
	peer->watch = watch_new(loop, fd, on_event, peer);
	arm(peer);
	return peer;
}

void peer_free(struct peer *peer)
{
	if (peer == NULL)
		return;
	peer->dead = true;
	peer->freed = true;
	if (!peer->busy)
		release(peer);
}

static bool enqueue(struct peer *peer, struct str octets, const int *fds, size_t fd_count)
{
	struct queued *q;

	if (peer->queued_octets + octets.len > PEER_QUEUE_OCTETS_MAX)
		return false;
	q = MEM_NEW(struct queued);
	list_init(&q->node);
	q->octets = str_make(mem_copy(octets.at, octets.len), octets.len);
	for (size_t i = 0; i < fd_count; i++) {
		q->fds[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, 0);
		if (q->fds[i] >= 0)
			q->fd_count++;
	}
	list_add_tail(&peer->queue, &q->node);
	peer->queued_octets += octets.len;
	if (q->fd_count != fd_count) {
		free_queued(peer, q);
		return false;
	}
	arm(peer);
	return true;
}

/* ---- gathering ---- */

/* How many of the gathered messages the system took. */
static size_t send_gathered(struct peer *peer)
{
	struct mmsghdr m[BATCH] = { 0 };
	struct iovec iov[BATCH];
	char *at = peer->gathered.at;
	int n;

	for (size_t i = 0; i < peer->gathered_count; i++) {
		iov[i] = (struct iovec){ .iov_base = at, .iov_len = peer->gathered_octets[i] };
		m[i].msg_hdr = (struct msghdr){ .msg_iov = &iov[i], .msg_iovlen = 1 };
		at += peer->gathered_octets[i];
	}
	do {
		n = sendmmsg(peer->fd, m, (unsigned)peer->gathered_count, MSG_NOSIGNAL | MSG_DONTWAIT);
	} while (n < 0 && errno == EINTR);
	return n > 0 ? (size_t)n : 0;
}

static void flush_gathered(void *arg)
{
	struct peer *peer = arg;
	size_t sent = 0, at = 0;

	if (peer->gathered_count == 0)
		return;
	if (list_empty(&peer->queue) && !peer->dead)
		sent = send_gathered(peer);
	/* What is left waits in the queue for room; of a broken channel the next read tells. */
	for (size_t i = 0; i < peer->gathered_count; i++) {
		struct str octets = str_make(peer->gathered.at + at, peer->gathered_octets[i]);

		at += octets.len;
		if (i >= sent && !peer->dead && !enqueue(peer, octets, NULL, 0))
			break;
	}
	mem_wipe(peer->gathered.at, peer->gathered.len);
	buf_clear(&peer->gathered);
	peer->gathered_count = 0;
}

static bool gather(struct peer *peer, struct str octets)
{
	if (peer->gathered_count == BATCH || peer->gathered.len + octets.len > GATHERED_OCTETS_MAX)
		flush_gathered(peer);
	if (peer->queued_octets + octets.len > PEER_QUEUE_OCTETS_MAX)
		return false;
	buf_put(&peer->gathered, octets);
	peer->gathered_octets[peer->gathered_count++] = octets.len;
	loop_defer(peer->loop, &peer->flush);
	return true;
}

void peer_gather(struct peer *peer)
{
	peer->gathers = true;
}

void peer_flush(struct peer *peer)
{
	if (peer != NULL)
		flush_gathered(peer);
}

bool peer_send(struct peer *peer, struct str octets, const int *fds, size_t fd_count)
{
	must(octets.len > 0 && octets.len <= PEER_MESSAGE_OCTETS_MAX && fd_count <= PEER_FDS_MAX);
	if (peer == NULL || peer->dead)
		return false;
	if (peer->gathers && fd_count == 0 && octets.len <= GATHERED_OCTETS_MAX)
		return gather(peer, octets);
	flush_gathered(peer);
	if (!list_empty(&peer->queue))
		return enqueue(peer, octets, fds, fd_count);
	if (send_message(peer->fd, octets, fds, fd_count) >= 0)
		return true;
	/* A broken channel is told by the next read, never from inside a send. */
	if (!is_for_now())
		return false;
	if (errno == ETOOMANYREFS)
		wait_a_little(peer);
	return enqueue(peer, octets, fds, fd_count);
}

size_t peer_queued(const struct peer *peer)
{
	return peer->queued_octets;
}

void peer_pause(struct peer *peer, bool paused)
{
	peer->paused = paused;
	arm(peer);
}

static enum err wait_for(int fd, short events, int timeout_ms)
{
	struct pollfd p = { .fd = fd, .events = events };
	int n;

	do {
		n = poll(&p, 1, timeout_ms);
	} while (n < 0 && errno == EINTR);
	return n > 0 ? ERR_OK : n == 0 ? ERR_TIMEOUT : file_err(errno);
}

enum err peer_send_now(int fd, struct str octets, const int *fds, size_t fd_count)
{
	while (send_message(fd, octets, fds, fd_count) < 0) {
		enum err e;

		if (!is_for_now())
			return file_err(errno);
		if (errno == ETOOMANYREFS) {
			(void)poll(NULL, 0, AGAIN_MS);
			continue;
		}
		e = wait_for(fd, POLLOUT, -1);
		if (e != ERR_OK)
			return e;
	}
	return ERR_OK;
}

enum err peer_receive_now(int fd, struct buf *to, int ret_fds[PEER_FDS_MAX], size_t *ret_fd_count, int timeout_ms)
{
	for (;;) {
		struct received r = { .at = buf_room(to, PEER_MESSAGE_OCTETS_MAX) };
		int n;
		enum err e;

		if (r.at == NULL)
			return ERR_TOOBIG;
		n = receive_messages(fd, &r, 1);
		if (n == 1 && r.octets > 0) {
			buf_added(to, r.octets);
			memcpy(ret_fds, r.fds, sizeof(r.fds));
			*ret_fd_count = r.fd_count;
			return ERR_OK;
		}
		*ret_fd_count = 0;
		if (n >= 0 || errno != EAGAIN)
			return ERR_IO;
		e = wait_for(fd, POLLIN, timeout_ms);
		if (e != ERR_OK)
			return e;
	}
}
