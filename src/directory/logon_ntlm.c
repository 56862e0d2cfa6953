#include "directory/logon_ntlm.h"

#include <stdio.h>

#include "directory/shell_word.h"

bool logon_ntlm_missing(const struct logon *l, struct logon_note *note)
{
	const char *why = l->query.ntlm && !l->remote && l->second.app == NULL ? ntlm_why_not(&l->account.account) : NULL;
	struct str name = shell_word(l->arena, l->account_name);

	if (why == NULL)
		return false;
	snprintf(note->detail, sizeof(note->detail), "%s", why);
	if (l->account.account.ntlm)
		snprintf(note->mend, sizeof(note->mend), "bourse account password %.*s", STR_FMT(name));
	else
		snprintf(note->mend, sizeof(note->mend), "bourse account set %.*s --ntlm", STR_FMT(name));
	return true;
}

enum err logon_ntlm_mailbox(const struct logon *l, struct entry *ret)
{
	if (!l->query.ntlm || l->name.has_mailbox)
		return ERR_NOTFOUND;
	return directory_get(l->directory, ENTRY_MAILBOX, l->account.account.ntlm_mailbox, l->arena, ret);
}
