#include "ctl/setup_answers.h"

#include <netdb.h>
#include <stdlib.h>
#include <unistd.h>

#define LINE_OCTETS  1024
#define HOST_OCTETS  253
#define LABEL_OCTETS 63
#define TRIES_MAX    5
#define LETSENCRYPT  "/etc/letsencrypt/live"

typedef struct str suggest_fn(struct arena *a, const struct setup_answers *so_far);
/* NULL, or what is wrong with it. */
typedef const char *check_fn(struct str value);

/* ---- suggestions ---- */

/* The name that the resolver knows this machine by. */
static struct str suggest_host(struct arena *a, const struct setup_answers *so_far)
{
	struct addrinfo hints = { .ai_flags = AI_CANONNAME }, *found = NULL;
	char name[HOST_OCTETS + 1] = "";
	struct str result = STR_NONE;

	if (gethostname(name, sizeof(name) - 1) < 0)
		return STR_NONE;
	if (getaddrinfo(name, NULL, &hints, &found) == 0 && found->ai_canonname != NULL)
		result = arena_str(a, str_from_c(found->ai_canonname));
	if (found != NULL)
		freeaddrinfo(found);
	if (setup_answers_is_host(result))
		return result;
	result = arena_str(a, str_from_c(name));
	return setup_answers_is_host(result) ? result : STR_NONE;
}

/* example.org of mail.example.org. */
static struct str suggest_mail(struct arena *a, const struct setup_answers *so_far)
{
	struct str rest = so_far->host, first;

	if (str_cut(&rest, '.', &first) && setup_answers_is_host(rest))
		return arena_str(a, rest);
	return so_far->host;
}

/* EXAMPLE of example.org. */
static struct str suggest_domain(struct arena *a, const struct setup_answers *so_far)
{
	struct str rest = so_far->mail, first = STR_NONE;
	char name[16];

	(void)str_cut(&rest, '.', &first);
	first = str_sub(first, 0, sizeof(name) - 1);
	for (size_t i = 0; i < first.len; i++)
		name[i] = ascii_upper(first.at[i]);
	return arena_str(a, str_make(name, first.len));
}

static struct str suggest_file(struct arena *a, struct str host, const char *name)
{
	struct str path = arena_printf(a, LETSENCRYPT "/%.*s/%s", STR_FMT(host), name);

	return access(path.at, R_OK) == 0 ? path : STR_NONE;
}

static struct str suggest_certificate(struct arena *a, const struct setup_answers *so_far)
{
	return suggest_file(a, so_far->host, "fullchain.pem");
}

/* Beside the certificate, by the two usual names; else in the very same file. */
static struct str suggest_key(struct arena *a, const struct setup_answers *so_far)
{
	size_t slash = str_rfind(so_far->certificate, '/');
	struct str folder = str_sub(so_far->certificate, 0, slash == STR_NPOS ? 0 : slash);
	struct str path = arena_printf(a, "%.*s/privkey.pem", STR_FMT(folder));

	return access(path.at, R_OK) == 0 ? path : so_far->certificate;
}

/* Whoever became root to do this. */
static struct str suggest_user(struct arena *a, const struct setup_answers *so_far)
{
	const char *name = getenv("SUDO_USER");

	return name != NULL && strcmp(name, "root") != 0 ? arena_str(a, str_from_c(name))
							 : STR_NONE;
}

/* ---- checks ---- */

static bool is_label(struct str label)
{
	if (label.len == 0 || label.len > LABEL_OCTETS)
		return false;
	for (size_t i = 0; i < label.len; i++) {
		bool edge = i == 0 || i + 1 == label.len;
		char c = label.at[i];

		if (!ascii_is_alpha(c) && !ascii_is_digit(c) && (edge || c != '-'))
			return false;
	}
	return true;
}

static bool is_number(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!ascii_is_digit(s.at[i]))
			return false;
	return true;
}

bool setup_answers_is_host(struct str name)
{
	struct str label;
	size_t count = 0;

	if (name.len > HOST_OCTETS)
		return false;
	while (str_cut(&name, '.', &label)) {
		if (!is_label(label))
			return false;
		count++;
	}
	return count > 0 && is_label(name) && !is_number(name);
}

static const char *check_host(struct str value)
{
	return setup_answers_is_host(value) ? NULL : "it is a full name, such as mail.example.org";
}

static const char *check_mail(struct str value)
{
	return setup_answers_is_host(value) ? NULL : "it is a domain, such as example.org";
}

