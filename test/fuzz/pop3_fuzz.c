/* POP3: lines cut and parsed; and message octets dotted out whole and in two pieces, which must
 * agree. */
#include "wire/pop3.h"
#include "wire/smtp_data.h"

static void lines(struct str in)
{
	struct str line;
	struct pop3_command c;

	while (line_cut(in, pop3_may_be_long(in) ? POP3_AUTH_OCTETS_MAX : POP3_LINE_OCTETS_MAX,
		       &line) == ERR_OK) {
		if (pop3_parse(line, &c) == ERR_OK && c.has_message)
			must(c.message > 0);
		in = str_skip(in, line.len + 2);
	}
}

static void put(struct buf *to, struct str in, size_t cut, uint64_t body_lines)
{
	struct dot d;

	dot_init(&d, body_lines);
	dot_put(&d, to, str_sub(in, 0, cut));
	dot_put(&d, to, str_skip(in, cut));
	dot_end(&d, to);
}

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len)
{
	struct str in = str_make(at, len);
	struct buf a, b;
	struct smtp_data d;
	uint64_t body_lines;

	lines(in);
	if (len < 2)
		return 0;
	body_lines = at[0] & 1 ? DOT_ALL_LINES : at[0];
	buf_init(&a, BUF_NO_CEILING);
	buf_init(&b, BUF_NO_CEILING);
	put(&a, str_skip(in, 1), len, body_lines);
	put(&b, str_skip(in, 1), at[0] % len, body_lines);
	must(str_eq(buf_str(&a), buf_str(&b)));
	/* Whatever the message held, the client sees lines and one end. */
	smtp_data_init(&d, SMTP_DATA_DOTS, false);
	must(smtp_data_feed(&d, buf_str(&a), NULL) == a.len && d.done);
	must((d.faults & ~(unsigned)SMTP_DATA_NUL) == 0);
	buf_done(&a);
	buf_done(&b);
	return 0;
}
