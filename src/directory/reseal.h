/*
 * Which key the secrets of the directory are sealed with, and sealing them all with another one. The row 'v' of the engine names the key
 * that every entry is sealed with; it is written when the last of them is, so that whatever was broken off is gone on with at the next
 * start. Loop thread only. Why a missing key does not stop the server: doc/why/011-secrets-sealed-at-rest.md.
 */
#pragma once

#include "directory/directory.h"

#define RESEAL_AT_ONCE ((size_t)200) /* entries in one write set, some milliseconds */

struct reseal {
	struct directory *directory; /* borrowed */
	enum entry_kind kind;        /* the next one to seal is of it, */
	uint64_t from;               /* and has this id or a higher one */
	bool lost;                   /* what cannot be opened becomes empty, instead of an end */
	bool done;
	uint64_t sealed, emptied; /* entries so far */
};

/* Begins; nothing is written yet. */
void reseal_begin(struct reseal *r, struct directory *d, bool lost);
/* The next of them, until r->done. ERR_VAULT: one cannot be opened, and lost was not said; ERR_CORRUPT, ERR_DISKFULL, ERR_IO. After any of
 * these the entries that were not reached are as they were. */
enum err reseal_step(struct reseal *r, uint64_t now_seconds, struct failure *f) MUST_USE;

struct reseal_start {
	bool made;        /* there was no key file, and none was needed: now there is one */
	uint64_t sealed;  /* entries that were sealed now */
};

/*
 * When the directory is opened: reads the key file at path, makes it for a directory that has none, and seals what is not sealed
 * with its newest key. ERR_VAULT: the file is missing, damaged or another server's; d->vault is locked then, f says what to do, and the
 * directory can be used but for secrets. May be called again for a locked one. ERR_PERM, ERR_DISKFULL, ERR_IO, ERR_CORRUPT.
 */
enum err reseal_start(
	struct directory *d, const char *path, uint64_t now_seconds, struct reseal_start *ret, struct failure *f) MUST_USE;
/*
 * A new key, saved before it is used; a reseal has to follow. lost: also for a locked vault, whose secrets are given up. ERR_VAULT: it is
 * locked; ERR_CONFLICT: lost, and it is not locked or a damaged file is in the way; ERR_LIMIT, ERR_DISKFULL, ERR_IO.
 */
enum err reseal_rekey(struct directory *d, const char *path, uint64_t now_seconds, bool lost, struct failure *f) MUST_USE;
