/* RFC 9208 section 4.1.3: the list of SETQUOTA. */
#include "wire/imap_quota.h"

#include "exact.h"
#include "tap.h"

#define NONE IMAP_QUOTA_NONE

static const struct {
	struct str in;
	enum err want;
	uint64_t limits[IMAP_QUOTA_COUNT];
	bool others;
} rows[] = {
	{ S_INIT(" ()"), ERR_OK, { NONE, NONE, NONE }, false },
	{ S_INIT(" (STORAGE 512)"), ERR_OK, { 512, NONE, NONE }, false },
	{ S_INIT(" (mailbox 3 storage 0 Message 9223372036854775807)"), ERR_OK, { 0, INT64_MAX, 3 }, false },
	{ S_INIT(" (ANNOTATION-STORAGE 5 MESSAGE 7)"), ERR_OK, { NONE, 7, NONE }, true },
	{ S_INIT(" (STORAGE 9223372036854775808)"), ERR_SYNTAX, { 0 }, false },
	{ S_INIT(" (STORAGE -1)"), ERR_SYNTAX, { 0 }, false },
	{ S_INIT(" (STORAGE)"), ERR_SYNTAX, { 0 }, false },
	{ S_INIT(" (STORAGE 5 )"), ERR_SYNTAX, { 0 }, false },
	{ S_INIT(" ( STORAGE 5)"), ERR_SYNTAX, { 0 }, false },
	{ S_INIT(" (STORAGE 5 STORAGE 5)"), ERR_SYNTAX, { 0 }, false },
	{ S_INIT(" (STORAGE 5"), ERR_SYNTAX, { 0 }, false },
	{ S_INIT(" STORAGE 5"), ERR_SYNTAX, { 0 }, false },
	{ S_INIT("(STORAGE 5)"), ERR_SYNTAX, { 0 }, false },
	{ S_INIT(" (\"STORAGE\" 5)"), ERR_SYNTAX, { 0 }, false },
	{ S_INIT(""), ERR_SYNTAX, { 0 }, false },
};

int main(void)
{
	struct arena arena;

	arena_init(&arena, ARENA_NONE);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (size_t n = 0; n <= rows[i].in.len; n++) {
			struct str in = exact(str_sub(rows[i].in, 0, n));
			bool whole = n == rows[i].in.len;
			struct imap_quota q;
			struct imap_args args;
			enum err e;

			imap_args_init(&args, &arena, in);
			imap_arg_quota(&args, &q);
			e = imap_args_end(&args);
			if (!whole) {
				OK(e == ERR_SYNTAX, "row %zu cut at %zu", i, n);
			} else {
				IS_NUM(e, rows[i].want);
				OK(e != ERR_OK || (memcmp(q.limits, rows[i].limits, sizeof(q.limits)) == 0 && q.others == rows[i].others), "row %zu", i);
			}
			exact_free(in);
		}
	}
	OK(strcmp(imap_quota_name(IMAP_QUOTA_MAILBOX), "MAILBOX") == 0, "name");
	arena_done(&arena);
	return tap_done();
}
