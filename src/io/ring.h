/*
 * A trail of octets in files that go round: the newest is added to, the oldest goes as a whole. Nothing is flushed: what was added outlives
 * the process; what a fall of the machine costs is the caller's to see, by `whole`. Files are NAME-00000001 and so on in one folder.
 *
 * Any thread, one at a time.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"

#define RING_FILES           8u
#define RING_FILE_OCTETS_MAX ((size_t)1 << 30)

struct ring {
	char name[16];
	int folder;           /* descriptor */
	int fd;               /* of the newest file; -1: the next octets begin one */
	uint32_t first, last; /* numbers of files; first 0: there is none */
	uint64_t octets;      /* of the newest file */
	uint64_t octets_max;  /* of all files; 0: nothing is kept */
	uint64_t age_ms_max;  /* 0: of any age */
};

/*
 * Opens the trail in a folder of the working folder, which is made when it is not there. whole: how many octets at the front of the newest
 * file are sound; the rest is cut off. ERR_IO, ERR_PERM, ERR_DISKFULL, ERR_EXISTS (the folder is none).
 */
enum err ring_open(struct ring *r, const char *folder, const char *name, size_t (*whole)(struct str octets)) MUST_USE;
void ring_close(struct ring *r);
/* The most octets of one file. */
uint64_t ring_file_octets(const struct ring *r);
/* Adds octets, never cut between two files; more than ring_file_octets make a file of their own. What cannot be written (disk full) is
 * lost. */
void ring_put(struct ring *r, struct str octets);
/* Removes what is too much, and files to which nothing was added for age_ms_max; now_ms: since 1970, 0: whatever the age. */
void ring_drop(struct ring *r, int64_t now_ms);
/* A view of one file, until fd_unmap. ERR_NOTFOUND: it is gone; ERR_IO. */
enum err ring_map(int folder, const char *name, uint32_t number, struct str *ret) MUST_USE;
