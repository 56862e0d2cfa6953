/* A folder's annotations on their way from and to its row: reading, and what changes make of them. For files of src/store that
 * are mail logic; the others have folder_annotations and folder_annotate. */
#pragma once

#include "store/box.h"

/* As they are on disk; in the arena. ERR_CORRUPT, ERR_IO. */
enum err annotation_read(struct mailbox *m, uint32_t folder, struct arena *a, struct annotation_list *ret) MUST_USE;
typedef int annotation_order_fn(const struct annotation *a, const struct annotation *b);
/* Puts the change among rows that ascend in that order, which have room for one more; in place of the one about the same. A value
 * at NULL takes that one away. */
void annotation_put(struct annotation *rows, size_t *count, const struct annotation *change, annotation_order_fn *order);
/*
 * was with the changes, in the arena; its texts are those of the two.
 * ERR_SYNTAX (an entry of no or too many octets), ERR_VALUESIZE, ERR_TOOMANYENTRIES.
 */
enum err annotation_merge(struct arena *a, const struct annotation_list *was, const struct annotation_list *changes,
	struct annotation_list *ret) MUST_USE;
/* The row's value, in the arena; empty for an empty list. */
struct str annotation_row(struct arena *a, const struct annotation_list *list);
/* Whether the mailbox has room for a row of so many octets in place of the folder's. ERR_TOOMANYENTRIES, ERR_CORRUPT, ERR_IO. */
enum err annotation_room(struct mailbox *m, uint32_t folder, size_t octets) MUST_USE;
struct annotation_list annotation_copy(struct arena *a, const struct annotation_list *list);
/* Tells those who watch, but the one with this arg (NULL: all). */
void annotation_tell(struct mailbox *m, uint32_t folder, const struct annotation_list *changes, const void *but);
