#include "ctl/command.h"

#include "tap.h"

/* The directory's own rows: what it takes, the tool must offer, and nothing else. */
static const struct {
	const char *verb, *arguments;
} verbs[] = {
#define VERB(verb, handler, kind, arguments, help) { verb, arguments },
#include "directory/admin.tbl"
};

static const struct command *find(const char *verb)
{
	struct str rest = str_from_c(verb), noun;
	char second[64] = "";

	if (!str_cut(&rest, ' ', &noun))
		return command_find(rest, S(""));
	snprintf(second, sizeof(second), "%.*s", STR_FMT(rest));
	for (char *c = second; *c != '\0'; c++)
		*c = *c == ' ' ? '-' : *c;
	if (command_find(noun, str_from_c(second)) != NULL || strncmp(verb, "virtual directory ", 18) != 0)
		return command_find(noun, str_from_c(second));
	return command_find(S("virtual-directory"), str_from_c(verb + 18));
}

static bool offers(const struct command *c, struct str name)
{
	for (const struct command_arg *a = c->args; a->kind != COMMAND_ARG_END; a++)
		if (str_eq(name, str_from_c(a->name)))
			return true;
	return false;
}

static size_t test_arguments(const struct command *c, struct str arguments)
{
	size_t count = 0;

	while (arguments.len > 0) {
		struct str one;

		if (!str_cut(&arguments, ' ', &one)) {
			one = arguments;
			arguments = STR_NONE;
		}
		if (str_ends(one, S("!")))
			one.len--;
		/* There is one public store; only the import of a directory names it. */
		if (strcmp(c->noun, "public") == 0 && strcmp(c->verb, "set") == 0 && str_eq(one, S("name")))
			continue;
		OK(offers(c, one), "%s %s offers %.*s", c->noun, c->verb, STR_FMT(one));
		count++;
	}
	return count;
}

static void test_directory(void)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++) {
		const struct command *c = find(verbs[i].verb);
		size_t count = 0;

		/* The steps of import and export are the tool's own. */
		if (strcmp(verbs[i].verb, "help") == 0 || strncmp(verbs[i].verb, "directory ", 10) == 0)
			continue;
		OK(c != NULL, "'%s' is a command", verbs[i].verb);
		/* So are those of a virtual directory: the tool looks its folders and its mailbox up. */
		if (c == NULL || (strcmp(c->noun, "virtual-directory") == 0 && strcmp(c->role, "bourse") == 0))
			continue;
		IS_STR(str_from_c(c->role), S("directory"));
		for (const struct command_arg *a = c->args; a->kind != COMMAND_ARG_END; a++)
			count++;
		IS_NUM(test_arguments(c, str_from_c(verbs[i].arguments)), count);
	}
}

static bool is_asked(const char *noun, const char *verb)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++) {
		const struct command *c = find(verbs[i].verb);

		if (c != NULL && strcmp(c->noun, noun) == 0 && strcmp(c->verb, verb) == 0)
			return true;
	}
	return false;
}

static void test_rows(void)
{
	for (size_t i = 0; i < command_count(); i++) {
		const struct command *c = command_at(i);
		size_t len = strlen(c->help);
		char start[64];

		OK(command_find(str_from_c(c->noun), str_from_c(c->verb)) == c,
			"%s %s is there once", c->noun, c->verb);
		OK(len > 10 && c->help[len - 1] == '.', "%s %s: its help is a sentence", c->noun,
			c->verb);
		snprintf(start, sizeof(start), "bourse %s%s%s", c->noun, *c->verb ? " " : "",
			c->verb);
		OK(str_starts(str_from_c(c->example), str_from_c(start)),
			"%s: its example shows it", start);
		/* What takes a while is the role's own, and in none of its tables. */
		if (strcmp(c->role, "directory") == 0 && strcmp(c->noun, "directory") != 0)
			OK(is_asked(c->noun, c->verb), "%s: the directory knows it", start);
	}
}

static void test_near(void)
{
	IS_STR(command_near_noun(S("mailboxes")), S("mailbox"));
	IS_STR(command_near_noun(S("contcat")), S("contact"));
	IS_STR(command_near_noun(S("rebuilt")), S("rebuild"));
	IS_STR(command_near_noun(S("zzz")), STR_NONE);
	IS_STR(command_near_verb(S("account"), S("passwd")), S("password"));
	IS_STR(command_near_verb(S("list"), S("add-member")), S("member-add"));
	IS_STR(command_near_option(command_find(S("mailbox"), S("set")), S("quota-recieve")),
		S("quota-receive"));
	IS_STR(command_near_option(command_find(S("account"), S("add")), S("password-stding")),
		S("password-stdin"));
	IS_STR(command_near_option(command_find(S("status"), S("")), S("jsno")), S("json"));
}

int main(void)
{
	test_rows();
	test_directory();
	test_near();
	return tap_done();
}
