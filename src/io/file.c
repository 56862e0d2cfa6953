#include "io/file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

#define SEALS (F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW)

enum err file_err(int errno_value)
{
	switch (errno_value) {
	case ENOENT:
		return ERR_NOTFOUND;
	case EACCES:
	case EPERM:
		return ERR_PERM;
	case EEXIST:
		return ERR_EXISTS;
	case ENOSPC:
	case EDQUOT:
		return ERR_DISKFULL;
	default:
		return ERR_IO;
	}
}

void fd_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

enum err fd_nonblocking(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
		return file_err(errno);
	return ERR_OK;
}

static enum err read_all(int fd, struct buf *to)
{
	for (;;) {
		char piece[8192];
		ssize_t n = read(fd, piece, sizeof(piece));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return file_err(errno);
		if (n == 0)
			return ERR_OK;
		buf_put(to, str_make(piece, (size_t)n));
		if (buf_overflowed(to))
			return ERR_TOOBIG;
	}
}

enum err file_read(const char *path, struct buf *to)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	enum err e;

	if (fd < 0)
		return file_err(errno);
	e = read_all(fd, to);
	fd_close(&fd);
	return e;
}

enum err memfd_add(int fd, struct str octets)
{
	while (octets.len > 0) {
		ssize_t n = write(fd, octets.at, octets.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return file_err(errno);
		octets = str_skip(octets, (size_t)n);
	}
	return ERR_OK;
}

static enum err flush_folder_of(const char *path)
{
	char *copy = str_dup_c(str_from_c(path));
	int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum err e = ERR_OK;

	if (fd < 0 || fsync(fd) < 0)
		e = file_err(errno);
	fd_close(&fd);
	mem_free(copy);
	return e;
}

static enum err write_new(const char *path, struct str octets, unsigned mode)
{
	int fd;
	enum err e;

	unlink(path); /* left by a crash, perhaps with another mode */
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (fd < 0)
		return file_err(errno);
	e = memfd_add(fd, octets);
	if (e == ERR_OK && fsync(fd) < 0)
		e = file_err(errno);
	fd_close(&fd);
	return e;
}

enum err file_replace(const char *path, struct str octets, unsigned mode)
{
	struct buf beside;
	enum err e;

	buf_init(&beside, 8192);
	buf_printf(&beside, "%s.new", path);
	buf_put_octet(&beside, '\0');
	if (buf_overflowed(&beside)) {
		buf_done(&beside);
		return ERR_TOOLONG;
	}
	e = write_new(beside.at, octets, mode);
	if (e == ERR_OK && rename(beside.at, path) < 0)
		e = file_err(errno);
	if (e == ERR_OK)
		e = flush_folder_of(path);
	buf_done(&beside);
	return e;
}

enum err folder_make(const char *path, unsigned mode)
{
	struct stat st;

	if (mkdir(path, mode) == 0)
		return ERR_OK;
	if (errno != EEXIST)
		return file_err(errno);
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode) ? ERR_OK : ERR_EXISTS;
}

int memfd_new(const char *name)
{
	return memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
}

enum err memfd_seal(int fd)
{
	return fcntl(fd, F_ADD_SEALS, SEALS | F_SEAL_SEAL) < 0 ? file_err(errno) : ERR_OK;
}

bool memfd_is_sealed(int fd)
{
	int seals = fcntl(fd, F_GET_SEALS);

	return seals >= 0 && (seals & SEALS) == SEALS;
}

enum err fd_map(int fd, size_t octets_max, struct str *ret)
{
	struct stat st;
	void *at;

	if (fstat(fd, &st) < 0)
		return file_err(errno);
	if (st.st_size < 0 || (uint64_t)st.st_size > octets_max)
		return ERR_TOOBIG;
	if (st.st_size == 0) {
		*ret = S("");
		return ERR_OK;
	}
	at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (at == MAP_FAILED)
		return file_err(errno);
	*ret = str_make(at, (size_t)st.st_size);
	return ERR_OK;
}

void fd_unmap(struct str *view)
{
	if (view->len > 0)
		munmap((void *)(uintptr_t)view->at, view->len);
	*view = STR_NONE;
}
