#include "wire/mutf7.h"

#include "base/utf8.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

static int digit_value(char c)
{
	const char *hit = c != '\0' ? strchr(digits, c) : NULL;

	return hit != NULL ? (int)(hit - digits) : -1;
}

static bool stands_for_itself(uint32_t c)
{
	return c >= 0x20 && c <= 0x7e;
}

static bool is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0);
}

/* A base64 run being read: bits that make no unit yet, and a high surrogate that waits for its low
 * one. */
struct run {
	uint32_t bits;
	int bits_count;
	uint32_t high;
	size_t units;
};

/* One UTF-16 unit. False: it may not stand here. */
static bool take_unit(struct run *r, uint32_t unit, struct buf *to)
{
	uint32_t c = unit;

	r->units++;
	if (r->high != 0) {
		if (unit < 0xdc00 || unit > 0xdfff)
			return false;
		c = 0x10000 + ((r->high - 0xd800) << 10) + (unit - 0xdc00);
		r->high = 0;
	} else if (unit >= 0xd800 && unit <= 0xdbff) {
		r->high = unit;
		return true;
	} else if (unit >= 0xdc00 && unit <= 0xdfff) {
		return false;
	}
	if (stands_for_itself(c) || is_control(c))
		return false;
	utf8_put(to, c);
	return true;
}

/* The run behind '&', up to and with its '-'. */
static bool read_run(struct str *rest, struct buf *to)
{
	struct run r = { 0 };

	for (size_t i = 0; i < rest->len; i++) {
		int value = digit_value(rest->at[i]);

		if (rest->at[i] == '-') {
			*rest = str_skip(*rest, i + 1);
			return r.units > 0 && r.high == 0 && r.bits_count < 6 && r.bits == 0;
		}
		if (value < 0)
			return false;
		r.bits = r.bits << 6 | (uint32_t)value;
		r.bits_count += 6;
		if (r.bits_count < 16)
			continue;
		r.bits_count -= 16;
		if (!take_unit(&r, r.bits >> r.bits_count & 0xffff, to))
			return false;
		r.bits &= (1u << r.bits_count) - 1;
	}
	return false;
}

static bool get(struct buf *to, struct str rest)
{
	bool behind_run = false;

	while (rest.len > 0) {
		char c = rest.at[0];

		rest = str_skip(rest, 1);
		if (!stands_for_itself((unsigned char)c))
			return false;
		if (c != '&' || str_starts(rest, S("-"))) {
			buf_put_octet(to, c);
			rest = str_skip(rest, c == '&');
			behind_run = false;
			continue;
		}
		if (behind_run || !read_run(&rest, to))
			return false;
		behind_run = true;
	}
	return !buf_overflowed(to);
}

enum err mutf7_get(struct buf *to, struct str name)
{
	size_t before = to->len;

	if (get(to, name))
		return ERR_OK;
	to->len = before;
	return ERR_FOLDERNAME;
}

/* Bits waiting to become base64 digits. */
struct out {
	struct buf *to;
	uint32_t bits;
	int bits_count;
	bool open;
};

static void put_unit(struct out *o, uint32_t unit)
{
	o->bits = o->bits << 16 | unit;
	o->bits_count += 16;
	while (o->bits_count >= 6) {
		o->bits_count -= 6;
		buf_put_octet(o->to, digits[o->bits >> o->bits_count & 63]);
	}
	o->bits &= (1u << o->bits_count) - 1;
}

static void close_run(struct out *o)
{
	if (!o->open)
		return;
	if (o->bits_count > 0)
		buf_put_octet(o->to, digits[o->bits << (6 - o->bits_count) & 63]);
	buf_put_octet(o->to, '-');
	*o = (struct out){ .to = o->to };
}

void mutf7_put(struct buf *to, struct str name)
{
	struct out o = { .to = to };

	while (name.len > 0) {
		uint32_t c = utf8_next(&name);

		if (c == UTF8_BAD || is_control(c))
			c = 0xfffd;
		if (stands_for_itself(c)) {
			close_run(&o);
			buf_put_octet(to, (char)c);
			if (c == '&')
				buf_put_octet(to, '-');
			continue;
		}
		if (!o.open)
			buf_put_octet(to, '&');
		o.open = true;
		if (c >= 0x10000) {
			put_unit(&o, 0xd800 + ((c - 0x10000) >> 10));
			c = 0xdc00 + ((c - 0x10000) & 0x3ff);
		}
		put_unit(&o, c);
	}
	close_run(&o);
}
