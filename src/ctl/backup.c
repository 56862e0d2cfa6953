#include "ctl/backup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "ctl/backup_copy.h"
#include "ctl/backup_verify.h"
#include "ctl/wipe.h"
#include "io/file.h"

#define LOCK_NAME       "lock"
#define MANIFEST_OCTETS ((size_t)256 << 20)
#define KEEP_DAYS       30u
#define KEEP_DAYS_MAX   36500u

/* ---- the folder ---- */

static bool is_ours(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strcmp(name, LOCK_NAME) == 0 ||
	       strcmp(name, MANIFEST_NAME) == 0 || strcmp(name, MANIFEST_NAME ".new") == 0;
}

static enum err check_foreign(const struct backup_folder *b, struct failure *f)
{
	int fd = openat(b->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *entry;
	char name[64] = "";

	if (d == NULL)
		return fail(f, file_err(errno), "%s: cannot be read: %s", b->path, strerror(errno));
	while ((entry = readdir(d)) != NULL && name[0] == '\0') {
		if (!is_ours(entry->d_name))
			snprintf(name, sizeof(name), "%.60s", entry->d_name);
	}
	closedir(d);
	if (name[0] == '\0')
		return ERR_OK;
	return fail(f, ERR_EXISTS, "%s is no backup and holds other files ('%s'); name a new or empty folder", b->path, name);
}

static enum err read_manifest(struct backup_folder *b, bool make, struct failure *f)
{
	char path[4096];
	struct buf text;
	enum err e;

	snprintf(path, sizeof(path), "%s/" MANIFEST_NAME, b->path);
	buf_init(&text, MANIFEST_OCTETS);
	e = file_read(path, &text);
	if (e == ERR_NOTFOUND) {
		b->fresh = true;
		e = make ? check_foreign(b, f) : fail(f, ERR_NOTFOUND, "%s is no backup: there is no file " MANIFEST_NAME, b->path);
	} else if (e != ERR_OK) {
		e = fail(f, e, "%s: cannot be read: %s", path, err_text(e));
	} else {
		e = manifest_get(&b->manifest, buf_str(&text));
		if (e == ERR_CONFIG)
			e = fail(f, e, "%s was written by a newer version of Bourse", path);
		else if (e != ERR_OK)
			e = fail(f, e, "%s is damaged: its checksum does not fit", path);
	}
	buf_done(&text);
	return e;
}

static enum err open_part(struct backup_folder *b, int part, bool make, struct failure *f)
{
	const char *name = manifest_part_name((enum manifest_part)part);

	if (make && mkdirat(b->fd, name, 0700) < 0 && errno != EEXIST)
		return fail(f, file_err(errno), "%s/%s cannot be made: %s", b->path, name, strerror(errno));
	b->parts[part] = openat(b->fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (b->parts[part] < 0)
		return fail(f, file_err(errno), "%s/%s cannot be opened: %s", b->path, name, strerror(errno));
	return ERR_OK;
}

static enum err take_lock(struct backup_folder *b, bool make, struct failure *f)
{
	b->lock = openat(b->fd, LOCK_NAME, (make ? O_RDWR | O_CREAT : O_RDONLY) | O_CLOEXEC, 0600);
	if (b->lock < 0 && !make)
		return ERR_OK; /* on a medium that cannot be written to */
	if (b->lock < 0)
		return fail(f, file_err(errno), "%s: cannot be written to: %s", b->path, strerror(errno));
	if (flock(b->lock, (make ? LOCK_EX : LOCK_SH) | LOCK_NB) < 0)
		return fail(f, ERR_INUSE, "%s: another backup or restore is using it", b->path);
	return ERR_OK;
}

/* A folder without a list gets an empty one first, so that what a broken backup leaves is known as a backup's. */
static enum err begin(struct backup_folder *b, struct failure *f)
{
	enum err e = b->fresh ? backup_write_manifest(b, f) : ERR_OK;

	for (int part = 0; part < MANIFEST_PARTS && e == ERR_OK; part++)
		e = open_part(b, part, true, f);
	return e;
}

enum err backup_open(struct backup_folder *b, const char *path, bool make, struct failure *f)
{
	enum err e;

	*b = (struct backup_folder){ .path = path, .fd = -1, .parts = { -1, -1 }, .lock = -1 };
	manifest_init(&b->manifest);
	if (make && mkdir(path, 0700) < 0 && errno != EEXIST)
		return fail(f, file_err(errno), "%s cannot be made: %s", path, strerror(errno));
	b->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (b->fd < 0)
		return fail(f, file_err(errno), "%s cannot be opened: %s", path, strerror(errno));
	e = read_manifest(b, make, f); /* before anything is written into what may be somebody's folder */
	if (e == ERR_OK)
		e = take_lock(b, make, f);
	if (e == ERR_OK && make)
		return begin(b, f);
	for (int part = 0; part < MANIFEST_PARTS && e == ERR_OK; part++)
		e = open_part(b, part, false, f);
	return e;
}

void backup_close(struct backup_folder *b)
{
	for (int part = 0; part < MANIFEST_PARTS; part++)
		fd_close(&b->parts[part]);
	fd_close(&b->fd);
	fd_close(&b->lock);
	manifest_done(&b->manifest);
}

/* ---- the command ---- */

static enum err check_place(const char *path, const char *data, struct failure *f)
{
	char *parent = strdup(path), *slash, *there, *ours = realpath(data, NULL);
	size_t len = ours ? strlen(ours) : 0;
	bool inside;

	must(parent != NULL);
	there = realpath(path, NULL);
	if (there == NULL) { /* to be made: its parent decides */
		while ((slash = strrchr(parent, '/')) != NULL && slash > parent && slash[1] == '\0')
			*slash = '\0';
		if (slash != NULL)
			slash[slash == parent] = '\0';
		there = realpath(slash ? parent : ".", NULL);
	}
	inside = ours != NULL && there != NULL && strncmp(there, ours, len) == 0 && (there[len] == '/' || there[len] == '\0');
	free(parent);
	free(there);
	free(ours);
	if (inside)
		return fail(f, ERR_EXISTS, "%s is inside the data folder %s; a backup belongs elsewhere, best on another disk", path, data);
	return ERR_OK;
}

static enum err keep_days(const struct call *call, unsigned *ret, struct failure *f)
{
	const char *text = json_string_value(json_object_get(call->args, "keep-days"));
	uint32_t days = KEEP_DAYS;

	if (text != NULL && !str_u32(str_from_c(text), KEEP_DAYS_MAX, &days))
		return fail(f, ERR_SYNTAX, "--keep-days is a number of days, at most %u", KEEP_DAYS_MAX);
	*ret = days;
	return ERR_OK;
}

enum err backup_run(const struct call *call, const char *data, struct render *r, struct failure *f)
{
	const char *path = json_string_value(json_object_get(call->args, "folder"));
	bool verify = json_is_true(json_object_get(call->args, "verify"));
	struct backup_folder b;
	unsigned days = KEEP_DAYS;
	enum err e = keep_days(call, &days, f);

	if (e == ERR_OK && !verify)
		e = check_place(path, data, f);
	if (e != ERR_OK)
		return e;
	e = backup_open(&b, path, !verify, f);
	if (e == ERR_OK && verify)
		e = backup_verify(&b, r, f);
	else if (e == ERR_OK)
		e = backup_copy(&b, &(struct backup_copy){ .data = data, .config = call->config, .keep_days = days, .render = r,
			.without_key = json_is_true(json_object_get(call->args, "without-key")) }, f);
	backup_close(&b);
	return e;
}
