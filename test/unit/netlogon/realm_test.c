#include "netlogon/realm.h"

#include "base/mem.h"
#include "tap.h"

static struct msg_realm message(const char *controllers)
{
	return (struct msg_realm){ .domain = 7, .name = S("CORP"), .backend = PROOF_LDAP, .controllers = str_from_c(controllers),
		.timeout_ms = 5000, .bind_dn = S("cn=mail"), .bind_password = S("secret"), .base = S("dc=x"), .filter = S("(uid=%u)") };
}

static struct realm make(const char *controllers)
{
	struct realm r = { 0 };
	struct msg_realm m = message(controllers);
	struct settings *s;

	must(settings_new(&m, &s) == ERR_OK);
	realm_set(&r, s);
	return r;
}

static void test_settings(void)
{
	struct msg_realm m = message(" ldap://a  ldaps://b ");
	struct settings *s;

	IS_NUM(settings_new(&m, &s), ERR_OK);
	IS_NUM(s->controller_count, 2);
	IS_STR(str_from_c(s->controllers[0]), S("ldap://a"));
	IS_STR(str_from_c(s->controllers[1]), S("ldaps://b"));
	IS_STR(str_from_c(s->bind_password), S("secret"));
	IS_STR(str_from_c(s->user_dn), S(""));
	OK(settings_ref(s) == s, "one more");
	settings_unref(s);
	IS_STR(str_from_c(s->name), S("CORP"));
	settings_unref(s);
	settings_unref(NULL);
	m.controllers = S("");
	IS_NUM(settings_new(&m, &s), ERR_SYNTAX);
	m.controllers = S("1 2 3 4 5 6 7 8 9");
	IS_NUM(settings_new(&m, &s), ERR_SYNTAX);
	m.controllers = S("ldap://a\0b");
	IS_NUM(settings_new(&m, &s), ERR_SYNTAX);
	m = message("ldap://a");
	m.backend = PROOF_LOCAL;
	IS_NUM(settings_new(&m, &s), ERR_SYNTAX);
	m.backend = PROOF_BACKEND_COUNT;
	IS_NUM(settings_new(&m, &s), ERR_SYNTAX);
	m = message("ldap://a");
	m.timeout_ms = 0;
	IS_NUM(settings_new(&m, &s), ERR_SYNTAX);
	m = message("ldap://a");
	m.filter = S("(uid=%u)\0x");
	IS_NUM(settings_new(&m, &s), ERR_SYNTAX);
}

static enum realm_choice choose(const struct realm *r, unsigned tried, size_t *ret)
{
	*ret = 99;
	return realm_choose(r, tried, ret);
}

/* In order; one that fails is left out; when all have failed each is tried by one at a time. */
static void test_choice(void)
{
	struct realm r = make("ldap://a ldap://b ldap://c");
	size_t i;

	OK(choose(&r, 0, &i) == REALM_ASK && i == 0, "the first");
	OK(choose(&r, 1, &i) == REALM_ASK && i == 1, "the second, after the first");
	OK(realm_failed(&r, 0, "refused", 1000, 50), "it fails");
	OK(!realm_failed(&r, 0, "refused again", 2000, 60), "and is known to");
	OK(choose(&r, 0, &i) == REALM_ASK && i == 1, "then the second is the first");
	OK(choose(&r, 1u << 1, &i) == REALM_ASK && i == 2, "then the third");
	OK(choose(&r, 6, &i) == REALM_ASK && i == 0, "at last the one that failed");
	OK(choose(&r, 7, &i) == REALM_NOBODY, "each once");
	OK(!realm_is_down(&r), "not all have failed");
	IS_NUM(r.controllers[0].bad_since_ms, 1000);
	IS_NUM(r.controllers[0].bad_at_ms, 2000);
	IS_NUM(r.controllers[0].failed, 2);
	IS_STR(str_from_c(r.controllers[0].why), S("refused again"));
	realm_failed(&r, 1, "x", 3000, 70);
	realm_failed(&r, 2, "x", 3000, 70);
	OK(realm_is_down(&r), "all have failed");
	OK(choose(&r, 0, &i) == REALM_ASK && i == 0, "one may try the first");
	realm_begin(&r, 0);
	OK(choose(&r, 0, &i) == REALM_ASK && i == 1, "the next one the second");
	realm_begin(&r, 1);
	realm_begin(&r, 2);
	OK(choose(&r, 0, &i) == REALM_NOBODY, "nobody waits for those");
	OK(realm_answered(&r, 1, 4000), "one is back");
	OK(!realm_answered(&r, 1, 4001), "and is known to be");
	OK(!realm_is_down(&r) && choose(&r, 0, &i) == REALM_ASK && i == 1, "and is asked");
	IS_NUM(r.controllers[1].good_at_ms, 4001);
	settings_unref(r.settings);
}

