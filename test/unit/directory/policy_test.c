#include "directory/policy.h"

#include "directory/secret.h"
#include "tap.h"

#define DAY ((uint64_t)86400)
#define NOW ((uint64_t)1780000000)

static const struct {
	const char *what;
	uint64_t length;
	bool complexity;
	const char *characters, *password, *holds; /* NULL: good */
} passwords[] = {
	{ "no rule", 0, false, "any", "x", NULL },
	{ "length", 8, false, "any", "1234567", "password-length" },
	{ "length reached", 8, false, "any", "12345678", NULL },
	{ "characters, not octets", 4, false, "any", "\xc3\xa4\xc3\xb6\xc3\xbc", "password-length" },
	{ "composed first", 2, false, "any", "a\xcc\x88", "password-length" },
	{ "ascii", 0, false, "ascii", "p\xc3\xa4ss", "password-characters" },
	{ "ascii with a blank", 0, false, "ASCII", "correct horse ~", NULL },
	{ "two kinds", 0, true, "any", "abcdef12", "three of" },
	{ "three kinds", 0, true, "any", "Abcdef12", NULL },
	{ "three with others", 0, true, "any", "abcdef-1", NULL },
	{ "five characters", 0, true, "any", "Ab1-c", "at least 6" },
	{ "capital letters of other scripts", 0, true, "any", "\xd0\x9f\xd0\xb0\xd1\x80\xd0\xbe\xd0\xbb\xd1\x8c"
							   "1",
		NULL },
	{ "account name", 0, true, "any", "xxAlicE.99", "\"alice\"" },
	{ "a word of the full name", 0, true, "any", "99-liddelL", "\"Liddell\"" },
	{ "a short word of it does not count", 0, true, "any", "99-Abdel-P", NULL },
	{ "empty", 0, false, "any", "", "cannot be a password" },
	{ "control character", 0, false, "any", "a\nb", "cannot be a password" },
	{ "not UTF-8", 0, false, "any", "a\xff", "cannot be a password" },
};

static void test_passwords(void)
{
	for (size_t i = 0; i < sizeof(passwords) / sizeof(*passwords); i++) {
		struct entry d = entry_defaults(ENTRY_DOMAIN, 1), a = entry_defaults(ENTRY_ACCOUNT, 2);
		struct policy_wish w = { &d.domain, &a.account, str_from_c(passwords[i].password), POLICY_ADMINISTRATOR, NOW };
		struct failure f = { 0 };
		enum err e;

		d.domain.name = S("DOM");
		d.domain.password_length = passwords[i].length;
		d.domain.password_complexity = passwords[i].complexity;
		d.domain.password_characters = str_from_c(passwords[i].characters);
		a.account.name = S("alice");
		a.account.full_name = S("Al P. Liddell");
		e = policy_judge(&w, &f);
		if (passwords[i].holds == NULL)
			OK(e == ERR_OK, "%s: %s", passwords[i].what, f.text);
		else
			OK(e != ERR_OK && strstr(f.text, passwords[i].holds) != NULL, "%s: '%s'", passwords[i].what, f.text);
	}
}

static struct str hashed(struct arena *a, const char *password)
{
	struct buf b;
	struct str s;

	buf_init(&b, SECRET_OCTETS_MAX);
	must(secret_make(str_from_c(password), &b) == ERR_OK);
	s = arena_str(a, buf_str(&b));
	buf_done(&b);
	return s;
}

/* History of three: the one in use and two before it. */
static void test_history(struct arena *a)
{
	static const char *const names[] = { "one", "two", "three", "four" };
	struct entry d = entry_defaults(ENTRY_DOMAIN, 1), e = entry_defaults(ENTRY_ACCOUNT, 2);
	struct policy_wish w = { &d.domain, &e.account, STR_NONE, POLICY_ADMINISTRATOR, NOW };

	d.domain.password_history = 3;
	for (size_t i = 0; i < 4; i++)
		policy_set(&d.domain, &e.account, hashed(a, names[i]), NOW + i, a);
	IS_NUM(e.account.password_changed, NOW + 3);
	for (size_t i = 0; i < 4; i++) {
		struct failure f = { 0 };
		enum err err;

		w.password = str_from_c(names[i]);
		err = policy_judge(&w, &f);
		OK((err == ERR_OK) == (i == 0) && (i == 0 || strstr(f.text, "last 3") != NULL), "%s again: %s", names[i], f.text);
	}
	d.domain.password_history = 1;
	policy_set(&d.domain, &e.account, hashed(a, "five"), NOW, a);
	OK(e.account.old_passwords.len == 0, "nothing is kept that no rule needs");
	w.password = S("five");
	IS_NUM(policy_judge(&w, &(struct failure){ 0 }), ERR_POLICY);
	d.domain.password_history = 0;
	IS_NUM(policy_judge(&w, &(struct failure){ 0 }), ERR_OK);
}

