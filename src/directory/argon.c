#include "directory/argon.h"

#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "directory/argon_int.h"

#define VERSION     0x13u
#define TYPE_ID     2u
#define SLICES      4u
#define HASH_OCTETS ((size_t)64) /* of BLAKE2b */
#define PART_OCTETS ((size_t)128)
#define HEAD_OCTETS ((size_t)40) /* ten numbers of four octets */

/* ---- BLAKE2b (RFC 7693), without a key ---- */

static const uint64_t start[8] = { 0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1, 0x510e527fade682d1,
	0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179 };

static const uint8_t order[10][16] = {
	{ 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 },
	{ 14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3 },
	{ 11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4 },
	{ 7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8 },
	{ 9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13 },
	{ 2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9 },
	{ 12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11 },
	{ 13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10 },
	{ 6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5 },
	{ 10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0 },
};

/* The columns, then the diagonals. */
static const uint8_t quarters[8][4] = { { 0, 4, 8, 12 }, { 1, 5, 9, 13 }, { 2, 6, 10, 14 }, { 3, 7, 11, 15 }, { 0, 5, 10, 15 },
	{ 1, 6, 11, 12 }, { 2, 7, 8, 13 }, { 3, 4, 9, 14 } };

static uint64_t turn(uint64_t x, unsigned bits)
{
	return x >> bits | x << (64 - bits);
}

static void quarter(uint64_t v[16], const uint8_t at[4], uint64_t x, uint64_t y)
{
	uint64_t *a = &v[at[0]], *b = &v[at[1]], *c = &v[at[2]], *d = &v[at[3]];

	*a += *b + x;
	*d = turn(*d ^ *a, 32);
	*c += *d;
	*b = turn(*b ^ *c, 24);
	*a += *b + y;
	*d = turn(*d ^ *a, 16);
	*c += *d;
	*b = turn(*b ^ *c, 63);
}

static void compress(uint64_t h[8], const unsigned char part[PART_OCTETS], uint64_t so_far, bool last)
{
	uint64_t v[16], m[16];

	memcpy(m, part, sizeof(m));
	memcpy(v, h, sizeof(start));
	memcpy(v + 8, start, sizeof(start));
	v[12] ^= so_far;
	v[14] ^= last ? UINT64_MAX : 0;
	for (size_t round = 0; round < 12; round++) {
		const uint8_t *o = order[round % 10];

		for (size_t i = 0; i < 8; i++)
			quarter(v, quarters[i], m[o[2 * i]], m[o[2 * i + 1]]);
	}
	for (size_t i = 0; i < 8; i++)
		h[i] ^= v[i] ^ v[i + 8];
	mem_wipe(v, sizeof(v));
	mem_wipe(m, sizeof(m));
}

static void blake2b(struct str in, unsigned char *ret, size_t octets)
{
	unsigned char last[PART_OCTETS] = { 0 };
	uint64_t h[8], so_far = 0;

	memcpy(h, start, sizeof(h));
	h[0] ^= 0x01010000 ^ octets;
	for (; in.len > PART_OCTETS; in = str_skip(in, PART_OCTETS)) {
		so_far += PART_OCTETS;
		compress(h, (const unsigned char *)in.at, so_far, false);
	}
	memcpy(last, in.at, in.len);
	compress(h, last, so_far + in.len, true);
	memcpy(ret, h, octets);
	mem_wipe(last, sizeof(last));
	mem_wipe(h, sizeof(h));
}

static void put_number(unsigned char *to, uint32_t n)
{
	memcpy(to, &n, sizeof(n)); /* the processors that have these vectors put the lowest octet first */
}

/* H' of section 3.3. */
static void long_hash(struct str in, unsigned char *ret, size_t octets)
{
	unsigned char text[4 + ARGON_BLOCK_OCTETS], v[HASH_OCTETS];

	must(in.len <= ARGON_BLOCK_OCTETS);
	put_number(text, (uint32_t)octets);
	memcpy(text + 4, in.at, in.len);
	in = str_make((const char *)text, 4 + in.len);
	while (octets > HASH_OCTETS) {
		blake2b(in, v, HASH_OCTETS);
		memcpy(ret, v, HASH_OCTETS / 2);
		ret += HASH_OCTETS / 2;
		octets -= HASH_OCTETS / 2;
		memcpy(text, v, HASH_OCTETS);
		in = str_make((const char *)text, HASH_OCTETS);
	}
	blake2b(in, ret, octets);
	mem_wipe(text, sizeof(text));
	mem_wipe(v, sizeof(v));
}

/* ---- the blocks ---- */

struct filling {
	argon_mix_fn *mix;
	struct argon_block *memory;
	uint32_t blocks, passes;
	uint32_t pass, slice;
	struct argon_block addresses; /* of the slices in which the password does not choose */
};

static uint32_t slice_blocks(const struct filling *f)
{
	return f->blocks / SLICES;
}

/* What the block at that place of the slice may refer to. */
static struct argon_area area_of(const struct filling *f, uint32_t at)
{
	uint32_t slice = slice_blocks(f);
	struct argon_area a = { .memory = f->memory, .blocks = f->blocks };

