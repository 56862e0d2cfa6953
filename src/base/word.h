/* Octets eight at a time, as one number. */
#pragma once

#include <endian.h>

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

/* Of n octets, 1 to 7; those behind them are zero. */
static inline uint64_t word_part(const char *at, size_t n)
{
	uint32_t four, last_four;
	uint16_t two, last_two;

	if (n >= sizeof(four)) {
		memcpy(&four, at, sizeof(four));
		memcpy(&last_four, at + n - sizeof(four), sizeof(four));
		return htole64(le32toh(four) | (uint64_t)le32toh(last_four) << 8 * (n - sizeof(four)));
	}
	if (n == 1)
		return htole64((unsigned char)*at);
	memcpy(&two, at, sizeof(two));
	memcpy(&last_two, at + n - sizeof(two), sizeof(two));
	return htole64(le16toh(two) | (uint64_t)le16toh(last_two) << 8 * (n - sizeof(two)));
}

/* The same with spaces behind them. */
static inline uint64_t word_padded(const char *at, size_t n)
{
	return word_part(at, n) | htole64(0x20 * WORD_ONES << 8 * n);
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
