/*
 * Passwords that wait to be checked, in turn by where they come from: whoever sends many waits for
 * himself, not others for him. One check of each source that waits, round robin; a source may have
 * CHECKS_SOURCE_MAX waiting (an office behind one address comes back all at once after a restart),
 * all together CHECKS_MAX. When all places are taken, the newest of the source that has most gives
 * its place to a newcomer whose source has fewer.
 */
#pragma once

#include "base/list.h"
#include "base/map.h"
#include "base/must.h"
#include "base/str.h"
#include "base/err.h"

#define CHECKS_MAX        ((size_t)512)
#define CHECKS_SOURCE_MAX (CHECKS_MAX / 4)

struct check {
	struct list node;             /* in its source's, while it waits */
	struct checks_source *source; /* NULL: it does not wait */
};

struct checks {
	struct list turns; /* of struct checks_source: whose turn it is first */
	struct map sources;
	size_t waiting;
};

void checks_init(struct checks *q);
void checks_done(struct checks *q); /* nothing may wait */
/* The source that an address as text belongs to: itself, for IPv6 its /64. */
uint64_t checks_source(struct str address);
/*
 * ERR_OK: it waits. *ret_instead, when not NULL, has lost its place and must be answered ERR_BUSY.
 * ERR_BUSY: there is no place.
 */
enum err checks_put(
	struct checks *q, struct check *c, uint64_t source, struct check **ret_instead) MUST_USE;
/* The next one, which waits no more; NULL: none. */
struct check *checks_take(struct checks *q);
/* Out of the queue, which must be the one it was put into. False: it did not wait. */
bool checks_drop(struct checks *q, struct check *c);
