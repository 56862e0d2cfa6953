#include "directory/make_account.h"

#include "directory/change.h"
#include "directory/name.h"
#include "directory/rules.h"

static enum err store(struct directory *d, struct arena *a, struct entry *e, uint64_t now_seconds, struct failure *f)
{
	struct change c;
	enum err err = rules_check(d, a, e, f);

	if (err == ERR_OK)
		err = change_begin(&c, d, a, now_seconds, f);
	if (err != ERR_OK)
		return err;
	err = change_add(&c, e);
	if (err != ERR_OK) {
		change_abort(&c);
		return err;
	}
	return change_commit(&c);
}

static enum err make_mailbox(
	struct directory *d, struct arena *a, const struct make_account *q, uint64_t account, struct failure *f)
{
	struct entry box = entry_defaults(ENTRY_MAILBOX, 0);
	struct str address = arena_printf(a, "%.*s@%.*s", STR_FMT(q->user), STR_FMT(q->domain->domain.mail.at[0]));

	box.mailbox.alias = q->user;
	box.mailbox.display = q->full_name;
	box.mailbox.account = account;
	box.mailbox.addresses = (struct entry_texts){ &address, 1 };
	return store(d, a, &box, q->now_seconds, f);
}

enum err make_account(struct directory *d, struct arena *a, const struct make_account *q, struct failure *f)
{
	struct entry account = entry_defaults(ENTRY_ACCOUNT, 0);
	struct make_account own = *q;
	const char *why;
	enum err e;

	must(q->domain->domain.make_accounts);
	/* What a controller calls somebody is not ours to believe. */
	if (name_nfc(a, q->full_name, &own.full_name, &why) != ERR_OK)
		own.full_name = S("");
	account.account.domain = q->domain->id;
	account.account.name = q->user;
	account.account.full_name = own.full_name;
	e = store(d, a, &account, q->now_seconds, f);
	if (e == ERR_OK && q->domain->domain.make_mailboxes && q->domain->domain.mail.count > 0)
		(void)!make_mailbox(d, a, &own, account.id, f);
	return e;
}
