#include "search/pages.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <string.h>

#include "base/must.h"
#include "kv/checksum.h"

#define HEADER_OCTETS_MAX 512 /* reads of the file's header, before the size of pages is known */

/* A file of ours is this and, behind it, one of the VFS below. */
struct pages_file {
	sqlite3_file base;
	bool checked; /* the database itself; its journal has sums of its own */
};

static sqlite3_vfs vfs;

static sqlite3_file *under(sqlite3_file *f)
{
	return (sqlite3_file *)(void *)((struct pages_file *)(void *)f + 1);
}

static bool is_checked(sqlite3_file *f)
{
	return ((struct pages_file *)(void *)f)->checked;
}

static uint64_t sum_of(const char *page, sqlite3_int64 at)
{
	return hash64((uint64_t)at / PAGES_OCTETS + 1,
		str_make(page, PAGES_OCTETS - PAGES_RESERVE_OCTETS));
}

static int on_close(sqlite3_file *f)
{
	return under(f)->pMethods->xClose(under(f));
}

static int on_read(sqlite3_file *f, void *to, int octets, sqlite3_int64 at)
{
	int rc = under(f)->pMethods->xRead(under(f), to, octets, at);
	uint64_t sum;

	if (rc != SQLITE_OK || !is_checked(f) || octets < HEADER_OCTETS_MAX)
		return rc;
	if (octets != PAGES_OCTETS || at % PAGES_OCTETS != 0)
		return SQLITE_CORRUPT;
	memcpy(&sum, (char *)to + PAGES_OCTETS - PAGES_RESERVE_OCTETS, sizeof(sum));
	return sum == sum_of(to, at) ? SQLITE_OK : SQLITE_CORRUPT;
}

static int on_write(sqlite3_file *f, const void *from, int octets, sqlite3_int64 at)
{
	char page[PAGES_OCTETS];
	uint64_t sum;

	if (!is_checked(f))
		return under(f)->pMethods->xWrite(under(f), from, octets, at);
	if (octets != PAGES_OCTETS || at % PAGES_OCTETS != 0)
		return SQLITE_IOERR_WRITE;
	memcpy(page, from, PAGES_OCTETS - PAGES_RESERVE_OCTETS);
	sum = sum_of(page, at);
	memcpy(page + PAGES_OCTETS - PAGES_RESERVE_OCTETS, &sum, sizeof(sum));
	return under(f)->pMethods->xWrite(under(f), page, octets, at);
}

static int on_truncate(sqlite3_file *f, sqlite3_int64 octets)
{
	return under(f)->pMethods->xTruncate(under(f), octets);
}

static int on_sync(sqlite3_file *f, int flags)
{
	return under(f)->pMethods->xSync(under(f), flags);
}

static int on_size(sqlite3_file *f, sqlite3_int64 *ret)
{
	return under(f)->pMethods->xFileSize(under(f), ret);
}

static int on_lock(sqlite3_file *f, int level)
{
	return under(f)->pMethods->xLock(under(f), level);
}

static int on_unlock(sqlite3_file *f, int level)
{
	return under(f)->pMethods->xUnlock(under(f), level);
}

static int on_check_lock(sqlite3_file *f, int *ret)
{
	return under(f)->pMethods->xCheckReservedLock(under(f), ret);
}

static int on_control(sqlite3_file *f, int what, void *arg)
{
	return under(f)->pMethods->xFileControl(under(f), what, arg);
}

static int on_sector(sqlite3_file *f)
{
	return under(f)->pMethods->xSectorSize(under(f));
}

static int on_properties(sqlite3_file *f)
{
	return under(f)->pMethods->xDeviceCharacteristics(under(f));
}

/* Version 1: neither memory shared between processes nor files mapped into memory, which would pass
 * the sums by. */
static const sqlite3_io_methods methods = { 1, on_close, on_read, on_write, on_truncate, on_sync,
	on_size, on_lock, on_unlock, on_check_lock, on_control, on_sector, on_properties };

static int on_open(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *ret_flags)
{
	sqlite3_vfs *real = v->pAppData;
	struct pages_file *p = (struct pages_file *)(void *)f;
	int rc;

	f->pMethods = NULL;
	rc = real->xOpen(real, name, under(f), flags, ret_flags);
	if (rc != SQLITE_OK)
		return rc;
	p->checked = (flags & SQLITE_OPEN_MAIN_DB) != 0;
	f->pMethods = &methods;
	return SQLITE_OK;
}

static int on_full_name(sqlite3_vfs *v, const char *name, int room, char *to)
{
	if (strlen(name) >= (size_t)room)
		return SQLITE_CANTOPEN;
	memcpy(to, name, strlen(name) + 1);
	return SQLITE_OK;
}

static int on_delete(sqlite3_vfs *v, const char *name, int flush)
{
	sqlite3_vfs *real = v->pAppData;

	return real->xDelete(real, name, flush);
}

static int on_access(sqlite3_vfs *v, const char *name, int what, int *ret)
{
	sqlite3_vfs *real = v->pAppData;

	return real->xAccess(real, name, what, ret);
}

void pages_register(void)
{
	sqlite3_vfs *real;
	unsigned char octets[8];

	must(sqlite3_initialize() == SQLITE_OK);
	real = sqlite3_vfs_find("unix-none");
	must(real != NULL);
	if (vfs.zName != NULL)
		return;
	vfs = *real;
	vfs.pNext = NULL;
	vfs.zName = PAGES_VFS;
	vfs.pAppData = real;
	vfs.szOsFile = (int)sizeof(struct pages_file) + real->szOsFile;
	vfs.xOpen = on_open;
	vfs.xDelete = on_delete;
	vfs.xAccess = on_access;
	vfs.xFullPathname = on_full_name;
	must(sqlite3_vfs_register(&vfs, 0) == SQLITE_OK);
	/* It opens a device for its first random number: now, before a sandbox. */
	sqlite3_randomness(sizeof(octets), octets);
}
