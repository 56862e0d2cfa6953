/* Between argon.c and its vectors. A block is 1 KiB: rows of 16 words, aligned as words are. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARGON_BLOCK_WORDS  ((size_t)128)
#define ARGON_BLOCK_OCTETS ((size_t)1024)

struct argon_block {
	uint64_t word[ARGON_BLOCK_WORDS];
};

/* The blocks from which a block's first word chooses the one that comes into the next block (section 3.4.2). */
struct argon_area {
	const struct argon_block *memory;
	uint32_t first, count; /* goes round at blocks */
	uint32_t blocks;
};

static inline const struct argon_block *argon_choice(const struct argon_area *a, uint64_t word)
{
	uint64_t x = (uint32_t)word, y;
	uint32_t at;

	x = x * x >> 32;
	y = (uint64_t)a->count * x >> 32;
	at = a->first + a->count - 1 - (uint32_t)y;
	return &a->memory[at < a->blocks ? at : at - a->blocks];
}

static inline void argon_fetch(const struct argon_block *b)
{
	for (size_t i = 0; i < ARGON_BLOCK_WORDS; i += 8)
		__builtin_prefetch(&b->word[i]);
}

/*
 * to = G(previous, other), and what was in it with over (section 3.5). next, if any, is the area of the block after: its choice is on
 * its way into the cache as soon as the first word is known. The three may be one.
 */
typedef void argon_mix_fn(const struct argon_block *previous, const struct argon_block *other, struct argon_block *to, bool over,
	const struct argon_area *next);

argon_mix_fn argon_mix_avx2, argon_mix_avx512;
