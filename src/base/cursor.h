/*
 * Sticky cursors over binary records, little-endian. After the first failure reads give zero or an
 * empty view and writes do nothing; rd_end() and wr_end() tell once.
 */
#pragma once

#include <endian.h>

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

static inline void rd_fail(struct rd *r)
{
	r->failed = true;
	r->rest.len = 0;
}

/* The next octets into a number's memory; all of it or, with the cursor failed, nothing. */
static inline bool rd_take(struct rd *r, void *to, size_t octets)
{
	if (r->failed || octets > r->rest.len) {
		rd_fail(r);
		return false;
	}
	memcpy(to, r->rest.at, octets);
	r->rest.at += octets;
	r->rest.len -= octets;
	return true;
}

static inline uint8_t rd_u8(struct rd *r)
{
	uint8_t v;

	return rd_take(r, &v, sizeof(v)) ? v : 0;
}

static inline uint16_t rd_u16(struct rd *r)
{
	uint16_t v;

	return rd_take(r, &v, sizeof(v)) ? le16toh(v) : 0;
}

static inline uint32_t rd_u32(struct rd *r)
{
	uint32_t v;

	return rd_take(r, &v, sizeof(v)) ? le32toh(v) : 0;
}

static inline uint64_t rd_u64(struct rd *r)
{
	uint64_t v;

	return rd_take(r, &v, sizeof(v)) ? le64toh(v) : 0;
}

/* View into the record. */
static inline struct str rd_octets(struct rd *r, size_t n)
{
	struct str s;

	if (r->failed || n > r->rest.len) {
		rd_fail(r);
		return STR_NONE;
	}
	s = str_make(r->rest.at, n);
	r->rest.at += n;
	r->rest.len -= n;
	return s;
}

bool rd_bool(struct rd *r);      /* 0 or 1, anything else fails */
uint64_t rd_number(struct rd *r); /* as wr_number writes it, and not longer; up to 63 bits */
struct str rd_str(struct rd *r); /* u32 length, then octets; a view */
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
void wr_number(struct wr *w, uint64_t v); /* seven bits an octet, the lowest first; the high bit says that more follow */
void wr_octets(struct wr *w, struct str s);
void wr_str(struct wr *w, struct str s);
/* ERR_OK, or ERR_TOOBIG when the ceiling was hit. */
enum err wr_end(const struct wr *w) MUST_USE;

/* Big-endian, for keys whose octet order must be their number order. */
void wr_be32(struct wr *w, uint32_t v);
void wr_be64(struct wr *w, uint64_t v);
static inline uint32_t rd_be32(struct rd *r)
{
	uint32_t v;

	return rd_take(r, &v, sizeof(v)) ? be32toh(v) : 0;
}

static inline uint64_t rd_be64(struct rd *r)
{
	uint64_t v;

	return rd_take(r, &v, sizeof(v)) ? be64toh(v) : 0;
}
