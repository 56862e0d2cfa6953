/*
 * `bourse backup`: copies what the server's journals have since the last time, or checks what a backup folder holds.
 * The server gives descriptors for reading, this program writes: doc/why/008, doc/format/backup.md.
 */
#pragma once

#include "ctl/call.h"
#include "ctl/manifest.h"
#include "ctl/render.h"

/* One that is open: its folder is locked against a second program. */
struct backup_folder {
	const char *path;      /* as it was given */
	int fd, parts[MANIFEST_PARTS], lock;
	struct manifest manifest;
	bool fresh;            /* there is no manifest yet */
};

/*
 * make: it may be missing, or empty; else it must be a backup. f->text names the folder and says what is wrong.
 * ERR_NOTFOUND, ERR_EXISTS (other files are in it), ERR_INUSE, ERR_CORRUPT (its list), ERR_PERM, ERR_IO.
 */
enum err backup_open(struct backup_folder *b, const char *path, bool make, struct failure *f) MUST_USE;
void backup_close(struct backup_folder *b);

/* Runs `bourse backup`; data is the server's folder. */
enum err backup_run(const struct call *call, const char *data, struct render *r, struct failure *f) MUST_USE;
