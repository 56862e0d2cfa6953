/*
 * Replies as text for people, or as they came (--json). A reply is a JSON object: "message" and
 * "hint" are sentences; "rows" a table, but rows of property and value are lines, and rows with
 * step, ok, detail and mend a walk with marks; other members are key: value, tables and objects
 * below a heading of their own. "ok" and "more" are not shown. Control characters of values never
 * reach a terminal.
 */
#pragma once

#include <jansson.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"

struct render {
	FILE *out, *errors;
	bool json;
	bool color;    /* on out */
	bool progress; /* errors is a terminal */
	/* results */
	bool failed;     /* the last reply had ok: false */
	bool corrupt;    /* it failed with CORRUPT */
	size_t problems; /* "problems" of replies, and rows or steps that are not ok */
	/* inside */
	json_t *rows; /* of packets before the last one */
	bool bar;     /* a progress bar stands on the line */
};

/* One packet; the last has more false. Text that is no JSON object counts as a failure. */
void render_packet(struct render *r, struct str json, bool more);
/* A failure of the tool itself, in the same two forms. */
void render_failure(struct render *r, enum err e, const char *message);
/* Ends an open line. */
void render_done(struct render *r);

/* The text of a whole reply. */
void render_text(struct buf *to, json_t *reply, bool color);
/* Columns that a text takes on a terminal. */
size_t render_width(struct str s);
