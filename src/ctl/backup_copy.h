/* The copying of a backup: what is new of a server's segments. */
#pragma once

#include "ctl/backup.h"

struct backup_copy {
	const char *data, *config;
	bool without_key;   /* passwords cannot be restored from it alone */
	unsigned keep_days; /* segments that the server compacted away are kept so long */
	struct render *render;
};

/* Written beside and renamed, flushed with its folder. */
enum err backup_write_manifest(struct backup_folder *b, struct failure *f) MUST_USE;
/*
 * Everything is flushed before the list is replaced, and the list before anything is removed: whenever this ends, the
 * folder holds the old backup or the new one. ERR_DISKFULL, ERR_EXISTS (the backup of another server), ERR_CORRUPT (the server has a
 * damaged segment), ERR_UNAVAILABLE, ERR_IO.
 */
enum err backup_copy(struct backup_folder *b, const struct backup_copy *o, struct failure *f) MUST_USE;
