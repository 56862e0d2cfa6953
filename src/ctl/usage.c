#include "ctl/usage.h"

#include "config/config.h"

static bool starts_noun(size_t number)
{
	return number == 0 || strcmp(command_at(number)->noun, command_at(number - 1)->noun) != 0;
}

static void put_option_name(struct buf *to, const struct command_arg *a)
{
	if (a->kind == COMMAND_ARG_SECRET)
		buf_put_c(to, "--password-stdin");
	else if (a->kind == COMMAND_ARG_FLAG)
		buf_printf(to, "--[no-]%s", a->name);
	else
		buf_printf(to, "--%s %s", a->name, a->value);
}

void usage_put_line(struct buf *to, const struct command *c)
{
	bool options = false;

	buf_put_c(to, "bourse ");
	command_put_name(to, c);
	for (const struct command_arg *a = c->args; a->kind != COMMAND_ARG_END; a++) {
		options |= command_arg_is_option(a);
		if (a->kind == COMMAND_ARG_WORD)
			buf_printf(to, " %s", a->value);
		if (a->kind == COMMAND_ARG_MAYBE)
			buf_printf(to, " [%s]", a->value);
		if (a->kind == COMMAND_ARG_EITHER)
			buf_printf(to, " %s|--%s %s", a->value, a[1].name, a[1].value);
		if (a->kind == COMMAND_ARG_WORDS)
			buf_printf(to, " %s...", a->value);
	}
	buf_put_c(to, options ? " [OPTION...]" : "");
}

#define COLUMNS 80

/* Lines that fit a terminal; the second and further ones are indented. */
static void put_folded(struct buf *to, struct str text, size_t indent)
{
	size_t room = COLUMNS - indent;

	while (text.len > room) {
		size_t cut = str_rfind(str_sub(text, 0, room + 1), ' ');

		if (cut == STR_NPOS)
			break;
		buf_put(to, str_sub(text, 0, cut));
		buf_put_octet(to, '\n');
		for (size_t i = 0; i < indent; i++)
			buf_put_octet(to, ' ');
		text = str_skip(text, cut + 1);
	}
	buf_put(to, text);
	buf_put_octet(to, '\n');
}

/* Two columns; the second begins at `column` or on a line of its own. */
static void put_row(struct buf *to, struct str left, const char *right, size_t column)
{
	buf_put_c(to, "  ");
	buf_put(to, left);
	if (left.len + 2 > column) {
		buf_put_octet(to, '\n');
		left.len = 0;
		buf_put_c(to, "  ");
	}
	for (size_t i = left.len; i < column; i++)
		buf_put_octet(to, ' ');
	put_folded(to, str_from_c(right), column + 2);
}

static void put_globals(struct buf *to)
{
	struct buf left;

	buf_init(&left, 256);
	buf_put_c(to, "\nOptions of every command:\n");
	for (size_t i = 0; i < command_global_count(); i++) {
		const struct command_global *g = command_global_at(i);

		buf_clear(&left);
		buf_printf(
			&left, "--%s%s%s", g->name, g->value ? " " : "", g->value ? g->value : "");
		put_row(to, buf_str(&left), g->help, 28);
	}
	buf_done(&left);
}

static void put_commands(struct buf *to, struct str noun)
{
	struct buf left;

	buf_init(&left, 256);
	for (size_t i = 0; i < command_count(); i++) {
		const struct command *c = command_at(i);

		if (noun.len > 0 && !str_eq(noun, str_from_c(c->noun)))
			continue;
		buf_clear(&left);
		command_put_name(&left, c);
		put_row(to, buf_str(&left), c->help, 22);
	}
	buf_done(&left);
}

void usage_put_all(struct buf *to)
{
	buf_put_c(to, "Usage: bourse COMMAND [ARGUMENT...] [OPTION...]\n\nCommands:\n");
	put_commands(to, STR_NONE);
	put_globals(to);
	buf_put_c(to, "\nExit status: 0 done, 1 refused or failed, 2 wrong use, 3 no server, 4 "
		      "problems found.\n"
		      "More: bourse help COMMAND, bourse(1), bourse.conf(5).\n");
}

