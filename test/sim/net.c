#include "net.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "base/must.h"
#include "fiber.h"
#include "file.h"
#include "proc.h"
#include "world.h"
#include "wrap.h"

#define PAIR_WINDOW ((size_t)200 << 10)

static struct file *listeners[SERVICE_COUNT];
static int last_pair[2] = { -1, -1 };

/* ---- clients' side ---- */

static uint32_t address_of(unsigned number)
{
	return (uint32_t)(0xc0000200u + number % 200 + 1); /* 192.0.2.x */
}

int net_listen(enum service service)
{
	struct file *f = file_new(FILE_LISTENER);

	if (listeners[service] != NULL)
		file_close(listeners[service]);
	listeners[service] = f;
	f->refs++; /* ours */
	return file_number(f, fiber_proc());
}

void net_listeners_close(void)
{
	for (unsigned i = 0; i < SERVICE_COUNT; i++) {
		if (listeners[i] != NULL)
			file_close(listeners[i]);
		listeners[i] = NULL;
	}
}

struct file *net_connect(enum service service, unsigned number, const struct manner *manner)
{
	struct file *listener = listeners[service], *ends[2];
	struct chunk *c;

	if (listener == NULL)
		return NULL;
	file_pair(FILE_STREAM, ends);
	ends[0]->manner = ends[1]->manner = *manner;
	ends[1]->address = address_of(number);
	ends[1]->port = (uint16_t)(1024 + number);
	c = chunk_new(STR_NONE);
	c->files[c->count++] = ends[1];
	file_arrive(listener, c, manner);
	return ends[0];
}

void net_put(struct file *f, struct str octets)
{
	if (f->peer != NULL && !f->peer->closed && octets.len > 0)
		file_arrive(f->peer, chunk_new(octets), &f->manner);
}

bool net_take(struct file *f, struct buf *to)
{
	while (!list_empty(&f->in)) {
		struct chunk *c = LIST_OF(f->in.next, struct chunk, node);

		if (c->at_us > world_now())
			return true;
		buf_put(to, str_skip(c->octets, c->done));
		chunk_free(f, c);
	}
	return f->end_us > world_now();
}

uint64_t net_due(struct file *f)
{
	return file_read_due(f);
}

void net_end(struct file *f)
{
	file_end(f);
}

void net_close(struct file *f)
{
	file_close(f);
}

void net_reset(struct file *f)
{
	if (f->peer != NULL)
		file_break(f->peer);
	file_close(f);
}

bool net_cut_channel(const struct proc *one, const struct proc *other)
{
	struct file *f = file_between(one, other);

	if (f == NULL)
		return false;
	file_end(f->peer);
	file_end(f);
	return true;
}

/* ---- descriptors ---- */

int net_last_pair_for(struct proc *child)
{
	struct file *f = file_of(last_pair[1]);

	must(f != NULL);
	f->refs++;
	return file_number(f, child);
}

static int bad(int e)
{
	errno = e;
	return -1;
}

int __wrap_socketpair(int domain, int type, int protocol, int ret[2])
{
	struct file *ends[2];

	file_pair((type & 0xf) == SOCK_SEQPACKET ? FILE_CHANNEL : FILE_STREAM, ends);
	for (int i = 0; i < 2; i++) {
		ends[i]->manner = (struct manner){ 5, 60, SIZE_MAX, PAIR_WINDOW };
		ret[i] = last_pair[i] = file_number(ends[i], fiber_proc());
	}
	return 0;
}

int __wrap_eventfd(unsigned count, int flags)
{
	struct file *f = file_new(FILE_COUNTER);

	f->count = count;
	return file_number(f, fiber_proc());
}

int __wrap_accept4(int fd, struct sockaddr *from, socklen_t *length, int flags)
{
	struct file *f = file_of(fd), *taken;
	struct sockaddr_in in = { .sin_family = AF_INET };

	if (f == NULL)
		return bad(EBADF);
	if (file_read_due(f) > world_now())
		return bad(EAGAIN);
	taken = chunk_take_file(f);
	in.sin_addr.s_addr = __builtin_bswap32(taken->address);
	in.sin_port = __builtin_bswap16(taken->port);
	if (from != NULL) {
		memcpy(from, &in, sizeof(in));
		*length = sizeof(in);
	}
	return file_number(taken, fiber_proc());
}

ssize_t __wrap_recv(int fd, void *to, size_t n, int flags)
{
	struct file *f = file_of(fd);

	if (f == NULL)
		return bad(EBADF);
	return file_receive(f, to, n);
}

ssize_t __wrap___recv_chk(int fd, void *to, size_t n, size_t room, int flags)
{
	return __wrap_recv(fd, to, n, flags);
}

ssize_t __wrap_send(int fd, const void *at, size_t n, int flags)
{
	struct file *f = file_of(fd);
	size_t room;

	if (f == NULL)
		return bad(EBADF);
	if (f->broken || f->ended || f->peer == NULL || f->peer->closed)
		return bad(f->broken ? ECONNRESET : EPIPE);
	room = file_room(f);
	if (room == 0)
		return bad(EAGAIN);
	n = n < room ? n : room;
	if (n > 1 && chance_in(STREAM_RUN, 8))
		n = (size_t)chance_range(STREAM_RUN, 1, n);
	file_arrive(f->peer, chunk_new(str_make(at, n)), &f->manner);
	return (ssize_t)n;
}

