/*
 * The key to the directory's secrets in a backup (doc/format/backup.md): text, one key a line. Without it everything can be restored
 * but passwords.
 */
#pragma once

#include "ctl/backup.h"

#define BACKUP_KEY_FILE "vault.key"

/*
 * Puts what the descriptor holds into the backup's file. Keys that only the backup has stay there, behind them: what was sealed with
 * one that the server has dropped can be restored. ERR_DISKFULL, ERR_IO, ERR_CORRUPT (either is no key file).
 */
enum err backup_key_take(const struct backup_folder *b, int from, struct failure *f) MUST_USE;
/* Gives the backup's key to a new directory folder. *ret_there false: the backup has none. ERR_DISKFULL, ERR_IO. */
enum err backup_key_give(const struct backup_folder *b, const char *folder, bool *ret_there, struct failure *f) MUST_USE;
/* Has the backup a key file that can be read? */
bool backup_key_there(const struct backup_folder *b);

/* Pure: the lines of fresh, then those of old that are not in it, as many as a key file may have. ERR_CORRUPT: no key file. */
enum err backup_key_join(struct str fresh, struct str old, struct buf *to) MUST_USE;
