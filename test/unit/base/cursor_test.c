#include "base/cursor.h"

#include "tap.h"

static void write_sample(struct buf *b)
{
	struct wr w = wr_to(b);

	wr_u8(&w, 1);
	wr_u16(&w, 0x0203);
	wr_u32(&w, 0x04050607);
	wr_u64(&w, 0x08090a0b0c0d0e0f);
	wr_bool(&w, true);
	wr_str(&w, S("text"));
	wr_be32(&w, 0x01020304);
	wr_be64(&w, 5);
	OK(wr_end(&w) == ERR_OK, "written");
}

static bool read_sample(struct str octets)
{
	struct rd r = rd_from(octets);
	bool good = rd_u8(&r) == 1 && rd_u16(&r) == 0x0203 && rd_u32(&r) == 0x04050607 && rd_u64(&r) == 0x08090a0b0c0d0e0f;

	good = good && rd_bool(&r) && str_eq(rd_str(&r), S("text")) && rd_be32(&r) == 0x01020304 && rd_be64(&r) == 5;
	return rd_end(&r) == ERR_OK && good;
}

/* Each there and back in as few octets as may be, cut at every offset, and longer than need be. */
static void numbers(void)
{
	static const struct {
		uint64_t value;
		struct str octets;
	} rows[] = { { 0, S_INIT("\0") }, { 127, S_INIT("\x7f") }, { 128, S_INIT("\x80\1") }, { 300, S_INIT("\xac\2") },
		{ UINT32_MAX, S_INIT("\xff\xff\xff\xff\x0f") }, { INT64_MAX, S_INIT("\xff\xff\xff\xff\xff\xff\xff\xff\x7f") } };
	static const struct str bad[] = { S_INIT(""), S_INIT("\x80\0"), S_INIT("\xff\xff\xff\xff\xff\xff\xff\xff\xff\1"),
		S_INIT("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff") };

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct buf b;
		struct wr w = wr_to(&b);
		struct rd r = rd_from(rows[i].octets);

		buf_init(&b, 100);
		wr_number(&w, rows[i].value);
		IS_STR(buf_str(&b), rows[i].octets);
		OK(rd_number(&r) == rows[i].value && rd_end(&r) == ERR_OK, "number %zu comes back", i);
		for (size_t n = 0; n < rows[i].octets.len; n++) {
			r = rd_from(str_sub(rows[i].octets, 0, n));
			OK(rd_number(&r) == 0 && rd_end(&r) != ERR_OK, "number %zu, cut at %zu", i, n);
		}
		buf_done(&b);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct rd r = rd_from(bad[i]);

		OK(rd_number(&r) == 0 && rd_end(&r) != ERR_OK, "no number: %zu", i);
	}
}

int main(void)
{
	struct buf b;
	struct wr w;
	struct rd r;

	buf_init(&b, 4096);
	write_sample(&b);
	OK(read_sample(buf_str(&b)), "what was written is read");
	for (size_t n = 0; n < b.len; n++)
		OK(!read_sample(str_sub(buf_str(&b), 0, n)), "cut at %zu: refused", n);
	buf_put_octet(&b, 'x');
	OK(!read_sample(buf_str(&b)), "one octet too many: refused");
	r = rd_from(S("\x02"));
	rd_bool(&r);
	OK(rd_end(&r) != ERR_OK, "2 is no flag");
	r = rd_from(S("\xff\xff\xff\xff"));
	OK(rd_str(&r).len == 0 && rd_end(&r) == ERR_CORRUPT, "a length beyond the end");
	OK(rd_u64(&r) == 0, "after a failure reads give zero");
	buf_done(&b);
	buf_init(&b, 3);
	w = wr_to(&b);
	wr_u32(&w, 7);
	OK(wr_end(&w) == ERR_TOOBIG, "the ceiling ends writing");
	buf_done(&b);
	numbers();
	return tap_done();
}
