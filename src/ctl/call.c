#include "ctl/call.h"

#include <stdio.h>

struct reading {
	int argc;
	char **argv;
	int at;       /* the next word */
	bool literal; /* behind "--" */
	struct call *call;
	const struct command_arg *next; /* the next argument that is a word */
	struct failure *failure;
};

static enum err misused(struct reading *r, const char *what, struct str word, struct str near)
{
	const struct command *c = r->call->command;
	struct str shown = str_sub(word, 0, 60);

	if (near.len > 0)
		return fail(r->failure, ERR_SYNTAX, "%s '%.*s'; did you mean '%.*s'?", what,
			STR_FMT(shown), STR_FMT(near));
	if (c == NULL)
		return fail(r->failure, ERR_SYNTAX, "%s '%.*s'; see 'bourse %.*s%s--help'", what,
			STR_FMT(shown), STR_FMT(r->call->noun), r->call->noun.len > 0 ? " " : "");
	return fail(r->failure, ERR_SYNTAX, "%s '%.*s'; see 'bourse %s%s%s --help'", what,
		STR_FMT(shown), c->noun, c->verb[0] ? " " : "", c->verb);
}

static bool is_text(struct str s)
{
	json_t *text = json_stringn(s.at, s.len);

	json_decref(text);
	return text != NULL;
}

/* The value behind '=' or the next word; false: there is none. */
static bool take_value(struct reading *r, struct str inside, struct str *ret)
{
	if (inside.at == NULL && r->at >= r->argc)
		return false;
	*ret = inside.at != NULL ? inside : str_from_c(r->argv[r->at++]);
	return true;
}

static enum err take_global(struct reading *r, const struct command_global *g, struct str inside)
{
	struct call *c = r->call;
	struct str name = str_from_c(g->name), value = STR_NONE;

	if (g->value == NULL) {
		if (inside.at != NULL)
			return fail(r->failure, ERR_SYNTAX, "--%s takes no value", g->name);
		c->json |= str_eq(name, S("json"));
		c->help |= str_eq(name, S("help"));
		c->version |= str_eq(name, S("version"));
		return ERR_OK;
	}
	if (!take_value(r, inside, &value) || value.len == 0)
		return fail(r->failure, ERR_SYNTAX, "--%s needs a value: %s", g->name, g->value);
	if (str_eq(name, S("data")))
		c->data = value.at;
	else if (str_eq(name, S("config")))
		c->config = value.at;
	else if (str_eq(value, S("auto")) || str_eq(value, S("always")) ||
		 str_eq(value, S("never")))
		c->color = value.at;
	else
		return fail(r->failure, ERR_SYNTAX, "--color is auto, always or never");
	return ERR_OK;
}

static bool means_yes(struct str s)
{
	return str_eq(s, S("yes")) || str_eq(s, S("on")) || str_eq(s, S("true"));
}

static bool means_no(struct str s)
{
	return str_eq(s, S("no")) || str_eq(s, S("off")) || str_eq(s, S("false"));
}

/* --disabled, --no-disabled, --disabled=no and --disabled no. */
static enum err set_flag(struct reading *r, const struct command_arg *a, bool on, struct str inside)
{
	struct str next = r->at < r->argc ? str_from_c(r->argv[r->at]) : STR_NONE;
	bool yes, no;

	if (on && inside.at == NULL && (means_yes(next) || means_no(next)))
		(void)take_value(r, STR_NONE, &inside);
	yes = means_yes(inside);
	no = means_no(inside);
	if (inside.at != NULL && !yes && !no)
		return fail(r->failure, ERR_SYNTAX, "--%s is yes or no; write --%s or --no-%s",
			a->name, a->name, a->name);
	if (inside.at != NULL && !on)
		return fail(r->failure, ERR_SYNTAX, "--no-%s takes no value", a->name);
	json_object_set_new(r->call->args, a->name, json_boolean(inside.at != NULL ? yes : on));
	return ERR_OK;
}

static void add_items(json_t *list, struct str text)
{
	struct str item;

	while (text.len > 0) {
		if (!str_cut(&text, ',', &item)) {
			item = text;
			text = STR_NONE;
		}
		item = str_trim(item);
		if (item.len > 0)
			json_array_append_new(list, json_stringn(item.at, item.len));
	}
}

