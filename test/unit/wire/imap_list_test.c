#include "wire/imap_list.h"

#include "exact.h"
#include "tap.h"

static struct arena arena;

#define S_SUBSCRIBED IMAP_LIST_SUBSCRIBED
#define S_SPECIAL    IMAP_LIST_SPECIAL_USE
#define R_SUBSCRIBED IMAP_LIST_RETURN_SUBSCRIBED
#define R_CHILDREN   IMAP_LIST_RETURN_CHILDREN
#define R_SPECIAL    IMAP_LIST_RETURN_SPECIAL_USE
#define R_STATUS     IMAP_LIST_RETURN_STATUS

struct row {
	struct str in;
	enum err want;
	bool extended;
	unsigned select, returns;
	struct str names; /* the reference and the patterns, each with a bar behind it */
	unsigned status;
};

static const struct row rows[] = {
	{ S_INIT(" \"\" *"), ERR_OK, false, 0, 0, S_INIT("|*|") },
	{ S_INIT(" \"\" \"\""), ERR_OK, false, 0, 0, S_INIT("||") },
	{ S_INIT(" inbox {2}\r\na%"), ERR_OK, false, 0, 0, S_INIT("INBOX|a%|") },
	{ S_INIT(" (SPECIAL-USE) \"\" \"*\""), ERR_OK, true, S_SPECIAL, R_SPECIAL, S_INIT("|*|") },
	{ S_INIT(" \"\" \"%\" RETURN (SPECIAL-USE)"), ERR_OK, true, 0, R_SPECIAL, S_INIT("|%|") },
	{ S_INIT(" () \"\" %"), ERR_OK, true, 0, 0, S_INIT("|%|") },
	{ S_INIT(" \"\" % return ()"), ERR_OK, true, 0, 0, S_INIT("|%|") },
	{ S_INIT(" () \"\" \"\""), ERR_OK, true, 0, 0, S_INIT("||") },
	{ S_INIT(" \"\" (INBOX \"Entw&APw-rfe/%\" {3+}\r\na b \"\")"), ERR_OK, true, 0, 0,
		S_INIT("|INBOX|Entw\xc3\xbcrfe/%|a b||") },
	{ S_INIT(" (remote Subscribed RECURSIVEMATCH subscribed) a/ (%) RETURN (CHILDREN)"), ERR_OK,
		true, S_SUBSCRIBED | IMAP_LIST_REMOTE | IMAP_LIST_RECURSIVEMATCH,
		R_SUBSCRIBED | R_CHILDREN, S_INIT("a/|%|") },
	{ S_INIT(" (REMOTE) \"\" % RETURN (children SUBSCRIBED special-use)"), ERR_OK, true,
		IMAP_LIST_REMOTE, R_SUBSCRIBED | R_CHILDREN | R_SPECIAL, S_INIT("|%|") },
	{ S_INIT(" \"\" RETURN"), ERR_OK, false, 0, 0, S_INIT("|RETURN|") },
	{ S_INIT(" \"\" % RETURN (STATUS (MESSAGES))"), ERR_OK, true, 0, R_STATUS, S_INIT("|%|"), IMAP_STATUS_MESSAGES },
	{ S_INIT(" \"\" % RETURN (status (unseen SIZE mailboxid HIGHESTMODSEQ APPENDLIMIT) CHILDREN STATUS (DELETED))"), ERR_OK, true, 0,
		R_STATUS | R_CHILDREN, S_INIT("|%|"), IMAP_STATUS_UNSEEN | IMAP_STATUS_SIZE | IMAP_STATUS_MAILBOXID |
		IMAP_STATUS_HIGHESTMODSEQ | IMAP_STATUS_APPENDLIMIT | IMAP_STATUS_DELETED },
	{ S_INIT(" \"\" % RETURN (MYRIGHTS)"), ERR_OK, true, 0, IMAP_LIST_RETURN_MYRIGHTS, S_INIT("|%|"), 0 },
	{ S_INIT(" \"\" % RETURN (METADATA (/private/comment /shared/x) MYRIGHTS)"), ERR_OK, true, 0,
		IMAP_LIST_RETURN_METADATA | IMAP_LIST_RETURN_MYRIGHTS, S_INIT("|%|"), 0 },
	{ S_INIT(" \"\" % RETURN (METADATA)"), .want = ERR_SYNTAX },
	{ S_INIT(" \"\" % RETURN (METADATA (private))"), .want = ERR_SYNTAX },
	{ S_INIT(" (MYRIGHTS) \"\" %"), .want = ERR_SYNTAX },
	{ S_INIT(" \"\" % RETURN (STATUS)"), .want = ERR_SYNTAX },
	{ S_INIT(" \"\" % RETURN (STATUS ())"), .want = ERR_SYNTAX },
	{ S_INIT(" \"\" % RETURN (STATUS (X))"), .want = ERR_SYNTAX },
	{ S_INIT(" \"\" % RETURN (STATUS MESSAGES)"), .want = ERR_SYNTAX },
	{ S_INIT(" \"\" % RETURN (STATUS(MESSAGES))"), .want = ERR_SYNTAX },
	{ S_INIT(" (STATUS (MESSAGES)) \"\" %"), .want = ERR_SYNTAX },
	{ S_INIT(" (RECURSIVEMATCH) \"\" %"), .want = ERR_SYNTAX },
	{ S_INIT(" (REMOTE RECURSIVEMATCH) \"\" %"), .want = ERR_SYNTAX },
	{ S_INIT(" (SPECIAL-USE RECURSIVEMATCH) \"\" %"), .want = ERR_SYNTAX },
	{ S_INIT(" (CHILDREN) \"\" %"), .want = ERR_SYNTAX },
	{ S_INIT(" (SPECIAL-USES) \"\" %"), .want = ERR_SYNTAX },
	{ S_INIT(" (SUBSCRIBED ) \"\" %"), .want = ERR_SYNTAX },
	{ S_INIT(" ( SUBSCRIBED) \"\" %"), .want = ERR_SYNTAX },
	{ S_INIT(" (SUBSCRIBED \"\" %"), .want = ERR_SYNTAX },
	{ S_INIT(" ((SUBSCRIBED)) \"\" %"), .want = ERR_SYNTAX },
	{ S_INIT(" (SUBSCRIBED)\"\" %"), .want = ERR_SYNTAX },
	{ S_INIT(" (SUBSCRIBED) (SUBSCRIBED) \"\" %"), .want = ERR_SYNTAX },
	{ S_INIT(" \"\" ()"), .want = ERR_SYNTAX },
	{ S_INIT(" \"\" (a b"), .want = ERR_SYNTAX },
	{ S_INIT(" \"\" (a  b)"), .want = ERR_SYNTAX },
	{ S_INIT(" \"\" ((a))"), .want = ERR_SYNTAX },
	{ S_INIT(" \"\" (a)b"), .want = ERR_SYNTAX },
	{ S_INIT(" \"\" (a &bad)"), .want = ERR_FOLDERNAME },
	{ S_INIT(" \"\" % RETURN"), .want = ERR_SYNTAX },
	{ S_INIT(" \"\" % RETURN SPECIAL-USE"), .want = ERR_SYNTAX },
	{ S_INIT(" \"\" % RETURN (REMOTE)"), .want = ERR_SYNTAX },
	{ S_INIT(" \"\" % RETURN (X (a b))"), .want = ERR_SYNTAX },
	{ S_INIT(" \"\" % RETURN (CHILDREN"), .want = ERR_SYNTAX },
	{ S_INIT(" \"\" % RETURN (CHILDREN) "), .want = ERR_SYNTAX },
	{ S_INIT(" \"\" % RETURN () RETURN ()"), .want = ERR_SYNTAX },
	{ S_INIT(" \"\" % RETURNS ()"), .want = ERR_SYNTAX },
	{ S_INIT(" \"\" % (CHILDREN)"), .want = ERR_SYNTAX },
	{ S_INIT(" \"\""), .want = ERR_SYNTAX },
	{ S_INIT(" "), .want = ERR_SYNTAX },
	{ S_INIT(""), .want = ERR_SYNTAX },
};

