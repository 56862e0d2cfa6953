#include "directory/logon_remote.h"

#include "directory/controllers.h"
#include "directory/logon_int.h"
#include "directory/realm.h"

/* A name without a domain belongs to the only one there is; so one asks for it there, too. */
void logon_remote_find(struct logon *l)
{
	struct entry_ids ids = { 0 };

	if (l->domain.id == 0 && l->name.user.len > 0 && !l->name.has_domain &&
		directory_ids(l->directory, ENTRY_DOMAIN, 0, l->arena, 2, &ids) == ERR_OK && ids.count == 1 &&
		directory_get(l->directory, ENTRY_DOMAIN, ids.at[0], l->arena, &l->domain) != ERR_OK)
		l->domain.id = 0;
	/* An application password is one of ours, whoever keeps the account's own. */
	l->remote = l->domain.id != 0 && !realm_is_local(&l->domain.domain) && l->second.app == NULL;
}

struct str logon_remote_user(const struct logon *l)
{
	return l->account.id != 0 ? l->account.account.name : l->name.user;
}

void logon_told(struct logon *l, enum proof_verdict v, struct str controller, struct str reason)
{
	bool right = v == PROOF_RIGHT || v == PROOF_DISABLED || v == PROOF_EXPIRED || v == PROOF_CHANGE || v == PROOF_HOURS;

	must(l->remote);
	/* Nobody has said anything: neither is the name known to be wrong. */
	if (v == PROOF_UNAVAILABLE)
		l->failure = (struct failure){ 0 };
	l->told = v;
	logon_proven(l, right, NULL);
	snprintf(l->why_not, sizeof(l->why_not), "%.*s%s%.*s", STR_FMT(str_sub(controller, 0, 80)), controller.len > 0 ? ": " : "",
		STR_FMT(str_sub(reason, 0, 200)));
}

/* Whoever cannot be asked has not said that the password is wrong. */
static enum err no_controller(struct logon *l)
{
	mend(l, LOGON_STEP_controller, "bourse status");
	fail(&l->failure, ERR_NOCONTROLLER, NULL);
	fail_reason(&l->failure, "%s", l->notes[LOGON_STEP_controller].detail);
	return ERR_NOCONTROLLER;
}

enum err logon_step_controller(struct logon *l)
{
	struct controllers_view view;

	if (!l->remote || l->query.strong) {
		detail(l, LOGON_STEP_controller, l->remote ? "not needed: it is proven without a password" : "not needed: passwords of this domain are here");
		return ERR_OK;
	}
	if (l->told == PROOF_UNAVAILABLE) {
		detail(l, LOGON_STEP_controller, "%s", l->why_not);
		return no_controller(l);
	}
	if (l->told != 0) {
		detail(l, LOGON_STEP_controller, "answered");
		return ERR_OK;
	}
	controllers_look(l->directory->controllers, l->domain.id, &view);
	detail(l, LOGON_STEP_controller, "%s", view.text);
	if (view.count > 0 && view.failing == view.count)
		return no_controller(l);
	l->notes[LOGON_STEP_controller].mark = LOGON_NOT_CHECKED;
	return ERR_OK;
}

bool logon_remote_refuses(struct logon *l, enum logon_step s, enum proof_verdict v)
{
	if (l->told != v)
		return false;
	mend(l, s, "change the account where the domain has it: %.*s", STR_FMT(l->domain.domain.backend));
	return true;
}
