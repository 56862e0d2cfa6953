#include "ctl/command.h"

#include "config/near.h"

#define ROLE(name, letters, doc)   ", " name
#define SINGLE(name, letters, doc) ", " name
static const char rights_words[] =
	"letters of RFC 4314: l sees it, r opens it, s keeps \\Seen, w other flags, t \\Deleted, i adds, e expunges, k makes folders, x deletes "
	"it, a changes this list, p posts; in public folders 1 is w and 2 is t and e on one's own messages; or a name (see: bourse folder roles)"
#include "store/acl_role.tbl"
	"; + or - in front adds or removes them";

#define WORD(name, value, help)   { COMMAND_ARG_WORD, name, value, help },
#define MAYBE(name, value, help)  { COMMAND_ARG_MAYBE, name, value, help },
#define EITHER(name, value, help) { COMMAND_ARG_EITHER, name, value, help },
#define WORDS(name, value, help)  { COMMAND_ARG_WORDS, name, value, help },
#define TEXT(name, value, help)   { COMMAND_ARG_TEXT, name, value, help },
#define FLAG(name, help)          { COMMAND_ARG_FLAG, name, "", help },
#define LIST(name, value, help)   { COMMAND_ARG_LIST, name, value, help },
#define SECRET(value, help)       { COMMAND_ARG_SECRET, "password", value, help },
#define COMMAND(noun, verb, where, role, help, example, ...)                                       \
	{ noun, verb, COMMAND_##where, role, help, example,                                        \
		(const struct command_arg[]){                                                      \
			__VA_ARGS__{ COMMAND_ARG_END, NULL, NULL, NULL } } },
static const struct command commands[] = {
#include "ctl/command.tbl"
};
#undef COMMAND

static const struct command_global globals[] = {
	{ "data", "DIR", "the server's data folder (default: $BOURSE_DATA, /var/lib/bourse)" },
	{ "config", "FILE",
		"the configuration (default: DIR/bourse.conf, /etc/bourse/bourse.conf)" },
	{ "json", NULL, "answer in JSON, one object on each line" },
	{ "color", "auto|always|never", "colours (default: auto, on a terminal)" },
	{ "help", NULL, "explain the command" },
	{ "version", NULL, "print the version" },
};

size_t command_count(void)
{
	return sizeof(commands) / sizeof(*commands);
}

const struct command *command_at(size_t number)
{
	must(number < command_count());
	return &commands[number];
}

size_t command_global_count(void)
{
	return sizeof(globals) / sizeof(*globals);
}

const struct command_global *command_global_at(size_t number)
{
	must(number < command_global_count());
	return &globals[number];
}

const struct command *command_find(struct str noun, struct str verb)
{
	for (size_t i = 0; i < command_count(); i++)
		if (str_eq(noun, str_from_c(commands[i].noun)) &&
			str_eq(verb, str_from_c(commands[i].verb)))
			return &commands[i];
	return NULL;
}

bool command_is_noun(struct str noun, bool *ret_verbs)
{
	for (size_t i = 0; i < command_count(); i++) {
		if (!str_eq(noun, str_from_c(commands[i].noun)))
			continue;
		*ret_verbs = commands[i].verb[0] != '\0';
		return true;
	}
	return false;
}

struct str command_near_noun(struct str word)
{
	struct near near = near_to(word);

	for (size_t i = 0; i < command_count(); i++)
		near_try(&near, str_from_c(commands[i].noun));
	return near_best(&near);
}

struct str command_near_verb(struct str noun, struct str word)
{
	struct near near = near_to(word);

	for (size_t i = 0; i < command_count(); i++)
		if (str_eq(noun, str_from_c(commands[i].noun)))
			near_try(&near, str_from_c(commands[i].verb));
	return near_best(&near);
}

struct str command_near_option(const struct command *c, struct str word)
{
	struct near near = near_to(word);

	for (const struct command_arg *a = c->args; a->kind != COMMAND_ARG_END; a++) {
		if (a->kind == COMMAND_ARG_SECRET)
			near_try(&near, S("password-stdin"));
		else if (command_arg_is_option(a))
			near_try(&near, str_from_c(a->name));
	}
	for (size_t i = 0; i < command_global_count(); i++)
		near_try(&near, str_from_c(globals[i].name));
	return near_best(&near);
}

void command_put_name(struct buf *to, const struct command *c)
{
	buf_put_c(to, c->noun);
	if (c->verb[0] != '\0')
		buf_printf(to, " %s", c->verb);
}
