/*
 * What a client sends as DEFLATE: the first octet says how much room there is, the second how much comes at a time. Nothing is lost or
 * made twice, whatever the cut: all at once gives the same octets. What comes out is packed again and must come back.
 */
#include "io/deflate.h"

#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len);

static enum err unpack(struct str in, size_t room, size_t step, struct buf *all)
{
	struct deflate *d = deflate_new();
	enum err e = ERR_OK;
	size_t used = 1, made = 1;
	struct buf got;

	buf_init(&got, room);
	while (e == ERR_OK && (used > 0 || made > 0) && all->len < (size_t)1 << 20) {
		e = deflate_unpack(d, str_sub(in, 0, step), &got, &used);
		must(!buf_overflowed(&got) && used <= in.len);
		in = str_skip(in, used);
		made = got.len;
		buf_put(all, buf_str(&got));
		buf_clear(&got);
	}
	deflate_free(d);
	buf_done(&got);
	return e;
}

static void pack_again(struct str clear)
{
	struct deflate *d = deflate_new();
	struct buf packed, all;

	buf_init(&packed, BUF_NO_CEILING);
	buf_init(&all, BUF_NO_CEILING);
	for (struct str rest = clear; rest.len > 0;)
		rest = str_skip(rest, deflate_pack(d, rest, &packed));
	must(unpack(buf_str(&packed), 100000, 100000, &all) == ERR_OK && str_eq(buf_str(&all), clear));
	deflate_free(d);
	buf_done(&packed);
	buf_done(&all);
}

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len)
{
	struct buf whole, cut;
	struct str in;
	enum err e;

	if (len < 2 || len > 65536)
		return 0;
	in = str_make(at + 2, len - 2);
	buf_init(&whole, BUF_NO_CEILING);
	buf_init(&cut, BUF_NO_CEILING);
	e = unpack(in, (size_t)1 << 20, SIZE_MAX, &whole);
	if (whole.len < (size_t)1 << 16) {
		must(unpack(in, at[0] + 1u, at[1] + 1u, &cut) == e);
		must(str_eq(buf_str(&whole), buf_str(&cut)));
		pack_again(buf_str(&whole));
	}
	buf_done(&whole);
	buf_done(&cut);
	return 0;
}
