/*
 * Hash map from a 64-bit number or from octets to a pointer. Keys are hashed with SipHash-1-3 under a
 * per-process seed, so that no peer can make keys collide. The map owns its copies of string keys,
 * never the values. Adding or removing while walking is not allowed.
 */
#pragma once

#include "base/str.h"

struct map_slot;

struct map {
	struct map_slot *slots;
	size_t count;
	size_t mask; /* slots - 1 */
};

/* Call once per process, before the first map, with 16 random octets. Tests may leave it out. */
void map_seed(const unsigned char seed[16]);

/* The hash of octets under the process's seed: nobody outside can make two of them meet. */
uint64_t map_hash(struct str s);

void map_init(struct map *m);
void map_done(struct map *m);

void *map_get(const struct map *m, uint64_t key);
void map_put(struct map *m, uint64_t key, void *value); /* value not NULL; replaces */
void *map_remove(struct map *m, uint64_t key);          /* the value it had, or NULL */

void *map_get_str(const struct map *m, struct str key);
void map_put_str(struct map *m, struct str key, void *value);
void *map_remove_str(struct map *m, struct str key);

/* Walk: start with *at = 0; NULL at the end. */
void *map_next(const struct map *m, size_t *at);

#define MAP_EACH(type, value, map_)                                                                \
	for (size_t value##_at = 0, value##_on = 1; value##_on; value##_on = 0)                    \
		for (type *value; (value = map_next((map_), &value##_at)) != NULL;)
