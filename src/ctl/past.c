#include "ctl/past.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/backup_key.h"
#include "io/file.h"
#include "kv/record.h"
#include "store/keys.h"
#include "store/row.h"

#define PREFIX    "past-"
#define DEPTH_MAX 4 /* folders in folders of a data folder, and more */

/* ---- the place ---- */

/* Never through a link: parts of it belonged to the roles. */
static void remove_tree(int parent, const char *name, unsigned depth)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *entry;

	while (d != NULL && (entry = readdir(d)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (unlinkat(fd, entry->d_name, 0) < 0 && depth > 0)
			remove_tree(fd, entry->d_name, depth - 1);
	}
	if (d != NULL)
		closedir(d);
	unlinkat(parent, name, AT_REMOVEDIR);
}

/* Those of programs that were killed; one at work holds its lock. */
static void remove_stale(int data)
{
	int again = openat(data, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = again >= 0 ? fdopendir(again) : NULL;
	const struct dirent *entry;

	while (d != NULL && (entry = readdir(d)) != NULL) {
		int fd;

		if (!str_starts(str_from_c(entry->d_name), S(PREFIX)))
			continue;
		fd = openat(data, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
			remove_tree(data, entry->d_name, DEPTH_MAX);
		fd_close(&fd);
	}
	if (d != NULL)
		closedir(d);
}

static enum err take_place(struct past *p, struct failure *f)
{
	p->data = open(p->o.data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (p->data < 0)
		return fail(f, file_err(errno), "%s: cannot be opened: %s", p->o.data, strerror(errno));
	remove_stale(p->data);
	snprintf(p->path, sizeof(p->path), "%s/" PREFIX "XXXXXX", p->o.data);
	if (mkdtemp(p->path) == NULL) {
		p->path[0] = '\0';
		return fail(f, file_err(errno), "%s: no folder can be made in it: %s", p->o.data, strerror(errno));
	}
	p->folder = open(p->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (p->folder < 0 || flock(p->folder, LOCK_EX | LOCK_NB) < 0)
		return fail(f, ERR_IO, "%s: cannot be locked", p->path);
	return ERR_OK;
}

/* ---- what is taken from the backup ---- */

static enum err make_part(struct past *p, enum manifest_part part, remake_keep *keep, struct failure *f)
{
	struct restore_part make = { .b = p->o.b, .part = part, .place = p->o.data, .until_s = p->o.until_s, .keep = keep,
		.keep_arg = p, .render = p->o.render, .done = &p->done, .total = p->total };
	const char *name = manifest_part_name(part);
	char folder[PAST_PATH_OCTETS + 16];
	struct remake_report report;
	bool there;
	enum err e;

	if (mkdirat(p->folder, name, 0700) < 0 && errno != EEXIST)
		return fail(f, file_err(errno), "%s/%s: cannot be made: %s", p->path, name, strerror(errno));
	make.to = openat(p->folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (make.to < 0)
		return fail(f, file_err(errno), "%s/%s: cannot be opened: %s", p->path, name, strerror(errno));
	e = restore_part_make(&make, &report, f);
	fd_close(&make.to);
	if (e == ERR_OK && part == MANIFEST_DIRECTORY) {
		snprintf(folder, sizeof(folder), "%s/%s", p->path, name);
		e = backup_key_give(p->o.b, folder, &there, f);
	}
	return e;
}

/* Looks only: which blobs are the mailbox's. */
static bool note_blobs(void *arg, const struct record_op *op)
{
	struct past *p = arg;
	struct email_row row;

	if (op->kind != RECORD_PUT || op->shard != p->mailbox || op->key.len == 0 || op->key.at[0] != KEYS_EMAIL ||
		email_row_get(op->value, &row) != ERR_OK)
		return false;
	map_put(&p->blobs, row.blob, p);
	if (row.record_blob != 0)
		map_put(&p->blobs, row.record_blob, p);
	return false;
}

static bool keep_mailbox(void *arg, const struct record_op *op)
{
	const struct past *p = arg;

	if (op->kind == RECORD_PUT || op->kind == RECORD_DEL)
		return op->shard == p->mailbox;
	if (op->kind == RECORD_BLOB || op->kind == RECORD_COUNT || op->kind == RECORD_COUNT_IS)
		return map_get(&p->blobs, op->blob) != NULL;
	return true;
}

static enum err find_blobs(struct past *p, struct failure *f)
{
	struct restore_part look = { .b = p->o.b, .part = MANIFEST_STORE, .place = p->o.data, .to = -1, .until_s = p->o.until_s,
		.keep = note_blobs, .keep_arg = p, .render = p->o.render, .done = &p->done, .total = p->total };
	struct remake_report report;

	return restore_part_make(&look, &report, f);
}

/* ---- the server on it ---- */

static enum err start(struct past *p, struct failure *f)
{
	struct transport_options options = { .data = p->path, .config = p->o.config, .start = true };

	return transport_open(&options, &p->server, f);
}

static void stop(struct past *p)
{
	transport_close(p->server);
	p->server = NULL;
}

enum err past_open(struct past *p, const struct past_options *o, struct failure *f)
{
	const struct manifest *m = &o->b->manifest;

	*p = (struct past){ .o = *o, .data = -1, .folder = -1 };
	map_init(&p->blobs);
	for (size_t i = 0; i < m->count; i++) /* the store is read twice */
		p->total += m->rows[i].octets * (m->rows[i].part == MANIFEST_STORE ? 2 : 1);
	if (take_place(p, f) != ERR_OK || make_part(p, MANIFEST_DIRECTORY, NULL, f) != ERR_OK)
		return f->code;
	return start(p, f);
}

enum err past_fetch(struct past *p, uint64_t mailbox, struct failure *f)
{
	stop(p);
	p->mailbox = mailbox;
	/* What the server made for itself: a store that has nothing. */
	remove_tree(p->folder, manifest_part_name(MANIFEST_STORE), DEPTH_MAX);
	if (find_blobs(p, f) != ERR_OK || make_part(p, MANIFEST_STORE, keep_mailbox, f) != ERR_OK)
		return f->code;
	return start(p, f);
}

void past_close(struct past *p)
{
	stop(p);
	if (p->path[0] != '\0')
		remove_tree(p->data, strrchr(p->path, '/') + 1, DEPTH_MAX);
	fd_close(&p->folder);
	fd_close(&p->data);
	map_done(&p->blobs);
}
