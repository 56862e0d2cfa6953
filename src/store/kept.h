/*
 * What was removed from a folder and is kept, as a folder that can be looked at: items in memory made of rows of retained messages, and no rows of
 * its own. Its id is the folder's with FOLDER_KEPT, the uid of a message the low half of its retained id, its modseq the whole. It lives as long as
 * somebody uses it, and follows what is kept meanwhile.
 */
#pragma once

#include "store/write.h"

/* The message has come, or goes: in the part of the same write set. Nothing happens when nobody looks. */
void kept_come(struct part *p, uint32_t folder, uint64_t id, const struct item *it);
void kept_go(struct part *p, uint32_t folder, uint64_t id);
/* That is on disk. */
void kept_appear(struct folder *f, const struct item *it, bool gone);
