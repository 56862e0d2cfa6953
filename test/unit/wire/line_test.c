#include "wire/line.h"

#include "exact.h"
#include "tap.h"

struct row {
	struct str in;
	size_t max;
	enum err want;
	struct str want_line;
	size_t needs; /* prefixes shorter than this ask for more; from it on the answer stands */
};

static const struct row rows[] = {
	{ S_INIT("NOOP\r\n"), 512, ERR_OK, S_INIT("NOOP"), 6 },
	{ S_INIT("\r\n"), 512, ERR_OK, S_INIT(""), 2 },
	{ S_INIT("\r\n"), 2, ERR_OK, S_INIT(""), 2 },
	{ S_INIT("A\r\nB\r\n"), 512, ERR_OK, S_INIT("A"), 3 },
	{ S_INIT("ABCD\r\n"), 6, ERR_OK, S_INIT("ABCD"), 6 },
	{ S_INIT("ABCDE\r\n"), 6, ERR_TOOLONG, S_INIT(""), 6 },
	{ S_INIT("ABCDEF"), 6, ERR_TOOLONG, S_INIT(""), 6 },
	{ S_INIT("A\nB\r\n"), 512, ERR_BARELINEEND, S_INIT(""), 2 },
	{ S_INIT("\n"), 512, ERR_BARELINEEND, S_INIT(""), 1 },
	{ S_INIT("A\rB\r\n"), 512, ERR_BARELINEEND, S_INIT(""), 3 },
	{ S_INIT("A\r\r\n"), 512, ERR_BARELINEEND, S_INIT(""), 3 },
	{ S_INIT("A\0B\r\n"), 512, ERR_BARELINEEND, S_INIT(""), 2 },
	{ S_INIT("A\r\0\n"), 512, ERR_BARELINEEND, S_INIT(""), 3 },
	{ S_INIT("caf\xc3\xa9\r\n"), 512, ERR_OK, S_INIT("caf\xc3\xa9"), 7 },
};

int main(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct row *row = &rows[i];

		for (size_t n = 0; n <= row->in.len; n++) {
			struct str in = exact(str_sub(row->in, 0, n)), line = S("untouched");
			enum err want = n < row->needs ? ERR_NEEDMORE : row->want;
			enum err e = line_cut(in, row->max, &line);

			OK(e == want, "row %zu, %zu octets: %s", i, n, err_name(e));
			IS_STR(line, e == ERR_OK ? row->want_line : S("untouched"));
			exact_free(in);
		}
	}
	return tap_done();
}
