#include "disk.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/list.h"
#include "base/must.h"
#include "defect.h"
#include "fiber.h"
#include "proc.h"
#include "world.h"
#include "wrap.h"

#define SECTOR   512u
#define PATH_MAX_OCTETS 900

/* A change of a file's octets or length that no flush has followed. */
struct change {
	struct list node;
	uint64_t at, size_before, size_after;
	size_t old_len, new_len;
	char *old_octets, *new_octets;
};

struct dfile {
	struct list node;
	char path[PATH_MAX_OCTETS];
	uint64_t octets, reserved;
	struct list changes;
	bool gone; /* unlinked */
};

/* A name that was made or removed since its folder was flushed last. */
struct naming {
	struct list node;
	struct dfile *file;
	char path[PATH_MAX_OCTETS];
	bool removed;
};

static struct {
	char folder[600];
	struct disk_manner manner;
	struct list files, namings;
	uint64_t used, hidden;
	struct dfile *open[FDS_MAX];
	char *folders[FDS_MAX];
} disk;

void disk_begin(const char *folder)
{
	memset(&disk, 0, sizeof(disk));
	snprintf(disk.folder, sizeof(disk.folder), "%s", folder);
	disk.manner = (struct disk_manner){ 100, 1000, UINT64_MAX };
	list_init(&disk.files);
	list_init(&disk.namings);
}

const char *disk_folder(void)
{
	return disk.folder;
}

void disk_set(const struct disk_manner *m)
{
	disk.manner = *m;
}

const struct disk_manner *disk_manner(void)
{
	return &disk.manner;
}

uint64_t disk_used(void)
{
	return disk.used;
}

static void drop_change(struct change *c)
{
	list_remove(&c->node);
	free(c->old_octets);
	free(c->new_octets);
	free(c);
}

static void settle_file(struct dfile *f)
{
	LIST_EACH(node, &f->changes)
		drop_change(LIST_OF(node, struct change, node));
}

static void settle_naming(struct naming *n)
{
	if (n->removed)
		__real_unlink(n->path);
	list_remove(&n->node);
	free(n);
}

static void settle_names_of(const struct dfile *f)
{
	LIST_EACH(node, &disk.namings) {
		struct naming *n = LIST_OF(node, struct naming, node);

		if (n->file == f)
			settle_naming(n);
	}
}

void disk_settle(void)
{
	LIST_EACH(node, &disk.files)
		settle_file(LIST_OF(node, struct dfile, node));
	LIST_EACH(node, &disk.namings)
		settle_naming(LIST_OF(node, struct naming, node));
}

void disk_closed(int fd)
{
	if (fd < 0 || fd >= FDS_MAX)
		return;
	disk.open[fd] = NULL;
	free(disk.folders[fd]);
	disk.folders[fd] = NULL;
}

/* ---- names ---- */

static struct dfile *find(const char *path)
{
	LIST_EACH(node, &disk.files) {
		struct dfile *f = LIST_OF(node, struct dfile, node);

		if (!f->gone && strcmp(f->path, path) == 0)
			return f;
	}
	return NULL;
}

static bool is_ours(const char *path)
{
	size_t n = strlen(disk.folder);

	return n > 0 && strncmp(path, disk.folder, n) == 0;
}

static void full_path(int folder, const char *path, char *to, size_t room)
{
	const char *base = "";
	struct proc *p = fiber_proc();

	if (path[0] == '.' && path[1] == '/')
		path += 2;
	if (path[0] != '/')
		base = folder >= 0 ? disk.folders[folder] : p != NULL ? p->folder : "";
	if (base == NULL)
		base = "";
	if (strcmp(path, ".") == 0)
		snprintf(to, room, "%s", base);
	else
		snprintf(to, room, "%s%s%s", base, base[0] != '\0' ? "/" : "", path);
}

static struct dfile *make_file(const char *path)
{
	struct dfile *f = __real_calloc(1, sizeof(*f));
	struct naming *n = __real_calloc(1, sizeof(*n));

	must(f != NULL && n != NULL);
	snprintf(f->path, sizeof(f->path), "%s", path);
	list_init(&f->changes);
	list_init(&f->node);
	list_add_tail(&disk.files, &f->node);
	n->file = f;
	list_init(&n->node);
	list_add_tail(&disk.namings, &n->node);
	return f;
}

