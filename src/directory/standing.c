#include "directory/standing.h"

static enum err judge(const struct entry_account *m, uint64_t issued_seconds, uint64_t now_seconds, struct failure *f)
{
	if (m->disabled)
		return fail(f, ERR_ACCOUNTOFF, NULL);
	if (m->expires != 0 && now_seconds >= m->expires)
		return fail(f, ERR_EXPIRED, "this account has expired");
	if (!entry_hours_allow(&m->hours, (int64_t)now_seconds))
		return fail(f, ERR_HOURS, NULL);
	if (m->password_changed > issued_seconds)
		return fail(f, ERR_ENDED, NULL);
	return ERR_OK;
}

enum err standing_check(struct directory *d, uint64_t account, uint64_t issued_seconds, uint64_t now_seconds, struct failure *f)
{
	struct arena a;
	struct entry e;
	enum err err;

	arena_init(&a, ARENA_NONE);
	err = directory_get(d, ENTRY_ACCOUNT, account, &a, &e);
	if (err == ERR_OK)
		err = judge(&e.account, issued_seconds, now_seconds, f);
	else if (err == ERR_NOTFOUND)
		err = fail(f, ERR_ACCOUNTOFF, "this account was removed");
	else
		err = fail(f, err, NULL);
	arena_wipe(&a);
	return err;
}
