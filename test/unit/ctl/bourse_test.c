/* The tool as people run it: exit status and words. The first argument is its path. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "tap.h"

static const struct {
	const char *words;
	int status;
	const char *says; /* somewhere in what it prints */
} cases[] = {
	{ "version", 0, "bourse " },
	{ "--version", 0, "bourse " },
	{ "version --json", 0, "{\"ok\":true,\"version\":\"" },
	{ "--help", 0, "Usage: bourse COMMAND" },
	{ "help", 0, "Usage: bourse COMMAND" },
	{ "help account", 0, "Usage: bourse account COMMAND" },
	{ "account --help", 0, "Usage: bourse account COMMAND" },
	{ "help account add", 0, "Usage: bourse account add ACCOUNT" },
	{ "help 'account add'", 0, "Usage: bourse account add ACCOUNT" },
	{ "account add --help", 0, "Usage: bourse account add ACCOUNT" },
	{ "help acount", 2, "there is no command 'acount'" },
	{ "help account ad", 2, "there is no command 'account ad'" },
	{ "", 2, "bourse: say what to do" },
	{ "acount", 2, "did you mean 'account'?" },
	{ "account list --data /nowhere/at/all", 1, "there is no data folder /nowhere/at/all" },
	{ "status --data /tmp", 3, "no server is running on /tmp" },
	{ "status --data /tmp --json", 3, "\"error\":\"UNAVAILABLE\"" },
	{ "doctor ports --data /tmp", 3, "no server is running on /tmp" },
	{ "account password x --data /nowhere --password-stdin < /dev/null", 2,
		"the password is empty" },
	{ "config check /nowhere/bourse.conf", 1, "/nowhere/bourse.conf: cannot be read" },
	{ "config show --data /nowhere --json", 0, "{\"ok\":true,\"rows\":[" },
	{ "completion bash", 0, "complete -F _bourse bourse" },
	{ "completion tcsh", 2, "bash, zsh and fish" },
	{ "account list --data /tmp < /dev/null", 3, "$BOURSED is '/nowhere/boursed'" },
};

int main(int argc, char **argv)
{
	if (argc < 2)
		return 2;
	setenv("BOURSED", "/nowhere/boursed", 1);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char command[1024], said[65536];
		size_t len;
		FILE *tool;
		int status;

		snprintf(command, sizeof(command), "'%s' %s 2>&1", argv[1], cases[i].words);
		tool = popen(command, "r");
		len = fread(said, 1, sizeof(said) - 1, tool);
		said[len] = '\0';
		status = pclose(tool);
		OK(WIFEXITED(status) && WEXITSTATUS(status) == cases[i].status,
			"bourse %s: exit status %d", cases[i].words, cases[i].status);
		OK(strstr(said, cases[i].says) != NULL, "bourse %s: says '%s'", cases[i].words,
			cases[i].says);
	}
	return tap_done();
}
