/*
 * SMTP: each line is cut and parsed; what the parser lets through must be clean and read back the
 * same. Then the same octets go through the message decoder whole and in two pieces, which must
 * agree.
 */
#include "wire/dot.h"
#include "wire/smtp.h"

static void check_path(const struct smtp_path *p, bool forward)
{
	struct arena a;
	struct buf b;
	struct smtp_path again;
	struct str rest;

	must(smtp_path_is_clean(p->text) && smtp_path_is_clean(p->local) &&
		smtp_path_is_clean(p->domain));
	arena_init(&a, ARENA_NONE);
	buf_init(&b, 4096);
	smtp_path_put(&b, p);
	rest = buf_str(&b);
	must(smtp_path_get(&a, &rest, forward, &again) == ERR_OK && rest.len == 0);
	must(again.kind == p->kind && str_eq(again.local, p->local) && str_eq(again.text, p->text));
	buf_done(&b);
	arena_done(&a);
}

static void lines(struct str in)
{
	struct arena a;
	struct str line;
	struct smtp_command c;

	arena_init(&a, ARENA_COMMAND);
	while (line_cut(in, SMTP_AUTH_OCTETS_MAX, &line) == ERR_OK) {
		enum err e = smtp_parse(&a, line, &c);

		in = str_skip(in, line.len + 2);
		if (e != ERR_OK)
			continue;
		if (c.verb == SMTP_MAIL) {
			check_path(&c.mail.from, false);
			must(smtp_path_is_clean(c.mail.envid) && smtp_path_is_clean(c.mail.auth));
		}
		if (c.verb == SMTP_RCPT) {
			check_path(&c.rcpt.to, true);
			must(smtp_path_is_clean(c.rcpt.orcpt) &&
				smtp_path_is_clean(c.rcpt.orcpt_type));
		}
		arena_clear(&a);
	}
	arena_done(&a);
}

static size_t decode(struct str in, size_t cut, bool mend, struct smtp_data *d, struct buf *out)
{
	size_t used;

	smtp_data_init(d, SMTP_DATA_DOTS, mend);
	used = smtp_data_feed(d, str_sub(in, 0, cut), out);
	return used + smtp_data_feed(d, str_skip(in, cut), out);
}

static void data(struct str in, size_t cut, bool mend)
{
	struct smtp_data one, two;
	struct buf a, b, c;
	size_t used;
	struct dot dot;

	buf_init(&a, BUF_NO_CEILING);
	buf_init(&b, BUF_NO_CEILING);
	buf_init(&c, BUF_NO_CEILING);
	used = decode(in, in.len, mend, &one, &a);
	must(decode(in, cut, mend, &two, &b) == used);
	must(one.done == two.done && one.faults == two.faults && str_eq(buf_str(&a), buf_str(&b)));
	must(!one.done || str_eq(str_sub(in, used - 3, 3), S(".\r\n")));
	/* What was taken in without a fault goes out the same, and comes in the same again. */
	if (one.done && one.faults == 0) {
		dot_init(&dot, DOT_ALL_LINES);
		dot_put(&dot, &c, buf_str(&a));
		dot_end(&dot, &c);
		must(c.len <= used);
		buf_clear(&b);
		must(decode(buf_str(&c), cut, mend, &two, &b) == c.len);
		must(two.done && str_eq(buf_str(&a), buf_str(&b)));
	}
	buf_done(&a);
	buf_done(&b);
	buf_done(&c);
}

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len)
{
	struct str in = str_make(at, len);

	lines(in);
	if (len > 2)
		data(str_skip(in, 1), (unsigned char)at[0] % len, at[0] & 1);
	return 0;
}
