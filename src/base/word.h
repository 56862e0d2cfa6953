/* Octets eight at a time, as one number. */
#pragma once

#include "base/str.h"

#define WORD_OCTETS    sizeof(uint64_t)
#define WORD_ONES      0x0101010101010101u
#define WORD_HIGH_BITS 0x8080808080808080u

static inline uint64_t word_at(const char *at)
{
	uint64_t word;

	memcpy(&word, at, sizeof(word));
	return word;
}

/* True: some octet is c. */
static inline bool word_has(uint64_t word, char c)
{
	word ^= (unsigned char)c * WORD_ONES;
	return ((word - WORD_ONES) & ~word & WORD_HIGH_BITS) != 0;
}

/* True: all are ASCII, and none is below 0x20. */
static inline bool word_is_text(uint64_t word)
{
	uint64_t low = (word - 0x20 * WORD_ONES) & ~word;

	return ((low | word) & WORD_HIGH_BITS) == 0;
}

/* Of ASCII: what lies in A..Z gets the bit that makes it small. */
static inline uint64_t word_lower(uint64_t word)
{
	return word | ((word + 0x3f * WORD_ONES) & ~(word + 0x25 * WORD_ONES) & WORD_HIGH_BITS) >> 2;
}

/* The same for a..z, which lose that bit. */
static inline uint64_t word_upper(uint64_t word)
{
	return word & ~(((word + 0x1f * WORD_ONES) & ~(word + 0x05 * WORD_ONES) & WORD_HIGH_BITS) >> 2);
}
