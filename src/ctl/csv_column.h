/* The columns of directory import and export (csv_column.tbl), and the classes of rows. */
#pragma once

#include "base/str.h"

enum csv_kind {
	CSV_CLASS, CSV_MODE, CSV_KEY, CSV_RENAME, CSV_REASON, CSV_IGNORED,
	CSV_TEXT, CSV_FLAG, CSV_SIZE, CSV_NUMBER, CSV_DATE, CSV_WORDS, CSV_WHOLE, CSV_ADDRESSES, CSV_SECONDARY, CSV_ADDRESS,
	CSV_MEMBERS, CSV_OPENERS, CSV_LATER, CSV_PASSWORD,
};

struct csv_column {
	const char *header;
	const char *classes; /* letters */
	enum csv_kind kind;
	const char *property, *argument;
	const char *doc;
};

struct csv_class {
	const char *name;   /* as export writes it */
	const char *entry;  /* "contact": what it is here */
	char letter;
};

size_t csv_column_count(void);
const struct csv_column *csv_column_at(size_t i);
/* Any case, outer space left out. NULL: there is none. */
const struct csv_column *csv_column_find(struct str header);
/* The likest; STR_NONE when nothing is near. */
struct str csv_column_near(struct str header);
bool csv_column_has(const struct csv_column *c, const struct csv_class *class);

/* In the order of the export, in which nobody is named before he is there but by MEMBERS, OPENERS and LATER. */
size_t csv_class_count(void);
const struct csv_class *csv_class_at(size_t i);
/* By either name, any case. NULL: there is none. */
const struct csv_class *csv_class_find(struct str name);
