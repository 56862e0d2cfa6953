/* One administrator's request on its way through admin*.c; for src/directory only. */
#pragma once

#include <jansson.h>

#include "directory/admin.h"

enum admin_mode { ADMIN_SET, ADMIN_ADD, ADMIN_REMOVE, ADMIN_FRONT };

/* An argument's row with what only this folder needs. */
struct admin_arg {
	struct admin_arg_row row;
	const char *property; /* "" : the verb's own affair */
	enum admin_mode mode;
};

struct admin {
	struct directory *directory;
	struct arena arena; /* ends with the request */
	struct failure *failure;
	uint64_t now_seconds;
	enum entry_kind kind; /* the verb's */
	json_t *args;         /* an object; checked against the verb's row */
	json_t *reply;        /* an object, filled by the handler */
	bool trial;           /* nothing of it stays: a password is looked at and not hashed */
	bool secret;          /* the reply has something that is to be wiped */
};

typedef enum err admin_handler(struct admin *q);

/* A verb's row with what only this folder needs. */
struct admin_verb {
	const struct admin_verb_row *row;
	enum entry_kind kind;
};

bool admin_verb_find(struct str verb, struct admin_verb *ret);

#define ARG(name, type, property, mode, doc)
#define VERB(verb, handler, kind, arguments, help) admin_handler admin_do_##handler;
#include "directory/admin.tbl"

/* The verb's handler, once verb and arguments are found good. For whoever runs several in one request. */
enum err admin_dispatch(struct admin *q, struct str verb) MUST_USE;
/* Overwrites the values of secret arguments: jansson frees without wiping. */
void admin_wipe_secrets(json_t *args);

/* NULL: no such argument. */
const struct admin_arg *admin_arg_find(struct str name);