static const char *check_name(struct str value)
{
	for (size_t i = 0; i < value.len; i++)
		if (strchr("\\/@\"", value.at[i]) != NULL)
			return "it is a name without \\ / @ and quotes";
	return value.len > 0 ? NULL : "it cannot be empty";
}

static const char *check_user(struct str value)
{
	return value.len == 0 ? NULL : check_name(value);
}

static const char *check_path(struct str value)
{
	return value.len == 0 || value.at[0] == '/' ? NULL
						    : "it is the full path of a file, from /";
}

/* ---- questions ---- */

struct question {
	size_t at; /* offset in struct setup_answers */
	const char *option, *text;
	suggest_fn *suggest;
	check_fn *check;
};

static const struct question questions[] = {
	{ offsetof(struct setup_answers, host), "host", "Full host name of this server",
		suggest_host, check_host },
	{ offsetof(struct setup_answers, mail), "mail", "Mail domain, behind the @", suggest_mail,
		check_mail },
	{ offsetof(struct setup_answers, domain), "domain", "Domain of accounts, before the \\",
		suggest_domain, check_name },
	{ offsetof(struct setup_answers, certificate), "certificate",
		"Certificate chain, a PEM file (- for none: the server signs one itself)",
		suggest_certificate, check_path },
	{ offsetof(struct setup_answers, key), "key", "Its private key, a PEM file", suggest_key,
		check_path },
	{ offsetof(struct setup_answers, user), "user",
		"First account, who also gets mail for postmaster (- for none)", suggest_user,
		check_user },
};

/* A line without white space around it; false: the terminal ended. */
static bool read_line(FILE *in, char line[LINE_OCTETS], struct str *ret)
{
	if (fgets(line, LINE_OCTETS, in) == NULL)
		return false;
	*ret = str_trim(str_from_c(line));
	return true;
}

struct asking {
	struct arena *arena;
	const struct call *call;
	const struct setup_terminal *terminal;
	struct failure *failure;
};

static enum err ask(const struct asking *k, const struct question *q, struct str *answer)
{
	const struct setup_terminal *t = k->terminal;
	struct str suggestion = *answer, given = STR_NONE;
	char line[LINE_OCTETS];
	const char *wrong;

	for (int try = 0; try < TRIES_MAX; try++) {
		fprintf(t->out, suggestion.len > 0 ? "%s [%.*s]: " : "%s: ", q->text,
			STR_FMT(suggestion));
		fflush(t->out);
		if (!read_line(t->in, line, &given))
			return fail(k->failure, ERR_CANCELLED,
				"the terminal ended; nothing was changed");
		if (given.len == 0)
			given = suggestion;
		if (str_eq(given, S("-")))
			given = STR_NONE;
		wrong = q->check(given);
		if (wrong == NULL) {
			*answer = arena_str(k->arena, given);
			return ERR_OK;
		}
		fprintf(t->out, "  %s\n", wrong);
	}
	return fail(
		k->failure, ERR_SYNTAX, "no answer to '%s'; give it with --%s", q->text, q->option);
}

static enum err take(const struct asking *k, const struct question *q, struct setup_answers *so_far)
{
	const json_t *given = json_object_get(k->call->args, q->option);
	struct str *answer = (void *)((char *)so_far + q->at);
	const char *wrong;

	if (given != NULL) {
		*answer = arena_str(
			k->arena, str_make(json_string_value(given), json_string_length(given)));
		if (str_eq(*answer, S("-")))
			*answer = STR_NONE;
	} else {
		*answer = q->suggest(k->arena, so_far);
		if (k->terminal->in != NULL)
			return ask(k, q, answer);
	}
	wrong = q->check(*answer);
	if (wrong != NULL && given == NULL)
		return fail(k->failure, ERR_SYNTAX, "there is no terminal to ask on; give --%s: %s",
			q->option, wrong);
	if (wrong != NULL)
		return fail(k->failure, ERR_SYNTAX, "--%s: %s", q->option, wrong);
	return ERR_OK;
}

enum err setup_answers_take(struct arena *a, const struct call *call,
	const struct setup_terminal *terminal, struct setup_answers *ret, struct failure *f)
{
	const struct asking k = { a, call, terminal, f };

	*ret = (struct setup_answers){ 0 };
	for (size_t i = 0; i < sizeof(questions) / sizeof(*questions); i++) {
		enum err e;

		if (questions[i].at == offsetof(struct setup_answers, key) &&
			ret->certificate.len == 0)
			continue;
		e = take(&k, &questions[i], ret);
		if (e != ERR_OK)
			return e;
	}
	return ERR_OK;
}
