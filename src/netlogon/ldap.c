#include "netlogon/ldap.h"

#define LDAP_DEPRECATED 0
#include <ldap.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "io/clock.h"
#include "netlogon/library.h"
#include "wire/ldap_text.h"

/* Where Debian and most others keep the authorities that the system trusts. */
#define SYSTEM_CA  "/etc/ssl/certs/ca-certificates.crt"
#define ENTRIES_MAX 2

struct ldap_calls {
	__typeof__(ldap_initialize) *initialize;
	__typeof__(ldap_set_option) *set_option;
	__typeof__(ldap_get_option) *get_option;
	__typeof__(ldap_start_tls_s) *start_tls;
	__typeof__(ldap_sasl_bind) *bind;
	__typeof__(ldap_search_ext) *search;
	__typeof__(ldap_result) *result;
	__typeof__(ldap_parse_result) *parse_result;
	__typeof__(ldap_parse_passwordpolicy_control) *parse_policy;
	__typeof__(ldap_count_entries) *count_entries;
	__typeof__(ldap_first_entry) *first_entry;
	__typeof__(ldap_get_dn) *get_dn;
	__typeof__(ldap_get_values_len) *get_values;
	__typeof__(ldap_value_free_len) *values_free;
	__typeof__(ldap_controls_free) *controls_free;
	__typeof__(ldap_msgfree) *msgfree;
	__typeof__(ldap_memfree) *memfree;
	__typeof__(ldap_unbind_ext) *unbind;
	__typeof__(ldap_err2string) *text;
};

static const struct library_call calls[] = {
	LIBRARY_CALL(ldap_calls, initialize, ldap_initialize),
	LIBRARY_CALL(ldap_calls, set_option, ldap_set_option),
	LIBRARY_CALL(ldap_calls, get_option, ldap_get_option),
	LIBRARY_CALL(ldap_calls, start_tls, ldap_start_tls_s),
	LIBRARY_CALL(ldap_calls, bind, ldap_sasl_bind),
	LIBRARY_CALL(ldap_calls, search, ldap_search_ext),
	LIBRARY_CALL(ldap_calls, result, ldap_result),
	LIBRARY_CALL(ldap_calls, parse_result, ldap_parse_result),
	LIBRARY_CALL(ldap_calls, parse_policy, ldap_parse_passwordpolicy_control),
	LIBRARY_CALL(ldap_calls, count_entries, ldap_count_entries),
	LIBRARY_CALL(ldap_calls, first_entry, ldap_first_entry),
	LIBRARY_CALL(ldap_calls, get_dn, ldap_get_dn),
	LIBRARY_CALL(ldap_calls, get_values, ldap_get_values_len),
	LIBRARY_CALL(ldap_calls, values_free, ldap_value_free_len),
	LIBRARY_CALL(ldap_calls, controls_free, ldap_controls_free),
	LIBRARY_CALL(ldap_calls, msgfree, ldap_msgfree),
	LIBRARY_CALL(ldap_calls, memfree, ldap_memfree),
	LIBRARY_CALL(ldap_calls, unbind, ldap_unbind_ext),
	LIBRARY_CALL(ldap_calls, text, ldap_err2string),
};

static struct ldap_calls lib; /* written before threads use it, read only after */
static bool loaded;

bool ldap_prepare(void)
{
	static const char *const names[] = { "libldap.so.2", "libldap-2.5.so.0", NULL };

	/* What the machine's users have in their ldap.conf is theirs: a domain's settings are all there is. */
	setenv("LDAPNOINIT", "1", 1);
	loaded = library_load(names, calls, sizeof(calls) / sizeof(*calls), &lib);
	return loaded;
}

/* ---- one connection ---- */

struct talk {
	struct attempt *a;
	LDAP *ld;
};

/* What the server or the library says about the last failure, "" when nothing. */
static void diagnostic(struct talk *t, char *to, size_t room)
{
	char *text = NULL;

	to[0] = '\0';
	if (lib.get_option(t->ld, LDAP_OPT_DIAGNOSTIC_MESSAGE, &text) == LDAP_OPT_SUCCESS && text != NULL)
		snprintf(to, room, "%.120s", text);
	lib.memfree(text);
}

/* Nobody said yes or no: this controller, or what it is told, is at fault. */
static bool broken(struct talk *t, const char *doing, int code)
{
	char more[128];

	diagnostic(t, more, sizeof(more));
	attempt_say(t->a, PROOF_UNAVAILABLE, "%s: %s%s%s", doing, lib.text(code), more[0] ? "; " : "", more);
	return false;
}

static bool wants_starttls(const struct attempt *a)
{
	return a->settings->starttls && strncmp(a->controller, "ldap://", 7) == 0;
}

