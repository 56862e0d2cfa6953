/*
 * Questions asked of another role and not answered yet. Each has a number, an owner that may lose interest, and
 * ends exactly once: answered, or ERR_UNAVAILABLE when the asked role dies, or dropped by its owner.
 */
#pragma once

#include "base/map.h"
#include "ipc/messages.h"

struct link;

/* m is NULL when e is not ERR_OK (the role asked is gone). */
typedef void pending_fn(void *arg, enum err e, struct msg *m);

struct pending_table {
	struct map by_request;
};

void pending_init(struct pending_table *t);
void pending_done(struct pending_table *t);
/* The link may be NULL: then it is only forgotten by pending_drop_owner or answered. */
void pending_add(struct pending_table *t, uint64_t request, const struct link *asked, pending_fn *fn, void *arg);
/* False: nobody waits for that number (any more). */
bool pending_answer(struct pending_table *t, uint64_t request, struct msg *m);
void pending_link_down(struct pending_table *t, const struct link *asked);
/* The owner goes away: none of its questions will call back. */
void pending_drop_owner(struct pending_table *t, const void *arg);
