/* What the commands of several steps share: asking the server for one step, telling the user how far they are. */
#pragma once

#include "ctl/render.h"
#include "ctl/transport.h"

struct step {
	const char *verb;  /* "store segments" */
	json_t *args;      /* taken */
	const int *fds;    /* sent with it; the caller's */
	size_t fd_count;
	json_t *ret;       /* the answer, the caller's, with the rows of all its packets; NULL after a failure */
	json_t *rows;      /* of packets before the last one */
	int ret_fds[4];    /* the caller's */
	size_t ret_fd_count;
};

/* A refusal of the server's is a failure with its code and text. */
enum err step_ask(struct transport *t, struct step *s, struct failure *f) MUST_USE;
/* The number of a mailbox, or of the public store, by alias or address. ERR_NOTFOUND. */
enum err step_mailbox(struct transport *t, const char *name, json_int_t *ret, struct failure *f) MUST_USE;
/* Gives back answer and descriptors. */
void step_done(struct step *s);

/* Nothing with --json. At most ten times a second, but the end always. total 0: it is not known. */
void steps_progress(struct render *r, const char *what, uint64_t done, uint64_t total);
/* Takes reply. The last word of a command. */
void steps_answer(struct render *r, json_t *reply);
