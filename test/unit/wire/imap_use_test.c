#include "wire/imap_use.h"

#include "exact.h"
#include "tap.h"

static struct arena arena;

static const struct {
	struct str in;
	enum err want;
	struct str mailbox;
	unsigned uses;
	bool unknown;
} creates[] = {
	{ S_INIT(" x"), ERR_OK, S_INIT("x"), 0, false },
	{ S_INIT(" \"a b\" (USE (\\Sent))"), ERR_OK, S_INIT("a b"), IMAP_USE_SENT, false },
	{ S_INIT(" x (use (\\drafts \\JUNK \\Drafts))"), ERR_OK, S_INIT("x"), IMAP_USE_DRAFTS | IMAP_USE_JUNK, false },
	{ S_INIT(" x (USE (\\Trash) USE (\\Archive))"), ERR_OK, S_INIT("x"), IMAP_USE_TRASH | IMAP_USE_ARCHIVE, false },
	{ S_INIT(" x (USE (\\All \\Sent))"), ERR_OK, S_INIT("x"), IMAP_USE_SENT, true },
	{ S_INIT(" x (USE ())"), ERR_OK, S_INIT("x"), 0, false },
	{ S_INIT(" x (USE)"), .want = ERR_SYNTAX },
	{ S_INIT(" x (USE \\Sent)"), .want = ERR_SYNTAX },
	{ S_INIT(" x (USE (Sent))"), .want = ERR_SYNTAX },
	{ S_INIT(" x (USE (\\))"), .want = ERR_SYNTAX },
	{ S_INIT(" x (USE(\\Sent))"), .want = ERR_SYNTAX },
	{ S_INIT(" x (USE (\\Sent )"), .want = ERR_SYNTAX },
	{ S_INIT(" x (USES (\\Sent))"), .want = ERR_SYNTAX },
	{ S_INIT(" x ()"), .want = ERR_SYNTAX },
	{ S_INIT(" x USE (\\Sent)"), .want = ERR_SYNTAX },
	{ S_INIT(" x (USE (\\Sent)) y"), .want = ERR_SYNTAX },
	{ S_INIT(" (USE (\\Sent))"), .want = ERR_SYNTAX },
	{ S_INIT(" &bad (USE (\\Sent))"), .want = ERR_FOLDERNAME },
	{ S_INIT(""), .want = ERR_SYNTAX },
};

static enum err parse(struct str in, struct imap_create *ret)
{
	struct imap_args args;

	imap_args_init(&args, &arena, in);
	imap_arg_create(&args, ret);
	return imap_args_end(&args);
}

static void create(void)
{
	struct imap_create c;

	for (size_t i = 0; i < sizeof(creates) / sizeof(*creates); i++) {
		struct str in = exact(creates[i].in);
		enum err e = parse(in, &c);

		OK(e == creates[i].want, "create '%.*s': %s", STR_FMT(in), err_name(e));
		if (e == ERR_OK) {
			IS_STR(c.mailbox, creates[i].mailbox);
			IS_NUM(c.uses, creates[i].uses);
			IS_NUM(c.unknown, creates[i].unknown);
		}
		exact_free(in);
		for (size_t n = 0; creates[i].want == ERR_OK && n < creates[i].in.len; n++) {
			in = exact(str_sub(creates[i].in, 0, n));
			e = parse(in, &c);
			OK(e != ERR_OK || !str_has_octet(in, '('), "cut at %zu", n);
			exact_free(in);
		}
	}
}

static void texts(void)
{
	static const struct {
		struct str in;
		bool good;
		unsigned uses;
		struct str out;
	} rows[] = {
		{ S_INIT(""), true, 0, S_INIT("") },
		{ S_INIT("\\Sent"), true, IMAP_USE_SENT, S_INIT("\\Sent") },
		{ S_INIT("\\archive \\Drafts"), true, IMAP_USE_ARCHIVE | IMAP_USE_DRAFTS, S_INIT("\\Drafts \\Archive") },
		{ S_INIT("Sent"), .good = false },
		{ S_INIT("\\Sent "), .good = false },
		{ S_INIT(" \\Sent"), .good = false },
		{ S_INIT("\\Sent  \\Junk"), .good = false },
		{ S_INIT("\\Sent \\All"), .good = false },
		{ S_INIT("\\"), .good = false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct str in = exact(rows[i].in);
		unsigned uses = 0;
		struct buf b;

		OK(imap_uses_get(in, &uses) == rows[i].good, "uses '%.*s'", STR_FMT(in));
		buf_init(&b, 100);
		imap_put_uses(&b, uses);
		if (rows[i].good) {
			IS_NUM(uses, rows[i].uses);
			IS_STR(buf_str(&b), rows[i].out);
		}
		buf_done(&b);
		exact_free(in);
	}
}

int main(void)
{
	arena_init(&arena, ARENA_NONE);
	create();
	texts();
	arena_done(&arena);
	return tap_done();
}
