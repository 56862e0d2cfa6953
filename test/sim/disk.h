/*
 * The disk: real files in a folder of their own, with a note of every write that was not flushed. A power cut takes them all back and
 * lets some of them, or parts of them, come through: never one over a later one to the same place. New and removed names count
 * from the flush of their folder on. LMDB's writes pass here too, so the index is cut as the journal is.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct disk_manner {
	uint64_t flush_us_min, flush_us_max;
	uint64_t capacity_octets;
};

void disk_begin(const char *folder);       /* everything below it */
const char *disk_folder(void);
void disk_set(const struct disk_manner *m);
const struct disk_manner *disk_manner(void);
uint64_t disk_used(void);
void disk_settle(void);                    /* all that was written is safe */
void disk_cut(void);                       /* no process may be left */
void disk_closed(int fd);                  /* proc.c, net.c: before it is closed */
void disk_end(const char *folder);         /* removes it and all below */
