#include "directory/logon_factor.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/date.h"
#include "base/mem.h"
#include "directory/logon.h"
#include "directory/shell_word.h"
#include "sasl/sasl.h"

/* ---- before the hash ---- */

/* Into the walk: the application password of that id, if the account has one. */
static void find_app(struct logon *l, uint32_t id)
{
	struct app_password *all = NULL;
	size_t count = 0;

	/* Damage is as good as none: the main password still opens. */
	if (app_passwords_decode(l->account.account.app_passwords, l->arena, &all, &count) == ERR_OK)
		l->second.app = app_password_find(all, count, id);
	l->second.app_shaped = l->second.app == NULL;
}

/* Octets of the code behind a password: six digits, or a recovery code with its dashes; 0: none. */
static size_t code_octets(struct str password)
{
	unsigned char octets[TOTP_RECOVERY_OCTETS];
	struct str end = str_skip(password, password.len > APP_PASSWORD_TEXT_OCTETS ? password.len - APP_PASSWORD_TEXT_OCTETS : 0);
	uint32_t number;
	bool is;

	if (password.len > TOTP_DIGITS && str_u32(str_skip(password, password.len - TOTP_DIGITS), UINT32_MAX, &number))
		return TOTP_DIGITS;
	is = end.len < password.len && str_find(end, '-') == 4 && totp_words_get(end, octets, sizeof(octets));
	mem_wipe(octets, sizeof(octets));
	return is ? end.len : 0;
}

static void cut_code(struct logon *l, struct str *password)
{
	size_t octets = code_octets(*password);

	if (octets == 0)
		return;
	l->second.code = arena_str(l->arena, str_skip(*password, password->len - octets));
	password->len -= octets;
}

struct str logon_factor_choose(struct logon *l, struct str password, char *plain, struct str *ret_password)
{
	struct logon_second *s = &l->second;
	uint32_t id = 0;
	bool is_app = app_password_read(password, &id, plain), known = l->account.id != 0;

	*ret_password = password;
	if (!known)
		return STR_NONE;
	s->has_factor = factor_decode(l->account.account.factor, l->account.id, &s->factor) == ERR_OK && s->factor.confirmed;
	if (is_app)
		find_app(l, id);
	if (s->app != NULL) {
		*ret_password = str_from_c(plain);
		return s->app->secret;
	}
	if (l->query.code.len > 0)
		s->code = arena_str(l->arena, l->query.code);
	else if (s->has_factor && (l->domain.domain.code_appended || l->query.protocol == PROTOCOL_HTTP) && l->query.proof == LOGON_BY_PASSWORD)
		cut_code(l, ret_password);
	return l->account.account.secret;
}

const struct str *logon_factor_keys(struct logon *l, enum app_key of, size_t *ret_count)
{
	struct logon_second *s = &l->second;
	struct str *keys;

	_Static_assert(APP_PASSWORD_COUNT_MAX <= SASL_OTHERS_MAX, "all can be proved");
	s->count = s->keyless = 0;
	if (l->account.id == 0 || l->remote ||
		app_passwords_decode(l->account.account.app_passwords, l->arena, &s->all, &s->count) != ERR_OK)
		s->count = 0;
	keys = arena_take(l->arena, (s->count + 1) * sizeof(*keys));
	for (size_t i = 0; i < s->count; i++) {
		keys[i] = s->all[i].keys[of];
		s->keyless += keys[i].len == 0;
	}
	*ret_count = s->count;
	return keys;
}

void logon_factor_proved(struct logon *l, size_t which)
{
	must(which <= l->second.count);
	if (which > 0)
		l->second.app = &l->second.all[which - 1];
}

void logon_factor_wipe(struct logon *l)
{
	mem_wipe(&l->second.factor, sizeof(l->second.factor));
}

/* ---- after it ---- */

static void say(char to[256], const char *format, ...) PRINTF_LIKE(2, 3);

static void say(char to[256], const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(to, 256, format, args);
	va_end(args);
}

static struct str account_word(struct logon *l)
{
	return shell_word(l->arena, l->account_name);
}

static void judge_app(struct logon *l, struct logon_second_verdict *v)
{
	const struct app_password *p = l->second.app;
	struct date d = date_from_instant((int64_t)p->expires, 0);

	say(v->mend, "bourse account app-password add %.*s --label %.*s --protocols %s", STR_FMT(account_word(l)),
		STR_FMT(shell_word(l->arena, arena_printf(l->arena, "%.*s (new)", STR_FMT(str_sub(p->label, 0, 50))))),
		protocol_name(l->query.protocol));
	if (p->expires != 0 && l->query.now_seconds >= (int64_t)p->expires) {
		v->code = ERR_EXPIRED;
		v->event = LOGON_EVENT_app_expired;
		say(v->detail, "the application password \"%.*s\" of %.*s expired on %04d-%02d-%02d", STR_FMT(p->label),
			STR_FMT(l->account_name), d.year, d.month, d.day);
	} else if ((p->protocols >> l->query.protocol & 1) == 0) {
		v->code = ERR_PROTOCOLOFF;
		v->event = LOGON_EVENT_app_protocol;
		say(v->detail, "the application password \"%.*s\" of %.*s is not for %s", STR_FMT(p->label), STR_FMT(l->account_name),
			protocol_name(l->query.protocol));
	} else {
		v->mend[0] = '\0';
		say(v->detail, "application password \"%.*s\"", STR_FMT(p->label));
	}
}

