#include "kv/checksum.h"

#define MIX_A 0xa0761d6478bd642fu
#define MIX_B 0xe7037ed1a0b428dbu

#define BLOCK      ((size_t)32) /* one word for each lane */
#define LANES_FROM ((size_t)64)

static uint64_t fold(uint64_t a, uint64_t b)
{
	__uint128_t product = (__uint128_t)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t word_at(const char *at)
{
	uint64_t word;

	memcpy(&word, at, sizeof(word));
	return word;
}

/* Four sums that do not wait for each other's multiplication. */
static uint64_t lanes(uint64_t seed, const char *at, size_t blocks)
{
	uint64_t a = seed, b = seed ^ MIX_A, c = seed ^ MIX_B, d = ~seed;

	for (; blocks > 0; blocks--, at += BLOCK) {
		a = fold(a ^ word_at(at), MIX_A ^ a >> 1);
		b = fold(b ^ word_at(at + 8), MIX_B ^ b >> 1);
		c = fold(c ^ word_at(at + 16), MIX_A ^ c >> 1);
		d = fold(d ^ word_at(at + 24), MIX_B ^ d >> 1);
	}
	return fold(fold(a ^ MIX_A, b | 1) ^ c, d | 1);
}

uint64_t hash64(uint64_t seed, struct str octets)
{
	uint64_t hash = fold(seed ^ MIX_A, octets.len ^ MIX_B), word;
	const char *at = octets.at;
	size_t left = octets.len;

	if (left >= LANES_FROM) {
		hash = lanes(hash, at, left / BLOCK);
		at += left / BLOCK * BLOCK;
		left %= BLOCK;
	}

	for (; left >= sizeof(word); left -= sizeof(word), at += sizeof(word)) {
		memcpy(&word, at, sizeof(word));
		hash = fold(hash ^ word, MIX_A ^ hash >> 1);
	}
	if (left > 0) {
		word = 0;
		memcpy(&word, at, left);
		hash = fold(hash ^ word, MIX_B ^ hash >> 1);
	}
	return fold(hash ^ MIX_B, hash | 1);
}
