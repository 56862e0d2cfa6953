/* One call of the tool: what the command line asks for. Options are --name VALUE or --name=VALUE,
 * anywhere after the command. */
#pragma once

#include <jansson.h>

#include "base/err.h"
#include "ctl/command.h"

enum call_secret {
	CALL_SECRET_NONE, /* the command has none, or --no-password */
	CALL_SECRET_STDIN,
	CALL_SECRET_ASK, /* on a terminal; without one it is an error */
};

struct call {
	const struct command *command; /* NULL: help or version alone, or help for a noun */
	struct str noun;               /* as written; for help of a noun */
	bool help, version, json;
	const char *data, *config; /* NULL: not given */
	const char *color;         /* "auto" unless given */
	enum call_secret secret;
	json_t *args; /* object; names as in the command's row */
};

/*
 * argv as main has it; its strings are borrowed. ERR_SYNTAX: f->text says what is wrong and the
 * next step. With or without success call_done releases.
 */
enum err call_parse(int argc, char **argv, struct call *ret, struct failure *f) MUST_USE;
void call_done(struct call *call);