static bool set_options(struct talk *t)
{
	const struct settings *s = t->a->settings;
	struct timeval limit = { .tv_sec = s->timeout_ms / 1000, .tv_usec = s->timeout_ms % 1000 * 1000 };
	int version = LDAP_VERSION3, demand = LDAP_OPT_X_TLS_DEMAND, client = 0;
	int oldest = LDAP_OPT_X_TLS_PROTOCOL_TLS1_2;
	const char *ca = s->ca_file[0] ? s->ca_file : SYSTEM_CA;
	bool good = lib.set_option(t->ld, LDAP_OPT_PROTOCOL_VERSION, &version) == LDAP_OPT_SUCCESS;

	good = good && lib.set_option(t->ld, LDAP_OPT_NETWORK_TIMEOUT, &limit) == LDAP_OPT_SUCCESS;
	good = good && lib.set_option(t->ld, LDAP_OPT_TIMEOUT, &limit) == LDAP_OPT_SUCCESS;
	/* A referral would take the password to a server that nobody has named. */
	good = good && lib.set_option(t->ld, LDAP_OPT_REFERRALS, LDAP_OPT_OFF) == LDAP_OPT_SUCCESS;
	/* On is any address; the constant for it would be an address in the library. */
	good = good && lib.set_option(t->ld, LDAP_OPT_RESTART, &version) == LDAP_OPT_SUCCESS;
	if (!wants_starttls(t->a) && strncmp(t->a->controller, "ldaps://", 8) != 0)
		return good;
	good = good && lib.set_option(t->ld, LDAP_OPT_X_TLS_REQUIRE_CERT, &demand) == LDAP_OPT_SUCCESS;
	good = good && lib.set_option(t->ld, LDAP_OPT_X_TLS_CACERTFILE, ca) == LDAP_OPT_SUCCESS;
	good = good && lib.set_option(t->ld, LDAP_OPT_X_TLS_PROTOCOL_MIN, &oldest) == LDAP_OPT_SUCCESS;
	return good && lib.set_option(t->ld, LDAP_OPT_X_TLS_NEWCTX, &client) == LDAP_OPT_SUCCESS;
}

static bool connect_to(struct talk *t)
{
	int code = lib.initialize(&t->ld, t->a->controller);

	if (code != LDAP_SUCCESS) {
		attempt_say(t->a, PROOF_UNAVAILABLE, "the address cannot be used: %s", lib.text(code));
		return false;
	}
	if (!set_options(t)) {
		attempt_say(t->a, PROOF_UNAVAILABLE, "%s cannot be read as a certificate authority",
			t->a->settings->ca_file[0] ? t->a->settings->ca_file : SYSTEM_CA);
		return false;
	}
	if (!wants_starttls(t->a))
		return true;
	code = lib.start_tls(t->ld, NULL, NULL);
	return code == LDAP_SUCCESS || broken(t, "StartTLS", code);
}

/* The answer to a request, or false with what was said; the caller frees it. */
static bool take_result(struct talk *t, int request, const char *doing, LDAPMessage **ret)
{
	const struct settings *s = t->a->settings;
	struct timeval limit = { .tv_sec = s->timeout_ms / 1000, .tv_usec = s->timeout_ms % 1000 * 1000 };
	int kind = lib.result(t->ld, request, LDAP_MSG_ALL, &limit, ret);
	int code = LDAP_TIMEOUT;

	if (kind > 0)
		return true;
	if (kind < 0)
		lib.get_option(t->ld, LDAP_OPT_RESULT_CODE, &code);
	return broken(t, doing, code);
}

/* ---- bind (RFC 4513 section 5.1.3) ---- */

struct bound {
	int code;
	int policy; /* draft-behera-ldap-password-policy: what the control says; -1: nothing */
	char text[200];
};

static int policy_of(struct talk *t, LDAPControl **controls)
{
	ber_int_t expire = -1, grace = -1;
	LDAPPasswordPolicyError error = PP_noError;

	for (size_t i = 0; controls != NULL && controls[i] != NULL; i++) {
		if (strcmp(controls[i]->ldctl_oid, LDAP_CONTROL_PASSWORDPOLICYRESPONSE) == 0 &&
			lib.parse_policy(t->ld, controls[i], &expire, &grace, &error) == LDAP_SUCCESS)
			return error == PP_noError ? -1 : (int)error;
	}
	return -1;
}

