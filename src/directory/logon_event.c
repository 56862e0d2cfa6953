#include "directory/logon_event.h"

#include "directory/logon.h"

#define EVENT(name, code, error, what, mend) { #name, code, ERR_##error, what, mend },
static const struct logon_event_row rows[] = {
#include "directory/logon_event.tbl"
};
#undef EVENT

const struct logon_event_row *logon_event_row(enum logon_event event)
{
	must((unsigned)event < LOGON_EVENT_COUNT);
	return &rows[event];
}

const struct logon_event_row *logon_event_find(unsigned code)
{
	for (size_t i = 0; i < LOGON_EVENT_COUNT; i++) {
		if (rows[i].code == code)
			return &rows[i];
	}
	return NULL;
}

bool logon_event_good(enum logon_event event)
{
	return event <= LOGON_EVENT_ok_anonymous;
}

/* What a step says when it fails and does not say more. */
static const enum logon_event of_step[LOGON_STEP_COUNT] = {
	[LOGON_STEP_name] = LOGON_EVENT_name_unreadable,
	[LOGON_STEP_domain] = LOGON_EVENT_no_domain,
	[LOGON_STEP_account] = LOGON_EVENT_no_account,
	[LOGON_STEP_controller] = LOGON_EVENT_controller_down,
	[LOGON_STEP_password] = LOGON_EVENT_wrong_password,
	[LOGON_STEP_enabled] = LOGON_EVENT_account_off,
	[LOGON_STEP_expiry] = LOGON_EVENT_account_expired,
	[LOGON_STEP_change] = LOGON_EVENT_must_change,
	[LOGON_STEP_lock] = LOGON_EVENT_locked,
	[LOGON_STEP_age] = LOGON_EVENT_password_expired,
	[LOGON_STEP_client] = LOGON_EVENT_address,
	[LOGON_STEP_type] = LOGON_EVENT_logon_type,
	[LOGON_STEP_use] = LOGON_EVENT_account_protocol,
	[LOGON_STEP_hours] = LOGON_EVENT_hours,
	[LOGON_STEP_mailbox] = LOGON_EVENT_no_mailbox,
	[LOGON_STEP_right] = LOGON_EVENT_no_right,
	[LOGON_STEP_open] = LOGON_EVENT_mailbox_off,
	[LOGON_STEP_protocol] = LOGON_EVENT_protocol_off,
};

enum logon_event logon_event_of(const struct logon *l)
{
	enum err e = l->failure.code;

	if (e == ERR_OK && l->second.app != NULL)
		return LOGON_EVENT_ok_app_password;
	if (e == ERR_OK && l->second.recovery)
		return LOGON_EVENT_ok_recovery;
	if (e == ERR_OK)
		return l->held.primary ? LOGON_EVENT_ok : LOGON_EVENT_ok_delegate;
	if (e == ERR_IO || e == ERR_CORRUPT || e == ERR_DISKFULL)
		return LOGON_EVENT_trouble;
	if (l->event != LOGON_EVENT_ok)
		return l->event;
	if (e == ERR_NOTABOX)
		return LOGON_EVENT_not_a_mailbox;
	if (l->failed_step == LOGON_STEP_password && l->query.proof == LOGON_BY_MECHANISM && !l->remote)
		return LOGON_EVENT_wrong_proof;
	return of_step[l->failed_step] != LOGON_EVENT_ok ? of_step[l->failed_step] : LOGON_EVENT_other;
}

struct str logon_secret_of(const struct logon *l)
{
	if (l->second.app != NULL)
		return arena_printf(l->arena, "application password \"%.*s\"", STR_FMT(l->second.app->label));
	if (l->query.proof == LOGON_BY_MECHANISM && l->told == 0)
		return S("");
	if (l->second.code.len > 0)
		return l->second.recovery ? S("password and recovery code") : S("password and code");
	return S("password");
}

enum logon_event logon_event_of_error(enum err e)
{
	switch ((unsigned)e) {
	case ERR_GUESSING:
		return LOGON_EVENT_throttled;
	case ERR_BUSY:
		return LOGON_EVENT_busy;
	case ERR_MECHANISM:
	case ERR_BINDINGTYPE:
	case ERR_UNSUPPORTED:
		return LOGON_EVENT_no_mechanism;
	case ERR_BINDING:
		return LOGON_EVENT_binding;
	case ERR_DOWNGRADE:
		return LOGON_EVENT_downgraded;
	case ERR_WEAK:
		return LOGON_EVENT_weak;
	case ERR_NEEDTLS:
		return LOGON_EVENT_need_tls;
	case ERR_CANCELLED:
		return LOGON_EVENT_cancelled;
	case ERR_SYNTAX:
	case ERR_TOOLONG:
	case ERR_SEQUENCE:
		return LOGON_EVENT_malformed;
	case ERR_NAMELESS:
		return LOGON_EVENT_nameless_mail;
	case ERR_NOCONTROLLER:
		return LOGON_EVENT_controller_down;
	default:
		return LOGON_EVENT_other;
	}
}
