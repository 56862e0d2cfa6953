/* A chunk of messages leaves a folder: into the recoverable area, or for good. Also for deleting
 * folders. */
#pragma once

#include "store/op.h"

/*
 * Submits one write set for the items (at most OP_CHUNK, of the loaded folder f, ascending). retain
 * says whether they become recoverable. OP_WAIT, or OP_DONE with op->err set.
 */
enum op_step expunge_chunk(
	struct op *op, struct folder *f, const struct item *items, size_t count, bool retain);
