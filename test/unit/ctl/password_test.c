#include "ctl/password.h"

#include <pty.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

static const struct {
	const char *what;
	struct str input;
	const char *want; /* NULL: refused */
} cases[] = {
	{ "a line", S_INIT("secret\nmore\n"), "secret" },
	{ "no line end", S_INIT("secret"), "secret" },
	{ "CRLF", S_INIT("secret\r\n"), "secret" },
	{ "spaces stay", S_INIT("  a b \n"), "  a b " },
	{ "UTF-8", S_INIT("\xc3\xa4\n"), "\xc3\xa4" },
	{ "nothing", S_INIT(""), NULL },
	{ "an empty line", S_INIT("\nsecret\n"), NULL },
	{ "NUL", S_INIT("a\0b\n"), NULL },
	{ "not UTF-8", S_INIT("\xff\n"), NULL },
};

static void test_read(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct str input = cases[i].input;
		FILE *from = tmpfile();
		struct password p = { .len = 0 };
		struct failure f = { 0 };
		enum err e;

		fwrite(input.at, 1, input.len, from);
		rewind(from);
		e = password_read(from, &p, &f);
		fclose(from);
		OK((e == ERR_OK) == (cases[i].want != NULL), "%s: %s", cases[i].what, f.text);
		IS_STR(str_make(p.text, p.len), str_from_c(cases[i].want));
	}
}

static void test_long(void)
{
	for (size_t len = PASSWORD_OCTETS_MAX - 1; len <= PASSWORD_OCTETS_MAX + 1; len++) {
		FILE *from = tmpfile();
		struct password p = { .len = 0 };
		struct failure f = { 0 };

		for (size_t i = 0; i < len; i++)
			fputc('x', from);
		rewind(from);
		IS_NUM(password_read(from, &p, &f), len < PASSWORD_OCTETS_MAX ? ERR_OK : f.code);
		OK(p.len == len || (len > PASSWORD_OCTETS_MAX && f.code == ERR_SYNTAX) ||
				len == PASSWORD_OCTETS_MAX,
			"%zu octets", len);
		fclose(from);
	}
}

/* On a terminal of its own: what was typed must not come back. The child's exit status tells its
 * result. */
static void ask(const char *typed, int want_status)
{
	char seen[4096] = "";
	size_t len = 0;
	int master, status = 0;
	ssize_t n;
	pid_t child = forkpty(&master, NULL, NULL, NULL);

	if (child == 0) {
		struct password p = { .len = 0 };
		struct failure f = { 0 };
		enum err e = password_ask("DOM\\alice", &p, &f);

		_exit(e == ERR_OK && strcmp(p.text, "secret") == 0 ? 0 : 1);
	}
	while (len == 0 || strchr(seen, ':') == NULL) {
		n = read(master, seen + len, sizeof(seen) - 1 - len);
		if (n <= 0)
			break;
		len += (size_t)n;
		seen[len] = '\0';
	}
	OK(write(master, typed, strlen(typed)) == (ssize_t)strlen(typed), "typed");
	while ((n = read(master, seen + len, sizeof(seen) - 1 - len)) > 0)
		len += (size_t)n;
	seen[len] = '\0';
	waitpid(child, &status, 0);
	close(master);
	IS_NUM(WIFEXITED(status) ? WEXITSTATUS(status) : -1, want_status);
	OK(strstr(seen, "Password for DOM\\alice: ") != NULL, "it was asked for");
	OK(strstr(seen, "secret") == NULL, "it was not shown");
}

int main(void)
{
	test_read();
	test_long();
	ask("secret\nsecret\n", 0);
	ask("secret\nsecrets\n", 1);
	ask("secr\x03", 1); /* Ctrl-C: ends it, and not by the signal, so the terminal is put right */
	ask("secret\nsecr\x03", 1);
	return tap_done();
}