void usage_put_noun(struct buf *to, struct str noun)
{
	buf_printf(to, "Usage: bourse %.*s COMMAND [ARGUMENT...] [OPTION...]\n\n", STR_FMT(noun));
	put_commands(to, noun);
	buf_printf(to, "\nMore: bourse help %.*s COMMAND\n", STR_FMT(noun));
}

static void put_arguments(struct buf *to, const struct command *c, bool options)
{
	bool any = false;
	struct buf left;

	buf_init(&left, 256);
	for (const struct command_arg *a = c->args; a->kind != COMMAND_ARG_END; a++) {
		if (command_arg_is_option(a) != options)
			continue;
		if (!any)
			buf_put_c(to, options ? "\nOptions:\n" : "\nArguments:\n");
		any = true;
		buf_clear(&left);
		if (options)
			put_option_name(&left, a);
		else
			buf_put_c(&left, a->value);
		put_row(to, buf_str(&left), a->help, 28);
		if (a->kind == COMMAND_ARG_SECRET && strcmp(a->value, "NEW") == 0)
			put_row(to, S("--no-password"),
				"leave it without one; nobody can log on with it", 28);
	}
	buf_done(&left);
}

void usage_put_command(struct buf *to, const struct command *c)
{
	buf_put_c(to, "Usage: ");
	usage_put_line(to, c);
	buf_printf(to, "\n\n%s\n", c->help);
	put_arguments(to, c, false);
	put_arguments(to, c, true);
	put_globals(to);
	buf_printf(to, "\nExample:\n  %s\n", c->example);
}

/* ---- completion ---- */

static void put_nouns(struct buf *to)
{
	for (size_t i = 0; i < command_count(); i++)
		if (starts_noun(i))
			buf_printf(to, "%s%s", i > 0 ? " " : "", command_at(i)->noun);
}

static void put_verbs(struct buf *to, const char *noun)
{
	const char *space = "";

	for (size_t i = 0; i < command_count(); i++) {
		if (strcmp(command_at(i)->noun, noun) != 0)
			continue;
		buf_printf(to, "%s%s", space, command_at(i)->verb);
		space = " ";
	}
}

static void put_option_words(struct buf *to, const struct command *c)
{
	for (const struct command_arg *a = c->args; a->kind != COMMAND_ARG_END; a++) {
		if (a->kind == COMMAND_ARG_SECRET)
			buf_printf(to, "--password-stdin %s",
				strcmp(a->value, "NEW") == 0 ? "--no-password " : "");
		else if (a->kind == COMMAND_ARG_FLAG)
			buf_printf(to, "--%s --no-%s ", a->name, a->name);
		else if (command_arg_is_option(a))
			buf_printf(to, "--%s ", a->name);
	}
	for (size_t i = 0; i < command_global_count(); i++)
		buf_printf(to, "%s--%s", i > 0 ? " " : "", command_global_at(i)->name);
}

/* What may stand behind it besides options. */
static void put_argument_words(struct buf *to, const struct command *c)
{
	if (strcmp(c->noun, "help") == 0)
		put_nouns(to);
	else if (strcmp(c->noun, "completion") == 0)
		buf_put_c(to, "bash zsh fish");
	else
		return;
	buf_put_octet(to, ' ');
}

/* One line of a shell's case: pattern) words="..." ;; */
static void put_cases(struct buf *to)
{
	for (size_t i = 0; i < command_count(); i++) {
		const struct command *c = command_at(i);

		if (starts_noun(i) && c->verb[0] != '\0') {
			buf_printf(to, "\t'%s ') words='", c->noun);
			put_verbs(to, c->noun);
			buf_put_c(to, "' ;;\n");
		}
		buf_printf(to, "\t'%s %s'%s) words='", c->noun, c->verb, c->verb[0] ? "" : "*");
		put_argument_words(to, c);
		put_option_words(to, c);
		buf_put_c(to, "' ;;\n");
	}
}

