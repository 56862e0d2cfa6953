#include "directory/factor.h"

#include "base/mem.h"
#include "directory/logon.h"
#include "world.h"

static void test_codec(void)
{
	struct factor f, back = { 0 };
	struct factor_use u = { .last = 59000000, .recovery = 5 }, used;
	struct buf value;

	buf_init(&value, 4096);
	factor_make(7, 99, &f);
	for (int confirmed = 0; confirmed < 2; confirmed++) {
		f.confirmed = confirmed == 1;
		buf_clear(&value);
		IS_NUM(factor_encode(&f, &value), ERR_OK);
		IS_NUM(factor_decode(buf_str(&value), 7, &back), ERR_OK);
		OK(memcmp(f.key, back.key, sizeof(f.key)) == 0 && back.made == 99 && back.confirmed == f.confirmed && back.account == 7, "as it was");
		for (size_t n = 1; n < value.len; n++) {
			char *part = mem_copy(value.at, n);

			OK(factor_decode(str_make(part, n), 7, &back) == ERR_CORRUPT, "cut at %zu", n);
			mem_free(part);
		}
		buf_put_octet(&value, 0);
		IS_NUM(factor_decode(buf_str(&value), 7, &back), ERR_CORRUPT);
	}
	IS_NUM(factor_decode(STR_NONE, 7, &back), ERR_NOTFOUND);
	buf_clear(&value);
	IS_NUM(factor_use_encode(&u, &value), ERR_OK);
	OK(factor_use_decode(buf_str(&value), &used) == ERR_OK && used.last == u.last && used.recovery == 5, "what was used");
	value.at[value.len - 1] = (char)0xff;
	IS_NUM(factor_use_decode(buf_str(&value), &used), ERR_CORRUPT);
	buf_done(&value);
}

/* ---- an account's ---- */

static struct entry entry_of(struct world *w)
{
	struct entry e, domain;

	must(directory_domain(&w->directory, S("DOM"), &w->arena, &domain) == ERR_OK);
	must(directory_account(&w->directory, domain.id, S("alice"), &w->arena, &e) == ERR_OK);
	return e;
}

/* What the authenticator shows, so many seconds from now. */
static const char *code(struct world *w, int64_t away)
{
	static char text[8];
	struct entry e = entry_of(w);
	struct factor f = { 0 };

	must(factor_decode(e.account.factor, e.id, &f) == ERR_OK);
	snprintf(text, sizeof(text), "%06u",
		totp_hotp(str_make(f.key, sizeof(f.key)), totp_step(w->now + away), TOTP_SHA1, TOTP_DIGITS));
	return text;
}

static enum err try(struct world *w, const char *password, const char *behind, struct logon *l)
{
	struct str text = arena_printf(&w->arena, "%s%s", password, behind);
	struct logon_query q = { .name = S("DOM\\alice"), .password = text, .protocol = PROTOCOL_IMAP, .now_seconds = w->now };
	struct logon_grant g;

	return logon_run(l, &w->directory, &q, &w->arena, &g);
}

static void confirm(struct world *w, const char *with, enum err want)
{
	char args[128];
	enum err e;

	snprintf(args, sizeof(args), "'name':'DOM\\\\alice','code':'%s'", with);
	e = ask(w, "account totp confirm", args);
	OK(e == want, "confirm: %s %s", err_name(e), w->failure.text);
}

static void build(struct world *w)
{
	DO(w, "init", "'name':'Example','domain':'DOM','mail':'example.org'");
	DO(w, "account add", "'name':'DOM\\\\alice','password':'alice-pw'");
	DO(w, "mailbox add", "'name':'alice','account':'DOM\\\\alice'");
}

static void test_begin(struct world *w)
{
	char wrong[8];
	struct logon l;

	NO(w, "account totp confirm", "'name':'DOM\\\\alice','code':'123456'", NOTFOUND, "totp enable");
	NO(w, "account totp disable", "'name':'DOM\\\\alice'", NOTFOUND, "no second factor");
	DO(w, "account totp show", "'name':'DOM\\\\alice'");
	SAYS(w, "\"none\"");
	DO(w, "account totp enable", "'name':'DOM\\\\alice'");
	SAYS(w, "otpauth://totp/Example:DOM%5Calice?secret=");
	DO(w, "account totp show", "'name':'DOM\\\\alice'");
	SAYS(w, "not confirmed yet");
	OK(try(w, "alice-pw", "", &l) == ERR_OK, "it does not count yet");
	NO(w, "account totp recovery", "'name':'DOM\\\\alice'", SEQUENCE, "totp confirm");
	snprintf(wrong, sizeof(wrong), "%s", code(w, 0));
	wrong[5] = wrong[5] == '9' ? '0' : (char)(wrong[5] + 1);
	confirm(w, wrong, ERR_AUTH);
	confirm(w, "12345", ERR_AUTH);
	confirm(w, "", ERR_SYNTAX);
	confirm(w, code(w, 300), ERR_AUTH);
	OK(strstr(w->failure.text, "a clock 300 s ahead of") != NULL, "%s", w->failure.text);
	confirm(w, code(w, 0), ERR_OK);
	SAYS(w, "recovery_code");
	confirm(w, code(w, 30), ERR_EXISTS);
	NO(w, "account totp enable", "'name':'DOM\\\\alice'", EXISTS, "totp disable");
	DO(w, "account show", "'name':'DOM\\\\alice'");
	SAYS(w, "\"factor\",\"value\":\"set\"");
}

