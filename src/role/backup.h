/*
 * What a role that keeps an engine does for a backup: it tells `bourse` which segments there are and gives it a
 * descriptor of one, open for reading only. The tool copies; the role writes nothing and needs no right beyond
 * those it has (doc/why/008). Requests, the first word being the role's name:
 *   "<role> segments" {"args":{"from":N}}    rows [number, octets, closed], ascending, at most BACKUP_ROWS
 *   "<role> segment"  {"args":{"number":N}}  one descriptor
 *   "<role> release"                         the copying has ended
 * From the first of them to the last, or for BACKUP_HOLD_MS after any, no segment is compacted away.
 */
#pragma once

#include "ipc/messages.h"
#include "kv/kv.h"
#include "role/role.h"

#define BACKUP_ROWS    ((size_t)500)
#define BACKUP_HOLD_MS 120000

struct backup {
	struct role_env *env;
	struct kv *kv;
	struct timer *timer; /* set while the engine is held */
	bool held;
};

void backup_start(struct backup *b, struct role_env *env, struct kv *kv);
/* False: it is not for us. True: it has been answered. */
bool backup_request(struct backup *b, const struct msg_admin_request *q);
void backup_stop(struct backup *b);
