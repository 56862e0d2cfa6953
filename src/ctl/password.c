#include "ctl/password.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/utf8.h"

/* A line without its end; cut: it was longer than there is room. */
static enum err judge(struct password *p, bool cut, struct failure *f)
{
	struct str text;

	if (cut)
		return fail(f, ERR_SYNTAX, "the password is longer than %d octets", PASSWORD_OCTETS_MAX);
	if (p->len > 0 && p->text[p->len - 1] == '\r')
		p->len--;
	p->text[p->len] = '\0';
	text = str_make(p->text, p->len);
	if (p->len == 0)
		return fail(f, ERR_SYNTAX,
			"the password is empty; it is read from the first line of standard input");
	if (!utf8_valid(text) || str_has_control(text))
		return fail(f, ERR_SYNTAX, "the password is not plain UTF-8 text");
	return ERR_OK;
}

enum err password_read(FILE *from, struct password *ret, struct failure *f)
{
	struct password p = { .len = 0 };
	enum err e;
	int c;

	while ((c = getc(from)) != EOF && c != '\n' && p.len < PASSWORD_OCTETS_MAX)
		p.text[p.len++] = (char)c;
	e = judge(&p, p.len == PASSWORD_OCTETS_MAX && c != EOF && c != '\n', f);
	if (e == ERR_OK)
		*ret = p;
	mem_wipe(&p, sizeof(p));
	return e;
}

static volatile sig_atomic_t interrupted;

static void on_interrupt(int signal_number)
{
	interrupted = 1;
}

/*
 * Signals are blocked but in ppoll, so that none can come between looking at the mark and waiting; and reading never
 * waits, because Ctrl-C takes back a line that was announced. A terminal gives a line in one piece.
 */
static ssize_t read_line(int terminal, char *to, size_t max)
{
	struct pollfd input = { .fd = terminal, .events = POLLIN };
	ssize_t n = -1;
	sigset_t none;

	sigemptyset(&none);
	errno = EAGAIN;
	while (!interrupted && n < 0 && (errno == EAGAIN || errno == EINTR)) {
		if (ppoll(&input, 1, NULL, &none) > 0)
			n = read(terminal, to, max);
	}
	return n;
}

static enum err ask_once(int terminal, const char *prompt, struct password *ret, struct failure *f)
{
	struct password p = { .len = 0 };
	ssize_t n = write(terminal, prompt, strlen(prompt));
	enum err e;

	n = n < 0 ? n : read_line(terminal, p.text, PASSWORD_OCTETS_MAX);
	if (n < 0)
		return fail(f, ERR_CANCELLED, "interrupted; nothing was changed");
	p.len = (size_t)n;
	if (p.len > 0 && p.text[p.len - 1] == '\n')
		p.len--;
	e = judge(&p, p.len == PASSWORD_OCTETS_MAX, f);
	if (e == ERR_OK)
		*ret = p;
	mem_wipe(&p, sizeof(p));
	n = write(terminal, "\n", 1);
	return n < 0 ? fail(f, ERR_IO, "the terminal is gone") : e;
}

static enum err ask_twice(int terminal, const char *name, struct password *ret, struct failure *f)
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

/* While nothing is echoed no signal may end or stop us: the terminal would stay so. */
static enum err ask_silently(int terminal, const struct termios *before, const char *name,
	struct password *ret, struct failure *f)
{
	static const int signals[] = { SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGTSTP };
	struct sigaction caught = { .sa_handler = on_interrupt };
	struct sigaction old[sizeof(signals) / sizeof(*signals)];
	struct termios silent = *before;
	sigset_t blocked, mask;
	enum err e;

	interrupted = 0;
	sigemptyset(&blocked);
	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++) {
		sigaddset(&blocked, signals[i]);
		sigaction(signals[i], &caught, &old[i]);
	}
	sigprocmask(SIG_BLOCK, &blocked, &mask);
	silent.c_lflag &= ~(tcflag_t)ECHO;
	tcsetattr(terminal, TCSAFLUSH, &silent);
	e = ask_twice(terminal, name, ret, f);
	tcsetattr(terminal, TCSAFLUSH, before);
	/* What came while a line was read is taken here, by our handler. */
	sigprocmask(SIG_SETMASK, &mask, NULL);
	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		sigaction(signals[i], &old[i], NULL);
	if (!interrupted)
		return e;
	*f = (struct failure){ 0 };
	mem_wipe(ret, sizeof(*ret));
	return fail(f, ERR_CANCELLED, "interrupted; nothing was changed");
}

enum err password_ask(const char *name, struct password *ret, struct failure *f)
{
	int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NONBLOCK);
	struct termios before;
	enum err e;

	if (terminal < 0 || tcgetattr(terminal, &before) < 0) {
		if (terminal >= 0)
			close(terminal);
		return fail(f, ERR_SYNTAX,
			"there is no terminal to ask for the password on; give it with "
			"--password-stdin");
	}
	e = ask_silently(terminal, &before, name, ret, f);
	close(terminal);
	return e;
}