static struct cmsghdr *rights_of(const struct msghdr *m)
{
	struct cmsghdr *c = m->msg_controllen > 0 ? CMSG_FIRSTHDR(m) : NULL;

	return c != NULL && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS ? c : NULL;
}

ssize_t __wrap_sendmsg(int fd, const struct msghdr *m, int flags)
{
	struct file *f = file_of(fd);
	struct cmsghdr *rights = rights_of(m);
	struct chunk *c;

	must(f != NULL && f->kind == FILE_CHANNEL && m->msg_iovlen == 1);
	if (f->ended || f->peer == NULL || f->peer->closed || f->peer->ended)
		return bad(EPIPE);
	if (file_room(f) == 0)
		return bad(EAGAIN);
	c = chunk_new(str_make(m->msg_iov->iov_base, m->msg_iov->iov_len));
	if (rights != NULL) {
		size_t n = (rights->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		for (size_t i = 0; i < n; i++) {
			int passed;

			memcpy(&passed, CMSG_DATA(rights) + i * sizeof(int), sizeof(int));
			chunk_add(c, passed);
		}
	}
	file_arrive(f->peer, c, &f->manner);
	return (ssize_t)m->msg_iov->iov_len;
}

ssize_t __wrap_recvmsg(int fd, struct msghdr *m, int flags)
{
	struct file *f = file_of(fd);
	struct chunk *c;
	ssize_t n;

	must(f != NULL && f->kind == FILE_CHANNEL && m->msg_iovlen == 1);
	if (file_read_due(f) > world_now())
		return bad(EAGAIN);
	m->msg_flags = 0;
	if (list_empty(&f->in)) {
		m->msg_controllen = 0;
		return 0;
	}
	c = LIST_OF(f->in.next, struct chunk, node);
	must(c->octets.len <= m->msg_iov->iov_len);
	n = (ssize_t)c->octets.len;
	memcpy(m->msg_iov->iov_base, c->octets.at, c->octets.len);
	if (c->count > 0) {
		struct cmsghdr *rights = CMSG_FIRSTHDR(m);

		rights->cmsg_level = SOL_SOCKET;
		rights->cmsg_type = SCM_RIGHTS;
		rights->cmsg_len = CMSG_LEN(sizeof(int) * c->count);
		for (size_t i = 0; i < c->count; i++) {
			int number = chunk_claim(c, i, fiber_proc());

			memcpy(CMSG_DATA(rights) + i * sizeof(int), &number, sizeof(int));
		}
		m->msg_controllen = CMSG_SPACE(sizeof(int) * c->count);
	} else {
		m->msg_controllen = 0;
	}
	chunk_free(f, c);
	return n;
}

int __wrap_sendmmsg(int fd, struct mmsghdr *rows, unsigned count, int flags)
{
	for (unsigned i = 0; i < count; i++) {
		ssize_t n = __wrap_sendmsg(fd, &rows[i].msg_hdr, flags);

		if (n < 0)
			return i > 0 ? (int)i : -1;
		rows[i].msg_len = (unsigned)n;
	}
	return (int)count;
}

int __wrap_recvmmsg(int fd, struct mmsghdr *rows, unsigned count, int flags, struct timespec *timeout)
{
	for (unsigned i = 0; i < count; i++) {
		ssize_t n = __wrap_recvmsg(fd, &rows[i].msg_hdr, flags);

		if (n < 0)
			return i > 0 ? (int)i : -1;
		rows[i].msg_len = (unsigned)n;
		if (n == 0)
			return (int)i + 1;
	}
	return (int)count;
}

ssize_t __wrap_read(int fd, void *to, size_t n)
{
	struct file *f = file_of(fd);

	if (f == NULL)
		return __real_read(fd, to, n);
	if (f->kind != FILE_COUNTER)
		return file_receive(f, to, n);
	if (f->count == 0)
		return bad(EAGAIN);
	memcpy(to, &f->count, sizeof(f->count));
	f->count = 0;
	return sizeof(f->count);
}

ssize_t __wrap___read_chk(int fd, void *to, size_t n, size_t room)
{
	return __wrap_read(fd, to, n);
}

ssize_t __wrap_write(int fd, const void *at, size_t n)
{
	struct file *f = file_of(fd);

	if (f == NULL)
		return __real_write(fd, at, n);
	must(f->kind == FILE_COUNTER);
	f->count++;
	return (ssize_t)n;
}

int __wrap_shutdown(int fd, int how)
{
	struct file *f = file_of(fd);

	if (f == NULL)
		return bad(EBADF);
	if (how != SHUT_RD)
		file_end(f);
	return 0;
}

int __wrap_getsockopt(int fd, int level, int name, void *value, socklen_t *length)
{
	const struct file *f = file_of(fd);
	int answer;

	if (f == NULL)
		return bad(ENOTSOCK);
	answer = name == SO_TYPE ? (f->kind == FILE_STREAM ? SOCK_STREAM : SOCK_SEQPACKET) : f->kind == FILE_LISTENER;
	memcpy(value, &answer, sizeof(answer));
	return 0;
}

int __wrap_setsockopt(int fd, int level, int name, const void *value, socklen_t length)
{
	return 0;
}

int __wrap_close(int fd)
{
	if (net_is_ours(fd))
		return file_number_close(fd);
	proc_disowns(fd);
	file_closed_below(fd);
	return __real_close(fd);
}
