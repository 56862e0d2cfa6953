#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "disk.h"
#include "fiber.h"
#include "proc.h"
#include "world.h"
#include "wrap.h"

#define NUMBERS_MAX 8192

static struct {
	struct file *file;
	struct proc *owner;
} numbers[NUMBERS_MAX];

struct file *file_new(enum file_kind kind)
{
	struct file *f = __real_calloc(1, sizeof(*f));

	must(f != NULL);
	f->kind = kind;
	f->refs = 1;
	f->end_us = NEVER;
	f->manner = (struct manner){ 0, 0, SIZE_MAX, SIZE_MAX };
	list_init(&f->in);
	return f;
}

void file_pair(enum file_kind kind, struct file *ret_ends[2])
{
	ret_ends[0] = file_new(kind);
	ret_ends[1] = file_new(kind);
	ret_ends[0]->peer = ret_ends[1];
	ret_ends[1]->peer = ret_ends[0];
}

/* Both ends go when nobody holds either. */
static void forget(struct file *f)
{
	struct file *peer = f->peer;

	if (peer != NULL && !peer->closed)
		return;
	free(peer);
	free(f);
}

void file_close(struct file *f)
{
	bool unread = false;

	if (--f->refs > 0)
		return;
	f->closed = true;
	LIST_EACH(node, &f->in) {
		unread = true;
		chunk_free(f, LIST_OF(node, struct chunk, node));
	}
	if (f->peer != NULL && !f->peer->closed) {
		file_end(f);
		if (unread && f->kind == FILE_STREAM)
			file_break(f->peer);
	}
	forget(f);
}

void file_end(struct file *f)
{
	struct file *peer = f->peer;
	uint64_t at = world_now() + f->manner.delay_us_min;

	f->ended = true;
	if (peer == NULL || peer->closed || peer->end_us != NEVER)
		return;
	peer->end_us = at > peer->last_us ? at : peer->last_us;
}

void file_break(struct file *f)
{
	f->broken = true;
	if (f->end_us == NEVER)
		f->end_us = world_now() > f->last_us ? world_now() : f->last_us;
}

uint64_t file_read_due(const struct file *f)
{
	if (f->kind == FILE_COUNTER)
		return f->count > 0 ? 0 : NEVER;
	if (!list_empty(&f->in))
		return LIST_OF(f->in.next, struct chunk, node)->at_us;
	return f->end_us;
}

size_t file_room(const struct file *f)
{
	const struct file *peer = f->peer;
	size_t used = peer != NULL ? peer->in_octets : 0;

	return used < f->manner.window_octets ? f->manner.window_octets - used : 0;
}

uint64_t file_write_due(const struct file *f)
{
	bool gone = f->ended || f->broken || f->peer == NULL || f->peer->closed || f->peer->ended;

	return gone || file_room(f) > 0 ? 0 : NEVER;
}

long file_receive(struct file *f, char *to, size_t n)
{
	struct chunk *c;
	struct str part;

	if (file_read_due(f) > world_now()) {
		errno = EAGAIN;
		return -1;
	}
	if (list_empty(&f->in)) {
		errno = ECONNRESET;
		return f->broken ? -1 : 0;
	}
	c = LIST_OF(f->in.next, struct chunk, node);
	part = str_skip(c->octets, c->done);
	if (n > f->manner.read_octets_max)
		n = f->manner.read_octets_max;
	part = str_sub(part, 0, n);
	memcpy(to, part.at, part.len);
	c->done += part.len;
	if (c->done == c->octets.len)
		chunk_free(f, c);
	return (long)part.len;
}

void file_arrive(struct file *f, struct chunk *c, const struct manner *m)
{
	uint64_t at = world_now() + chance_range(STREAM_RUN, m->delay_us_min, m->delay_us_max);

	c->at_us = at > f->last_us ? at : f->last_us;
	f->last_us = c->at_us;
	f->in_octets += c->octets.len;
	list_add_tail(&f->in, &c->node);
}

/* ---- chunks ---- */

struct chunk *chunk_new(struct str octets)
{
	struct chunk *c = __real_calloc(1, sizeof(*c) + octets.len);

	must(c != NULL);
	list_init(&c->node);
	c->octets = str_make((char *)(c + 1), octets.len);
	if (octets.len > 0)
		memcpy(c + 1, octets.at, octets.len);
	return c;
}

void chunk_add(struct chunk *c, int fd)
{
	struct file *f = file_of(fd);

	must(c->count < CHUNK_FILES_MAX);
	if (f != NULL)
		f->refs++;
	else
		c->real[c->count] = __real_fcntl64(fd, F_DUPFD_CLOEXEC, 0);
	c->files[c->count++] = f;
}

int chunk_claim(struct chunk *c, size_t i, struct proc *owner)
{
	struct file *f = c->files[i];
	int fd = c->real[i];

	c->files[i] = NULL;
	c->real[i] = -1;
	if (f != NULL)
		return file_number(f, owner);
	proc_owns_for(owner, fd);
	return fd;
}

