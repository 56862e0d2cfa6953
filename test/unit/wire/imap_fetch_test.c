#include "wire/imap_fetch.h"

#include "exact.h"
#include "tap.h"

static struct arena arena;

struct row {
	struct str in;
	enum err want;
	unsigned items;
	bool sets_seen;
	struct str sections; /* as the answer names them, each with a blank behind it */
};

#define F(x) IMAP_FETCH_##x

static const struct row rows[] = {
	{ S_INIT(" FLAGS"), ERR_OK, F(FLAGS), false, S_INIT("") },
	{ S_INIT(" (uid FLAGS flags)"), ERR_OK, F(FLAGS) | F(UID), false, S_INIT("") },
	{ S_INIT(" FAST"), ERR_OK, F(FLAGS) | F(INTERNALDATE) | F(SIZE), false, S_INIT("") },
	{ S_INIT(" all"), ERR_OK, F(FLAGS) | F(INTERNALDATE) | F(SIZE) | F(ENVELOPE), false,
		S_INIT("") },
	{ S_INIT(" FULL"), ERR_OK, F(FLAGS) | F(INTERNALDATE) | F(SIZE) | F(ENVELOPE) | F(BODY),
		false, S_INIT("") },
	{ S_INIT(" (BODY BODYSTRUCTURE RFC822.SIZE)"), ERR_OK, F(BODY) | F(BODYSTRUCTURE) | F(SIZE),
		false, S_INIT("") },
	{ S_INIT(" BODY[]"), ERR_OK, 0, true, S_INIT("BODY[] ") },
	{ S_INIT(" BODY.PEEK[]<0.100>"), ERR_OK, 0, false, S_INIT("BODY[]<0> ") },
	{ S_INIT(" (BODY.PEEK[header] BODY[1.2.mime] body[text])"), ERR_OK, 0, true,
		S_INIT("BODY[HEADER] BODY[1.2.MIME] BODY[TEXT] ") },
	{ S_INIT(" BODY.PEEK[1]"), ERR_OK, 0, false, S_INIT("BODY[1] ") },
	{ S_INIT(" BODY[3.HEADER.FIELDS (From \"To\" {2}\r\nCc)]"), ERR_OK, 0, true,
		S_INIT("BODY[3.HEADER.FIELDS (From To Cc)] ") },
	{ S_INIT(" BODY.PEEK[HEADER.FIELDS.NOT (X-A)]<7.1>"), ERR_OK, 0, false,
		S_INIT("BODY[HEADER.FIELDS.NOT (X-A)]<7> ") },
	{ S_INIT(" (RFC822 RFC822.HEADER RFC822.TEXT)"), ERR_OK, 0, true,
		S_INIT("RFC822 RFC822.HEADER RFC822.TEXT ") },
	{ S_INIT(" RFC822.HEADER"), ERR_OK, 0, false, S_INIT("RFC822.HEADER ") },
	{ S_INIT(" BODY[]<4294967295.4294967295>"), ERR_OK, 0, true,
		S_INIT("BODY[]<4294967295> ") },
	{ S_INIT(" BODY[]<4294967296.9223372036854775807>"), ERR_OK, 0, true, S_INIT("BODY[]<4294967296> ") },
	{ S_INIT(" BODY[]<9223372036854775808.1>"), ERR_SYNTAX, 0, 0, S_INIT("") },
	{ S_INIT(" (SAVEDATE emailid THREADID)"), ERR_OK, F(SAVEDATE) | F(EMAILID) | F(THREADID), false, S_INIT("") },
	{ S_INIT(" PREVIEW"), ERR_OK, F(PREVIEW), false, S_INIT("") },
	{ S_INIT(" PREVIEW (LAZY)"), ERR_OK, F(PREVIEW), false, S_INIT("") },
	{ S_INIT(" (PREVIEW (lazy LAZY) UID)"), ERR_OK, F(PREVIEW) | F(UID), false, S_INIT("") },
	{ S_INIT(" PREVIEW ()"), ERR_SYNTAX, 0, 0, S_INIT("") },
	{ S_INIT(" PREVIEW (LAZYER)"), ERR_SYNTAX, 0, 0, S_INIT("") },
	{ S_INIT(" (PREVIEW (LAZY FAST))"), ERR_SYNTAX, 0, 0, S_INIT("") },
	{ S_INIT(" (BINARY[1] BINARY.PEEK[1.2]<3.4> BINARY.SIZE[2])"), ERR_OK, 0, true,
		S_INIT("BINARY[1] BINARY[1.2]<3> BINARY.SIZE[2] ") },
	{ S_INIT(" binary.peek[]"), ERR_OK, 0, false, S_INIT("BINARY[] ") },
	{ S_INIT(" BINARY.SIZE[1]"), ERR_OK, 0, false, S_INIT("BINARY.SIZE[1] ") },
	{ S_INIT(" BINARY"), ERR_SYNTAX, 0, 0, S_INIT("") },
	{ S_INIT(" BINARY[HEADER]"), ERR_SYNTAX, 0, 0, S_INIT("") },
	{ S_INIT(" BINARY[1.MIME]"), ERR_SYNTAX, 0, 0, S_INIT("") },
	{ S_INIT(" BINARY[1.HEADER.FIELDS (A)]"), ERR_SYNTAX, 0, 0, S_INIT("") },
	{ S_INIT(" BINARY.SIZE[1]<0.1>"), ERR_SYNTAX, 0, 0, S_INIT("") },
	{ S_INIT(" BINARY.SIZE.PEEK[1]"), ERR_SYNTAX, 0, 0, S_INIT("") },
	{ S_INIT(" BODY[]<0.0>"), ERR_SYNTAX, 0, 0, S_INIT("") },
	{ S_INIT(" BODY[]<0>"), ERR_SYNTAX, 0, 0, S_INIT("") },
	{ S_INIT(" BODY[MIME]"), ERR_SYNTAX, 0, 0, S_INIT("") },
	{ S_INIT(" BODY[0]"), ERR_SYNTAX, 0, 0, S_INIT("") },
	{ S_INIT(" BODY[1.]"), ERR_SYNTAX, 0, 0, S_INIT("") },
	{ S_INIT(" BODY[1..2]"), ERR_SYNTAX, 0, 0, S_INIT("") },
	{ S_INIT(" BODY[1x]"), ERR_SYNTAX, 0, 0, S_INIT("") },
	{ S_INIT(" BODY[.TEXT]"), ERR_SYNTAX, 0, 0, S_INIT("") },
	{ S_INIT(" BODY[FOO]"), ERR_SYNTAX, 0, 0, S_INIT("") },
	{ S_INIT(" BODY[HEADER.FIELDS]"), ERR_SYNTAX, 0, 0, S_INIT("") },
	{ S_INIT(" BODY[HEADER.FIELDS ()]"), ERR_SYNTAX, 0, 0, S_INIT("") },
	{ S_INIT(" BODY[HEADER.FIELDS (\"a b\")]"), ERR_SYNTAX, 0, 0, S_INIT("") },
	{ S_INIT(" BODY[HEADER.FIELDS (\"a:\")]"), ERR_SYNTAX, 0, 0, S_INIT("") },
	{ S_INIT(" BODY[HEADER.FIELDS (\"\")]"), ERR_SYNTAX, 0, 0, S_INIT("") },
	{ S_INIT(" BODY["), ERR_SYNTAX, 0, 0, S_INIT("") },
	{ S_INIT(" BODY.PEEK"), ERR_SYNTAX, 0, 0, S_INIT("") },
	{ S_INIT(" (FAST)"), ERR_SYNTAX, 0, 0, S_INIT("") },
	{ S_INIT(" ()"), ERR_SYNTAX, 0, 0, S_INIT("") },
	{ S_INIT(" (FLAGS"), ERR_SYNTAX, 0, 0, S_INIT("") },
	{ S_INIT(" (FLAGS )"), ERR_SYNTAX, 0, 0, S_INIT("") },
	{ S_INIT(" FLAGS UID"), ERR_SYNTAX, 0, 0, S_INIT("") },
	{ S_INIT(" FOO"), ERR_SYNTAX, 0, 0, S_INIT("") },
	{ S_INIT(""), ERR_SYNTAX, 0, 0, S_INIT("") },
};

