/*
 * A folder that was deleted and can be brought back: what it was, and which rows of retained messages are of that deletion. Key: KEYS_GONE and a
 * retained id, so that all of them have lower ids. doc/format/store.md, X.
 */
#pragma once

#include "base/cursor.h"
#include "base/str.h"

struct gone_row {
	uint32_t folder;
	int64_t deleted; /* seconds */
	uint64_t first;  /* retained id: its messages have this or one above it */
	uint32_t uidvalidity, uidnext, recent_from;
	uint32_t messages; /* that went with it */
	unsigned specials; /* of enum folder_special */
	uint32_t age_days, keep_days; /* FOLDER_AGE_DEFAULT: it said nothing */
	/* Views into the value. */
	struct str name;
	struct str keywords, acl, annotations; /* rows of these; empty: there was none */
};

void gone_row_put(struct wr *to, const struct gone_row *row);
enum err gone_row_get(struct str value, struct gone_row *ret) MUST_USE;
