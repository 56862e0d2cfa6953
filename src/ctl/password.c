#include "ctl/password.h"

#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/utf8.h"

enum err password_read(FILE *from, struct password *ret, struct failure *f)
{
	struct password p = { .len = 0 };
	enum err e = ERR_OK;
	int c;

	while ((c = getc(from)) != EOF && c != '\n' && p.len < PASSWORD_OCTETS_MAX)
		p.text[p.len++] = (char)c;
	if (p.len == PASSWORD_OCTETS_MAX && c != EOF && c != '\n')
		e = fail(f, ERR_SYNTAX, "the password is longer than %d octets",
			PASSWORD_OCTETS_MAX);
	if (p.len > 0 && p.text[p.len - 1] == '\r')
		p.len--;
	p.text[p.len] = '\0';
	if (e == ERR_OK && p.len == 0)
		e = fail(f, ERR_SYNTAX,
			"the password is empty; it is read from the first line of standard input");
	if (e == ERR_OK &&
		(!utf8_valid(str_make(p.text, p.len)) || str_has_control(str_make(p.text, p.len))))
		e = fail(f, ERR_SYNTAX, "the password is not plain UTF-8 text");
	if (e == ERR_OK)
		*ret = p;
	mem_wipe(&p, sizeof(p));
	return e;
}

static enum err ask_once(
	FILE *terminal, const char *prompt, struct password *ret, struct failure *f)
{
	enum err e;

	fputs(prompt, terminal);
	fflush(terminal);
	e = password_read(terminal, ret, f);
	fputc('\n', terminal);
	return e;
}

static enum err ask_twice(FILE *terminal, const char *name, struct password *ret, struct failure *f)
{
	struct password first = { .len = 0 }, again = { .len = 0 };
	char prompt[200];
	enum err e;

	snprintf(prompt, sizeof(prompt), "Password for %.150s: ", name);
	e = ask_once(terminal, prompt, &first, f);
	if (e == ERR_OK)
		e = ask_once(terminal, "The same again: ", &again, f);
	if (e == ERR_OK && !str_eq_constant_time(str_make(first.text, first.len),
				   str_make(again.text, again.len)))
		e = fail(f, ERR_SYNTAX, "the two passwords differ; nothing was changed");
	if (e == ERR_OK)
		*ret = first;
	mem_wipe(&first, sizeof(first));
	mem_wipe(&again, sizeof(again));
	return e;
}

static volatile sig_atomic_t interrupted;

static void on_interrupt(int signal_number)
{
	interrupted = 1;
}

/* While nothing is echoed no signal may end or stop us: the terminal would stay so. */
static enum err ask_silently(FILE *terminal, const struct termios *before, const char *name,
	struct password *ret, struct failure *f)
{
	static const int signals[] = { SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGTSTP };
	struct sigaction caught = { .sa_handler = on_interrupt }; /* no SA_RESTART: reading ends */
	struct sigaction old[sizeof(signals) / sizeof(*signals)];
	struct termios silent = *before;
	enum err e;

	interrupted = 0;
	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		sigaction(signals[i], &caught, &old[i]);
	silent.c_lflag &= ~(tcflag_t)ECHO;
	tcsetattr(fileno(terminal), TCSAFLUSH, &silent);
	e = ask_twice(terminal, name, ret, f);
	tcsetattr(fileno(terminal), TCSAFLUSH, before);
	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		sigaction(signals[i], &old[i], NULL);
	if (!interrupted)
		return e;
	*f = (struct failure){ 0 };
	mem_wipe(ret, sizeof(*ret));
	return fail(f, ERR_SYNTAX, "interrupted; nothing was changed");
}

enum err password_ask(const char *name, struct password *ret, struct failure *f)
{
	FILE *terminal = fopen("/dev/tty", "r+e");
	struct termios before;
	enum err e;

	if (terminal == NULL || tcgetattr(fileno(terminal), &before) < 0) {
		if (terminal != NULL)
			fclose(terminal);
		return fail(f, ERR_SYNTAX,
			"there is no terminal to ask for the password on; give it with "
			"--password-stdin");
	}
	setvbuf(terminal, NULL, _IONBF, 0); /* no copy of the password stays in a buffer */
	e = ask_silently(terminal, &before, name, ret, f);
	fclose(terminal);
	return e;
}