static void need_app(struct logon *l, struct logon_second_verdict *v)
{
	v->code = ERR_APPPASSWORD;
	v->event = LOGON_EVENT_app_needed;
	say(v->detail, "the password of %.*s is not for mail programs; an application password is", STR_FMT(l->account_name));
	say(v->mend, "bourse account app-password add %.*s --label mail", STR_FMT(account_word(l)));
}

static void need_factor(struct logon *l, struct logon_second_verdict *v)
{
	bool appended = l->domain.domain.code_appended;

	v->code = ERR_APPPASSWORD;
	v->event = LOGON_EVENT_factor_needed;
	say(v->detail, appended ? "%.*s has a second factor: its code, written behind the password, or an application password is needed"
				: "%.*s has a second factor: an application password is needed",
		STR_FMT(l->account_name));
	say(v->mend, "bourse account app-password add %.*s --label mail", STR_FMT(account_word(l)));
}

/* A device whose clock is wrong is the usual reason. */
static void explain_code(struct logon *l, struct logon_second_verdict *v, enum err e)
{
	const struct logon_second *s = &l->second;
	int steps = 0;

	v->code = ERR_AUTH;
	if (e == ERR_EXISTS) {
		v->event = LOGON_EVENT_factor_replayed;
		say(v->detail, "the code of %.*s was used before", STR_FMT(l->account_name));
		say(v->mend, "log on with the next code");
	} else if (totp_skew(str_make(s->factor.key, sizeof(s->factor.key)), l->query.now_seconds, s->code, &steps)) {
		v->event = LOGON_EVENT_factor_clock;
		say(v->detail, "the code of %.*s is that of a clock %d s %s this server's", STR_FMT(l->account_name),
			(steps < 0 ? -steps : steps) * TOTP_STEP_SECONDS, steps < 0 ? "behind" : "ahead of");
		say(v->mend, "set the clock of the device by the network, and see that the server's is right: timedatectl");
	} else {
		v->event = LOGON_EVENT_factor_wrong;
		say(v->detail, "the code of %.*s is wrong", STR_FMT(l->account_name));
		say(v->mend, "bourse account totp disable %.*s", STR_FMT(account_word(l)));
	}
}

static void judge_code(struct logon *l, struct logon_second_verdict *v)
{
	struct logon_second *s = &l->second;
	enum err e = factor_take(l->directory, &s->factor, l->query.now_seconds, s->code, &s->recovery);

	if (e == ERR_OK)
		say(v->detail, s->recovery ? "password and recovery code" : "password and code");
	else if (e == ERR_AUTH || e == ERR_EXISTS)
		explain_code(l, v, e);
	else
		v->code = e;
}

/* How many application passwords would open this protocol now. */
static unsigned usable(struct logon *l)
{
	struct app_password *all = NULL;
	size_t count = 0;
	unsigned good = 0;

	if (app_passwords_decode(l->account.account.app_passwords, l->arena, &all, &count) != ERR_OK)
		return 0;
	for (size_t i = 0; i < count; i++) {
		bool expired = all[i].expires != 0 && l->query.now_seconds >= (int64_t)all[i].expires;

		good += !expired && (all[i].protocols >> l->query.protocol & 1) != 0;
	}
	return good;
}

/* The doctor goes on without a password: it is enough that there is one of the kind. */
static bool would_do(struct logon *l, struct logon_second_verdict *v)
{
	unsigned good = l->query.examine && l->query.password.len == 0 ? usable(l) : 0;

	if (good > 0)
		say(v->detail, "an application password is needed; %u there %s", good, good == 1 ? "is" : "are");
	return good > 0;
}

void logon_factor_judge(struct logon *l, struct logon_second_verdict *ret)
{
	const struct logon_second *s = &l->second;

	*ret = (struct logon_second_verdict){ .code = ERR_OK };
	if (s->app != NULL)
		judge_app(l, ret);
	else if (l->query.strong)
		say(ret->detail, "not by a password: nothing more is needed");
	else if (s->has_factor && s->code.len > 0)
		judge_code(l, ret);
	else if (!s->has_factor && l->query.protocol == PROTOCOL_HTTP)
		say(ret->detail, "the password alone: application passwords are for mail programs");
	else if ((s->has_factor || l->account.account.app_passwords_only) && would_do(l, ret))
		return;
	else if (s->has_factor)
		need_factor(l, ret);
	else if (l->account.account.app_passwords_only)
		need_app(l, ret);
	else
		say(ret->detail, "the password alone");
}
