#include "kv/checksum.h"

#define MIX_A 0xa0761d6478bd642fu
#define MIX_B 0xe7037ed1a0b428dbu

static uint64_t fold(uint64_t a, uint64_t b)
{
	__uint128_t product = (__uint128_t)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

uint64_t hash64(uint64_t seed, struct str octets)
{
	uint64_t hash = fold(seed ^ MIX_A, octets.len ^ MIX_B), word;
	const char *at = octets.at;
	size_t left = octets.len;

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