struct file *chunk_take_file(struct file *listener)
{
	struct chunk *c = LIST_OF(listener->in.next, struct chunk, node);
	struct file *f = c->files[0];

	c->count = 0;
	chunk_free(listener, c);
	return f;
}

void chunk_free(struct file *holder, struct chunk *c)
{
	list_remove(&c->node);
	holder->in_octets -= c->octets.len;
	for (size_t i = 0; i < c->count; i++) {
		if (c->files[i] != NULL)
			file_close(c->files[i]);
		else if (c->real[i] >= 0)
			__real_close(c->real[i]);
	}
	free(c);
}

/* ---- numbers ---- */

int file_number(struct file *f, struct proc *owner)
{
	int i = 0;

	while (i < NUMBERS_MAX && numbers[i].file != NULL)
		i++;
	must(i < NUMBERS_MAX);
	numbers[i].file = f;
	numbers[i].owner = owner;
	return FDS_MAX + i;
}

bool net_is_ours(int fd)
{
	return fd >= FDS_MAX;
}

struct file *file_of(int fd)
{
	return fd >= FDS_MAX && fd < FDS_MAX + NUMBERS_MAX ? numbers[fd - FDS_MAX].file : NULL;
}

int file_number_close(int fd)
{
	struct file *f = file_of(fd);

	if (f == NULL) {
		violate("must", "a descriptor is closed twice");
		errno = EBADF;
		return -1;
	}
	numbers[fd - FDS_MAX].file = NULL;
	file_close(f);
	return 0;
}

void file_closed_below(int fd)
{
	disk_closed(fd);
}

void net_drop(struct proc *p)
{
	for (int i = 0; i < NUMBERS_MAX; i++) {
		if (numbers[i].file != NULL && numbers[i].owner == p)
			file_number_close(FDS_MAX + i);
	}
}

struct file *file_between(const struct proc *one, const struct proc *other)
{
	for (int i = 0; i < NUMBERS_MAX; i++) {
		struct file *f = numbers[i].file;

		if (f == NULL || f->kind != FILE_CHANNEL || numbers[i].owner != one || f->ended)
			continue;
		for (int k = 0; k < NUMBERS_MAX; k++) {
			if (numbers[k].file == f->peer && f->peer != NULL && numbers[k].owner == other)
				return f;
		}
	}
	return NULL;
}

uint64_t net_read_due(int fd)
{
	const struct file *f = file_of(fd);

	return f != NULL ? file_read_due(f) : NEVER;
}

uint64_t net_write_due(int fd)
{
	const struct file *f = file_of(fd);

	return f != NULL ? file_write_due(f) : NEVER;
}

struct str net_peek(int fd)
{
	const struct file *f = file_of(fd);

	if (f == NULL || list_empty(&f->in))
		return STR_NONE;
	return LIST_OF(f->in.next, struct chunk, node)->octets;
}

bool net_is_broken(int fd)
{
	const struct file *f = file_of(fd);

	return f != NULL && f->broken && list_empty(&f->in);
}

static long one_argument(int fd, int command, va_list args)
{
	long argument = va_arg(args, long);
	struct file *f = file_of(fd);
	int made;

	if (f != NULL && command == F_DUPFD_CLOEXEC) {
		f->refs++;
		return file_number(f, fiber_proc());
	}
	if (f != NULL)
		return command == F_GETFL ? O_RDWR | O_NONBLOCK : 0;
	made = __real_fcntl64(fd, command, argument);
	if (command == F_DUPFD_CLOEXEC)
		proc_owns(made);
	return made;
}

int __wrap_fcntl64(int fd, int command, ...)
{
	va_list args;
	int got;

	va_start(args, command);
	got = (int)one_argument(fd, command, args);
	va_end(args);
	return got;
}

int __wrap_fcntl(int fd, int command, ...)
{
	va_list args;
	int got;

	va_start(args, command);
	got = (int)one_argument(fd, command, args);
	va_end(args);
	return got;
}

int __wrap_memfd_create(const char *name, unsigned flags)
{
	int fd = __real_memfd_create(name, flags);

	proc_owns(fd);
	return fd;
}

/* ---- poll: of descriptors here, one at a time ---- */

static uint64_t due_poll(void *arg)
{
	const struct pollfd *p = arg;

	return p->events & POLLIN ? net_read_due(p->fd) : net_write_due(p->fd);
}

int __wrap_poll(struct pollfd *rows, unsigned long count, int timeout_ms)
{
	uint64_t until = timeout_ms < 0 ? NEVER : world_now() + (uint64_t)timeout_ms * MS;

	must(count == 1);
	rows->revents = rows->events;
	if (!net_is_ours(rows->fd) || due_poll(rows) <= world_now())
		return 1;
	return fiber_wait(due_poll, rows, until) ? 1 : 0;
}

int __wrap___poll_chk(struct pollfd *rows, unsigned long count, int timeout_ms, size_t room)
{
	return __wrap_poll(rows, count, timeout_ms);
}
