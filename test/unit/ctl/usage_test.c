#include "ctl/usage.h"

#include <stdlib.h>

#include "io/file.h"
#include "tap.h"

/* What is committed must be what the tables make: bourse --man-commands, --man-config, completion
 * SHELL. */
static void is_committed(const char *name, const struct buf *made)
{
	char path[4096];
	struct buf there;

	snprintf(path, sizeof(path), "%s/%s", SOURCE_ROOT, name);
	buf_init(&there, (size_t)4 << 20);
	OK(file_read(path, &there) == ERR_OK, "%s is there", name);
	OK(str_eq(buf_str(&there), buf_str(made)), "%s is what the tables make", name);
	buf_done(&there);
}

static void test_manuals(void)
{
	struct buf made;

	buf_init(&made, (size_t)4 << 20);
	usage_put_manual(&made);
	is_committed("doc/man/bourse.1", &made);
	for (size_t i = 0; i < command_count(); i++)
		OK(str_find_str(buf_str(&made), str_from_c(command_at(i)->noun)) != STR_NPOS,
			"%s is in the manual", command_at(i)->noun);
	buf_clear(&made);
	usage_put_config_manual(&made);
	is_committed("doc/man/bourse.conf.5", &made);
	buf_done(&made);
}

static void test_completion(void)
{
	static const struct {
		const char *shell, *file;
	} shells[] = { { "bash", "packaging/completion/bourse.bash" },
		{ "zsh", "packaging/completion/_bourse" },
		{ "fish", "packaging/completion/bourse.fish" } };
	struct buf made;

	buf_init(&made, (size_t)4 << 20);
	for (size_t i = 0; i < sizeof(shells) / sizeof(*shells); i++) {
		buf_clear(&made);
		OK(usage_put_completion(&made, str_from_c(shells[i].shell)), "there is one for %s",
			shells[i].shell);
		is_committed(shells[i].file, &made);
	}
	OK(!usage_put_completion(&made, S("tcsh")), "there is none for tcsh");
	buf_done(&made);
}

/* bash itself says what it would offer. */
static void completes(const char *words, int at, const char *want)
{
	char command[1024], line[4096] = "";
	FILE *bash;

	snprintf(command, sizeof(command),
		"bash -c '. \"%s/packaging/completion/bourse.bash\"; COMP_WORDS=(%s); "
		"COMP_CWORD=%d; _bourse; echo \"${COMPREPLY[*]}\"'",
		SOURCE_ROOT, words, at);
	bash = popen(command, "r");
	if (bash == NULL || fgets(line, sizeof(line), bash) == NULL)
		line[0] = '\0';
	if (bash != NULL)
		pclose(bash);
	IS_STR(str_trim(str_from_c(line)), str_from_c(want));
}

static void test_bash(void)
{
	completes("bourse acc", 1, "account");
	completes("bourse contact \"\"", 2, "add set remove list show");
	completes("bourse account pass", 2, "password");
	completes("bourse help dom", 2, "domain");
	completes("bourse completion \"\"", 2, "bash zsh fish --data --config --json --color --help --version");
	completes("bourse --color \"\"", 2, "auto always never");
	completes("bourse doctor logon x --protocol p", 5, "pop3");
	completes("bourse --data /tmp list mem", 4, "member-add member-remove");
	completes("bourse account add x --full", 4, "--full-name");
	completes("bourse doctor logon x --p", 4, "--protocol --password-stdin");
	completes("bourse status --js", 2, "--json");
}

static void test_help(void)
{
	struct buf text;

	buf_init(&text, (size_t)1 << 20);
	usage_put_line(&text, command_find(S("list"), S("member-add")));
	IS_STR(buf_str(&text), S("bourse list member-add LIST MEMBER..."));
	buf_clear(&text);
	usage_put_line(&text, command_find(S("config"), S("check")));
	IS_STR(buf_str(&text), S("bourse config check [FILE]"));
	buf_clear(&text);
	usage_put_line(&text, command_find(S("account"), S("set")));
	IS_STR(buf_str(&text), S("bourse account set ACCOUNT [OPTION...]"));
	buf_clear(&text);
	usage_put_noun(&text, S("doctor"));
	IS_STR(buf_str(&text), S("Usage: bourse doctor COMMAND [ARGUMENT...] [OPTION...]\n\n"
				 "  doctor logon          Say step by step why somebody can or "
				 "cannot log on, and\n                        what mends it.\n"
				 "  doctor anonymous      List all that somebody without an account can reach, by\n"
				 "                        which protocol, why, and what ends it.\n"
				 "  doctor ports          Connect to every port of the server and "
				 "see who answers.\n"
				 "\nMore: bourse help doctor COMMAND\n"));
	buf_clear(&text);
	usage_put_command(&text, command_find(S("status"), S("")));
	OK(str_starts(buf_str(&text), S("Usage: bourse status\n\nShow what the server is "
					"doing.\n\nOptions of every command:\n")),
		"help of a command");
	buf_done(&text);
}

int main(void)
{
	test_manuals();
	test_completion();
	test_bash();
	test_help();
	return tap_done();
}