static enum err set_list(struct reading *r, const struct command_arg *a, struct str value)
{
	json_t *list = json_object_get(r->call->args, a->name);

	if (list == NULL) {
		list = json_array();
		json_object_set_new(r->call->args, a->name, list);
	}
	add_items(list, value);
	return ERR_OK;
}

static enum err take_own(struct reading *r, const struct command_arg *a, bool on, struct str inside)
{
	struct str value;

	if (a->kind == COMMAND_ARG_FLAG)
		return set_flag(r, a, on, inside);
	if (!take_value(r, inside, &value))
		return fail(r->failure, ERR_SYNTAX, "--%s needs a value: %s", a->name, a->value);
	if (!is_text(value))
		return fail(r->failure, ERR_SYNTAX, "the value of --%s is not UTF-8", a->name);
	if (a->kind == COMMAND_ARG_LIST || a->kind == COMMAND_ARG_WORDS)
		return set_list(r, a, value);
	if (json_object_get(r->call->args, a->name) != NULL)
		return fail(r->failure, ERR_SYNTAX, "--%s is given twice", a->name);
	json_object_set_new(r->call->args, a->name, json_stringn(value.at, value.len));
	return ERR_OK;
}

/* --password-stdin, --password (asked for) and --no-password. */
static bool take_secret(struct reading *r, const struct command_arg *a, struct str name)
{
	if (str_eq(name, S("password-stdin")))
		r->call->secret = CALL_SECRET_STDIN;
	else if (str_eq(name, S("password")))
		r->call->secret = CALL_SECRET_ASK;
	else if (str_eq(name, S("no-password")) && strcmp(a->value, "NEW") == 0)
		r->call->secret = CALL_SECRET_NONE;
	else
		return false;
	return true;
}

static enum err take_option(struct reading *r, struct str name, struct str inside)
{
	const struct command *c = r->call->command;
	struct str bare = str_starts(name, S("no-")) ? str_skip(name, 3) : STR_NONE;

	for (size_t i = 0; i < command_global_count(); i++)
		if (str_eq(name, str_from_c(command_global_at(i)->name)))
			return take_global(r, command_global_at(i), inside);
	if (c == NULL)
		return misused(r, "there is no such option before a command:", name, STR_NONE);
	for (const struct command_arg *a = c->args; a->kind != COMMAND_ARG_END; a++) {
		struct str own = str_from_c(a->name);

		if (a->kind == COMMAND_ARG_SECRET && inside.at == NULL && take_secret(r, a, name))
			return ERR_OK;
		if (a->kind == COMMAND_ARG_SECRET)
			continue;
		if (str_eq(name, own))
			return take_own(r, a, true, inside);
		if (a->kind == COMMAND_ARG_FLAG && bare.len > 0 && str_eq(bare, own))
			return take_own(r, a, false, inside);
	}
	return misused(r, "there is no option", name, command_near_option(c, name));
}

/* To the next argument that is a word and was not given as an option. */
static void skip_options(struct reading *r)
{
	while (r->next->kind != COMMAND_ARG_END &&
		(command_arg_is_option(r->next) ||
			(r->next->kind != COMMAND_ARG_WORDS &&
				json_object_get(r->call->args, r->next->name) != NULL)))
		r->next++;
}

static enum err choose(struct reading *r, struct str verb)
{
	struct call *call = r->call;
	const struct command_arg *a;

	/* "list member add" is "list member-add". */
	call->command = command_find(call->noun, verb);
	if (call->command == NULL && r->at < r->argc) {
		char two[64];

		snprintf(
			two, sizeof(two), "%.*s-%s", STR_FMT(str_sub(verb, 0, 30)), r->argv[r->at]);
		call->command = command_find(call->noun, str_from_c(two));
		r->at += call->command != NULL;
	}
	if (call->command == NULL)
		return misused(r, "there is no such command of this kind:", verb,
			command_near_verb(call->noun, verb));
	r->next = call->command->args;
	for (a = r->next; a->kind != COMMAND_ARG_END; a++)
		if (a->kind == COMMAND_ARG_SECRET && strcmp(a->value, "MAYBE") != 0)
			call->secret = CALL_SECRET_ASK;
	return ERR_OK;
}

