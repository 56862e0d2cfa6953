#include "base/cursor.h"

bool rd_bool(struct rd *r)
{
	uint8_t v = rd_u8(r);

	if (v > 1)
		rd_fail(r);
	return v == 1;
}

uint64_t rd_number(struct rd *r)
{
	uint64_t v = 0;
	uint8_t octet = 0x80;

	for (unsigned shift = 0; octet >= 0x80; shift += 7) {
		octet = rd_u8(r);
		if (shift == 63 || (octet == 0 && shift > 0))
			rd_fail(r);
		v |= (uint64_t)(octet & 0x7f) << (shift % 63);
	}
	return r->failed ? 0 : v;
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
	v = htole64(v);
	buf_put(w->to, str_make(&v, octets));
}

void wr_number(struct wr *w, uint64_t v)
{
	for (; v >= 0x80; v >>= 7)
		wr_u8(w, (uint8_t)(v | 0x80));
	wr_u8(w, (uint8_t)v);
}

static void write_be(struct wr *w, uint64_t v, size_t octets)
{
	v = htobe64(v);
	buf_put(w->to, str_make((const char *)&v + sizeof(v) - octets, octets));
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
