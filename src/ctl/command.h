/* The commands of bourse as a table, and finding one. Rows: command.tbl. */
#pragma once

#include "base/buf.h"

enum command_where { COMMAND_REMOTE, COMMAND_RUNNING, COMMAND_LOCAL };

enum command_arg_kind {
	COMMAND_ARG_END,
	COMMAND_ARG_WORD,
	COMMAND_ARG_MAYBE,
	COMMAND_ARG_EITHER, /* may be left out where the option in the row behind it is given */
	COMMAND_ARG_WORDS,
	COMMAND_ARG_TEXT,
	COMMAND_ARG_FLAG,
	COMMAND_ARG_LIST,
	COMMAND_ARG_SECRET,
};

struct command_arg {
	enum command_arg_kind kind;
	const char *name;  /* of the option without dashes, and in the request */
	const char *value; /* what to write for it: "ADDRESS,..."; SECRET: MUST, NEW or MAYBE */
	const char *help;
};

struct command {
	const char *noun;
	const char *verb; /* "" for commands of one word */
	enum command_where where;
	const char *role; /* who answers */
	const char *help, *example;
	const struct command_arg *args; /* ends with COMMAND_ARG_END */
};

/* Options that every command takes. */
struct command_global {
	const char *name, *value; /* value NULL: a switch */
	const char *help;
};

size_t command_count(void);
const struct command *command_at(size_t number);
size_t command_global_count(void);
const struct command_global *command_global_at(size_t number);

/* NULL when there is none. */
const struct command *command_find(struct str noun, struct str verb);
/* True when some command has this first word; *ret_verbs: such commands have a second one. */
bool command_is_noun(struct str noun, bool *ret_verbs);
/* The likest first word, or second word of a noun; STR_NONE when nothing is near. */
struct str command_near_noun(struct str word);
struct str command_near_verb(struct str noun, struct str word);
/* The likest option name of the command or of all commands, without dashes; STR_NONE when nothing
 * is near. */
struct str command_near_option(const struct command *c, struct str word);

static inline bool command_arg_is_option(const struct command_arg *a)
{
	return a->kind >= COMMAND_ARG_TEXT;
}

/* "account add", or "status". */
void command_put_name(struct buf *to, const struct command *c);