static void put_bash(struct buf *to)
{
	buf_put_c(to, "# Completion of bourse(1) for bash; made by 'bourse completion bash'.\n"
		      "_bourse()\n{\n"
		      "\tlocal word=${COMP_WORDS[COMP_CWORD]} noun= verb= words= i\n"
		      "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
		      "\t\tcase ${COMP_WORDS[i]} in\n"
		      "\t\t--data|--config|--color) ((i++)) ;;\n"
		      "\t\t-*) ;;\n"
		      "\t\t*) if [ -z \"$noun\" ]; then noun=${COMP_WORDS[i]}; else "
		      "verb=${COMP_WORDS[i]}; break; fi ;;\n"
		      "\t\tesac\n"
		      "\tdone\n"
		      "\tcase \"$noun $verb\" in\n"
		      "\t' ') words='");
	put_nouns(to);
	buf_put_c(to, "' ;;\n");
	put_cases(to);
	buf_put_c(to, "\tesac\n"
		      "\tcase ${COMP_WORDS[COMP_CWORD-1]} in\n"
		      "\t--data) COMPREPLY=($(compgen -d -- \"$word\")) ;;\n"
		      "\t--config) COMPREPLY=($(compgen -f -- \"$word\")) ;;\n"
		      "\t--color) COMPREPLY=($(compgen -W 'auto always never' -- \"$word\")) ;;\n"
		      "\t--protocol) COMPREPLY=($(compgen -W 'smtp pop3 imap nntp' -- \"$word\")) ;;\n"
		      "\t*) COMPREPLY=($(compgen -W \"$words\" -- \"$word\")) ;;\n"
		      "\tesac\n"
		      "}\n"
		      "complete -F _bourse bourse\n");
}

static void put_zsh(struct buf *to)
{
	buf_put_c(to, "#compdef bourse\n"
		      "# Completion of bourse(1) for zsh; made by 'bourse completion zsh'.\n"
		      "_bourse()\n{\n"
		      "\tlocal noun= verb= given= i\n"
		      "\tfor ((i = 2; i < CURRENT; i++)); do\n"
		      "\t\tgiven=${words[i]}\n"
		      "\t\tcase $given in\n"
		      "\t\t--data|--config|--color) ((i++)) ;;\n"
		      "\t\t-*) ;;\n"
		      "\t\t*) if [[ -z $noun ]]; then noun=$given; else verb=$given; break; fi ;;\n"
		      "\t\tesac\n"
		      "\tdone\n"
		      "\tcase ${words[CURRENT-1]} in\n"
		      "\t--data) _files -/; return ;;\n"
		      "\t--config) _files; return ;;\n"
		      "\t--color) compadd auto always never; return ;;\n"
		      "\t--protocol) compadd smtp pop3 imap nntp; return ;;\n"
		      "\tesac\n"
		      "\tlocal words=\n"
		      "\tcase \"$noun $verb\" in\n"
		      "\t' ') words='");
	put_nouns(to);
	buf_put_c(to, "' ;;\n");
	put_cases(to);
	buf_put_c(to, "\tesac\n"
		      "\tcompadd -- ${=words}\n"
		      "}\n"
		      "_bourse \"$@\"\n");
}

/* In single quotes fish knows \\ and \'. */
static void put_quoted(struct buf *to, const char *text)
{
	buf_put_octet(to, '\'');
	for (; *text != '\0'; text++) {
		if (*text == '\'' || *text == '\\')
			buf_put_octet(to, '\\');
		buf_put_octet(to, *text);
	}
	buf_put_octet(to, '\'');
}

static void put_fish_options(struct buf *to, const struct command *c)
{
	for (const struct command_arg *a = c->args; a->kind != COMMAND_ARG_END; a++) {
		if (!command_arg_is_option(a))
			continue;
		buf_printf(to, "complete -c bourse -n '__fish_seen_subcommand_from %s", c->noun);
		if (c->verb[0] != '\0')
			buf_printf(to, "; and __fish_seen_subcommand_from %s", c->verb);
		buf_printf(to, "' -l %s%s -d ",
			a->kind == COMMAND_ARG_SECRET ? "password-stdin" : a->name,
			a->kind == COMMAND_ARG_TEXT || a->kind == COMMAND_ARG_LIST ? " -x" : "");
		put_quoted(to, a->help);
		buf_put_octet(to, '\n');
	}
}

