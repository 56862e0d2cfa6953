/* The journal's write and flush calls, with a place to make the n-th of them fail. */
#pragma once

#include <stdatomic.h>
#include <sys/uio.h>

#include "kv/kv.h"

struct fault {
	_Atomic(enum kv_fault) kind;
	atomic_uint left;       /* calls of the kind until it strikes */
	atomic_bool no_room;    /* ENOSPC: the second half of a write that filled the disk */
	void (*on_write)(void *arg, int fd, const struct iovec *parts, int count, uint64_t at); /* as in kv_options */
	void *arg;
};

void fault_set(struct fault *f, enum kv_fault kind, unsigned nth);
/* As pwritev and fdatasync; EINTR is not returned. */
ssize_t fault_pwritev(struct fault *f, int fd, struct iovec *parts, int count, uint64_t at);
int fault_flush(struct fault *f, int fd);
