#include "base/cursor.h"

#include <endian.h>
#include <string.h>

struct str rd_octets(struct rd *r, size_t n)
{
	struct str s;

	if (r->failed || n > r->rest.len) {
		rd_fail(r);
		return STR_NONE;
	}
	s = str_sub(r->rest, 0, n);
	r->rest = str_skip(r->rest, n);
	return s;
}

void rd_fail(struct rd *r)
{
	r->failed = true;
	r->rest.len = 0;
}

/* The next octets into a number's memory; all of it or, with the cursor failed, nothing. */
static inline bool take(struct rd *r, void *to, size_t octets)
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

uint8_t rd_u8(struct rd *r)
{
	uint8_t v;

	return take(r, &v, sizeof(v)) ? v : 0;
}

uint16_t rd_u16(struct rd *r)
{
	uint16_t v;

	return take(r, &v, sizeof(v)) ? le16toh(v) : 0;
}

uint32_t rd_u32(struct rd *r)
{
	uint32_t v;

	return take(r, &v, sizeof(v)) ? le32toh(v) : 0;
}

uint64_t rd_u64(struct rd *r)
{
	uint64_t v;

	return take(r, &v, sizeof(v)) ? le64toh(v) : 0;
}

uint32_t rd_be32(struct rd *r)
{
	uint32_t v;

	return take(r, &v, sizeof(v)) ? be32toh(v) : 0;
}

uint64_t rd_be64(struct rd *r)
{
	uint64_t v;

	return take(r, &v, sizeof(v)) ? be64toh(v) : 0;
}

bool rd_bool(struct rd *r)
{
	uint8_t v = rd_u8(r);

	if (v > 1)
		rd_fail(r);
	return v == 1;
}

struct str rd_str(struct rd *r)
{
	return rd_octets(r, rd_u32(r));
}

enum err rd_end(const struct rd *r)
{
	return r->failed || r->rest.len > 0 ? ERR_CORRUPT : ERR_OK;
}

static void write_le(struct wr *w, uint64_t v, size_t octets)
{
	char out[8];

	for (size_t i = 0; i < octets; i++)
		out[i] = (char)(v >> (8 * i));
	buf_put(w->to, str_make(out, octets));
}

static void write_be(struct wr *w, uint64_t v, size_t octets)
{
	char out[8];

	for (size_t i = 0; i < octets; i++)
		out[octets - 1 - i] = (char)(v >> (8 * i));
	buf_put(w->to, str_make(out, octets));
}

void wr_u8(struct wr *w, uint8_t v)
{
	write_le(w, v, 1);
}

void wr_u16(struct wr *w, uint16_t v)
{
	write_le(w, v, 2);
}

void wr_u32(struct wr *w, uint32_t v)
{
	write_le(w, v, 4);
}

void wr_u64(struct wr *w, uint64_t v)
{
	write_le(w, v, 8);
}

void wr_be32(struct wr *w, uint32_t v)
{
	write_be(w, v, 4);
}

void wr_be64(struct wr *w, uint64_t v)
{
	write_be(w, v, 8);
}

void wr_bool(struct wr *w, bool v)
{
	wr_u8(w, v ? 1 : 0);
}

void wr_octets(struct wr *w, struct str s)
{
	buf_put(w->to, s);
}

void wr_str(struct wr *w, struct str s)
{
	if (s.len > UINT32_MAX) {
		w->to->overflowed = true;
		return;
	}
	wr_u32(w, (uint32_t)s.len);
	wr_octets(w, s);
}

enum err wr_end(const struct wr *w)
{
	return buf_overflowed(w->to) ? ERR_TOOBIG : ERR_OK;
}
