/*
 * Segment files: "journal-%010u", a header of 64 octets, then records back to back.
 *
 * Header, little-endian: "BRSJRNL1", u32 version 1, u32 number, u64 epoch, u64 first sequence, 16 octets store id,
 * 12 octets zero, u32 CRC-32C of octets 0..60.
 */
#pragma once

#include "kv/fault.h"
#include "kv/record.h"

#define SEGMENT_HEAD_OCTETS ((size_t)64)
#define SEGMENT_VERSION     1u
#define STORE_ID_OCTETS     ((size_t)16)

struct segment_head {
	uint32_t number;
	uint64_t epoch;
	uint64_t seq; /* of the first record */
	char id[STORE_ID_OCTETS];
};

void segment_name(uint32_t number, char to[32]);
/* False: the name of something else. */
bool segment_number(const char *name, uint32_t *ret) MUST_USE;

void segment_head_encode(char to[SEGMENT_HEAD_OCTETS], const struct segment_head *head);
enum err segment_head_decode(struct str octets, struct segment_head *ret) MUST_USE; /* ERR_CORRUPT */
uint32_t segment_seed(const char id[STORE_ID_OCTETS]); /* where the CRCs of its records begin */

/* A new file with its header, flushed, the folder too. ERR_IO, ERR_DISKFULL (nothing is left behind). */
enum err segment_create(struct fault *f, int folder, const struct segment_head *head, int *ret_fd) MUST_USE;

/* Reads records in order through a window; the descriptor is the caller's. */
struct segment_reader {
	int fd;
	uint32_t number;
	uint32_t seed;
	uint64_t octets; /* where to stop */
	uint64_t at;     /* offset of the next record */
	struct buf window;
	uint64_t window_at;
};

struct segment_record {
	struct record_head head;
	struct str payload; /* valid until the next call */
	uint64_t at;        /* offset of the record in the file */
};

void segment_reader_init(struct segment_reader *r, int fd, uint32_t number, uint32_t seed);
void segment_reader_done(struct segment_reader *r);
/* ERR_OK; ERR_NOTFOUND at the exact end; ERR_CORRUPT: the octets at r->at are no whole record of this segment
 * whose operations can be; ERR_IO. */
enum err segment_next(struct segment_reader *r, struct segment_record *ret) MUST_USE;
/*
 * After ERR_CORRUPT in the last segment: is this how an unfinished group looks? seq is the sequence number that
 * was due. False when the header of a later group stands behind: it was begun after this one had been flushed, so
 * octets that were safe are lost. ERR_IO.
 */
enum err segment_torn(struct segment_reader *r, uint64_t seq, bool *ret_torn) MUST_USE;
