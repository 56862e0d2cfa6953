/*
 * Where failed logons are kept: a row for each account that had one (key 'n' and the account's id), so that a restart forgets none. A
 * failure is held back for up to LOCKOUTS_MS and goes to disk together with others; what is held back is read as if it were there. A lock
 * goes at once. Who calls lockouts_flush in time: role_lockout.c. Loop thread only.
 */
#pragma once

#include "directory/directory.h"
#include "directory/lockout.h"

#define LOCKOUTS_MS       1000
#define LOCKOUTS_HELD_MAX 1000 /* accounts; then they are written at once */

struct lockouts;

struct lockouts *lockouts_new(struct kv *kv) MUST_USE;
/* Writes what is held back, and waits for it. NULL is fine. */
void lockouts_free(struct lockouts *ls);

/* Never fails: what cannot be read counts as nothing, for a damaged row must not keep somebody out. */
void lockouts_read(struct directory *d, uint64_t account, struct lockout *ret);
/* Without d->lockouts: written before it returns. */
void lockouts_write(struct directory *d, uint64_t account, const struct lockout *l);
/* The account is gone. */
void lockouts_forget(struct directory *d, uint64_t account);
/* Begins to write what is held back. True: something is held back still, or on its way. */
bool lockouts_flush(struct lockouts *ls);
