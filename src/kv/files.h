/* A few open segment files for reading blobs, the least used is closed for the next. Owner's thread. */
#pragma once

#include "kv/journal.h"

struct ahead;

/* ahead: is settled before a descriptor is closed; may be NULL. */
struct files *files_new(struct ahead *ahead) MUST_USE;
void files_free(struct files *f);
/* A descriptor that stays open until the next call. ERR_NOTFOUND: that segment was removed; ERR_IO. */
enum err files_get(struct files *f, struct journal *j, uint32_t number, int *ret_fd) MUST_USE;
void files_drop(struct files *f, uint32_t number);

/* The stored form of a blob in a segment, for blob_source (blob.h). Any thread, while the descriptor is open. */
struct stored {
	int fd;
	uint64_t at, octets;
};

/* ERR_IO; ERR_CORRUPT: beyond its end, or beyond the file's. */
enum err stored_read(void *arg, uint64_t from, char *to, size_t len) MUST_USE;
