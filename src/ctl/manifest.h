/*
 * The list of what a backup folder holds: a text file, doc/format/backup.md. It is replaced at the end of a backup and is
 * what says that the backup is one; files beyond it are leftovers.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "kv/segment.h"

#define MANIFEST_NAME "bourse-backup"

enum manifest_part { MANIFEST_STORE, MANIFEST_DIRECTORY, MANIFEST_PARTS };

struct manifest_row {
	enum manifest_part part;
	uint32_t number;
	uint64_t octets;
	uint32_t crc; /* CRC-32C of these */
	bool closed;
	uint64_t epoch, seq;      /* of the last record */
	int64_t first_s, last_s;  /* times noted in it; 0: none */
	int64_t gone_s;           /* since when the server has it no more; 0: it has it */
};

struct manifest {
	bool known[MANIFEST_PARTS];              /* ids are set */
	char ids[MANIFEST_PARTS][STORE_ID_OCTETS];
	int64_t made_s; /* when the last backup was finished; 0: none was yet */
	struct manifest_row *rows; /* by part and number */
	size_t count, held;
};

const char *manifest_part_name(enum manifest_part part);

void manifest_init(struct manifest *m);
void manifest_done(struct manifest *m);
/* The row, or NULL. Valid until the next manifest_add. */
struct manifest_row *manifest_find(struct manifest *m, enum manifest_part part, uint32_t number);
/* The row; a new one has no octets. */
struct manifest_row *manifest_add(struct manifest *m, enum manifest_part part, uint32_t number);
void manifest_remove(struct manifest *m, size_t i);

void manifest_put(struct buf *to, const struct manifest *m);
/* Strict, with the checksum of its last line. ERR_CORRUPT: that is none, or a damaged one; ERR_CONFIG: one of a newer version. m is
 * initialised. */
enum err manifest_get(struct manifest *m, struct str text) MUST_USE;
