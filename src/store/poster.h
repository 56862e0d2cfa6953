/*
 * Who posted a message into the public store, so that "one's own" can be told from others'. A row for each message there, and none in
 * other mailboxes. It goes with its message; what is moved stays its poster's, what is copied is the copier's.
 */
#pragma once

#include "store/write.h"

void poster_put(struct write *w, struct part *p, const struct folder *f, uint32_t uid, uint64_t account);
/* Those of items, each 0 when it is nobody's. ERR_IO, ERR_CORRUPT. */
enum err poster_read(const struct folder *f, const struct item *items, size_t count, uint64_t *ret) MUST_USE;
