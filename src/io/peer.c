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
	bool paused, dead, freed, busy;
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

/*
 * Octets received, 0 at the end, -1 with errno; a cut message counts as EMSGSIZE. Descriptors may be fewer than were sent
 * when this process has no room for more: then the message's reader misses them and refuses the message, not the channel.
 */
static ssize_t receive_message(int fd, char *to, int ret_fds[PEER_FDS_MAX], size_t *ret_fd_count)
{
	struct iovec iov = { .iov_base = to, .iov_len = PEER_MESSAGE_OCTETS_MAX };
	union {
		struct cmsghdr align;
		char octets[CMSG_SPACE(sizeof(int) * PEER_FDS_MAX)];
	} control;
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.octets,
		.msg_controllen = sizeof(control.octets) };
	ssize_t n;

	*ret_fd_count = 0;
	/* An end that died with messages of ours unread is told once and before its own last messages, which are still
	 * to be had. */
	do {
		n = recvmsg(fd, &m, MSG_CMSG_CLOEXEC);
	} while (n < 0 && (errno == EINTR || errno == ECONNRESET));
	if (n <= 0)
		return n;
	*ret_fd_count = take_fds(&m, ret_fds);
	if (m.msg_flags & MSG_TRUNC) {
		while (*ret_fd_count > 0)
			close(ret_fds[--*ret_fd_count]);
		errno = EMSGSIZE;
		return -1;
	}
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
	watch_set(peer->watch,
		(peer->paused ? 0 : WATCH_READ) | (list_empty(&peer->queue) ? 0 : WATCH_WRITE));
}

static void flush_queue(struct peer *peer)
{
	while (!peer->dead && !list_empty(&peer->queue)) {
		struct queued *q = LIST_OF(peer->queue.next, struct queued, node);

		if (send_message(peer->fd, q->octets, q->fds, q->fd_count) < 0) {
			if (errno != EAGAIN && errno != ENOBUFS)
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
	watch_free(peer->watch);
	fd_close(&peer->fd);
	mem_free(peer);
}

/* One buffer for all peers; a second only while a message's reader drains another peer. */
static char *spare_buffer;

static char *take_buffer(void)
{
	char *octets = spare_buffer ? spare_buffer : mem_new(PEER_MESSAGE_OCTETS_MAX);

	spare_buffer = NULL;
	return octets;
}

static void give_buffer(char *octets)
{
	mem_free(spare_buffer);
	spare_buffer = octets;
}

/* False: there was none. */
static bool take_message(struct peer *peer, char *octets)
{
	int fds[PEER_FDS_MAX];
	size_t fd_count;
	ssize_t n = receive_message(peer->fd, octets, fds, &fd_count);

	if (n < 0 && errno == EAGAIN)
		return false;
	if (n <= 0) {
		die(peer);
		return false;
	}
	peer->message(peer->arg, str_make(octets, (size_t)n), fds, fd_count);
	mem_wipe(octets, (size_t)n); /* passwords and keys pass here */
	return true;
}

static void take_messages(struct peer *peer, size_t max)
{
	char *octets = take_buffer();

	while (max-- > 0 && !peer->dead && !peer->paused && take_message(peer, octets))
		continue;
	give_buffer(octets);
}

static void rest(struct peer *peer)
{
	peer->busy = false;
	if (peer->freed)
		release(peer);
	else
		arm(peer);
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

struct peer *peer_new(struct loop *loop, int fd, peer_message_fn *message, peer_closed_fn *closed, void *arg)
{
	struct peer *peer = MEM_NEW(struct peer);

	must(fd >= 0);
	peer->fd = fd;
	peer->message = message;
	peer->closed = closed;
	peer->arg = arg;
	list_init(&peer->queue);
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

bool peer_send(struct peer *peer, struct str octets, const int *fds, size_t fd_count)
{
	must(octets.len > 0 && octets.len <= PEER_MESSAGE_OCTETS_MAX && fd_count <= PEER_FDS_MAX);
	if (peer == NULL || peer->dead)
		return false;
	if (!list_empty(&peer->queue))
		return enqueue(peer, octets, fds, fd_count);
	if (send_message(peer->fd, octets, fds, fd_count) >= 0)
		return true;
	/* A broken channel is told by the next read, never from inside a send. */
	if (errno != EAGAIN && errno != ENOBUFS)
		return false;
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

		if (errno != EAGAIN && errno != ENOBUFS)
			return file_err(errno);
		e = wait_for(fd, POLLOUT, -1);
		if (e != ERR_OK)
			return e;
	}
	return ERR_OK;
}

enum err peer_receive_now(int fd, struct buf *to, int ret_fds[PEER_FDS_MAX], size_t *ret_fd_count, int timeout_ms)
{
	for (;;) {
		char *room = buf_room(to, PEER_MESSAGE_OCTETS_MAX);
		ssize_t n;
		enum err e;

		if (room == NULL)
			return ERR_TOOBIG;
		n = receive_message(fd, room, ret_fds, ret_fd_count);
		if (n > 0) {
			buf_added(to, (size_t)n);
			return ERR_OK;
		}
		if (n == 0 || errno != EAGAIN)
			return ERR_IO;
		e = wait_for(fd, POLLIN, timeout_ms);
		if (e != ERR_OK)
			return e;
	}
}
