/*
 * Notes: annotations of one message (RFC 5257). All of a message are in one row, whose key is the message's with another
 * letter (keys.h): who reads them wants most of them at once, and what happens to a message happens to one row. A message that
 * has none has no row, and its item says so (item.noted), so nothing is read for it. doc/format/store.md, B.
 */
#pragma once

#include "base/cursor.h"
#include "store/mailbox.h"

/* Entries in octet order, where case counts, then owners. */
int note_order(const struct annotation *a, const struct annotation *b);

/* What annotations_row_put (row.h) has written, in the arena; its texts are views into value. ERR_CORRUPT. */
enum err note_row_get(struct str value, struct arena *a, struct annotation_list *ret) MUST_USE;
/* The row's value, in the arena; empty for an empty list. */
struct str note_row(struct arena *a, const struct annotation_list *list);

/*
 * was with the changes, in the arena; its texts are those of the two. Changes are in any order, and the last one about the same
 * counts. ERR_SYNTAX (an entry of no or too many octets), ERR_NOTESIZE, ERR_TOOMANYNOTES.
 */
enum err note_merge(struct arena *a, const struct annotation_list *was, const struct annotation_list *changes,
	struct annotation_list *ret) MUST_USE;
