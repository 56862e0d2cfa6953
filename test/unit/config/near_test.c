#include "config/near.h"

#include "tap.h"

static const char *const words[] = { "smtp.command_octets_max", "smtp.message_octets_max", "smtp.recipients_max",
	"imap.idle_time_max", "pop3.idle_time_max", "log.level", "log.format", "tls.certificate", "server.host_name" };

static const struct {
	const char *word, *want;
} cases[] = {
	{ "smtp.max_message", "smtp.message_octets_max" },
	{ "smpt.message_octets_max", "smtp.message_octets_max" },
	{ "smtp.recipient_max", "smtp.recipients_max" },
	{ "imap.idle", "imap.idle_time_max" },
	{ "log.levle", "log.level" },
	{ "LOG.LEVEL", "log.level" },
	{ "tls.cert", "tls.certificate" },
	{ "server.hostname", "server.host_name" },
	{ "colour", "" },
	{ "", "" },
	{ "x", "" },
};

static void test_best(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct near near = near_to(str_from_c(cases[i].word));

		for (size_t j = 0; j < sizeof(words) / sizeof(*words); j++)
			near_try(&near, str_from_c(words[j]));
		IS_STR(near_best(&near), str_from_c(cases[i].want));
	}
}

static void test_score(void)
{
	char a[300], b[300];

	IS_NUM(near_score(S("abc"), S("abc")), 100);
	IS_NUM(near_score(S("abc"), S("ABC")), 100);
	IS_NUM(near_score(S(""), S("")), 100);
	IS_NUM(near_score(S("abc"), S("xyz")), 0);
	IS_NUM(near_score(S("abcd"), S("abdc")), 75);
	IS_NUM(near_score(S("one_two"), S("two_one")), 99);
	memset(a, 'a', sizeof(a));
	memset(b, '.', sizeof(b));
	OK(near_score(str_make(a, 300), str_make(a, 64)) == 100, "long words are compared by their beginning");
	IS_NUM(near_score(str_make(a, 300), str_make(b, 300)), 0);
	OK(near_score(S("a.b.c.d.e.f.g.h.i.j.k"), S("k.j.i.h.g.f.e.d.c.b.a")) <= 100, "many parts");
}

int main(void)
{
	test_best();
	test_score();
	return tap_done();
}