static void test_owner(void)
{
	struct entry d = entry_defaults(ENTRY_DOMAIN, 1), e = entry_defaults(ENTRY_ACCOUNT, 2);
	struct policy_wish w = { &d.domain, &e.account, S("any password"), POLICY_OWNER, NOW };

	d.domain.password_age_min = 2;
	e.account.password_changed = NOW - 2 * DAY + 1;
	IS_NUM(policy_judge(&w, &(struct failure){ 0 }), ERR_POLICY);
	w.by = POLICY_ADMINISTRATOR;
	IS_NUM(policy_judge(&w, &(struct failure){ 0 }), ERR_OK);
	w.by = POLICY_OWNER;
	e.account.must_change = true;
	IS_NUM(policy_judge(&w, &(struct failure){ 0 }), ERR_OK);
	e.account.must_change = false;
	e.account.password_changed = NOW - 2 * DAY;
	IS_NUM(policy_judge(&w, &(struct failure){ 0 }), ERR_OK);
	e.account.cannot_change = true;
	IS_NUM(policy_judge(&w, &(struct failure){ 0 }), ERR_POLICY);
}

static void test_ages(void)
{
	struct entry d = entry_defaults(ENTRY_DOMAIN, 1), e = entry_defaults(ENTRY_ACCOUNT, 2);
	uint64_t days = 99;

	e.account.secret = S("$argon2id$");
	e.account.created = NOW - 20 * DAY;
	IS_NUM(policy_expires(&d.domain, &e.account), 0);
	d.domain.password_age_max = 30;
	IS_NUM(policy_expires(&d.domain, &e.account), NOW + 10 * DAY);
	OK(policy_warns(&d.domain, &e.account, NOW, &days) && days == 10, "ends in %llu days", (unsigned long long)days);
	d.domain.password_warning = 9;
	OK(!policy_warns(&d.domain, &e.account, NOW, &days), "not yet");
	OK(policy_warns(&d.domain, &e.account, NOW + 10 * DAY - 1, &days) && days == 0, "the last day");
	OK(!policy_warns(&d.domain, &e.account, NOW + 10 * DAY, &days), "too late for a warning");
	e.account.password_changed = NOW;
	IS_NUM(policy_expires(&d.domain, &e.account), NOW + 30 * DAY);
	e.account.never_expires = true;
	IS_NUM(policy_expires(&d.domain, &e.account), 0);
	e.account.never_expires = false;
	e.account.secret = STR_NONE;
	IS_NUM(policy_expires(&d.domain, &e.account), 0);
}

static void test_rules(void)
{
	struct entry d = entry_defaults(ENTRY_DOMAIN, 1), a = entry_defaults(ENTRY_ACCOUNT, 2);
	struct failure f = { 0 };

	IS_NUM(policy_check_domain(&d.domain, &f), ERR_OK);
	d.domain.password_age_max = 5;
	d.domain.password_age_min = 5;
	IS_NUM(policy_check_domain(&d.domain, &(struct failure){ 0 }), ERR_CONFLICT);
	d.domain.password_age_min = 4;
	IS_NUM(policy_check_domain(&d.domain, &(struct failure){ 0 }), ERR_OK);
	d.domain.lockout_window = 31;
	IS_NUM(policy_check_domain(&d.domain, &(struct failure){ 0 }), ERR_CONFLICT);
	d.domain.lockout_duration = 0;
	IS_NUM(policy_check_domain(&d.domain, &(struct failure){ 0 }), ERR_OK);
	d.domain.lockout_window = 0;
	IS_NUM(policy_check_domain(&d.domain, &(struct failure){ 0 }), ERR_SYNTAX);
	d.domain.lockout_window = 1;
	d.domain.password_history = 25;
	IS_NUM(policy_check_domain(&d.domain, &(struct failure){ 0 }), ERR_SYNTAX);
	d.domain.password_history = ENTRY_UNLIMITED;
	IS_NUM(policy_check_domain(&d.domain, &(struct failure){ 0 }), ERR_SYNTAX);
	d.domain.password_history = 24;
	d.domain.password_characters = S("latin");
	IS_NUM(policy_check_domain(&d.domain, &(struct failure){ 0 }), ERR_SYNTAX);
	d.domain.password_age_max = 0;
	a.account.cannot_change = true;
	IS_NUM(policy_check_account(&d.domain, &a.account, &f), ERR_OK);
	d.domain.password_age_max = 30;
	IS_NUM(policy_check_account(&d.domain, &a.account, &f), ERR_CONFLICT);
	a.account.never_expires = true;
	IS_NUM(policy_check_account(&d.domain, &a.account, &(struct failure){ 0 }), ERR_OK);
	a.account.must_change = true;
	IS_NUM(policy_check_account(&d.domain, &a.account, &(struct failure){ 0 }), ERR_CONFLICT);
	a.account.cannot_change = false;
	IS_NUM(policy_check_account(&d.domain, &a.account, &(struct failure){ 0 }), ERR_CONFLICT);
	a.account.never_expires = false;
	IS_NUM(policy_check_account(&d.domain, &a.account, &(struct failure){ 0 }), ERR_OK);
}

int main(void)
{
	struct arena a;

	arena_init(&a, ARENA_NONE);
	test_passwords();
	test_history(&a);
	test_owner();
	test_ages();
	test_rules();
	arena_done(&a);
	return tap_done();
}
