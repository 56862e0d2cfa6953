/* Opening: from what lies in the folder to a writer that can go on, and an index that knows everything. */
#pragma once

#include "kv/journal.h"

/*
 * Opens (or makes) index and segments, replays what the index lacks, drops an unfinished tail, finds the last
 * segment. Afterwards j->writer stands at the end of the journal; nothing was written but a shortened tail.
 * ERR_IO, ERR_CORRUPT (opened->damage says where), ERR_DISKFULL.
 */
enum err replay_open(struct journal *j, const struct kv_options *options, struct kv_opened *opened) MUST_USE;
