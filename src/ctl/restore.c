#include "ctl/restore.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/backup_key.h"
#include "ctl/restore_mail.h"
#include "ctl/restore_part.h"
#include "ctl/steps.h"
#include "io/clock.h"
#include "io/file.h"
#include "ipc/control.h"

#define PATH_OCTETS 4096
/* The folder in which a restore is made; a server does not start where it is. */
#define MAKING "restoring"
/* New UIDVALIDITYs are above the time of the restore by more than folders can be made in a second before it. */
#define UIDVALIDITY_MARGIN 65536

struct restoring {
	struct backup_folder *b;
	const char *data;
	int64_t until_s;
	struct render *render;
	int folder, making; /* data, data/restoring */
	int lock;
	uint64_t done, total;
	uint64_t octets;
	int64_t last_s;
	bool key; /* the backup has the key to the passwords */
};

/* ---- the place ---- */

/* Files that an engine may leave beside its segments. */
static const char *const leavings[] = { "lock", "index", "index-lock", "reserve", "restored", BACKUP_KEY_FILE };

static bool has_segments(int folder)
{
	int fd = folder >= 0 ? openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *entry;
	bool found = false;
	uint32_t number;

	while (d != NULL && !found && (entry = readdir(d)) != NULL)
		found = segment_number(entry->d_name, &number);
	if (d != NULL)
		closedir(d);
	return found;
}

/* all: whatever files are there, a temporary one of a restore that was killed among them. */
static void clear_part(int folder, const char *name, bool all)
{
	int fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int again = fd >= 0 ? dup(fd) : -1;
	DIR *d = again >= 0 ? fdopendir(again) : NULL;
	const struct dirent *entry;
	uint32_t number;

	while (d != NULL && (entry = readdir(d)) != NULL) {
		if (all || segment_number(entry->d_name, &number))
			unlinkat(fd, entry->d_name, 0);
	}
	for (size_t i = 0; i < sizeof(leavings) / sizeof(*leavings) && fd >= 0; i++)
		unlinkat(fd, leavings[i], 0);
	if (d != NULL)
		closedir(d);
	fd_close(&fd);
	unlinkat(folder, name, AT_REMOVEDIR);
}

static enum err check_empty(struct restoring *s, bool interrupted, struct failure *f)
{
	for (int part = 0; part < MANIFEST_PARTS; part++) {
		const char *name = manifest_part_name((enum manifest_part)part);
		int fd = openat(s->folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		bool full = has_segments(fd), key = fd >= 0 && faccessat(fd, BACKUP_KEY_FILE, F_OK, 0) == 0;

		fd_close(&fd);
		/* A server does not start while `restoring` is there: what is here was moved here by a restore. */
		if (full && !interrupted)
			return fail(f, ERR_EXISTS, "%s holds mail already (%s); restore into an empty folder: name one with --data", s->data,
				name);
		if (key && !interrupted)
			return fail(f, ERR_EXISTS, "%s/%s holds a key file; move it elsewhere first, it may be the only one", s->data, name);
		clear_part(s->folder, name, false);
	}
	return ERR_OK;
}

static enum err take_place(struct restoring *s, struct failure *f)
{
	char path[PATH_OCTETS];
	bool interrupted;

	snprintf(path, sizeof(path), "%s/run", s->data);
	if (folder_make(s->data, 0755) != ERR_OK || folder_make(path, 0755) != ERR_OK)
		return fail(f, ERR_IO, "%s: the folder cannot be made: %s", s->data, strerror(errno));
	snprintf(path, sizeof(path), "%s/run/lock", s->data);
	s->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (s->lock < 0)
		return fail(f, file_err(errno), "%s: cannot be opened: %s", path, strerror(errno));
	if (flock(s->lock, LOCK_EX | LOCK_NB) < 0)
		return fail(f, ERR_INUSE, "a server is running on %s; stop it first, or restore into another folder with --data", s->data);
	s->folder = open(s->data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->folder < 0)
		return fail(f, file_err(errno), "%s: cannot be opened: %s", s->data, strerror(errno));
	interrupted = faccessat(s->folder, MAKING, F_OK, 0) == 0;
	if (check_empty(s, interrupted, f) != ERR_OK)
		return f->code;
	if (!interrupted && mkdirat(s->folder, MAKING, 0700) < 0)
		return fail(f, file_err(errno), "%s/" MAKING ": cannot be made: %s", s->data, strerror(errno));
	s->making = openat(s->folder, MAKING, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (s->making < 0 || fsync(s->folder) != 0)
		return fail(f, ERR_IO, "%s/" MAKING ": cannot be opened", s->data);
	for (int part = 0; part < MANIFEST_PARTS; part++)
		clear_part(s->making, manifest_part_name((enum manifest_part)part), true);
	return ERR_OK;
}

/* ---- the making ---- */

static enum err make_part(struct restoring *s, enum manifest_part part, struct failure *f)
{
	const char *name = manifest_part_name(part);
	struct restore_part p = { .b = s->b, .part = part, .place = s->data, .until_s = s->until_s, .render = s->render,
		.done = &s->done, .total = s->total };
	struct remake_report report = { 0 };
	char folder[PATH_OCTETS];
	enum err e;