static enum err parse(struct str in, struct imap_list *ret)
{
	struct imap_args args;

	imap_args_init(&args, &arena, in);
	imap_arg_list(&args, ret);
	return imap_args_end(&args);
}

static void holds(const struct row *row, const struct imap_list *list)
{
	struct buf b;

	IS_NUM(list->extended, row->extended);
	IS_NUM(list->select, row->select);
	IS_NUM(list->returns, row->returns);
	IS_NUM(list->status, row->status);
	buf_init(&b, 1024);
	buf_printf(&b, "%.*s|", STR_FMT(list->reference));
	for (size_t i = 0; i < list->patterns_count; i++)
		buf_printf(&b, "%.*s|", STR_FMT(list->patterns[i]));
	IS_STR(buf_str(&b), row->names);
	buf_done(&b);
}

/* What ends in a bracket can be cut to something good in one place at most: before RETURN. */
static void cuts(const struct row *row)
{
	struct imap_list list;
	size_t good = 0;

	for (size_t n = 0; n < row->in.len; n++) {
		struct str in = exact(str_sub(row->in, 0, n));
		enum err e = parse(in, &list);

		OK(e == ERR_OK || e == ERR_SYNTAX || e == ERR_FOLDERNAME, "cut at %zu: %s", n,
			err_name(e));
		good += e == ERR_OK;
		if (e == ERR_OK)
			OK(list.patterns_count > 0, "cut at %zu has a pattern", n);
		exact_free(in);
	}
	if (row->want == ERR_OK && row->in.at[row->in.len - 1] == ')')
		OK(good <= 1, "good cuts of '%.*s': %zu", STR_FMT(row->in), good);
}

static void table(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct row *row = &rows[i];
		struct str in = exact(row->in);
		struct imap_list list;
		enum err e = parse(in, &list);

		OK(e == row->want, "list '%.*s': %s", STR_FMT(row->in), err_name(e));
		if (e == ERR_OK)
			holds(row, &list);
		exact_free(in);
		cuts(row);
	}
}

static void many_patterns(void)
{
	struct imap_list list;
	struct buf b;

	for (size_t count = IMAP_PATTERNS_MAX; count <= IMAP_PATTERNS_MAX + 1; count++) {
		buf_init(&b, 1024);
		buf_put(&b, S(" \"\" (a"));
		for (size_t i = 1; i < count; i++)
			buf_put(&b, S(" a"));
		buf_put(&b, S(")"));
		IS_NUM(parse(buf_str(&b), &list), count > IMAP_PATTERNS_MAX ? ERR_LIMIT : ERR_OK);
		IS_NUM(list.patterns_count, IMAP_PATTERNS_MAX);
		buf_done(&b);
	}
}

int main(void)
{
	arena_init(&arena, ARENA_NONE);
	table();
	many_patterns();
	arena_done(&arena);
	return tap_done();
}
