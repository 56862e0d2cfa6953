#include "ctl/setup_answers.h"

#include <stdlib.h>

#include "tap.h"

static void test_host(void)
{
	static const struct {
		const char *name;
		bool good;
	} cases[] = { { "mail.example.org", true }, { "a.b", true }, { "1.example", true },
		{ "x-y.example.org", true }, { "mail", false }, { "", false }, { ".", false },
		{ "mail.", false }, { ".org", false }, { "a..b", false }, { "-a.b", false },
		{ "a-.b", false }, { "a_b.org", false }, { "192.0.2.1", false }, { "a b.org", false } };
	char long_label[70] = "";

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		OK(setup_answers_is_host(str_from_c(cases[i].name)) == cases[i].good, "'%s'",
			cases[i].name);
	memset(long_label, 'a', 64);
	OK(!setup_answers_is_host(str_from_c(strcat(long_label, ".org"))), "a label of 64 octets");
	OK(setup_answers_is_host(str_from_c(long_label + 1)), "a label of 63 octets");
}

/* What is typed at the questions, with the words of the command line before it. */
static enum err take(struct arena *a, const char *words, const char *typed,
	struct setup_answers *ret, struct failure *f)
{
	char tool[] = "bourse", copy[512], *argv[20] = { tool }, *rest = copy;
	struct setup_terminal t = { NULL, fopen("/dev/null", "w") };
	struct call call;
	int argc = 1;
	enum err e;

	must(t.out != NULL);
	snprintf(copy, sizeof(copy), "%s", words);
	while (rest != NULL)
		argv[argc++] = strsep(&rest, " ");
	must(call_parse(argc, argv, &call, f) == ERR_OK);
	if (typed != NULL)
		t.in = fmemopen((void *)(uintptr_t)typed, strlen(typed), "r");
	e = setup_answers_take(a, &call, &t, ret, f);
	call_done(&call);
	if (t.in != NULL)
		fclose(t.in);
	fclose(t.out);
	return e;
}

static void test_options(struct arena *a)
{
	struct setup_answers w;
	struct failure f = { 0 };

	must(take(a, "setup --host mail.example.org --user -", NULL, &w, &f) == ERR_OK);
	IS_STR(w.host, S("mail.example.org"));
	IS_STR(w.mail, S("example.org"));
	IS_STR(w.domain, S("EXAMPLE"));
	IS_NUM(w.certificate.len, 0);
	IS_NUM(w.user.len, 0);
	must(take(a, "setup --host example.org --mail x.example --domain Y --certificate /c.pem --user u",
		     NULL, &w, &f) == ERR_OK);
	IS_STR(w.mail, S("x.example"));
	IS_STR(w.domain, S("Y"));
	IS_STR(w.key, S("/c.pem"));
	IS_STR(w.user, S("u"));
	must(take(a, "setup --host example.org --user -", NULL, &w, &f) == ERR_OK);
	IS_STR(w.mail, S("example.org"));
	must(take(a, "setup --host a-very-long-name-indeed.example", NULL, &w, &f) == ERR_OK);
	IS_STR(w.domain, S("A-VERY-LONG-NAM"));
	IS_NUM(take(a, "setup --host mail", NULL, &w, &f), ERR_SYNTAX);
	IS_STR(str_from_c(f.text), S("--host: it is a full name, such as mail.example.org"));
	f = (struct failure){ 0 };
	IS_NUM(take(a, "setup --host a.example --user x@y", NULL, &w, &f), ERR_SYNTAX);
	f = (struct failure){ 0 };
	IS_NUM(take(a, "setup --host a.example --certificate c.pem", NULL, &w, &f), ERR_SYNTAX);
	IS_STR(str_from_c(f.text), S("--certificate: it is the full path of a file, from /"));
}

static void test_questions(struct arena *a)
{
	struct setup_answers w;
	struct failure f = { 0 };

	must(take(a, "setup", "mail\n mail.example.org \n\nORG\n-\nalice\n", &w, &f) == ERR_OK);
	IS_STR(w.host, S("mail.example.org"));
	IS_STR(w.mail, S("example.org"));
	IS_STR(w.domain, S("ORG"));
	IS_NUM(w.certificate.len, 0);
	IS_STR(w.user, S("alice"));
	must(take(a, "setup --host mail.example.org --user bob", "\n\n/c.pem\n/k.pem\n", &w, &f) ==
		ERR_OK);
	IS_STR(w.domain, S("EXAMPLE"));
	IS_STR(w.certificate, S("/c.pem"));
	IS_STR(w.key, S("/k.pem"));
	IS_NUM(take(a, "setup", "mail.example.org\nexample.org\n", &w, &f), ERR_CANCELLED);
	f = (struct failure){ 0 };
	IS_NUM(take(a, "setup", "1\n2\n3\n4\n5\nmail.example.org\n", &w, &f), ERR_SYNTAX);
}

int main(void)
{
	struct arena a;

	unsetenv("SUDO_USER");
	arena_init(&a, ARENA_NONE);
	test_host();
	test_options(&a);
	test_questions(&a);
	arena_done(&a);
	return tap_done();
}
