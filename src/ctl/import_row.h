/* One row of a directory import as changes for `directory apply` (directory/admin_bulk.h). Pure. */
#pragma once

#include <jansson.h>

#include "ctl/csv.h"
#include "ctl/csv_column.h"

/*
 * A row does its work in one or more of these stages, each for the whole file before the next, so that rows may stand in any
 * order: names that others have to give up are free first, and nobody is named before he is there.
 */
enum import_stage {
	IMPORT_DROP_RECIPIENTS,
	IMPORT_DROP_ACCOUNTS,
	IMPORT_DROP_DOMAINS,
	IMPORT_DOMAINS,
	IMPORT_ACCOUNTS,
	IMPORT_RECIPIENTS,
	IMPORT_LINKS, /* members, openers, postmasters */
	IMPORT_STAGES,
};

enum import_mode { IMPORT_UPDATE, IMPORT_CREATE, IMPORT_MODIFY, IMPORT_DELETE };

/* What is the same for every row of a file. */
struct import_form {
	struct csv_format format;
	const struct csv_column **columns; /* of the header's fields, mem_new */
	size_t count;
	bool overwrite; /* values of a list take the place of those there are, instead of joining them */
	bool accounts;  /* a mailbox row makes the account that it names */
};

struct import_row {
	const struct import_form *form;
	const struct csv *record;
	const struct csv_class *class;
	enum import_mode mode;
	struct str key, rename;
	struct arena *arena;
};

/* The header. ERR_SYNTAX: f says which column is not known, twice there, or missing. */
enum err import_form_read(const struct csv *header, struct import_form *ret, struct failure *f) MUST_USE;
void import_form_done(struct import_form *form);

/* ERR_SYNTAX: f is the reason for the administrator. ret borrows all of the arguments. */
enum err import_row_open(const struct import_form *form, const struct csv *record, struct arena *a, struct import_row *ret,
	struct failure *f) MUST_USE;

/* The stage in which the entry is made, changed or removed. */
enum import_stage import_row_stage(const struct import_row *row);
/* Bit s: the row may have something to do in stage s. */
unsigned import_row_stages(const struct import_row *row);

/* Appends the changes of one stage to the array. In the row's own stage the first one counts: its first verb "add" makes,
 * "remove" removes, others change; its second verb makes. ERR_SYNTAX. */
enum err import_row_changes(const struct import_row *row, enum import_stage stage, json_t *changes, struct failure *f) MUST_USE;

/* "~DEL" in front of a text that is meant itself gets another '~', here and there. */
struct str import_escape(struct arena *a, struct str text);
