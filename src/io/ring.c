#include "io/ring.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/file.h"

#define NAME_OCTETS 32
#define DIGITS      8

static void name_of(const char *ring, uint32_t number, char name[NAME_OCTETS])
{
	snprintf(name, NAME_OCTETS, "%s-%08u", ring, number);
}

static bool number_of(const struct ring *r, const char *name, uint32_t *ret)
{
	struct str s = str_from_c(name), front = str_from_c(r->name);

	return str_starts(s, front) && s.len == front.len + 1 + DIGITS && s.at[front.len] == '-' &&
	       str_u32(str_skip(s, front.len + 1), 99999999, ret) && *ret > 0;
}

static int open_number(const struct ring *r, uint32_t number, int flags)
{
	char name[NAME_OCTETS];

	name_of(r->name, number, name);
	return openat(r->folder, name, flags | O_CLOEXEC, 0600);
}

/* ---- opening ---- */

static enum err look(struct ring *r)
{
	int fd = openat(r->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *folder = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *entry;
	uint32_t number;

	if (folder == NULL) {
		fd_close(&fd);
		return file_err(errno);
	}
	while ((entry = readdir(folder)) != NULL) {
		if (!number_of(r, entry->d_name, &number))
			continue;
		r->first = r->first == 0 || number < r->first ? number : r->first;
		r->last = number > r->last ? number : r->last;
	}
	closedir(folder);
	return ERR_OK;
}

static enum err cut_torn(struct ring *r, size_t (*whole)(struct str octets))
{
	struct str view = STR_NONE;
	enum err e = fd_map(r->fd, RING_FILE_OCTETS_MAX, &view);

	if (e != ERR_OK)
		return e;
	r->octets = whole(view);
	if (r->octets < view.len && ftruncate(r->fd, (off_t)r->octets) < 0)
		e = file_err(errno);
	fd_unmap(&view);
	return e;
}

static enum err go_on(struct ring *r, size_t (*whole)(struct str octets))
{
	enum err e;

	r->fd = open_number(r, r->last, O_RDWR);
	if (r->fd < 0)
		return file_err(errno);
	e = cut_torn(r, whole);
	if (e == ERR_TOOBIG) {
		fd_close(&r->fd); /* not ours to mend: the next file begins */
		e = ERR_OK;
	}
	return e;
}

enum err ring_open(struct ring *r, const char *folder, const char *name, size_t (*whole)(struct str octets))
{
	enum err e = folder_make(folder, 0700);

	*r = (struct ring){ .folder = -1, .fd = -1 };
	must(strlen(name) < sizeof(r->name));
	memcpy(r->name, name, strlen(name));
	if (e != ERR_OK)
		return e;
	r->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (r->folder < 0)
		return file_err(errno);
	e = look(r);
	return e == ERR_OK && r->last > 0 ? go_on(r, whole) : e;
}

void ring_close(struct ring *r)
{
	fd_close(&r->fd);
	fd_close(&r->folder);
}

/* ---- adding ---- */

static bool begin_file(struct ring *r)
{
	fd_close(&r->fd);
	r->fd = open_number(r, r->last + 1, O_RDWR | O_CREAT | O_EXCL);
	if (r->fd < 0 && errno != EEXIST)
		return false;
	r->last++; /* one that came back with a power cut is passed over */
	r->first = r->first == 0 ? r->last : r->first;
	r->octets = 0;
	return r->fd >= 0;
}

uint64_t ring_file_octets(const struct ring *r)
{
	uint64_t part = r->octets_max / RING_FILES;

	return part < RING_FILE_OCTETS_MAX ? part : RING_FILE_OCTETS_MAX;
}

void ring_put(struct ring *r, struct str octets)
{
	bool room = r->fd >= 0 && (r->octets == 0 || r->octets + octets.len <= ring_file_octets(r));

	if (octets.len == 0 || r->octets_max == 0 || r->folder < 0 || (!room && !begin_file(r)))
		return;
	while (octets.len > 0) {
		ssize_t n = pwrite(r->fd, octets.at, octets.len, (off_t)r->octets);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		octets = str_skip(octets, (size_t)n);
		r->octets += (uint64_t)n;
	}
	/* What stands there half would hide what comes behind it: that goes into a file of its own. */
	if (octets.len > 0)
		fd_close(&r->fd);
}

/* ---- dropping ---- */

static void drop_first(struct ring *r)
{
	char name[NAME_OCTETS];

	name_of(r->name, r->first, name);
	(void)unlinkat(r->folder, name, 0);
	if (r->first == r->last)
		fd_close(&r->fd);
	r->first = r->first == r->last ? 0 : r->first + 1;
}

static bool is_young(const struct ring *r, int64_t now_ms)
{
	char name[NAME_OCTETS];
	struct stat s;

	name_of(r->name, r->first, name);
	return fstatat(r->folder, name, &s, 0) == 0 && (int64_t)s.st_mtime * 1000 + (int64_t)r->age_ms_max > now_ms;
}

void ring_drop(struct ring *r, int64_t now_ms)
{
	uint32_t files = r->octets_max == 0 ? 0 : RING_FILES;

	while (r->first != 0 && r->folder >= 0 && r->last - r->first + 1 > files)
		drop_first(r);
	while (r->first != 0 && r->folder >= 0 && r->age_ms_max > 0 && now_ms > 0 && !is_young(r, now_ms))
		drop_first(r);
}

/* ---- reading ---- */

enum err ring_map(int folder, const char *name, uint32_t number, struct str *ret)
{
	char file[NAME_OCTETS];
	enum err e;
	int fd;

	name_of(name, number, file);
	fd = openat(folder, file, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return file_err(errno);
	e = fd_map(fd, RING_FILE_OCTETS_MAX, ret);
	fd_close(&fd);
	return e;
}