static void test_full(void)
{
	struct realm r = make("ldap://a ldap://b");
	size_t i;

	for (unsigned n = 0; n < REALM_CONTROLLER_RUNNING_MAX; n++)
		realm_begin(&r, 0);
	OK(choose(&r, 0, &i) == REALM_ASK && i == 1, "who comes when the first is full goes to the second");
	for (unsigned n = 0; n < REALM_CONTROLLER_RUNNING_MAX; n++)
		realm_begin(&r, 1);
	OK(choose(&r, 0, &i) == REALM_WAIT, "and waits when both are");
	OK(choose(&r, 3, &i) == REALM_NOBODY, "but not for those that he has asked");
	realm_end(&r, 1, r.epoch, false);
	OK(choose(&r, 0, &i) == REALM_ASK && i == 1, "until one is free");
	IS_NUM(r.running, 2 * REALM_CONTROLLER_RUNNING_MAX - 1);
	settings_unref(r.settings);
}

/* Those that never return hold six threads at most, and others find out meanwhile whether it is back. */
static void test_hanging(void)
{
	struct realm r = make("pam:x");
	unsigned tries = 0;
	size_t i;

	while (choose(&r, 0, &i) == REALM_ASK && tries < 100) {
		realm_begin(&r, 0);
		realm_late(&r, 0);
		realm_failed(&r, 0, "no answer", 1, 1);
		tries++;
	}
	IS_NUM(tries, REALM_CONTROLLER_RUNNING_MAX);
	OK(choose(&r, 0, &i) == REALM_NOBODY, "no more than that");
	OK(!realm_probe_due(&r, 0, 1000000), "not even to look");
	realm_end(&r, 0, r.epoch, true);
	OK(realm_probe_due(&r, 0, 1 + REALM_PROBE_MS), "one has returned: it is looked at again");
	OK(!realm_probe_due(&r, 0, REALM_PROBE_MS), "but not at once");
	OK(choose(&r, 0, &i) == REALM_ASK, "and tried");
	settings_unref(r.settings);
}

static void test_probes(void)
{
	struct realm r = make("ldap://a ldap://b");

	OK(realm_probe_due(&r, 0, 0) && realm_probe_due(&r, 1, 0), "who was never asked is looked at");
	realm_begin(&r, 0);
	OK(!realm_probe_due(&r, 0, 0), "once");
	realm_end(&r, 0, r.epoch, false);
	realm_answered(&r, 0, 10);
	OK(!realm_probe_due(&r, 0, 1000000), "who answers is let be");
	realm_failed(&r, 1, "x", 10, 100);
	OK(!realm_probe_due(&r, 1, 100 + REALM_PROBE_MS - 1) && realm_probe_due(&r, 1, 100 + REALM_PROBE_MS), "who fails in a while");
	settings_unref(r.settings);
}

/* What an attempt under older settings says counts for nothing. */
static void test_epochs(void)
{
	struct realm r = make("ldap://a");
	struct msg_realm m = message("ldap://b ldap://c");
	struct settings *s;
	unsigned epoch = r.epoch;

	realm_begin(&r, 0);
	realm_failed(&r, 0, "x", 1, 1);
	must(settings_new(&m, &s) == ERR_OK);
	realm_set(&r, s);
	IS_NUM(r.running, 1);
	IS_NUM(r.controllers[0].running, 0);
	IS_NUM(r.controllers[0].state, CONTROLLER_UNTRIED);
	realm_end(&r, 0, epoch, false);
	IS_NUM(r.running, 0);
	IS_NUM(r.controllers[0].running, 0);
	settings_unref(r.settings);
}

int main(void)
{
	test_settings();
	test_choice();
	test_full();
	test_hanging();
	test_probes();
	test_epochs();
	return tap_done();
}
