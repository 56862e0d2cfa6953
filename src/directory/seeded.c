#include "directory/seeded.h"

static uint64_t mix(uint64_t h, uint64_t v)
{
	h ^= v;
	h *= 0x9fb21c651e98df25u;
	return h ^ h >> 29;
}

uint64_t seeded(const uint64_t seed[2], struct str s, uint64_t h)
{
	h = mix(h ^ seed[0], s.len);
	for (size_t i = 0; i < s.len; i++)
		h = mix(h, (unsigned char)s.at[i] + seed[1]);
	return h == 0 ? 1 : h;
}
