#include "base/date.h"
#include "config/network.h"
#include "directory/lockouts.h"
#include "directory/logon_int.h"
#include "directory/logon_remote.h"
#include "directory/policy.h"
#include "directory/user_right.h"

/*
 * Guessing goes on while an account is locked, so a stranger must not learn that he has guessed right. Who has logged on from there
 * before is told what is wrong.
 */
enum err logon_step_lock(struct logon *l)
{
	struct lockout_rules rules = policy_lockout(&l->domain.domain);
	struct lockout lockout;
	struct date d;
	uint64_t until;

	lockouts_read(l->directory, l->account.id, &lockout);
	if (!lockout_is(&lockout, &rules, (uint64_t)l->query.now_seconds, &until)) {
		detail(l, LOGON_STEP_lock, "%u of %llu failed logons", (unsigned)lockout.count, (unsigned long long)rules.threshold);
		if (rules.threshold == 0)
			detail(l, LOGON_STEP_lock, "failed logons lock nobody");
		return ERR_OK;
	}
	mend(l, LOGON_STEP_lock, "bourse account unlock %.*s", STR_FMT(account_word(l)));
	if (!l->query.known && !l->query.examine) {
		detail(l, LOGON_STEP_lock, "%.*s is locked, and was not told so: it has not logged on from there lately",
			STR_FMT(l->account_name));
		return refuse(l, LOGON_STEP_lock);
	}
	if (until == 0)
		return tell(l, LOGON_STEP_lock, ERR_LOCKED, "the account %.*s is locked after too many failed logons; ask the administrator",
			STR_FMT(l->account_name));
	d = date_from_instant((int64_t)until, 0);
	return tell(l, LOGON_STEP_lock, ERR_LOCKED, "the account %.*s is locked after too many failed logons until %02d:%02d UTC",
		STR_FMT(l->account_name), d.hour, d.minute);
}

enum err logon_step_enabled(struct logon *l)
{
	if (logon_remote_refuses(l, LOGON_STEP_enabled, PROOF_DISABLED))
		return tell(l, LOGON_STEP_enabled, ERR_ACCOUNTOFF, "the account %.*s is disabled by its domain controller",
			STR_FMT(l->account_name));
	if (l->account.account.disabled) {
		mend_account(l, LOGON_STEP_enabled, "--disabled no");
		return tell(l, LOGON_STEP_enabled, ERR_ACCOUNTOFF, "the account %.*s is disabled",
			STR_FMT(l->account_name));
	}
	detail(l, LOGON_STEP_enabled, "enabled");
	return ERR_OK;
}

enum err logon_step_expiry(struct logon *l)
{
	uint64_t expires = l->account.account.expires;
	struct date d;

	if (logon_remote_refuses(l, LOGON_STEP_expiry, PROOF_EXPIRED))
		return tell(l, LOGON_STEP_expiry, ERR_EXPIRED, "the account %.*s has expired at its domain controller",
			STR_FMT(l->account_name));
	if (expires == 0 || l->query.now_seconds < (int64_t)expires) {
		detail(l, LOGON_STEP_expiry, expires == 0 ? "never expires" : "not yet expired");
		return ERR_OK;
	}
	d = date_from_instant((int64_t)expires, 0);
	mend_account(l, LOGON_STEP_expiry, "--expires never");
	return tell(l, LOGON_STEP_expiry, ERR_EXPIRED, "the account %.*s expired on %04d-%02d-%02d",
		STR_FMT(l->account_name), d.year, d.month, d.day);
}

enum err logon_step_change(struct logon *l)
{
	if (logon_remote_refuses(l, LOGON_STEP_change, PROOF_CHANGE))
		return tell(l, LOGON_STEP_change, ERR_EXPIRED, "the password of %.*s must be changed first in its domain",
			STR_FMT(l->account_name));
	/* An application password is none that its owner could change, and the web is where he can. */
	if (l->account.account.must_change && l->second.app == NULL && l->query.protocol != PROTOCOL_HTTP) {
		mend_account(l, LOGON_STEP_change, "--must-change no");
		return tell(l, LOGON_STEP_change, ERR_EXPIRED,
			"the password of %.*s must be changed first; ask the administrator for a "
			"new one",
			STR_FMT(l->account_name));
	}
	detail(l, LOGON_STEP_change, "no change needed");
	return ERR_OK;
}

enum err logon_step_age(struct logon *l)
{
	uint64_t expires = policy_expires(&l->domain.domain, &l->account.account);
	struct date d = date_from_instant((int64_t)expires, 0);

