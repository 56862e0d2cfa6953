/*
 * Annotations of messages (RFC 5257), notes in the store's words: ANNOTATION in FETCH, STORE, APPEND, and in what is told of
 * changes that others made. A session sees shared ones and its own account's private ones.
 */
#pragma once

#include "mail/record.h"
#include "store/imap_engine.h"
#include "wire/imap_note.h"

/*
 * "ANNOTATION (/comment (value.priv "x"))" for each that was asked for, but for one of which there is nothing; a blank in front
 * where *blank, which is set when something was put. record: of the message, NULL unless imap_note_needs_record. ERR_SYNTAX: an
 * entry is about a part that the message has not (section 3.2.1), and is left out; ERR_IO, ERR_CORRUPT.
 */
enum err imap_note_put(struct imap *i, const struct item *it, const struct record *record,
	const struct imap_note_fetch *wanted, bool *blank);
bool imap_note_needs_record(const struct imap_note_fetch *wanted);

/* " ANNOTATION (/comment)": entries that changed, as far as this session sees them; nothing else (section 4.4). */
void imap_note_put_names(struct imap *i, const struct note_names *names);

/* A folder was just opened: tells how much is supported (section 4.1). i->examined and i->annotates are set. */
void imap_note_begin(struct imap *i);
/* That changed meanwhile (RFC 5465 section 5.1). */
void imap_note_hear(struct imap *i);

/* For the store: owners are 0 and this session's account. In the arena. */
struct annotation_list imap_note_changes(const struct imap *i, struct arena *a, const struct imap_notes *notes);
/* enum acl_right that they need (section 3.4). */
uint32_t imap_note_rights(const struct imap *i, const struct imap_notes *notes);
/* Whether the message has every part that they are about. */
bool imap_note_fits(const struct imap_notes *notes, const struct record *record);
bool imap_note_names_parts(const struct imap_notes *notes);
/* Those of a message that may go with it to where the user has these rights (section 4.6). In the arena. ERR_IO, ERR_CORRUPT. */
enum err imap_note_carried(
	struct imap *i, const struct item *it, uint32_t rights, struct arena *a, struct annotation_list *ret) MUST_USE;