/* False: nobody answered, and what happened has been said. */
static bool bind_as(struct talk *t, const char *dn, const char *password, struct bound *ret)
{
	LDAPControl policy = { .ldctl_oid = (char *)(uintptr_t)LDAP_CONTROL_PASSWORDPOLICYREQUEST };
	LDAPControl *wanted[] = { &policy, NULL }, **given = NULL;
	struct berval secret = { .bv_len = strlen(password), .bv_val = (char *)(uintptr_t)password };
	LDAPMessage *answer = NULL;
	char *text = NULL;
	int request, code = lib.bind(t->ld, dn, LDAP_SASL_SIMPLE, &secret, wanted, NULL, &request);

	if (code != LDAP_SUCCESS)
		return broken(t, "bind", code);
	if (!take_result(t, request, "bind", &answer))
		return false;
	code = lib.parse_result(t->ld, answer, &ret->code, NULL, &text, NULL, &given, 1);
	if (code == LDAP_SUCCESS) {
		ret->policy = policy_of(t, given);
		snprintf(ret->text, sizeof(ret->text), "%s%s%.120s", lib.text(ret->code), text && *text ? "; " : "",
			text ? text : "");
	}
	lib.controls_free(given);
	lib.memfree(text);
	return code == LDAP_SUCCESS || broken(t, "bind", code);
}

/* Active Directory says why in the text: "... comment: AcceptSecurityContext error, data 533, v4563". */
static enum proof_verdict active_directory_verdict(const char *text)
{
	static const struct {
		const char *data;
		enum proof_verdict verdict;
	} rows[] = {
		{ "data 533,", PROOF_DISABLED }, { "data 701,", PROOF_EXPIRED }, { "data 532,", PROOF_CHANGE },
		{ "data 773,", PROOF_CHANGE }, { "data 530,", PROOF_HOURS }, { "data 531,", PROOF_HOURS },
		{ "data 775,", PROOF_LOCKED },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (strstr(text, rows[i].data) != NULL)
			return rows[i].verdict;
	}
	return PROOF_WRONG;
}

static enum proof_verdict verdict_of(const struct bound *b)
{
	switch (b->code) {
	case LDAP_SUCCESS:
		return b->policy == PP_changeAfterReset || b->policy == PP_passwordExpired ? PROOF_CHANGE : PROOF_RIGHT;
	case LDAP_INVALID_CREDENTIALS:
		if (b->policy == PP_accountLocked)
			return PROOF_LOCKED;
		return b->policy == PP_passwordExpired ? PROOF_CHANGE : active_directory_verdict(b->text);
	case LDAP_NO_SUCH_OBJECT:
	case LDAP_INAPPROPRIATE_AUTH:
	case LDAP_INVALID_DN_SYNTAX:
		return PROOF_WRONG;
	case LDAP_CONSTRAINT_VIOLATION: /* 389 Directory Server: too many wrong passwords */
		return PROOF_LOCKED;
	case LDAP_UNWILLING_TO_PERFORM: /* 389 Directory Server: nsAccountLock */
		return PROOF_DISABLED;
	default:
		return PROOF_UNAVAILABLE;
	}
}

/* ---- search ---- */

static void take_full_name(struct talk *t, LDAPMessage *entry)
{
	static const char *const attributes[] = { "displayName", "cn" };

	for (size_t i = 0; i < 2 && t->a->answer.full_name[0] == '\0'; i++) {
		struct berval **values = lib.get_values(t->ld, entry, attributes[i]);

		if (values != NULL && values[0] != NULL && values[0]->bv_len < sizeof(t->a->answer.full_name))
			memcpy(t->a->answer.full_name, values[0]->bv_val, values[0]->bv_len);
		lib.values_free(values);
	}
}

/* The account's DN into to; false: there is none, or nobody answered, and it has been said. */
static bool take_entry(struct talk *t, LDAPMessage *answer, char *to, size_t room)
{
	LDAPMessage *entry = lib.first_entry(t->ld, answer);
	char *dn = entry != NULL ? lib.get_dn(t->ld, entry) : NULL;
	int count = lib.count_entries(t->ld, answer), code = LDAP_OTHER;
	bool good = false;

	if (lib.parse_result(t->ld, answer, &code, NULL, NULL, NULL, NULL, 0) != LDAP_SUCCESS)
		code = LDAP_OTHER;
	if (count > 1 || code == LDAP_SIZELIMIT_EXCEEDED)
		attempt_say(t->a, PROOF_WRONG, "the filter finds more than one entry for \"%s\"", t->a->q.user);
	else if (code != LDAP_SUCCESS)
		attempt_say(t->a, PROOF_UNAVAILABLE, "search below \"%s\": %s", t->a->settings->base, lib.text(code));
	else if (dn == NULL)
		attempt_say(t->a, PROOF_WRONG, "there is no entry for \"%s\"", t->a->q.user);
	else
		good = (size_t)snprintf(to, room, "%s", dn) < room;
	if (good)
		take_full_name(t, entry);
	lib.memfree(dn);
	return good;
}

