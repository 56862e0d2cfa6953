#include "netlogon/pam.h"

#include <security/pam_appl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "netlogon/library.h"

#define OWN_FOLDER    "pam.d" /* below the role's */
#define SYSTEM_FOLDER "/etc/pam.d"
#define MESSAGES_MAX  32

struct pam_calls {
	__typeof__(pam_start) *start;
	__typeof__(pam_start_confdir) *start_in;
	__typeof__(pam_set_item) *set_item;
	__typeof__(pam_authenticate) *authenticate;
	__typeof__(pam_acct_mgmt) *account;
	__typeof__(pam_end) *end;
	__typeof__(pam_strerror) *text;
};

static const struct library_call calls[] = {
	LIBRARY_CALL(pam_calls, start, pam_start),
	LIBRARY_CALL_IF_THERE(pam_calls, start_in, pam_start_confdir),
	LIBRARY_CALL(pam_calls, set_item, pam_set_item),
	LIBRARY_CALL(pam_calls, authenticate, pam_authenticate),
	LIBRARY_CALL(pam_calls, account, pam_acct_mgmt),
	LIBRARY_CALL(pam_calls, end, pam_end),
	LIBRARY_CALL(pam_calls, text, pam_strerror),
};

static struct pam_calls lib; /* written before threads use it, read only after */
static bool loaded;

bool pam_prepare(void)
{
	static const char *const names[] = { "libpam.so.0", NULL };

	loaded = library_load(names, calls, sizeof(calls) / sizeof(*calls), &lib);
	return loaded;
}

/* Answers belong to the library: it frees them. */
static int converse(int count, const struct pam_message **asked, struct pam_response **ret, void *arg)
{
	const struct attempt *a = arg;
	struct pam_response *answers;

	if (count <= 0 || count > MESSAGES_MAX)
		return PAM_CONV_ERR;
	answers = calloc((size_t)count, sizeof(*answers));
	if (answers == NULL)
		return PAM_BUF_ERR;
	for (int i = 0; i < count; i++) {
		if (asked[i]->msg_style == PAM_PROMPT_ECHO_OFF)
			answers[i].resp = strdup(a->q.password);
		else if (asked[i]->msg_style == PAM_PROMPT_ECHO_ON)
			answers[i].resp = strdup(a->q.user);
	}
	*ret = answers;
	return PAM_SUCCESS;
}

/* Guessing is slowed down by the directory, for each source; a thread that sleeps would slow down everybody. */
static void no_delay(int status, unsigned microseconds, void *arg)
{
}

/* Where the service's file is; NULL: nowhere. */
static const char *folder_of(const char *service, char *path, size_t room)
{
	static const char *const folders[] = { OWN_FOLDER, SYSTEM_FOLDER };

	for (size_t i = 0; i < 2; i++) {
		snprintf(path, room, "%s/%s", folders[i], service);
		if (access(path, R_OK) == 0)
			return folders[i];
	}
	return NULL;
}

static enum proof_verdict verdict_of(int code)
{
	switch (code) {
	case PAM_SUCCESS:
		return PROOF_RIGHT;
	case PAM_AUTH_ERR:
	case PAM_USER_UNKNOWN:
	case PAM_CRED_INSUFFICIENT:
	case PAM_PERM_DENIED:
		return PROOF_WRONG;
	case PAM_MAXTRIES:
		return PROOF_LOCKED;
	case PAM_ACCT_EXPIRED:
		return PROOF_EXPIRED;
	case PAM_NEW_AUTHTOK_REQD:
	case PAM_AUTHTOK_EXPIRED:
	case PAM_CRED_EXPIRED:
		return PROOF_CHANGE;
	default:
		return PROOF_UNAVAILABLE;
	}
}

/* Behind the right password a refusal is the account's. */
static enum proof_verdict account_verdict(int code)
{
	enum proof_verdict v = verdict_of(code);

	return v == PROOF_WRONG ? PROOF_DISABLED : v;
}

static void prove(struct attempt *a, pam_handle_t *pam)
{
	int code = lib.authenticate(pam, PAM_SILENT | PAM_DISALLOW_NULL_AUTHTOK);

	if (code != PAM_SUCCESS) {
		attempt_say(a, verdict_of(code), "authenticate: %s", lib.text(pam, code));
	} else {
		code = lib.account(pam, PAM_SILENT);
		attempt_say(a, account_verdict(code), "account: %s", lib.text(pam, code));
	}
	lib.end(pam, code);
}

void pam_ask(struct attempt *a)
{
	struct pam_conv talk = { .conv = converse, .appdata_ptr = a };
	const char *service = a->settings->service, *folder;
	pam_handle_t *pam = NULL;
	char path[300];
	int code;

	folder = folder_of(service, path, sizeof(path));
	if (!loaded || folder == NULL) {
		attempt_say(a, PROOF_UNAVAILABLE, loaded ? "there is no file %s" : "the library libpam is not installed here", path);
		return;
	}
	if (a->q.kind != PROOF_PASSWORD) {
		attempt_say(a, a->q.kind == PROOF_PROBE ? PROOF_RIGHT : PROOF_WRONG,
			a->q.kind == PROOF_PROBE ? "the service is there" : "PAM cannot check a response to a challenge");
		return;
	}
	code = strcmp(folder, OWN_FOLDER) == 0 && lib.start_in != NULL ? lib.start_in(service, a->q.user, &talk, OWN_FOLDER, &pam)
								       : lib.start(service, a->q.user, &talk, &pam);
	if (code != PAM_SUCCESS) {
		attempt_say(a, PROOF_UNAVAILABLE, "%s: %s", path, lib.text(pam, code));
		return;
	}
	/* Without an item that some library does not know there is only a delay too many. */
	(void)lib.set_item(pam, PAM_FAIL_DELAY, (const void *)(uintptr_t)no_delay);
	(void)lib.set_item(pam, PAM_RUSER, "bourse");
	prove(a, pam);
}
