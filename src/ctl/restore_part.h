/* One part of a backup made anew as a journal: what the restore of everything and that of one mailbox have in common. */
#pragma once

#include "ctl/backup.h"
#include "kv/remake.h"

struct restore_part {
	struct backup_folder *b;
	enum manifest_part part;
	const char *place;    /* the path of `to`'s file system, for people */
	int to;               /* folder without segments; -1: the operations are only shown to keep */
	int64_t until_s;      /* REMAKE_ALL */
	remake_keep *keep;    /* may be NULL */
	void *keep_arg;
	struct render *render;
	uint64_t *done;       /* octets, for the bar; grows */
	uint64_t total;
};

/* Of --at. ERR_SYNTAX. */
enum err restore_part_time(const struct call *call, int64_t *ret, struct failure *f) MUST_USE;
/* ERR_NOTFOUND: the backup was never finished, or is older than the moment. */
enum err restore_part_check(const struct backup_folder *b, int64_t until_s, struct failure *f) MUST_USE;
/* f->text names the file and the place of damage. As remake. */
enum err restore_part_make(const struct restore_part *p, struct remake_report *ret, struct failure *f) MUST_USE;
/* RFC 3339, with a NUL. */
void restore_part_put_time(char to[64], int64_t seconds);
