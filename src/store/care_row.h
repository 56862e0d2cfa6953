/* Rows of which verification (care.c) wants to know only that they decode, and whose folder must be there. */
#pragma once

#include "base/err.h"
#include "base/str.h"

struct care_row {
	char kind;
	const char *damaged, *lost; /* what is said of one that does not decode, and of one whose folder is not there */
	/* ret_folder 0: the mailbox's own. ERR_CORRUPT: the folder is 0 where the key does not tell it. */
	enum err (*get)(struct str key, struct str value, uint32_t *ret_folder);
};

#define CARE_ROWS 10u
extern const struct care_row care_rows[CARE_ROWS];