	if (mkdirat(s->making, name, 0700) < 0)
		return fail(f, file_err(errno), "%s/" MAKING "/%s: cannot be made: %s", s->data, name, strerror(errno));
	p.to = openat(s->making, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (p.to < 0)
		return fail(f, file_err(errno), "%s/" MAKING "/%s: cannot be opened: %s", s->data, name, strerror(errno));
	e = restore_part_make(&p, &report, f);
	if (e == ERR_OK && fsync(p.to) != 0)
		e = fail(f, ERR_IO, "%s/" MAKING "/%s: cannot be flushed: %s", s->data, name, strerror(errno));
	fd_close(&p.to);
	if (e == ERR_OK && part == MANIFEST_DIRECTORY) {
		snprintf(folder, sizeof(folder), "%s/" MAKING "/%s", s->data, name);
		e = backup_key_give(s->b, folder, &s->key, f);
	}
	if (part == MANIFEST_STORE)
		s->last_s = report.last_s;
	s->octets += report.octets;
	return e;
}

/* The store reads it at its next start, renews every UIDVALIDITY and removes it. */
static enum err put_mark(struct restoring *s, struct failure *f)
{
	char path[PATH_OCTETS], text[64];
	int64_t above = clock_real_ms() / 1000 + UIDVALIDITY_MARGIN;
	enum err e;

	snprintf(path, sizeof(path), "%s/" MAKING "/store/restored", s->data);
	snprintf(text, sizeof(text), "%lld\n", (long long)above);
	e = file_replace(path, str_from_c(text), 0600);
	return e == ERR_OK ? ERR_OK : fail(f, e, "%s: cannot be written: %s", path, err_text(e));
}

static enum err put_in_place(struct restoring *s, struct failure *f)
{
	for (int part = 0; part < MANIFEST_PARTS; part++) {
		const char *name = manifest_part_name((enum manifest_part)part);

		if (renameat(s->making, name, s->folder, name) != 0)
			return fail(f, file_err(errno), "%s/%s: cannot be put in place: %s", s->data, name, strerror(errno));
	}
	if (fsync(s->folder) != 0 || unlinkat(s->folder, MAKING, AT_REMOVEDIR) != 0 || fsync(s->folder) != 0)
		return fail(f, ERR_IO, "%s: cannot be finished: %s", s->data, strerror(errno));
	return ERR_OK;
}

static enum err make_all(struct restoring *s, struct failure *f)
{
	enum err e;

	for (size_t i = 0; i < s->b->manifest.count; i++)
		s->total += s->b->manifest.rows[i].octets;
	e = take_place(s, f);
	for (int part = 0; part < MANIFEST_PARTS && e == ERR_OK; part++)
		e = make_part(s, (enum manifest_part)part, f);
	if (e == ERR_OK)
		e = put_mark(s, f);
	if (e == ERR_OK && fsync(s->making) != 0)
		e = fail(f, ERR_IO, "%s: cannot be flushed", s->data);
	return e == ERR_OK ? put_in_place(s, f) : e;
}

static enum err restore_all(const struct call *call, const char *data, struct render *r, struct failure *f)
{
	struct restoring s = { .data = data, .render = r, .folder = -1, .making = -1, .lock = -1 };
	const char *path = json_string_value(json_object_get(call->args, "backup"));
	struct backup_folder b;
	char last[64];
	enum err e = restore_part_time(call, &s.until_s, f);

	if (e != ERR_OK)
		return e;
	e = backup_open(&b, path, false, f);
	s.b = &b;
	if (e == ERR_OK)
		e = restore_part_check(&b, s.until_s, f);
	if (e == ERR_OK)
		e = make_all(&s, f);
	if (e == ERR_OK) {
		restore_part_put_time(last, s.last_s);
		steps_progress(r, "restore", s.total, s.total);
		steps_answer(r, json_pack("{s:b,s:I,s:s,s:s,s:b,s:s}", "ok", 1, "octets", (json_int_t)s.octets, "last_change", last, "data",
			data, "key", (int)s.key, "message",
			s.key ? "restored; clients will fetch their folders anew"
			      : "restored; clients will fetch their folders anew. The backup has no key to the passwords: put " BACKUP_KEY_FILE
				" into the folder directory before the server starts"));
	}
	fd_close(&s.making);
	fd_close(&s.folder);
	fd_close(&s.lock);
	backup_close(&b);
	return e;
}

enum err restore_run(const struct call *call, const char *data, struct render *r, struct failure *f)
{
	static const char *const others[] = { "folder", "uid", "message-id", "into" };

	if (json_object_get(call->args, "mailbox") != NULL)
		return restore_mail_run(call, data, r, f);
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		if (json_object_get(call->args, others[i]) != NULL)
			return fail(f, ERR_SYNTAX, "--%s belongs to the restore of one mailbox: name it with --mailbox", others[i]);
	}
	return restore_all(call, data, r, f);
}