static int open_below(const char *path, int flags, unsigned mode)
{
	struct dfile *f = find(path);
	int fd;

	if (f == NULL && (flags & O_CREAT) && disk.used >= disk.manner.capacity_octets) {
		errno = ENOSPC;
		return -1;
	}
	fd = __real_open64(path, flags, mode);
	if (fd < 0)
		return fd;
	must(fd < FDS_MAX);
	proc_owns(fd);
	if (flags & O_DIRECTORY)
		disk.folders[fd] = strdup(path);
	else
		disk.open[fd] = f != NULL ? f : make_file(path);
	return fd;
}

static int open_any(int folder, const char *path, int flags, unsigned mode)
{
	char full[PATH_MAX_OCTETS];
	int fd;

	full_path(folder, path, full, sizeof(full));
	if (is_ours(full))
		return open_below(full, flags, mode);
	fd = __real_open64(path, flags, mode);
	proc_owns(fd);
	return fd;
}

#define OPEN_WITH_MODE(folder)                                                                     \
	va_list args;                                                                              \
	unsigned mode;                                                                             \
	va_start(args, flags);                                                                     \
	mode = flags & O_CREAT ? va_arg(args, unsigned) : 0;                                       \
	va_end(args);                                                                              \
	return open_any((folder), path, flags, mode)

int __wrap_open(const char *path, int flags, ...)
{
	OPEN_WITH_MODE(-1);
}

int __wrap_open64(const char *path, int flags, ...)
{
	OPEN_WITH_MODE(-1);
}

int __wrap_openat64(int folder, const char *path, int flags, ...)
{
	OPEN_WITH_MODE(folder);
}

int __wrap_mkdir(const char *path, unsigned mode)
{
	char full[PATH_MAX_OCTETS];

	full_path(-1, path, full, sizeof(full));
	return __real_mkdir(full, mode);
}

int __wrap_unlinkat(int folder, const char *path, int flags)
{
	char full[PATH_MAX_OCTETS], hidden[PATH_MAX_OCTETS];
	struct dfile *f;
	struct naming *n;

	full_path(folder, path, full, sizeof(full));
	f = find(full);
	if (f == NULL)
		return __real_unlinkat(AT_FDCWD, full, flags);
	snprintf(hidden, sizeof(hidden), "%s/gone-%llu", disk.folder, (unsigned long long)++disk.hidden);
	must(__real_rename(full, hidden) == 0);
	n = __real_calloc(1, sizeof(*n));
	must(n != NULL);
	n->file = f;
	n->removed = true;
	snprintf(n->path, sizeof(n->path), "%s", hidden);
	list_init(&n->node);
	list_add_tail(&disk.namings, &n->node);
	f->gone = true;
	disk.used -= f->octets > f->reserved ? f->octets : f->reserved;
	return 0;
}

/* ---- octets ---- */

static uint64_t allocated(const struct dfile *f)
{
	return f->octets > f->reserved ? f->octets : f->reserved;
}

static void set_octets(struct dfile *f, uint64_t octets)
{
	disk.used -= f->gone ? 0 : allocated(f);
	f->octets = octets;
	disk.used += f->gone ? 0 : allocated(f);
}

static uint64_t disk_free(void)
{
	return disk.used < disk.manner.capacity_octets ? disk.manner.capacity_octets - disk.used : 0;
}

static struct change *note(struct dfile *f, int fd, uint64_t at, size_t len)
{
	struct change *c = __real_calloc(1, sizeof(*c));
	size_t old = at < f->octets ? (size_t)(f->octets - at) : 0;

	must(c != NULL);
	c->at = at;
	c->size_before = f->octets;
	c->old_len = old < len ? old : len;
	c->old_octets = malloc(c->old_len + 1);
	must(c->old_octets != NULL);
	must(pread(fd, c->old_octets, c->old_len, (off_t)at) == (ssize_t)c->old_len);
	list_init(&c->node);
	list_add_tail(&f->changes, &c->node);
	return c;
}

static ssize_t write_at(int fd, struct str octets, uint64_t at)
{
	struct dfile *f = fd >= 0 && fd < FDS_MAX ? disk.open[fd] : NULL;
	struct change *c;

	if (f == NULL)
		return __real_pwrite(fd, octets.at, octets.len, (off_t)at);
	if (at + octets.len > allocated(f) && at + octets.len - allocated(f) > disk_free()) {
		uint64_t end = allocated(f) + disk_free();

		octets.len = end > at ? (size_t)(end - at) : 0;
		if (octets.len == 0) {
			errno = ENOSPC;
			return -1;
		}
	}
	c = note(f, fd, at, octets.len);
	c->new_len = octets.len;
	c->new_octets = malloc(octets.len + 1);
	must(c->new_octets != NULL);
	memcpy(c->new_octets, octets.at, octets.len);
	if (at + octets.len > f->octets)
		set_octets(f, at + octets.len);
	c->size_after = f->octets;
	return __real_pwrite(fd, octets.at, octets.len, (off_t)at);
}