	/* An application password has an end of its own, and that of others is theirs. */
	if (expires == 0 || l->remote || l->second.app != NULL || l->query.protocol == PROTOCOL_HTTP ||
		l->query.now_seconds < (int64_t)expires) {
		detail(l, LOGON_STEP_age, "for ever");
		if (expires != 0)
			detail(l, LOGON_STEP_age, "until %04d-%02d-%02d", d.year, d.month, d.day);
		return ERR_OK;
	}
	mend(l, LOGON_STEP_age, "bourse account password %.*s", STR_FMT(account_word(l)));
	return tell(l, LOGON_STEP_age, ERR_EXPIRED, "the password of %.*s expired on %04d-%02d-%02d; ask the administrator for a new one",
		STR_FMT(l->account_name), d.year, d.month, d.day);
}

enum err logon_step_hours(struct logon *l)
{
	if (logon_remote_refuses(l, LOGON_STEP_hours, PROOF_HOURS))
		return tell(l, LOGON_STEP_hours, ERR_HOURS, "the account %.*s may not log on now, says its domain controller",
			STR_FMT(l->account_name));
	if (!entry_hours_allow(&l->account.account.hours, l->query.now_seconds)) {
		mend_account(l, LOGON_STEP_hours, "--hours always");
		return tell(l, LOGON_STEP_hours, ERR_HOURS,
			"the account %.*s may not log on at this hour", STR_FMT(l->account_name));
	}
	detail(l, LOGON_STEP_hours, "this hour is allowed");
	return ERR_OK;
}

enum err logon_step_client(struct logon *l)
{
	const struct entry_texts *networks = &l->account.account.networks;

	if (networks->count == 0 || l->query.client.len == 0) {
		detail(l, LOGON_STEP_client, networks->count == 0 ? "from everywhere" : "no address given");
		if (networks->count > 0)
			l->notes[LOGON_STEP_client].mark = LOGON_NOT_CHECKED;
		return ERR_OK;
	}
	for (size_t i = 0; i < networks->count; i++) {
		if (network_has_text(networks->at[i], l->query.client)) {
			detail(l, LOGON_STEP_client, "it is in %.*s", STR_FMT(networks->at[i]));
			return ERR_OK;
		}
	}
	mend_account(l, LOGON_STEP_client, "--networks ''");
	return tell(l, LOGON_STEP_client, ERR_CLIENT, "the account %.*s may not log on from %.*s", STR_FMT(l->account_name),
		STR_FMT(l->query.client));
}

enum err logon_step_type(struct logon *l)
{
	bool local = network_has_text(S("loopback"), l->query.client);
	enum user_right right = local ? USER_RIGHT_LOCALLY : USER_RIGHT_NETWORK;
	struct str name = user_right_name(right);
	enum err e;

	if (l->query.client.len == 0) {
		detail(l, LOGON_STEP_type, "no address given");
		l->notes[LOGON_STEP_type].mark = LOGON_NOT_CHECKED;
		return ERR_OK;
	}
	e = user_right_check(l->directory, l->account.id, right, l->arena);
	if (e == ERR_OK)
		detail(l, LOGON_STEP_type, "%.*s", STR_FMT(name));
	if (e != ERR_PERM)
		return e == ERR_OK ? e : fail(&l->failure, e, NULL);
	mend(l, LOGON_STEP_type, "bourse account set %.*s --add-user-rights '%.*s'", STR_FMT(account_word(l)), STR_FMT(name));
	return tell(l, LOGON_STEP_type, ERR_LOGONTYPE, "the account %.*s has not the user right \"%.*s\"", STR_FMT(l->account_name),
		STR_FMT(name));
}

enum err logon_step_use(struct logon *l)
{
	const struct entry_texts *protocols = &l->account.account.protocols;
	const char *name = protocol_name(l->query.protocol);
	bool may = protocols->count == 0;

	for (size_t i = 0; i < protocols->count; i++)
		may |= str_ieq(protocols->at[i], str_from_c(name));
	if (may) {
		detail(l, LOGON_STEP_use, "%s", protocols->count == 0 ? "by all" : name);
		return ERR_OK;
	}
	mend_account(l, LOGON_STEP_use, "--protocols ''");
	return tell(l, LOGON_STEP_use, ERR_PROTOCOLOFF, "the account %.*s may not log on by %s", STR_FMT(l->account_name), name);
}
