#include "wire/imap_quota.h"

static const struct str names[IMAP_QUOTA_COUNT] = {
	[IMAP_QUOTA_STORAGE] = S_INIT("STORAGE"),
	[IMAP_QUOTA_MESSAGE] = S_INIT("MESSAGE"),
	[IMAP_QUOTA_MAILBOX] = S_INIT("MAILBOX"),
};

const char *imap_quota_name(enum imap_quota_resource resource)
{
	return names[resource].at;
}

static void read_limit(struct imap_args *args, struct imap_quota *q)
{
	struct str name = imap_args_atom(args);
	uint64_t limit = 0;
	unsigned n = 0;

	imap_args_need(args, ' ');
	if (!str_u64(imap_args_word(args), INT64_MAX, &limit))
		imap_args_fail(args, ERR_SYNTAX);
	while (n < IMAP_QUOTA_COUNT && !str_ieq(names[n], name))
		n++;
	if (n == IMAP_QUOTA_COUNT)
		q->others = true;
	else if (q->limits[n] != IMAP_QUOTA_NONE)
		imap_args_fail(args, ERR_SYNTAX);
	else
		q->limits[n] = limit;
}

void imap_arg_quota(struct imap_args *args, struct imap_quota *ret)
{
	struct imap_quota q = { { IMAP_QUOTA_NONE, IMAP_QUOTA_NONE, IMAP_QUOTA_NONE }, false };

	imap_args_need(args, ' ');
	imap_args_need(args, '(');
	if (!imap_args_take(args, ')')) {
		do
			read_limit(args, &q);
		while (args->err == ERR_OK && imap_args_take(args, ' '));
		imap_args_need(args, ')');
	}
	*ret = q;
}
