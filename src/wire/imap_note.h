/*
 * Annotations of messages (RFC 5257), which are notes in this code: what STORE, APPEND, FETCH, SEARCH and SORT say of them. Names
 * of entries and attributes are judged here; whether a message has the part that an entry is about is not.
 */
#pragma once

#include "wire/imap_args.h"

#define IMAP_NOTES_MAX             ((size_t)200) /* values, or entries, in one command */
#define IMAP_NOTE_ENTRY_OCTETS_MAX ((size_t)255)
#define IMAP_NOTE_ITEMS_MAX        ((size_t)20)  /* ANNOTATION (...) in one FETCH */
#define IMAP_NOTE_DEPTH_MAX        ((size_t)100) /* numbers in /1.2.3/comment */

enum imap_note_scope { IMAP_NOTE_PRIVATE = 1, IMAP_NOTE_SHARED = 2 };

/* What is told of an entry, in this order. */
enum imap_note_attribute {
	IMAP_NOTE_VALUE_PRIVATE = 1 << 0,
	IMAP_NOTE_VALUE_SHARED = 1 << 1,
	IMAP_NOTE_SIZE_PRIVATE = 1 << 2,
	IMAP_NOTE_SIZE_SHARED = 1 << 3,
};
#define IMAP_NOTE_ATTRIBUTES 4u

/* "value.priv"; n: the number of the bit. */
struct str imap_note_attribute_name(unsigned n);

/*
 * What follows the word ANNOTATION in STORE and APPEND, blank in front included. Fails with ERR_SYNTAX also for entries that
 * nobody has defined, and for values that an entry cannot have (section 3.2.1); ERR_LIMIT.
 */
void imap_args_notes(struct imap_args *args, struct imap_notes *ret);

/* What follows the word ANNOTATION in FETCH. */
struct imap_note_fetch {
	struct imap_note_fetch *next; /* FETCH (ANNOTATION (...) ANNOTATION (...)) */
	size_t count;
	const struct imap_note_entry {
		struct str name;
		bool pattern; /* has * or % */
	} *entries; /* each once */
	unsigned attributes; /* of enum imap_note_attribute */
};
struct imap_note_fetch *imap_args_note_fetch(struct imap_args *args); /* NULL: it failed */
/* All of it, in that arena; NULL of NULL. */
struct imap_note_fetch *imap_note_fetch_copy(struct arena *a, const struct imap_note_fetch *from);

/* An entry with or without wildcards, as SEARCH has it, and "value.priv": of enum imap_note_scope. No blank in front. */
struct str imap_args_note_pattern(struct imap_args *args);
unsigned imap_args_note_scopes(struct imap_args *args);
/* An entry without wildcards, and a suffix that must be there: SORT. */
struct str imap_args_note_entry(struct imap_args *args);
enum imap_note_scope imap_args_note_scope(struct imap_args *args);

bool imap_note_matches(struct str pattern, struct str entry);
/* The part that an entry without wildcards is about: /1.2/comment. Returns how many numbers were put; 0: the whole message. */
size_t imap_note_part(struct str entry, uint32_t ret[IMAP_NOTE_DEPTH_MAX]);