static void test_alone(struct world *w)
{
	struct logon l;

	IS_NUM(try(w, "alice-pw", "", &l), ERR_APPPASSWORD);
	IS_NUM(logon_event_of(&l), LOGON_EVENT_factor_needed);
	OK(strcmp(l.notes[LOGON_STEP_factor].mend, "bourse account app-password add 'DOM\\alice' --label mail") == 0, "%s",
		l.notes[LOGON_STEP_factor].mend);
	IS_NUM(try(w, "alice-pw", code(w, 30), &l), ERR_AUTH); /* the domain does not have it so */
	IS_NUM(try(w, "alice-no", "", &l), ERR_AUTH);
}

static void test_appended(struct world *w)
{
	struct logon l;

	DO(w, "domain set", "'name':'DOM','code-appended':'yes'");
	IS_NUM(try(w, "alice-pw", "", &l), ERR_APPPASSWORD);
	OK(strstr(l.failure.text, "written behind the password") != NULL, "%s", l.failure.text);
	IS_NUM(try(w, "alice-pw", code(w, 0), &l), ERR_AUTH);
	IS_NUM(logon_event_of(&l), LOGON_EVENT_factor_replayed); /* by the confirmation */
	IS_NUM(try(w, "alice-pw", code(w, 30), &l), ERR_OK);
	IS_STR(logon_secret_of(&l), S("password and code"));
	IS_NUM(try(w, "alice-pw", code(w, 30), &l), ERR_AUTH);
	IS_NUM(logon_event_of(&l), LOGON_EVENT_factor_replayed);
	w->now += 60;
	IS_NUM(try(w, "alice-pw", code(w, -300), &l), ERR_AUTH);
	IS_NUM(logon_event_of(&l), LOGON_EVENT_factor_clock);
	OK(strstr(l.failure.reason, "300 s behind") != NULL && strcmp(l.failure.text, err_text(ERR_AUTH)) == 0, "%s", l.failure.reason);
	IS_NUM(try(w, "alice-no", code(w, 0), &l), ERR_AUTH);
	IS_NUM(logon_event_of(&l), LOGON_EVENT_wrong_password);
	OK(try(w, "alice-pw", code(w, 0), &l) == ERR_OK, "a wrong password has not used the code up");
}

static struct str first_recovery(struct world *w)
{
	struct str s = buf_str(&w->reply);

	s = str_skip(s, str_find_str(s, S("recovery_code\":\"")) + 16);
	return arena_str(&w->arena, str_sub(s, 0, str_find(s, '"')));
}

static void test_recovery(struct world *w)
{
	struct logon l;
	struct str one, two;

	DO(w, "account totp recovery", "'name':'DOM\\\\alice'");
	one = first_recovery(w);
	IS_NUM(one.len, 19);
	OK(try(w, "alice-pw", one.at, &l) == ERR_OK && logon_event_of(&l) == LOGON_EVENT_ok_recovery, "%s", l.failure.reason);
	IS_STR(logon_secret_of(&l), S("password and recovery code"));
	IS_NUM(try(w, "alice-pw", one.at, &l), ERR_AUTH);
	IS_NUM(logon_event_of(&l), LOGON_EVENT_factor_replayed);
	DO(w, "account totp show", "'name':'DOM\\\\alice'");
	SAYS(w, "\"recovery_codes\":9");
	DO(w, "account totp recovery", "'name':'DOM\\\\alice'");
	two = first_recovery(w);
	OK(!str_eq(one, two), "others");
	IS_NUM(try(w, "alice-pw", one.at, &l), ERR_AUTH);
	IS_NUM(logon_event_of(&l), LOGON_EVENT_factor_wrong);
	IS_NUM(try(w, "alice-pw", two.at, &l), ERR_OK);
}

static void test_doctor(struct world *w)
{
	char args[160];

	w->now += 90;
	DO(w, "doctor logon", "'name':'DOM\\\\alice','password':'alice-pw'");
	SAYS(w, "an application password is needed");
	snprintf(args, sizeof(args), "'name':'DOM\\\\alice','password':'alice-pw','totp':'%s'", code(w, 0));
	DO(w, "doctor logon", args);
	SAYS(w, "may open the mailbox");
	DO(w, "doctor logon", args);
	SAYS(w, "was used before");
}

static void test_end(struct world *w)
{
	struct logon l;
	struct factor_use u = { 0 };

	DO(w, "account totp disable", "'name':'DOM\\\\alice'");
	IS_NUM(try(w, "alice-pw", "", &l), ERR_OK);
	IS_NUM(factor_use_get(&w->directory, entry_of(w).id, &u), ERR_OK);
	OK(u.last == 0 && u.recovery == 0, "a new one begins anew");
	DO(w, "account totp enable", "'name':'DOM\\\\alice'");
	OK(try(w, "alice-pw", "", &l) == ERR_OK, "until it is confirmed");
}

int main(void)
{
	struct world w;

	test_codec();
	world_open(&w);
	build(&w);
	test_begin(&w);
	test_alone(&w);
	test_appended(&w);
	test_recovery(&w);
	test_doctor(&w);
	test_end(&w);
	world_close(&w);
	return tap_done();
}
