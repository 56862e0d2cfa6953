/*
 * A growing run of octets with a named ceiling. Overflow sticks: after it nothing is added and
 * buf_overflowed() tells, so that a sequence of puts is checked once.
 */
#pragma once

#include "base/str.h"

struct buf {
	char *at;
	size_t len;
	size_t held;
	size_t ceiling; /* octets */
	bool overflowed;
};

#define BUF_NO_CEILING ((size_t)1 << 40)

void buf_init(struct buf *b, size_t ceiling);
void buf_done(struct buf *b);
void buf_wipe(struct buf *b);          /* buf_done for one that held a secret: overwrites first */
void buf_clear(struct buf *b);         /* len 0, memory kept */
void buf_shrink(struct buf *b);        /* gives memory back when empty */

/* For buf_room only: what it does when nothing is left of what is held. */
char *buf_grow(struct buf *b, size_t n) MUST_USE;

/* Room for n more octets at the end, to be filled by the caller and counted with buf_added; NULL: ceiling. */
static inline char *buf_room(struct buf *b, size_t n)
{
	if (!b->overflowed && n <= b->held - b->len && n <= b->ceiling - b->len)
		return b->at + b->len;
	return buf_grow(b, n);
}

static inline void buf_added(struct buf *b, size_t n)
{
	must(n <= b->held - b->len);
	b->len += n;
}

static inline void buf_put(struct buf *b, struct str s)
{
	char *room = s.len > 0 ? buf_room(b, s.len) : NULL;

	if (room == NULL)
		return;
	memcpy(room, s.at, s.len);
	b->len += s.len;
}

static inline void buf_put_c(struct buf *b, const char *c)
{
	buf_put(b, str_from_c(c));
}

static inline void buf_put_octet(struct buf *b, char c)
{
	char *room = buf_room(b, 1);

	if (room == NULL)
		return;
	*room = c;
	b->len++;
}

void buf_put_u64(struct buf *b, uint64_t value); /* decimal */
void buf_printf(struct buf *b, const char *format, ...) PRINTF_LIKE(2, 3);

/* Drop n octets at the front. */
void buf_drop(struct buf *b, size_t n);

static inline struct str buf_str(const struct buf *b)
{
	return str_make(b->at, b->len);
}

static inline bool buf_overflowed(const struct buf *b)
{
	return b->overflowed;
}
