#include "wire/imap_notify.h"

#include "exact.h"
#include "tap.h"

static struct arena arena;

static const struct {
	struct str in;
	enum err want;
	bool none, status;
	size_t count;
	unsigned first, last; /* events of the first group and of the last */
} rows[] = {
	{ S_INIT(" NONE"), ERR_OK, true, false, 0, 0, 0 },
	{ S_INIT(" set (personal none)"), ERR_OK, false, false, 1, 0, 0 },
	{ S_INIT(" SET STATUS (inboxes (MessageNew MessageExpunge))"), ERR_OK, false, true, 1,
		IMAP_NOTIFY_NEW | IMAP_NOTIFY_EXPUNGE, IMAP_NOTIFY_NEW | IMAP_NOTIFY_EXPUNGE },
	{ S_INIT(" SET (selected (MessageNew (UID BODY.PEEK[HEADER.FIELDS (From)]) MessageExpunge FlagChange)) "
		 "(subtree (a \"b c\") (MailboxName SubscriptionChange))"),
		ERR_OK, false, false, 2, IMAP_NOTIFY_NEW | IMAP_NOTIFY_EXPUNGE | IMAP_NOTIFY_FLAGS,
		IMAP_NOTIFY_NAME | IMAP_NOTIFY_SUBSCRIPTION },
	{ S_INIT(" SET (selected-delayed (messagenew messageexpunge)) (mailboxes x (ServerMetadataChange MailboxMetadataChange))"),
		ERR_OK, false, false, 2, IMAP_NOTIFY_NEW | IMAP_NOTIFY_EXPUNGE,
		IMAP_NOTIFY_SERVER_METADATA | IMAP_NOTIFY_METADATA },
	{ S_INIT(" SET (subscribed (Weather))"), ERR_OK, false, false, 1, IMAP_NOTIFY_OTHER, IMAP_NOTIFY_OTHER },
	{ S_INIT(""), ERR_SYNTAX, false, false, 0, 0, 0 },
	{ S_INIT(" SET"), ERR_SYNTAX, false, false, 0, 0, 0 },
	{ S_INIT(" SET STATUS"), ERR_SYNTAX, false, false, 0, 0, 0 },
	{ S_INIT(" NONE x"), ERR_SYNTAX, false, false, 0, 0, 0 },
	{ S_INIT(" SET (personal ())"), ERR_SYNTAX, false, false, 0, 0, 0 },
	{ S_INIT(" SET (personal (MessageNew))"), ERR_SYNTAX, false, false, 0, 0, 0 },
	{ S_INIT(" SET (personal (FlagChange))"), ERR_SYNTAX, false, false, 0, 0, 0 },
	{ S_INIT(" SET (personal (MessageNew (UID) MessageExpunge))"), ERR_SYNTAX, false, false, 0, 0, 0 },
	{ S_INIT(" SET (selected (MailboxName))"), ERR_SYNTAX, false, false, 0, 0, 0 },
	{ S_INIT(" SET (selected none) (selected-delayed none)"), ERR_SYNTAX, false, false, 0, 0, 0 },
	{ S_INIT(" SET (subtree-one x none)"), ERR_SYNTAX, false, false, 0, 0, 0 },
	{ S_INIT(" SET (selected (MessageNew () MessageExpunge))"), ERR_SYNTAX, false, false, 0, 0, 0 },
	{ S_INIT(" SET (personal none"), ERR_SYNTAX, false, false, 0, 0, 0 },
	{ S_INIT(" SET (personal none) "), ERR_SYNTAX, false, false, 0, 0, 0 },
};

static void arguments(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct str in = exact(rows[i].in);
		struct imap_args args;
		struct imap_notify n;
		enum err e;

		imap_args_init(&args, &arena, in);
		imap_arg_notify(&args, &n);
		e = imap_args_end(&args);
		OK(e == rows[i].want, "NOTIFY%.*s: %s", STR_FMT(in), err_name(e));
		if (e == ERR_OK)
			OK(n.none == rows[i].none && n.status == rows[i].status && n.count == rows[i].count,
				"NOTIFY%.*s: what it is", STR_FMT(in));
		if (e == ERR_OK && n.count > 0)
			OK(n.groups[0].events == rows[i].first && n.groups[n.count - 1].events == rows[i].last,
				"NOTIFY%.*s: events", STR_FMT(in));
		exact_free(in);
		arena_clear(&arena);
	}
}

/* More groups than there is room for. */
static void limits(void)
{
	struct imap_args args;
	struct imap_notify n;
	struct buf b;

	buf_init(&b, BUF_NO_CEILING);
	buf_put(&b, S(" SET"));
	for (size_t i = 0; i < IMAP_NOTIFY_GROUPS_MAX; i++)
		buf_put(&b, S(" (personal none)"));
	imap_args_init(&args, &arena, buf_str(&b));
	imap_arg_notify(&args, &n);
	OK(imap_args_end(&args) == ERR_OK && n.count == IMAP_NOTIFY_GROUPS_MAX, "as many as there is room for");
	buf_put(&b, S(" (personal none)"));
	imap_args_init(&args, &arena, buf_str(&b));
	imap_arg_notify(&args, &n);
	OK(imap_args_end(&args) == ERR_LIMIT, "one more");
	buf_done(&b);
}

int main(void)
{
	arena_init(&arena, ARENA_NONE);
	arguments();
	limits();
	arena_done(&arena);
	return tap_done();
}