static void put_fish(struct buf *to)
{
	buf_put_c(to, "# Completion of bourse(1) for fish; made by 'bourse completion "
		      "fish'.\ncomplete -c bourse -f\n");
	for (size_t i = 0; i < command_global_count(); i++) {
		const struct command_global *g = command_global_at(i);

		buf_printf(to, "complete -c bourse -l %s%s -d ", g->name, g->value ? " -r" : "");
		put_quoted(to, g->help);
		buf_put_octet(to, '\n');
	}
	for (size_t i = 0; i < command_count(); i++) {
		const struct command *c = command_at(i);

		if (starts_noun(i))
			buf_printf(
				to, "complete -c bourse -n __fish_use_subcommand -a %s\n", c->noun);
		if (c->verb[0] != '\0') {
			buf_printf(to,
				"complete -c bourse -n '__fish_seen_subcommand_from %s' -a %s -d ",
				c->noun, c->verb);
			put_quoted(to, c->help);
			buf_put_octet(to, '\n');
		}
		put_fish_options(to, c);
	}
}

bool usage_put_completion(struct buf *to, struct str shell)
{
	static const struct {
		struct str name;
		void (*put)(struct buf *to);
	} shells[] = { { S_INIT("bash"), put_bash }, { S_INIT("zsh"), put_zsh },
		{ S_INIT("fish"), put_fish } };

	for (size_t i = 0; i < sizeof(shells) / sizeof(*shells); i++) {
		if (str_eq(shell, shells[i].name)) {
			shells[i].put(to);
			return true;
		}
	}
	return false;
}

/* ---- manual ---- */

static void put_manual_arguments(struct buf *to, const struct command *c)
{
	for (const struct command_arg *a = c->args; a->kind != COMMAND_ARG_END; a++) {
		if (a->kind == COMMAND_ARG_SECRET)
			buf_put_c(to, ".It Fl \\-password-stdin\n");
		else if (a->kind == COMMAND_ARG_FLAG)
			buf_printf(to, ".It Fl \\-%s | Fl \\-no-%s\n", a->name, a->name);
		else if (command_arg_is_option(a))
			buf_printf(to, ".It Fl \\-%s Ar %s\n", a->name, a->value);
		else
			buf_printf(to, ".It Ar %s\n", a->value);
		config_doc_text(to, a->help);
		if (a->kind == COMMAND_ARG_SECRET && strcmp(a->value, "NEW") == 0)
			buf_put_c(to, ".It Fl \\-no-password\nleave it without one; nobody can log "
				      "on with it\n");
	}
}

static void put_manual_command(struct buf *to, const struct command *c)
{
	buf_printf(to, ".It Ic %s%s%s", c->noun, c->verb[0] ? " " : "", c->verb);
	for (const struct command_arg *a = c->args; a->kind != COMMAND_ARG_END; a++) {
		if (a->kind == COMMAND_ARG_WORD)
			buf_printf(to, " Ar %s", a->value);
		if (a->kind == COMMAND_ARG_MAYBE)
			buf_printf(to, " Op Ar %s", a->value);
		if (a->kind == COMMAND_ARG_EITHER)
			buf_printf(to, " Ar %s | Fl \\-%s Ar %s", a->value, a[1].name, a[1].value);
		if (a->kind == COMMAND_ARG_WORDS)
			buf_printf(to, " Ar %s ...", a->value);
	}
	buf_put_octet(to, '\n');
	config_doc_text(to, c->help);
	if (c->args->kind != COMMAND_ARG_END) {
		buf_put_c(to, ".Bl -tag -width Ds -compact\n");
		put_manual_arguments(to, c);
		buf_put_c(to, ".El\n");
	}
	buf_put_c(to, "Example:\n.Bd -literal -offset indent -compact\n");
	config_doc_text(to, c->example);
	buf_put_c(to, ".Ed\n");
}

static const char manual_head[] =
	".\\\" Made by 'bourse --man-commands' from src/ctl/command.tbl; change that.\n"
	".Dd November 21, 2026\n.Dt BOURSE 1\n.Os\n.Sh NAME\n.Nm bourse\n.Nd administer a Bourse "
	"mail server\n"
	".Sh SYNOPSIS\n.Nm\n.Ar command\n.Op Ar argument ...\n.Op Ar option ...\n"
	".Sh DESCRIPTION\n.Nm\nspeaks to the server that runs on a data folder, over its control "
	"socket.\n"
	"When none runs,\n.Nm\nstarts\n.Xr boursed 8\nfor the one request, without its ports;\n"
	"only\n.Ic status , reload , stop\nand\n.Ic doctor ports\nneed a running server.\n.Pp\n"
	"Options are written\n.Fl \\-name Ar value\nor\n.Fl \\-name Ns = Ns Ar value ,\nanywhere "
	"after the command;\n"
	".Fl \\-\nends them.\nA password is read from the first line of standard input with\n.Fl "
	"\\-password-stdin ,\n"
	"or asked for on the terminal; it never stands on a command line.\n";