int __wrap_stat64(const char *path, struct stat *ret)
{
	char full[PATH_MAX_OCTETS];

	full_path(-1, path, full, sizeof(full));
	return __real_stat64(full, ret);
}

int __wrap_unlink(const char *path)
{
	return __wrap_unlinkat(-1, path, 0);
}

/* On disk at once, with what was flushed into the file; who does it flushes both. */
int __wrap_rename(const char *from, const char *to)
{
	char was[PATH_MAX_OCTETS], is[PATH_MAX_OCTETS];
	struct dfile *f, *instead;

	full_path(-1, from, was, sizeof(was));
	full_path(-1, to, is, sizeof(is));
	f = find(was);
	instead = find(is);
	if (__real_rename(was, is) != 0)
		return -1;
	if (f == NULL)
		return 0;
	if (instead != NULL) {
		settle_file(instead);
		settle_names_of(instead);
		instead->gone = true;
	}
	settle_names_of(f);
	snprintf(f->path, sizeof(f->path), "%s", is);
	return 0;
}

ssize_t __wrap_pwrite(int fd, const void *at, size_t n, off_t offset)
{
	return write_at(fd, str_make(at, n), (uint64_t)offset);
}

ssize_t __wrap_pwritev64(int fd, const struct iovec *parts, int count, off_t offset)
{
	ssize_t done = 0;

	for (int i = 0; i < count; i++) {
		ssize_t n;

		if (parts[i].iov_len == 0)
			continue;
		n = write_at(fd, str_make(parts[i].iov_base, parts[i].iov_len), (uint64_t)(offset + done));
		if (n < 0)
			return done > 0 ? done : n;
		done += n;
		if ((size_t)n < parts[i].iov_len)
			break;
	}
	return done;
}

/* LMDB writes pages so, after a seek. */
ssize_t __wrap_writev(int fd, const struct iovec *parts, int count)
{
	off_t at = lseek(fd, 0, SEEK_CUR);
	ssize_t n = __wrap_pwritev64(fd, parts, count, at);

	if (n > 0)
		lseek(fd, at + n, SEEK_SET);
	return n;
}

int __wrap_ftruncate64(int fd, off_t octets)
{
	struct dfile *f = fd >= 0 && fd < FDS_MAX ? disk.open[fd] : NULL;
	struct change *c;

	if (f == NULL)
		return __real_ftruncate64(fd, octets);
	c = note(f, fd, (uint64_t)octets, SIZE_MAX / 2);
	c->size_after = (uint64_t)octets;
	set_octets(f, (uint64_t)octets);
	return __real_ftruncate64(fd, octets);
}

int __wrap_ftruncate(int fd, off_t octets)
{
	return __wrap_ftruncate64(fd, octets);
}

int __wrap_posix_fallocate64(int fd, off_t offset, off_t octets)
{
	struct dfile *f = fd >= 0 && fd < FDS_MAX ? disk.open[fd] : NULL;

	must(f != NULL && offset == 0);
	if ((uint64_t)octets > allocated(f) && (uint64_t)octets - allocated(f) > disk_free())
		return ENOSPC;
	disk.used -= allocated(f);
	f->reserved = (uint64_t)octets;
	disk.used += allocated(f);
	return 0;
}

int __wrap_fstatfs64(int fd, struct statfs *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->f_bsize = 1;
	ret->f_bavail = disk_free();
	return 0;
}

/* ---- flushes ---- */

static void settle_folder(const char *folder)
{
	size_t n = strlen(folder);

	LIST_EACH(node, &disk.namings) {
		struct naming *naming = LIST_OF(node, struct naming, node);
		const char *path = naming->file->path;

		if (strncmp(path, folder, n) == 0 && path[n] == '/' && strchr(path + n + 1, '/') == NULL)
			settle_naming(naming);
	}
}

