/* imap.hide: what a rule says, and whom it hides what from; and what imap.id lets the server say of itself. */
#include "config/hide.h"

#include "config/identity.h"
#include "tap.h"

static const char *const good[] = { "IDLE from everybody", "idle Move  from client x", "SORT=DISPLAY from network ::1",
	"UIDONLY from client 'Example Mail' version 16.* account 'DOM\\*' network 192.0.2.0/24" };
static const char *const wrong[] = { "", "IDLE", "from everybody", "IDLE from", "IDLE from nobody", "IDLE from everybody x",
	"IDLE from client", "IDLE from client x client y", "IDLE from client 'x", "NOSUCH from everybody", "IMAP4rev1 from everybody",
	"IDLE from network 192.0.2", "IDLE client x", "STARTTLS from everybody", "IDLE from client x network" };

static const struct {
	const char *rule;
	struct hide_client who;
	bool want;
} cases[] = {
	{ "IDLE from everybody", { { 0 } }, true },
	{ "MOVE from everybody", { { 0 } }, false },
	{ "IDLE from client Ex*", { .name = S_INIT("example") }, true },
	{ "IDLE from client Ex*", { .name = S_INIT("xample") }, false },
	{ "IDLE from client Ex*", { { 0 } }, false },
	{ "IDLE from client *", { { 0 } }, false },
	{ "IDLE from client 'A B' version *.1", { .name = S_INIT("a b"), .version = S_INIT("2.1.1") }, true },
	{ "IDLE from client 'A B' version *.1", { .name = S_INIT("a b"), .version = S_INIT("2.1.2") }, false },
	{ "IDLE from client a*b*c", { .name = S_INIT("axxbxbxc") }, true },
	{ "IDLE from client a*b*c", { .name = S_INIT("axxbxbx") }, false },
	{ "IDLE from account DOM\\alice", { .account = S_INIT("dom\\alice") }, true },
	{ "IDLE from account DOM\\alice", { .account = S_INIT("dom\\alice2") }, false },
	{ "IDLE from network 192.0.2.0/24", { .address = S_INIT("192.0.2.9:4711") }, true },
	{ "IDLE from network 192.0.2.0/24", { .address = S_INIT("192.0.3.9:4711") }, false },
	{ "IDLE from network 2001:db8::/32", { .address = S_INIT("[2001:db8::1]:4711") }, true },
	{ "IDLE from network 2001:db8::/32", { .address = S_INIT("2001:db8::1") }, true },
	{ "IDLE from network 2001:db8::/32", { .address = S_INIT("unknown") }, false },
	{ "IDLE from account a network loopback", { .account = S_INIT("a"), .address = S_INIT("127.0.0.1") }, true },
	{ "IDLE from account a network loopback", { .account = S_INIT("b"), .address = S_INIT("127.0.0.1") }, false },
};

static void check_identity(unsigned how, struct str url, const char *want)
{
	struct config c = { .imap_id = how, .imap_support_url = url };
	struct buf b;

	buf_init(&b, 4096);
	identity_put(&b, &c);
	IS_STR(buf_str(&b), str_from_c(want));
	buf_done(&b);
}

int main(void)
{
	struct hide_client place = { .account = S("a"), .address = S("192.0.2.1:1") };

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		OK(hide_wrong(str_from_c(good[i])) == NULL, "'%s' is a rule", good[i]);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		OK(hide_wrong(str_from_c(wrong[i])) != NULL, "'%s' is none", wrong[i]);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct str rule = str_from_c(cases[i].rule);
		struct config_list rules = { &rule, 1 };
		struct imap_caps caps = { { 0 } };

		imap_caps_set(&caps, IMAP_CAP_IDLE, true);
		imap_caps_set(&caps, IMAP_CAP_NAMESPACE, true);
		hide_from(&rules, &cases[i].who, &caps);
		OK(imap_caps_has(&caps, IMAP_CAP_IDLE) != cases[i].want, "%zu: %s", i, cases[i].rule);
		OK(imap_caps_has(&caps, IMAP_CAP_NAMESPACE), "%zu: nothing else is hidden", i);
	}
	OK(hide_may_hold(S("IDLE from client x"), &place), "another name may come");
	OK(!hide_may_hold(S("IDLE from client x account b"), &place), "another account does not");
	OK(!hide_may_hold(S("IDLE from client x network 192.0.3.0/24"), &place), "nor another address");
	check_identity(CONFIG_ID_NOTHING, S("x"), "ID NIL");
	check_identity(CONFIG_ID_NAME, S(""), "ID (\"name\" \"Bourse\")");
	check_identity(CONFIG_ID_NAME, S("mailto:a\"b"), "ID (\"name\" \"Bourse\" \"support-url\" \"mailto:a\\\"b\")");
	check_identity(CONFIG_ID_FULL, S(""), "ID (\"name\" \"Bourse\" \"version\" \"" VERSION "\" \"vendor\" \"Bourse\")");
	return tap_done();
}
