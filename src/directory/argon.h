/*
 * Argon2id (RFC 9106, version 1.3) of one lane, in the widest vectors that the processor has. The library's build for Debian uses
 * what every processor of the architecture has, and takes twice the time and more; the octets are the same, which the tests hold
 * against the library. Pure: any thread, no memory of its own. Where there are no such vectors, the library is asked.
 */
#pragma once

#include "base/str.h"

#define ARGON_MEMORY_KIB_MIN  8u
#define ARGON_OUT_OCTETS_MIN  ((size_t)4)
#define ARGON_OUT_OCTETS_MAX  ((size_t)64)
#define ARGON_INPUT_OCTETS_MAX ((size_t)1152) /* password and salt together */

enum argon_way { ARGON_LIBRARY, ARGON_AVX2, ARGON_AVX512 };

/* The best one of this processor. ARGON_LIBRARY: argon_hash cannot be called. */
enum argon_way argon_way(void);

struct argon_input {
	struct str password, salt;
	uint32_t memory_kib; /* m, from ARGON_MEMORY_KIB_MIN */
	uint32_t passes;     /* t, from 1 */
};

/* memory: memory_kib KiB, aligned as malloc does; whatever was in it, it is zeros afterwards. */
void argon_hash(enum argon_way way, const struct argon_input *in, void *memory, unsigned char *ret, size_t octets);
