/*
 * Compaction: what is alive in one closed segment is written again at the end of the journal, then the segment goes.
 * On the writer's thread, a chunk a turn, in front of the turn's group: whatever was committed before the chunk is
 * in the index transaction that decides what is alive, whatever comes after it stands behind it in the journal.
 *
 * Copied are
 *   a value           whose index row points at this very operation
 *   a blob            whose index row points at this very operation, with its count of now
 *   a dictionary      likewise
 *   a count           of a living blob that stands in an older segment, as its count of now, unless that is said
 *                     again later
 *   a deletion        (of a key, or a count of a blob that is gone) while there is a segment, older than the one it was
 *                     first written in, that can hold what it deletes: see struct index_gone
 * The last chunk ends with "this segment is gone". The file is removed when that is safe and in the flushed index.
 */
#pragma once

#include "kv/journal.h"

/* The next chunk, begun when one was asked for; NULL: nothing to write (the run may have ended). */
struct kv_write *compact_chunk(struct journal *j) MUST_USE;
/* After the group with the chunk: goes on, ends the run, or gives it up. */
void compact_chunk_over(struct journal *j);
/* The writer ends. */
void compact_abandon(struct journal *j);
