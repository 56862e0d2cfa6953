#include "wire/dot.h"

#include "exact.h"
#include "tap.h"

struct row {
	struct str in;
	uint64_t lines;
	struct str want;
};

static const struct row rows[] = {
	{ S_INIT(""), DOT_ALL_LINES, S_INIT(".\r\n") },
	{ S_INIT("a\r\n"), DOT_ALL_LINES, S_INIT("a\r\n.\r\n") },
	{ S_INIT("a"), DOT_ALL_LINES, S_INIT("a\r\n.\r\n") },
	{ S_INIT(".\r\n..\r\na.b\r\n"), DOT_ALL_LINES, S_INIT("..\r\n...\r\na.b\r\n.\r\n") },
	{ S_INIT("a\n.\nb"), DOT_ALL_LINES, S_INIT("a\r\n..\r\nb\r\n.\r\n") },
	{ S_INIT("a\r.\rb"), DOT_ALL_LINES, S_INIT("a\r\n..\r\nb\r\n.\r\n") },
	{ S_INIT("a\r\r\n.\r\r\n"), DOT_ALL_LINES, S_INIT("a\r\n\r\n..\r\n\r\n.\r\n") },
	{ S_INIT("a\r"), DOT_ALL_LINES, S_INIT("a\r\n.\r\n") },
	{ S_INIT("a\n\rb"), DOT_ALL_LINES, S_INIT("a\r\n\r\nb\r\n.\r\n") },
	{ S_INIT("H: 1\r\n\r\nA\r\nB\r\nC\r\n"), 0, S_INIT("H: 1\r\n\r\n.\r\n") },
	{ S_INIT("H: 1\r\n\r\nA\r\nB\r\nC\r\n"), 2, S_INIT("H: 1\r\n\r\nA\r\nB\r\n.\r\n") },
	{ S_INIT("H: 1\r\n\r\nA\r\n\r\nC\r\n"), 2, S_INIT("H: 1\r\n\r\nA\r\n\r\n.\r\n") },
	{ S_INIT("H: 1\r\n\r\nA"), 7, S_INIT("H: 1\r\n\r\nA\r\n.\r\n") },
	{ S_INIT("\r\nA\r\nB\r\n"), 1, S_INIT("\r\nA\r\n.\r\n") },
};

static void feed(const struct row *row, size_t cut, size_t step)
{
	struct dot d;
	struct buf b;
	size_t at = 0;

	buf_init(&b, 4096);
	dot_init(&d, row->lines);
	while (at < row->in.len) {
		size_t n = at < cut ? cut - at : step;
		struct str piece = exact(str_sub(row->in, at, n));

		dot_put(&d, &b, piece);
		at += piece.len;
		exact_free(piece);
	}
	dot_end(&d, &b);
	IS_STR(buf_str(&b), row->want);
	buf_done(&b);
}

/* Long lines and short ones, line ends of all kinds at all places of a word: cut anyhow, and octet by octet. */
static void test_cuts(void)
{
	static const char octets[] = "abcdefgh\t.\r\n\x80\xff";
	uint32_t state = 1;

	for (int round = 0; round < 400; round++) {
		char text[300];
		size_t len = (size_t)round % sizeof(text);
		struct dot whole, single;
		struct buf a, b;

		for (size_t i = 0; i < len; i++) {
			state = state * 1664525u + 1013904223u;
			text[i] = octets[(state >> 20) % (round % 3 ? 14 : 10)];
			if (round % 3 != 1 && i > 0 && (state >> 8) % 23 == 0) {
				text[i - 1] = '\r';
				text[i] = '\n';
			}
		}
		buf_init(&a, 1024);
		buf_init(&b, 1024);
		dot_init(&whole, DOT_ALL_LINES);
		dot_init(&single, DOT_ALL_LINES);
		for (size_t at = 0, n; at < len; at += n) {
			struct str piece;

			n = 1 + (state = state * 1664525u + 1013904223u) / 7 % 90;
			piece = exact(str_sub(str_make(text, len), at, n));
			dot_put(&whole, &a, piece);
			exact_free(piece);
		}
		for (size_t at = 0; at < len; at++)
			dot_put(&single, &b, str_make(text + at, 1));
		dot_end(&whole, &a);
		dot_end(&single, &b);
		IS_STR(buf_str(&a), buf_str(&b));
		buf_done(&a);
		buf_done(&b);
	}
}

int main(void)
{
	test_cuts();
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		feed(&rows[i], 0, 1);
		for (size_t cut = 0; cut <= rows[i].in.len; cut++)
			feed(&rows[i], cut, 4096);
	}
	return tap_done();
}
