#include "wire/imap_append.h"

#include "exact.h"
#include "tap.h"

static struct arena arena;

/* "M" a message, "T5" a text of 5 octets ("b" binary, "u" UTF-8), "U<x>" a name, "C" its end, "." the end of the command, "!"
 * a failure. */
static void tell(struct imap_append *a, struct imap_args *args, struct buf *to)
{
	struct imap_append_item item;

	for (;;) {
		switch (imap_append_next(a, args, &item)) {
		case IMAP_APPEND_MESSAGE:
			buf_put_octet(to, 'M');
			if (item.has_date)
				buf_printf(to, "@%lld ", (long long)item.date);
			break;
		case IMAP_APPEND_TEXT:
			buf_printf(to, "T%s%s%llu", item.binary ? "b" : "", item.utf8 ? "u" : "", (unsigned long long)item.octets);
			return;
		case IMAP_APPEND_URL:
			buf_printf(to, "U<%.*s>", STR_FMT(item.url));
			break;
		case IMAP_APPEND_CLOSE:
			buf_put_octet(to, 'C');
			break;
		case IMAP_APPEND_END:
			buf_put_octet(to, args->err == ERR_OK ? '.' : '!');
			return;
		}
	}
}

static const struct {
	const char *pieces[5];
	const char *want;
} cases[] = {
	{ { " {5}", "" }, "MT5C." },
	{ { " (\\Seen) \"01-Jan-1970 00:00:01 +0000\" {5+}", "" }, "M@1 T5C." },
	{ { " ~{5}", " (\\Flagged) {6}", " ~{7+}", "" }, "MTb5CMT6CMTb7C." },
	{ { " UTF8 (~{5}", ")", }, "MTbu5C." },
	{ { " utf8 (~{5}", ") {3}", "" }, "MTbu5CMT3C." },
	{ { " CATENATE (TEXT {5}", " URL x UTF8 (~{3}", "))" }, "MT5U<x>Tbu3C." },
	{ { " CATENATE (URL \"a b\" URL y)" }, "MU<a b>U<y>C." },
	{ { " CATENATE (URL x) (\\Seen) CATENATE (url y)" }, "MU<x>CMU<y>C." },
	{ { " catenate (text {0}", ")" }, "MT0C." },
	{ { "" }, "M!" },
	{ { " (\\Seen)" }, "M!" },
	{ { " CATENATE ()" }, "M!" },
	{ { " CATENATE (TEXT {5}", " )" }, "MT5!" },
	{ { " CATENATE (TEXT {5}", "" }, "MT5!" },
	{ { " CATENATE (URL x" }, "MU<x>!" },
	{ { " CATENATE (PART x)" }, "M!" },
	{ { " UTF8 ({5}" }, "M!" },
	{ { " UTF8 (~{5}", "" }, "MTbu5!" },
	{ { " {5}", "x" }, "MT5CM!" },
	{ { " {5}x" }, "M!" },
	{ { " TEXT {5}" }, "M!" },
};

static void read_case(size_t n)
{
	struct imap_append a = { 0 };
	struct buf told;
	bool ends = false;

	buf_init(&told, 4096);
	for (size_t p = 0; !ends && cases[n].pieces[p] != NULL; p++) {
		struct str text = exact(str_from_c(cases[n].pieces[p]));
		struct imap_args args;
		bool open = str_ends(text, S("}"));
		enum err e;

		imap_args_init(&args, &arena, text);
		e = imap_append_check(&a, &args, open);
		tell(&a, &args, &told);
		ends = args.err != ERR_OK || told.at[told.len - 1] == '.';
		OK((e == ERR_OK) == (args.err == ERR_OK), "%s: the check says the same", cases[n].pieces[p]);
		exact_free(text);
	}
	IS_STR(buf_str(&told), str_from_c(cases[n].want));
	buf_done(&told);
}

static void values(void)
{
	struct imap_append a = { 0 };
	struct imap_append_item item;
	struct imap_args args;

	imap_args_init(&args, &arena, S(" (\\Seen x) \"31-Dec-1969 23:00:00 -1145\" ~{310+}"));
	IS_NUM(imap_append_check(&a, &args, true), ERR_OK);
	IS_NUM(imap_append_check(&a, &args, false), ERR_SYNTAX);
	IS_NUM(imap_append_next(&a, &args, &item), IMAP_APPEND_MESSAGE);
	IS_NUM(item.flags.system, IMAP_SEEN);
	IS_NUM(item.flags.keywords_count, 1);
	OK(item.has_date && item.date == 38700, "a date in a zone east of its day");
	IS_NUM(imap_append_next(&a, &args, &item), IMAP_APPEND_TEXT);
	OK(item.binary && !item.utf8 && item.octets == 310, "literal8");
	imap_args_init(&args, &arena, S(" (\\Recent) {3}"));
	a = (struct imap_append){ 0 };
	IS_NUM(imap_append_check(&a, &args, true), ERR_SYNTAX);
	imap_args_init(&args, &arena, S(" \"32-Dec-1969 23:00:00 +0000\" {3}"));
	IS_NUM(imap_append_check(&a, &args, true), ERR_SYNTAX);
}

int main(void)
{
	arena_init(&arena, ARENA_COMMAND);
	for (size_t n = 0; n < sizeof(cases) / sizeof(*cases); n++)
		read_case(n);
	values();
	arena_done(&arena);
	return tap_done();
}