static enum err fetch(struct str in, struct imap_fetch *ret)
{
	struct imap_args args;

	imap_args_init(&args, &arena, in);
	imap_arg_fetch(&args, ret);
	return imap_args_end(&args);
}

static void each(const struct row *row)
{
	struct str in = exact(row->in);
	struct imap_fetch f;
	enum err e = fetch(in, &f);
	struct buf b;

	OK(e == row->want, "fetch%.*s: %s", STR_FMT(row->in), err_name(e));
	if (e == ERR_OK) {
		buf_init(&b, 4096);
		for (size_t i = 0; i < f.sections_count; i++) {
			imap_fetch_put_section(&b, &f.sections[i]);
			buf_put_octet(&b, ' ');
		}
		IS_STR(buf_str(&b), row->sections);
		IS_NUM(f.items, row->items);
		IS_NUM(f.sets_seen, row->sets_seen);
		buf_done(&b);
	}
	exact_free(in);
	for (size_t n = 0; n < row->in.len; n++) {
		in = exact(str_sub(row->in, 0, n));
		e = fetch(in, &f);
		OK(e == ERR_OK || e == ERR_SYNTAX, "cut at %zu", n);
		exact_free(in);
	}
}

static void many(const char *format, int count, enum err want)
{
	struct buf b;
	struct imap_fetch f;
	enum err e;

	buf_init(&b, 1 << 20);
	buf_put(&b, S(" ("));
	for (int i = 0; i < count; i++)
		buf_printf(&b, format, i > 0 ? " " : "", i + 1);
	buf_put(&b, S(")"));
	e = fetch(buf_str(&b), &f);
	OK(e == want, "%d times %s: %s", count, format, err_name(e));
	buf_done(&b);
}

static void deep(int count, enum err want)
{
	struct buf b;
	struct imap_fetch f;

	buf_init(&b, 1 << 20);
	buf_put(&b, S(" BODY[1"));
	for (int i = 1; i < count; i++)
		buf_put(&b, S(".1"));
	buf_put(&b, S("]"));
	OK(fetch(buf_str(&b), &f) == want, "%d numbers", count);
	buf_done(&b);
}

int main(void)
{
	arena_init(&arena, ARENA_NONE);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		each(&rows[i]);
	many("%sBODY[%d]", 1000, ERR_OK);
	many("%sBODY[%d]", 1001, ERR_LIMIT);
	deep(100, ERR_OK);
	deep(101, ERR_SYNTAX);
	arena_done(&arena);
	return tap_done();
}
