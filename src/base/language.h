/*
 * The languages of what people read in answers (RFC 5255). Rows: language.tbl; their texts: language_de.tbl and the like, found by
 * the English that stands in the code, so that a text is written where it is used and translated in one place. What has no
 * translation stays English.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"

#define LANGUAGE(id, tag, texts) LANGUAGE_##id,
enum language {
#include "base/language.tbl"
	LANGUAGE_COUNT
};
#undef LANGUAGE

#define LANGUAGE_HOLES_MAX 4 /* in one text */

struct language_text {
	struct str english, own; /* "%s": any octets, as often and in the same order in both */
};

struct language_row {
	const char *tag; /* RFC 5646 */
	const struct language_text *texts;
	size_t texts_count;
};

/* Never NULL; a number outside the table is our bug. */
const struct language_row *language_row(enum language l);
/* False for a number that came over a channel and is no language. */
bool language_valid(uint64_t number);

/*
 * The language for a language range, by the lookup of RFC 4647 section 3.4: the range itself, or what is left of it when
 * subtags are taken off its end ("de-AT" finds "de"); wildcards behind the first subtag count for nothing (section 3.2).
 * ERR_OK; ERR_NEEDMORE: it begins with "*" and says nothing; ERR_NOTFOUND; ERR_SYNTAX: it is no language range.
 */
enum err language_find(struct str range, enum language *ret) MUST_USE;

/* Appends the text in that language, as it is when there is no translation of it. */
void language_put(struct buf *to, enum language l, struct str english);
/* Whether there is one; always in languages whose texts are those in the code. */
bool language_has(enum language l, struct str english);
