/* The octets of an archive's file as a stream, unpacked when they are packed by gzip; memory is bounded whatever is in it. */
#pragma once

#include "base/buf.h"
#include "base/err.h"

struct archive_source;

enum archive_kind {
	ARCHIVE_NOTHING, /* it is empty */
	ARCHIVE_MBOX,
	ARCHIVE_MESSAGE,
	ARCHIVE_UNKNOWN
};

/* Takes fd. ERR_SYNTAX: packed by something else, and f says what to do; ERR_CORRUPT; ERR_IO. */
enum err archive_source_open(int fd, struct archive_source **ret, struct failure *f) MUST_USE;
void archive_source_close(struct archive_source *s); /* accepts NULL */
/* Of what it begins with; nothing of it is read by that. */
enum archive_kind archive_source_kind(const struct archive_source *s);
/* As mbox_fill has it. ERR_IO, ERR_CORRUPT: archive_source_problem says what. */
enum err archive_source_read(void *source, char *to, size_t room, size_t *ret) MUST_USE;
const char *archive_source_problem(const struct archive_source *s);
/* Octets of the file that were read, packed as they are. */
uint64_t archive_source_octets(const struct archive_source *s);
