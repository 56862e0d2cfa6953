/*
 * zstd level 3 for the pieces of blobs, with a dictionary by id. The first dictionary is trained once, on a
 * thread of its own, from the first blobs that pass by; until it is adopted pieces are packed without one.
 * All calls but the training itself, and unpack, are from the owner's thread.
 */
#pragma once

#include "base/buf.h"

struct compress;

/* trained() is called on the training thread when compress_trained() has something. NULL: never train. */
struct compress *compress_new(void (*trained)(void *arg), void *arg) MUST_USE;
void compress_free(struct compress *c); /* accepts NULL; waits for a training under way */

/* Pack at all? Unpacking is always possible. At first: yes. */
void compress_pack(struct compress *c, bool is);
/* Packed octets into `to`, or 0 when that would not fit in less than `room` (then store it plain). */
size_t compress_piece(struct compress *c, struct str plain, char *to, size_t room) MUST_USE;
/* What unpacks, one for each thread, and with which dictionary. */
struct unpacker;
struct dict;

struct unpacking {
	struct unpacker *unpacker; /* NULL: the dictionary is not known */
	const struct dict *dict;   /* NULL: without; lives as long as the compress */
};

struct unpacker *unpacker_new(void) MUST_USE;
void unpacker_free(struct unpacker *u); /* accepts NULL */
/* False: not exactly `to.len` octets came out. to.at is written to. Any thread, with an unpacker of its own. */
bool unpack(struct unpacking with, struct str packed, struct str to) MUST_USE;
/* With the owner's unpacker; a pack with dictionary 0 has none. */
struct unpacking compress_unpacking(struct compress *c, uint32_t dict);

/* The dictionary that compress_piece uses now; 0 = none. */
uint32_t compress_dict(const struct compress *c);
/* Makes a dictionary known; `use`: for packing, too, from now on. Octets are copied. */
void compress_know(struct compress *c, uint32_t id, struct str octets, bool use);

/* A blob that passes by; kept as training material while there is no dictionary. */
void compress_sample(struct compress *c, struct str octets);
/* True once, when a dictionary was trained: its octets, valid until compress_free. */
bool compress_trained(struct compress *c, struct str *ret_octets) MUST_USE;