	if (f->pass == 0) {
		a.count = f->slice * slice + at - 1;
		return a;
	}
	a.count = f->blocks - slice + at - 1;
	a.first = f->slice + 1 < SLICES ? (f->slice + 1) * slice : 0;
	return a;
}

/* Section 3.4.1.2: 128 at a time. */
static void addresses_next(struct filling *f, uint64_t counter)
{
	static const struct argon_block zeros;
	struct argon_block in = { .word = { f->pass, 0, f->slice, f->blocks, f->passes, TYPE_ID, counter } };

	f->mix(&zeros, &in, &f->addresses, false, NULL);
	f->mix(&zeros, &f->addresses, &f->addresses, false, NULL);
}

static void slice_fill(struct filling *f)
{
	bool fixed = f->pass == 0 && f->slice < SLICES / 2;
	uint32_t slice = slice_blocks(f), begin = f->pass == 0 && f->slice == 0 ? 2 : 0;

	if (fixed)
		addresses_next(f, 1);
	for (uint32_t i = begin; i < slice; i++) {
		uint32_t at = f->slice * slice + i;
		const struct argon_block *previous = &f->memory[at > 0 ? at - 1 : f->blocks - 1];
		struct argon_area area = area_of(f, i), next = area_of(f, i + 1);
		uint64_t word = previous->word[0];

		if (fixed && i > 0 && i % ARGON_BLOCK_WORDS == 0)
			addresses_next(f, i / ARGON_BLOCK_WORDS + 1);
		if (fixed)
			word = f->addresses.word[i % ARGON_BLOCK_WORDS];
		if (fixed && (i + 1) % ARGON_BLOCK_WORDS != 0)
			argon_fetch(argon_choice(&next, f->addresses.word[(i + 1) % ARGON_BLOCK_WORDS]));
		f->mix(previous, argon_choice(&area, word), &f->memory[at], f->pass > 0, fixed ? NULL : &next);
	}
}

/* H0 of section 3.2, and room for the two numbers of a first block behind it. */
static void seed(const struct argon_input *in, size_t octets, unsigned char ret[HASH_OCTETS + 8])
{
	unsigned char text[HEAD_OCTETS + ARGON_INPUT_OCTETS_MAX];
	const uint32_t head[] = { 1, (uint32_t)octets, in->memory_kib, in->passes, VERSION, TYPE_ID };
	size_t len = 0;

	for (size_t i = 0; i < sizeof(head) / sizeof(*head); i++, len += 4)
		put_number(text + len, head[i]);
	put_number(text + len, (uint32_t)in->password.len);
	memcpy(text + len + 4, in->password.at, in->password.len);
	len += 4 + in->password.len;
	put_number(text + len, (uint32_t)in->salt.len);
	memcpy(text + len + 4, in->salt.at, in->salt.len);
	len += 4 + in->salt.len;
	memset(text + len, 0, 8); /* neither key nor associated data */
	blake2b(str_make((const char *)text, len + 8), ret, HASH_OCTETS);
	mem_wipe(text, sizeof(text));
}

static void first_blocks(const struct argon_input *in, size_t octets, struct argon_block *memory)
{
	unsigned char text[HASH_OCTETS + 8];

	seed(in, octets, text);
	for (uint32_t i = 0; i < 2; i++) {
		put_number(text + HASH_OCTETS, i);
		put_number(text + HASH_OCTETS + 4, 0);
		long_hash(str_make((const char *)text, sizeof(text)), (unsigned char *)memory[i].word, ARGON_BLOCK_OCTETS);
	}
	mem_wipe(text, sizeof(text));
}

enum argon_way argon_way(void)
{
#if defined(__x86_64__)
	if (__builtin_cpu_supports("avx512f"))
		return ARGON_AVX512;
	if (__builtin_cpu_supports("avx2"))
		return ARGON_AVX2;
#endif
	return ARGON_LIBRARY;
}

static argon_mix_fn *mix_of(enum argon_way way)
{
#if defined(__x86_64__)
	if (way == ARGON_AVX512)
		return argon_mix_avx512;
	if (way == ARGON_AVX2)
		return argon_mix_avx2;
#endif
	return NULL;
}

void argon_hash(enum argon_way way, const struct argon_input *in, void *memory, unsigned char *ret, size_t octets)
{
	struct filling f = { .mix = mix_of(way), .memory = memory, .blocks = in->memory_kib / SLICES * SLICES, .passes = in->passes };

	must(f.mix != NULL && in->memory_kib >= ARGON_MEMORY_KIB_MIN && in->passes > 0);
	must(octets >= ARGON_OUT_OCTETS_MIN && octets <= ARGON_OUT_OCTETS_MAX);
	must(in->password.len + in->salt.len <= ARGON_INPUT_OCTETS_MAX);
	first_blocks(in, octets, f.memory);
	for (f.pass = 0; f.pass < f.passes; f.pass++) {
		for (f.slice = 0; f.slice < SLICES; f.slice++)
			slice_fill(&f);
	}
	long_hash(str_make((const char *)f.memory[f.blocks - 1].word, ARGON_BLOCK_OCTETS), ret, octets);
	mem_wipe(memory, (size_t)in->memory_kib * ARGON_BLOCK_OCTETS);
}
