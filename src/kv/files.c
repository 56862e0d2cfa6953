#include "kv/files.h"

#include <errno.h>
#include <unistd.h>

#include "base/mem.h"
#include "kv/ahead.h"

#define FILES_MAX 32

struct file {
	uint32_t number; /* 0: free */
	int fd;
	uint64_t used;
};

struct files {
	struct ahead *ahead;
	struct file rows[FILES_MAX];
	uint64_t clock;
};

struct files *files_new(struct ahead *ahead)
{
	struct files *f = MEM_NEW(struct files);

	f->ahead = ahead;
	return f;
}

static void drop(struct files *f, struct file *row)
{
	if (row->number != 0) {
		ahead_settle(f->ahead);
		close(row->fd);
	}
	*row = (struct file){ 0 };
}

void files_free(struct files *f)
{
	if (f == NULL)
		return;
	for (size_t i = 0; i < FILES_MAX; i++)
		drop(f, &f->rows[i]);
	mem_free(f);
}

enum err files_get(struct files *f, struct journal *j, uint32_t number, int *ret_fd)
{
	struct file *oldest = &f->rows[0];
	enum err e;
	int fd;

	must(number != 0);
	for (size_t i = 0; i < FILES_MAX; i++) {
		struct file *row = &f->rows[i];

		if (row->number == number) {
			row->used = ++f->clock;
			*ret_fd = row->fd;
			return ERR_OK;
		}
		if (row->used < oldest->used)
			oldest = row;
	}
	e = journal_segment_open(j, number, &fd);
	if (e != ERR_OK)
		return e;
	drop(f, oldest);
	*oldest = (struct file){ number, fd, ++f->clock };
	*ret_fd = fd;
	return ERR_OK;
}

void files_drop(struct files *f, uint32_t number)
{
	for (size_t i = 0; i < FILES_MAX; i++) {
		if (f->rows[i].number == number)
			drop(f, &f->rows[i]);
	}
}

enum err stored_read(void *arg, uint64_t from, char *to, size_t len)
{
	const struct stored *s = arg;

	if (from > s->octets || len > s->octets - from)
		return ERR_CORRUPT;
	while (len > 0) {
		ssize_t n = pread(s->fd, to, len, (off_t)(s->at + from));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? ERR_IO : ERR_CORRUPT;
		to += n;
		from += (uint64_t)n;
		len -= (size_t)n;
	}
	return ERR_OK;
}