static enum err take_noun(struct reading *r, struct str word)
{
	bool verbs = false;

	if (!command_is_noun(word, &verbs))
		return misused(r, "there is no command", word, command_near_noun(word));
	r->call->noun = word;
	return verbs ? ERR_OK : choose(r, S(""));
}

static enum err take_word(struct reading *r, struct str word)
{
	const struct command_arg *a;

	if (r->call->noun.len == 0)
		return take_noun(r, word);
	if (r->call->command == NULL)
		return choose(r, word);
	skip_options(r);
	a = r->next;
	if (a->kind == COMMAND_ARG_END)
		return misused(r, "one argument too many:", word, STR_NONE);
	if (!is_text(word))
		return fail(r->failure, ERR_SYNTAX, "%s is not UTF-8", a->value);
	if (a->kind == COMMAND_ARG_WORDS)
		return set_list(r, a, word);
	json_object_set_new(r->call->args, a->name, json_stringn(word.at, word.len));
	r->next++;
	return ERR_OK;
}

static enum err take_next(struct reading *r)
{
	struct str word = str_from_c(r->argv[r->at++]), name = str_skip(word, 2), value = STR_NONE;

	if (r->literal || word.len < 2 || word.at[0] != '-')
		return take_word(r, word);
	if (str_eq(word, S("--"))) {
		r->literal = true;
		return ERR_OK;
	}
	if (str_eq(word, S("-h")))
		name = S("help");
	else if (word.at[1] != '-')
		return misused(r, "there is no option", word, STR_NONE);
	if (str_has_octet(name, '=')) {
		value = name;
		(void)str_cut(&value, '=', &name);
	}
	return take_option(r, name, value);
}

static enum err ask_verb(struct reading *r)
{
	struct str noun = r->call->noun;
	struct buf verbs;
	enum err e;

	buf_init(&verbs, 1024);
	for (size_t i = 0; i < command_count(); i++)
		if (str_eq(noun, str_from_c(command_at(i)->noun)))
			buf_printf(&verbs, "%s%s", verbs.len > 0 ? ", " : "", command_at(i)->verb);
	e = fail(r->failure, ERR_SYNTAX,
		"'%.*s' needs a second word: %.*s; see 'bourse %.*s --help'", STR_FMT(noun),
		STR_FMT(buf_str(&verbs)), STR_FMT(noun));
	buf_done(&verbs);
	return e;
}

static enum err check_complete(struct reading *r)
{
	const struct call *call = r->call;
	const struct command *c = call->command;

	if (call->help || call->version)
		return ERR_OK;
	if (call->noun.len == 0)
		return fail(r->failure, ERR_SYNTAX, "say what to do; see 'bourse --help'");
	if (c == NULL)
		return ask_verb(r);
	skip_options(r);
	if (r->next->kind == COMMAND_ARG_WORD ||
		(r->next->kind == COMMAND_ARG_WORDS &&
			json_object_get(call->args, r->next->name) == NULL))
		return fail(r->failure, ERR_SYNTAX, "%s is missing (%s); for example: %s",
			r->next->value, r->next->help, c->example);
	if (r->next->kind == COMMAND_ARG_EITHER && json_object_get(call->args, r->next[1].name) == NULL)
		return fail(r->failure, ERR_SYNTAX, "%s or --%s %s is missing (%s); for example: %s", r->next->value,
			r->next[1].name, r->next[1].value, r->next->help, c->example);
	return ERR_OK;
}

enum err call_parse(int argc, char **argv, struct call *ret, struct failure *f)
{
	struct reading r = { .argc = argc, .argv = argv, .at = 1, .call = ret, .failure = f };

	*ret = (struct call){ .color = "auto", .args = json_object() };
	while (r.at < argc) {
		enum err e = take_next(&r);

		if (e != ERR_OK)
			return e;
	}
	return check_complete(&r);
}

void call_done(struct call *call)
{
	json_decref(call->args);
	call->args = NULL;
}
