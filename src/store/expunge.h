/* A chunk of messages leaves a folder: into the recoverable area, or for good. Also for deleting
 * folders. */
#pragma once

#include "store/email.h"
#include "store/op.h"

/* Messages of a loaded folder, at most OP_CHUNK, ascending. */
struct expunge_set {
	struct folder *folder;
	const struct item *items;
	size_t count;
	bool retain; /* they become recoverable */
	struct email_batch emails; /* between expunge_ready and expunge_write */
	struct str *notes;         /* rows of them, one for each; in arena, also between the two */
	uint64_t *posters;         /* retain: the same */
	struct arena arena;
};

/* Reads what has to be known. With ERR_OK expunge_write must follow; ERR_IO, ERR_CORRUPT. */
enum err expunge_ready(struct op *op, struct expunge_set *x) MUST_USE;
/* Into a write set of the caller's; their uids are put to op->uids. */
void expunge_write(struct op *op, struct write *w, struct part *p, struct expunge_set *x);

/*
 * Submits one write set for the items (at most OP_CHUNK, of the loaded folder f, ascending). retain
 * says whether they become recoverable. OP_WAIT, or OP_DONE with op->err set.
 */
enum op_step expunge_chunk(
	struct op *op, struct folder *f, const struct item *items, size_t count, bool retain);