static bool search(struct talk *t, char *dn, size_t room)
{
	const struct settings *s = t->a->settings;
	struct timeval limit = { .tv_sec = s->timeout_ms / 1000, .tv_usec = s->timeout_ms % 1000 * 1000 };
	char display[] = "displayName", cn[] = "cn", *attributes[] = { display, cn, NULL };
	LDAPMessage *answer = NULL;
	struct buf filter;
	int request, code = LDAP_FILTER_ERROR;
	bool good = false;

	buf_init(&filter, LDAP_TEXT_OCTETS_MAX * 4);
	if (ldap_fill(str_from_c(s->filter), LDAP_FORM_FILTER, str_from_c(t->a->q.user), str_from_c(s->name), &filter) == ERR_OK) {
		buf_put_octet(&filter, '\0');
		code = lib.search(t->ld, s->base, LDAP_SCOPE_SUBTREE, filter.at, attributes, 0, NULL, NULL, &limit, ENTRIES_MAX, &request);
	}
	if (code != LDAP_SUCCESS)
		broken(t, "search", code);
	else if (take_result(t, request, "search", &answer))
		good = take_entry(t, answer, dn, room);
	lib.msgfree(answer);
	buf_done(&filter);
	return good;
}

/* As the search account, or as nobody when there is none. */
static bool bind_searcher(struct talk *t)
{
	const struct settings *s = t->a->settings;
	struct bound b = { .policy = -1 };

	/* With a name and no password it would be let in as nobody (RFC 4513 section 5.1.2). */
	if (s->bind_dn[0] && !s->bind_password[0]) {
		attempt_say(t->a, PROOF_UNAVAILABLE, "the password of %s is missing", s->bind_dn);
		return false;
	}
	if (!bind_as(t, s->bind_dn, s->bind_dn[0] ? s->bind_password : "", &b))
		return false;
	if (b.code == LDAP_SUCCESS)
		return true;
	attempt_say(t->a, PROOF_UNAVAILABLE, "cannot log on to search, as %s: %s", s->bind_dn[0] ? s->bind_dn : "nobody", b.text);
	return false;
}

/* ---- the question ---- */

static bool find_dn(struct talk *t, char *dn, size_t room)
{
	const struct settings *s = t->a->settings;
	enum ldap_form form = strchr(s->user_dn, '=') != NULL ? LDAP_FORM_DN : LDAP_FORM_PLAIN;
	struct buf made;
	bool good;

	if (s->user_dn[0] == '\0')
		return bind_searcher(t) && search(t, dn, room);
	buf_init(&made, room - 1);
	good = ldap_fill(str_from_c(s->user_dn), form, str_from_c(t->a->q.user), str_from_c(s->name), &made) == ERR_OK;
	if (good)
		snprintf(dn, room, "%.*s", STR_FMT(buf_str(&made)));
	else
		attempt_say(t->a, PROOF_WRONG, "the name is too long");
	buf_done(&made);
	return good;
}

static void prove(struct talk *t)
{
	char dn[LDAP_TEXT_OCTETS_MAX];
	struct bound b = { .policy = -1 };
	enum proof_verdict v;

	if (!find_dn(t, dn, sizeof(dn)) || !bind_as(t, dn, t->a->q.password, &b))
		return;
	v = verdict_of(&b);
	if (v == PROOF_RIGHT)
		attempt_say(t->a, v, "bound as %.200s", dn);
	else
		attempt_say(t->a, v, "bind as %.120s: %.120s", dn, b.text);
}

/* A template's domain has no account to search with: that somebody answers is all there is to find out. */
static void probe(struct talk *t)
{
	struct bound b = { .policy = -1 };

	if (t->a->settings->user_dn[0] == '\0' ? bind_searcher(t) : bind_as(t, "", "", &b))
		attempt_say(t->a, PROOF_RIGHT, "answers");
}

void ldap_ask(struct attempt *a)
{
	struct talk t = { .a = a };

	if (!loaded) {
		attempt_say(a, PROOF_UNAVAILABLE, "the library libldap is not installed here");
		return;
	}
	/* A bind without a password is anonymous and always right (RFC 4513 section 5.1.2). */
	if (a->q.kind == PROOF_PASSWORD && a->q.password[0] == '\0') {
		attempt_say(a, PROOF_WRONG, "an empty password");
		return;
	}
	if (a->q.kind == PROOF_NT) {
		attempt_say(a, PROOF_WRONG, "LDAP cannot check a response to a challenge");
		return;
	}
	if (connect_to(&t)) {
		if (a->q.kind == PROOF_PROBE)
			probe(&t);
		else
			prove(&t);
	}
	if (t.ld != NULL)
		lib.unbind(t.ld, NULL, NULL);
}
