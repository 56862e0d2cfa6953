#include "netlogon/winbind.h"

#include <stdint.h>
#include <stdio.h>
#include <wbclient.h>

#include "netlogon/library.h"

struct winbind_calls {
	__typeof__(wbcCtxCreate) *context_new;
	__typeof__(wbcCtxFree) *context_free;
	__typeof__(wbcCtxAuthenticateUserEx) *authenticate;
	__typeof__(wbcCtxPingDc) *ping;
	__typeof__(wbcFreeMemory) *release;
	__typeof__(wbcErrorString) *text;
};

static const struct library_call calls[] = {
	LIBRARY_CALL(winbind_calls, context_new, wbcCtxCreate),
	LIBRARY_CALL(winbind_calls, context_free, wbcCtxFree),
	LIBRARY_CALL(winbind_calls, authenticate, wbcCtxAuthenticateUserEx),
	LIBRARY_CALL(winbind_calls, ping, wbcCtxPingDc),
	LIBRARY_CALL(winbind_calls, release, wbcFreeMemory),
	LIBRARY_CALL(winbind_calls, text, wbcErrorString),
};

static struct winbind_calls lib; /* written before threads use it, read only after */
static bool loaded;

bool winbind_prepare(void)
{
	static const char *const names[] = { "libwbclient.so.0", NULL };

	loaded = library_load(names, calls, sizeof(calls) / sizeof(*calls), &lib);
	return loaded;
}

/* [MS-ERREF] section 2.3.1: what controllers say of an account. */
static enum proof_verdict verdict_of(uint32_t nt_status)
{
	switch (nt_status) {
	case 0xC0000064: /* no such user */
	case 0xC000006A: /* wrong password */
	case 0xC000006D: /* logon failure */
	case 0xC0000070: /* not from this workstation */
		return PROOF_WRONG;
	case 0xC0000234:
		return PROOF_LOCKED;
	case 0xC0000072:
	case 0xC000015B: /* logon type not granted */
		return PROOF_DISABLED;
	case 0xC0000193:
		return PROOF_EXPIRED;
	case 0xC0000071:
	case 0xC0000224:
		return PROOF_CHANGE;
	case 0xC000006F:
		return PROOF_HOURS;
	default:
		return PROOF_UNAVAILABLE;
	}
}

static void say_refused(struct attempt *a, wbcErr e, const struct wbcAuthErrorInfo *error)
{
	if (e == WBC_ERR_AUTH_ERROR && error != NULL)
		attempt_say(a, verdict_of(error->nt_status), "%s (%s)", error->nt_string ? error->nt_string : "refused",
			error->display_string ? error->display_string : "no text");
	else if (e == WBC_ERR_WINBIND_NOT_AVAILABLE)
		attempt_say(a, PROOF_UNAVAILABLE, "winbindd does not run here, or its socket may not be used");
	else
		attempt_say(a, PROOF_UNAVAILABLE, "winbind: %s", lib.text(e));
}

static const char *domain_of(const struct attempt *a)
{
	if (a->q.nt_domain[0] != '\0')
		return a->q.nt_domain;
	return a->settings->nt_domain[0] != '\0' ? a->settings->nt_domain : a->settings->name;
}

static void take_session_key(struct attempt *a, const struct wbcAuthUserInfo *info)
{
	_Static_assert(sizeof(info->user_session_key) == PROOF_SESSION_KEY_OCTETS, "a session key of NTLM");
	if (a->q.kind != PROOF_NT)
		return;
	memcpy(a->answer.session_key, info->user_session_key, PROOF_SESSION_KEY_OCTETS);
	a->answer.session_key_len = PROOF_SESSION_KEY_OCTETS;
}

/* The library calls no octets at some place an error. */
static uint8_t *octets_of(struct str s)
{
	return s.len > 0 ? (uint8_t *)(uintptr_t)s.at : NULL;
}

static void prove(struct attempt *a, struct wbcContext *context)
{
	struct wbcAuthUserParams p = { .account_name = a->q.user, .domain_name = domain_of(a), .workstation_name = "BOURSE",
		.level = a->q.kind == PROOF_NT ? WBC_AUTH_USER_LEVEL_RESPONSE : WBC_AUTH_USER_LEVEL_PLAIN };
	struct wbcAuthUserInfo *info = NULL;
	struct wbcAuthErrorInfo *error = NULL;
	wbcErr e;

	if (a->q.kind == PROOF_NT) {
		/* Our own policy has refused what is too old before anybody is asked. */
		p.parameter_control = WBC_MSV1_0_ALLOW_WORKSTATION_TRUST_ACCOUNT | WBC_MSV1_0_ALLOW_SERVER_TRUST_ACCOUNT;
		memcpy(p.password.response.challenge, a->q.challenge, sizeof(p.password.response.challenge));
		p.password.response.nt_length = (uint32_t)a->q.nt.len;
		p.password.response.nt_data = octets_of(a->q.nt);
		p.password.response.lm_length = (uint32_t)a->q.lm.len;
		p.password.response.lm_data = octets_of(a->q.lm);
	} else {
		p.password.plaintext = a->q.password;
	}
	e = lib.authenticate(context, &p, &info, &error);
	if (e == WBC_ERR_SUCCESS) {
		attempt_say(a, PROOF_RIGHT, "by the controller of %s", domain_of(a));
		if (info != NULL && info->full_name != NULL)
			snprintf(a->answer.full_name, sizeof(a->answer.full_name), "%s", info->full_name);
		if (info != NULL)
			take_session_key(a, info);
	} else {
		say_refused(a, e, error);
	}
	lib.release(info);
	lib.release(error);
}

static void probe(struct attempt *a, struct wbcContext *context)
{
	struct wbcAuthErrorInfo *error = NULL;
	wbcErr e = lib.ping(context, domain_of(a), &error);

	if (e == WBC_ERR_SUCCESS)
		attempt_say(a, PROOF_RIGHT, "answers");
	else
		say_refused(a, e, error);
	/* Whatever it is called, here it says that no controller was reached. */
	if (a->answer.verdict != PROOF_RIGHT)
		a->answer.verdict = PROOF_UNAVAILABLE;
	lib.release(error);
}

void winbind_ask(struct attempt *a)
{
	struct wbcContext *context;

	if (!loaded) {
		attempt_say(a, PROOF_UNAVAILABLE, "the library libwbclient is not installed here");
		return;
	}
	context = lib.context_new();
	if (context == NULL) {
		attempt_say(a, PROOF_UNAVAILABLE, "winbind: out of memory");
		return;
	}
	if (a->q.kind == PROOF_PROBE)
		probe(a, context);
	else
		prove(a, context);
	lib.context_free(context);
}
