/* The writer's thread: takes write sets from the queue in groups, makes them safe, brings them into the index. */
#pragma once

#include "kv/journal.h"

/* Writes the first record of this opening (a list of segments under a new epoch), on the calling thread, then starts
 * the thread. ERR_IO, ERR_DISKFULL. */
enum err writer_start(struct journal *j) MUST_USE;
/* Finishes the queue, commits the index, ends the thread. */
void writer_stop(struct journal *j);

/* The writer's thread, for compaction: commits the index now. */
enum err writer_commit_index(struct journal *j) MUST_USE;