static const char manual_tail[] = ".Sh ENVIRONMENT\n.Bl -tag -width BOURSE_DATA\n.It Ev "
				  "BOURSE_DATA\nthe data folder, unless\n.Fl \\-data\nis given\n"
				  ".It Ev BOURSED\nthe server to start, instead of the one "
				  "beside\n.Nm\n.It Ev NO_COLOR\nif set, no colours\n.El\n"
				  ".Sh FILES\n.Bl -tag -width Ds\n.It Pa /var/lib/bourse\nthe data "
				  "folder\n.It Pa /var/lib/bourse/run/control\n"
				  "the control socket\n.El\n"
				  ".Sh EXIT STATUS\n.Bl -tag -width Ds -compact\n.It 0\ndone\n.It "
				  "1\nrefused or failed\n.It 2\n"
				  "wrong use: the message says what would be right\n.It 3\nno "
				  "server is running, or it cannot be reached\n"
				  ".It 4\n.Ic check\nor\n.Ic doctor\nfound problems\n.El\n"
				  ".Sh SEE ALSO\n.Xr bourse.conf 5 ,\n.Xr boursed 8\n";

void usage_put_manual(struct buf *to)
{
	buf_put_c(to, manual_head);
	buf_put_c(to, ".Pp\nEvery command takes:\n.Bl -tag -width Ds\n");
	for (size_t i = 0; i < command_global_count(); i++) {
		const struct command_global *g = command_global_at(i);

		buf_printf(to, ".It Fl \\-%s%s%s\n", g->name, g->value ? " Ar " : "",
			g->value ? g->value : "");
		config_doc_text(to, g->help);
	}
	buf_put_c(to, ".El\n.Sh COMMANDS\n.Bl -tag -width Ds\n");
	for (size_t i = 0; i < command_count(); i++)
		put_manual_command(to, command_at(i));
	buf_put_c(to, ".El\n");
	buf_put_c(to, manual_tail);
}

static const char config_head[] =
	".\\\" Made by 'bourse --man-config' from src/config/options.tbl; change that.\n"
	".Dd November 21, 2026\n.Dt BOURSE.CONF 5\n.Os\n.Sh NAME\n.Nm bourse.conf\n.Nd "
	"configuration of the Bourse mail server\n"
	".Sh DESCRIPTION\nThe file is optional: every option has a default.\n"
	"It is read from the data folder, or from\n.Pa /etc/bourse/bourse.conf .\n"
	"Options are written in blocks or with their whole name,\none on a line or ended by a "
	"semicolon;\n"
	".Ql #\nbegins a comment:\n.Bd -literal -offset indent\n"
	"server { host_name = mail.example.org }\nsmtp {\n\tmessage_octets_max = 50M\n\thops_max = "
	"40\n}\n"
	"listen.smtp = [\"127.0.0.1:25\", \"[::1]:25\"]\norganisation.name = \"Example "
	"Ltd\"\ninclude \"local.conf\"\n.Ed\n.Pp\n"
	"Sizes take\n.Cm k , M , G\nor\n.Cm T ,\ntimes of 1024; times take\n.Cm ms , s , m , "
	"h\nor\n.Cm d .\n"
	"A text with spaces or any of\n.Ql { } [ ] = , ; #\nstands in double quotes, in which a "
	"backslash goes before\n"
	".Ql \\(dq\nand\n.Ql \\e .\nAn option may be set once;\n"
	"an unknown one, or a wrong value, stops the server with file and line.\n"
	"See what is in force with\n.Ic bourse config show ,\nand check a file with\n.Ic bourse "
	"config check .\n"
	".Sh OPTIONS\n";

void usage_put_config_manual(struct buf *to)
{
	buf_put_c(to, config_head);
	config_doc(to);
	buf_put_c(to, ".Sh SEE ALSO\n.Xr bourse 1 ,\n.Xr boursed 8\n");
}
