/*
 * Notes (note_row.h) on their way from and to their rows, and what other files of src/store that are mail logic need of them;
 * sessions have message_notes and mailbox_note.
 */
#pragma once

#include "store/folder.h"

/* Which of a message's notes go with it to another folder: those of one account, and shared ones. */
struct note_carry {
	uint64_t account; /* 0: nobody's private ones */
	bool shared;
	bool all; /* everybody's: the message does not become another one's */
};

/* The row as it is; empty: there is none, and nothing was read unless noted. In the arena. ERR_IO, ERR_CORRUPT. */
enum err note_read(struct folder *f, const struct item *it, struct arena *a, struct str *ret) MUST_USE;
/* The same for many: one for each, in their order. */
enum err note_read_many(
	struct folder *f, const struct item *items, size_t count, struct arena *a, struct str **ret) MUST_USE;
/* What of a row goes; in the arena, empty: nothing. ERR_CORRUPT. */
enum err note_carried(struct arena *a, struct str row, const struct note_carry *carry, struct str *ret) MUST_USE;
/* Whether the mailbox has room for so many octets more of rows of notes. */
bool note_has_room(const struct mailbox *m, uint64_t octets);

/* Which notes a change was about, without their values; counted, since many are told of it at other times. */
struct note_names *note_names_new(const struct annotation_list *changes);
