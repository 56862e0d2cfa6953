#include "directory/logon_news.h"

#include "directory/logon_int.h"

bool logon_news(const struct logon *l)
{
	return l->query.protocol == PROTOCOL_NNTP;
}

bool logon_news_alone(const struct logon *l)
{
	return logon_news(l) && !l->name.has_mailbox;
}

enum err logon_news_find(struct logon *l)
{
	enum err e = directory_public(l->directory, l->arena, &l->news);

	if (e == ERR_NOTFOUND) {
		mend(l, LOGON_STEP_mailbox, "bourse public enable");
		return tell(l, LOGON_STEP_mailbox, ERR_NOBOX, "logged on as %.*s, but there is no public store here, and news is in it alone",
			STR_FMT(l->account_name));
	}
	if (e != ERR_OK)
		return fail(&l->failure, e, NULL);
	detail(l, LOGON_STEP_mailbox, "none is needed: news is in the public store");
	return ERR_OK;
}

void logon_news_grant(const struct logon *l, struct logon_grant *ret)
{
	struct entry_mailbox m = entry_public_box(&l->news.public);

	ret->mailbox = l->news.id;
	ret->delegate = false;
	ret->rights = 0;
	ret->by = S("");
	ret->right = "news";
	ret->mailbox_name = arena_str(l->arena, m.alias);
	ret->limits = entry_limits(&m, &l->directory->defaults);
}
