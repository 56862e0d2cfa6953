#include "kv/fault.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

void fault_set(struct fault *f, enum kv_fault kind, unsigned nth)
{
	must(nth > 0 || kind == KV_FAULT_NONE);
	atomic_store(&f->left, nth);
	atomic_store(&f->no_room, false);
	atomic_store(&f->kind, kind);
}

static bool strikes(struct fault *f)
{
	if (atomic_fetch_sub(&f->left, 1) != 1)
		return false;
	atomic_store(&f->kind, KV_FAULT_NONE);
	return true;
}

static ssize_t pwritev_all(int fd, struct iovec *parts, int count, uint64_t at)
{
	ssize_t n;

	do {
		n = pwritev(fd, parts, count, (off_t)at);
	} while (n < 0 && errno == EINTR);
	return n;
}

/* About half of what was asked for, so that a record is cut in its middle. */
static ssize_t write_half(int fd, struct iovec *parts, int count, uint64_t at)
{
	struct iovec one = parts[0];

	if (count > 1)
		return pwritev_all(fd, parts, count / 2, at);
	one.iov_len = (one.iov_len + 1) / 2;
	return pwritev_all(fd, &one, 1, at);
}

ssize_t fault_pwritev(struct fault *f, int fd, struct iovec *parts, int count, uint64_t at)
{
	enum kv_fault kind = atomic_load(&f->kind);

	if (f->on_write != NULL)
		f->on_write(f->arg, fd, parts, count, at);
	if (atomic_exchange(&f->no_room, false)) {
		errno = ENOSPC;
		return -1;
	}
	if (kind == KV_FAULT_NONE || kind == KV_FAULT_FLUSH_EIO || !strikes(f))
		return pwritev_all(fd, parts, count, at);
	if (kind == KV_FAULT_WRITE_EIO) {
		errno = EIO;
		return -1;
	}
	if (kind == KV_FAULT_WRITE_ENOSPC)
		atomic_store(&f->no_room, true);
	if (kind == KV_FAULT_DIE) {
		(void)write_half(fd, parts, count, at);
		kill(getpid(), SIGKILL);
	}
	return write_half(fd, parts, count, at);
}

int fault_flush(struct fault *f, int fd)
{
	if (atomic_load(&f->kind) == KV_FAULT_FLUSH_EIO && strikes(f)) {
		errno = EIO;
		return -1;
	}
	return fdatasync(fd);
}