static int flush(int fd)
{
	struct proc *p = fiber_proc();
	uint64_t us = chance_range(STREAM_RUN, disk.manner.flush_us_min, disk.manner.flush_us_max);

	if (fd < 0 || fd >= FDS_MAX)
		return 0;
	if (us > 0 && fiber_is_one())
		fiber_sleep(us);
	if (p != NULL && p->flush_fails && disk.open[fd] != NULL) {
		p->flush_fails = false;
		trace(p->name, "a flush fails");
		errno = EIO;
		return -1;
	}
	if (disk.open[fd] != NULL && !defect_early())
		settle_file(disk.open[fd]);
	if (disk.folders[fd] != NULL)
		settle_folder(disk.folders[fd]);
	return 0;
}

int __wrap_fdatasync(int fd)
{
	return flush(fd);
}

int __wrap_fsync(int fd)
{
	return flush(fd);
}

int __wrap_msync(void *at, size_t octets, int flags)
{
	return 0;
}

/* ---- the cut ---- */

static void put_back(int fd, const struct change *c)
{
	must(__real_ftruncate64(fd, (off_t)c->size_before) == 0);
	must(__real_pwrite(fd, c->old_octets, c->old_len, (off_t)c->at) == (ssize_t)c->old_len);
}

/* The part that came through: whole sectors, any of them. */
static void let_through(int fd, const struct change *c, bool torn, uint64_t *size)
{
	size_t from = 0;

	if (c->new_len == 0) {
		must(__real_ftruncate64(fd, (off_t)c->size_after) == 0);
		*size = c->size_after;
		return;
	}
	while (from < c->new_len) {
		size_t n = SECTOR - (size_t)((c->at + from) % SECTOR);

		n = n < c->new_len - from ? n : c->new_len - from;
		if (!torn || chance_in(STREAM_DISK, 2)) {
			must(__real_pwrite(fd, c->new_octets + from, n, (off_t)(c->at + from)) == (ssize_t)n);
			*size = c->at + from + n > *size ? c->at + from + n : *size;
		}
		from += n;
	}
}

static void cut_file(struct dfile *f, const char *path, unsigned mood)
{
	int fd = __real_open64(path, O_RDWR | O_CLOEXEC);
	uint64_t size = f->octets;
	struct list kept;

	if (fd < 0)
		return;
	list_init(&kept);
	while (!list_empty(&f->changes)) {
		struct change *c = LIST_OF(f->changes.prev, struct change, node);

		put_back(fd, c);
		size = c->size_before;
		list_remove(&c->node);
		kept.next->prev = &c->node;
		c->node.next = kept.next;
		c->node.prev = &kept;
		kept.next = &c->node;
	}
	LIST_EACH(node, &kept) {
		struct change *c = LIST_OF(node, struct change, node);

		if (mood == 1 || (mood > 1 && chance_in(STREAM_DISK, 2)))
			let_through(fd, c, mood == 3 || chance_in(STREAM_DISK, 3), &size);
		drop_change(c);
	}
	set_octets(f, size);
	__real_close(fd);
}

/* Folders keep what came first: a journalling file system loses the end. */
static void cut_names(void)
{
	uint64_t count = 0, keep, i = 0;

	LIST_EACH(node, &disk.namings)
		count++;
	keep = chance_below(STREAM_DISK, count + 1);
	LIST_EACH(node, &disk.namings) {
		if (i++ < keep)
			settle_naming(LIST_OF(node, struct naming, node));
	}
	while (!list_empty(&disk.namings)) {
		struct naming *n = LIST_OF(disk.namings.prev, struct naming, node);

		if (n->removed && __real_rename(n->path, n->file->path) == 0) {
			n->file->gone = false;
			disk.used += allocated(n->file);
		} else if (!n->removed && !n->file->gone) {
			__real_unlink(n->file->path);
			n->file->gone = true;
			disk.used -= allocated(n->file);
		}
		list_remove(&n->node);
		free(n);
	}
}

void disk_cut(void)
{
	unsigned mood = (unsigned)chance_below(STREAM_DISK, 4); /* all lost, all kept, some, some of them torn */

	trace("disk", "loses power (%u)", mood);
	LIST_EACH(node, &disk.files) {
		struct dfile *f = LIST_OF(node, struct dfile, node);

		if (!list_empty(&f->changes) && !f->gone)
			cut_file(f, f->path, mood);
	}
	LIST_EACH(node, &disk.namings) {
		struct naming *n = LIST_OF(node, struct naming, node);

		if (n->removed && !list_empty(&n->file->changes))
			cut_file(n->file, n->path, mood);
	}
	cut_names();
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	return remove(path);
}

void disk_end(const char *folder)
{
	nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
