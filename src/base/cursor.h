/*
 * Sticky cursors over binary records, little-endian. After the first failure reads give zero or an
 * empty view and writes do nothing; rd_end() and wr_end() tell once.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"

struct rd {
	struct str rest; /* borrowed from the caller */
	bool failed;
};

static inline struct rd rd_from(struct str s)
{
	return (struct rd){ .rest = s };
}

uint8_t rd_u8(struct rd *r);
uint16_t rd_u16(struct rd *r);
uint32_t rd_u32(struct rd *r);
uint64_t rd_u64(struct rd *r);
bool rd_bool(struct rd *r);                 /* 0 or 1, anything else fails */
struct str rd_octets(struct rd *r, size_t n); /* view into the record */
struct str rd_str(struct rd *r);            /* u32 length, then octets; a view */
void rd_fail(struct rd *r);
/* ERR_OK when nothing failed and nothing is left over, else ERR_CORRUPT. */
enum err rd_end(const struct rd *r) MUST_USE;

struct wr {
	struct buf *to; /* the ceiling of the buffer bounds the record */
};

static inline struct wr wr_to(struct buf *b)
{
	return (struct wr){ .to = b };
}

void wr_u8(struct wr *w, uint8_t v);
void wr_u16(struct wr *w, uint16_t v);
void wr_u32(struct wr *w, uint32_t v);
void wr_u64(struct wr *w, uint64_t v);
void wr_bool(struct wr *w, bool v);
void wr_octets(struct wr *w, struct str s);
void wr_str(struct wr *w, struct str s);
/* ERR_OK, or ERR_TOOBIG when the ceiling was hit. */
enum err wr_end(const struct wr *w) MUST_USE;

/* Big-endian, for keys whose octet order must be their number order. */
void wr_be32(struct wr *w, uint32_t v);
void wr_be64(struct wr *w, uint64_t v);
uint32_t rd_be32(struct rd *r);
uint64_t rd_be64(struct rd *r);
