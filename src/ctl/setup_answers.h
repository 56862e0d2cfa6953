/*
 * The answers that bourse setup needs: from options, or asked for on a terminal with a suggestion
 * beside each question.
 */
#pragma once

#include <stdio.h>

#include "base/arena.h"
#include "ctl/call.h"

/* In the arena, each with a NUL; none is STR_NONE with len 0. */
struct setup_answers {
	struct str host;        /* fully qualified */
	struct str mail;        /* the mail domain */
	struct str domain;      /* the domain of accounts: EXAMPLE of EXAMPLE\alice */
	struct str certificate; /* PEM, absolute path; empty: the server makes one of its own */
	struct str key;
	struct str user; /* first account: alice of EXAMPLE\alice; empty: none */
};

struct setup_terminal {
	FILE *in, *out; /* in NULL: nobody can be asked */
};

/* ERR_SYNTAX: an option is no possible answer, or is missing where nobody can be asked;
 * ERR_CANCELLED: the terminal ended. */
enum err setup_answers_take(struct arena *a, const struct call *call,
	const struct setup_terminal *terminal, struct setup_answers *ret,
	struct failure *f) MUST_USE;

/* Labels of letters, digits and inner hyphens, at least two, the last not a number (RFC 1123, 2.1).
 */
bool setup_answers_is_host(struct str name);
