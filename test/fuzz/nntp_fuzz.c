/* NNTP: a stream of lines cut whole and in two pieces, which must agree, each parsed; and wildmats, which must hold what their grammar says. */
#include "wire/line.h"
#include "wire/nntp.h"
#include "wire/wildmat.h"

static void check(struct str line)
{
	struct nntp_command c;

	if (nntp_parse(line, &c) != ERR_OK)
		return;
	must(c.group.len == 0 || nntp_is_group(c.group));
	must(c.message_id.len == 0 || nntp_is_message_id(c.message_id));
	if (c.wildmat.len > 0) {
		must(wildmat_valid(c.wildmat));
		must(wildmat_match(S("*"), c.wildmat));
		(void)wildmat_match(c.wildmat, line);
	}
	if (c.verb == NNTP_NEWGROUPS)
		(void)nntp_instant(&c.since, 1700000000);
}

/* Appends what came out; the cutter sees first octets, then everything. */
static void cut(struct str in, size_t first, struct buf *to)
{
	struct nntp_cutter cutter = { 0 };
	size_t at = 0, come = first;
	enum err e;

	do {
		struct nntp_cut cut;

		e = nntp_cut(&cutter, str_sub(in, at, come - at), NNTP_LINE_OCTETS_MAX, &cut);
		at += cut.used;
		if (e == ERR_OK)
			check(cut.line);
		if (e != ERR_NEEDMORE) {
			buf_put_octet(to, (char)e);
			buf_put(to, e == ERR_OK ? cut.line : STR_NONE);
		} else if (come < in.len) {
			come = in.len;
			e = ERR_OK;
		}
	} while (e == ERR_OK || e == ERR_TOOLONG);
}

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len)
{
	struct str in = str_make(at, len), pattern = in, name;
	struct buf a, b;

	if (len < 2)
		return 0;
	buf_init(&a, BUF_NO_CEILING);
	buf_init(&b, BUF_NO_CEILING);
	cut(str_skip(in, 1), len - 1, &a);
	cut(str_skip(in, 1), at[0] % (len - 1), &b);
	must(str_eq(buf_str(&a), buf_str(&b)));
	buf_done(&a);
	buf_done(&b);
	if (len < 4096 && str_cut(&pattern, '\n', &name))
		must(!wildmat_match(pattern, name) || wildmat_match(S("*"), name));
	return 0;
}
