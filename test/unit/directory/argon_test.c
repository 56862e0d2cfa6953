#include "directory/argon.h"

#include <argon2.h>
#include <stdlib.h>

#include "base/mem.h"
#include "tap.h"

#define OCTETS ((size_t)1 << 20)

static unsigned char *memory, text[2048];

static const char *way_name(enum argon_way way)
{
	return way == ARGON_AVX512 ? "AVX-512" : "AVX2";
}

static uint64_t chance(void)
{
	static uint64_t state = 2463534242;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static bool is_wiped(uint32_t kib)
{
	return memory[0] == 0 && memcmp(memory, memory + 1, ((size_t)kib << 10) - 1) == 0;
}

/* Every octet as the library has it, and nothing left of the memory. */
static bool agrees(enum argon_way way, const struct argon_input *in, size_t octets)
{
	unsigned char ours[ARGON_OUT_OCTETS_MAX], theirs[ARGON_OUT_OCTETS_MAX];

	memset(memory, 0xa5, (size_t)in->memory_kib << 10);
	argon_hash(way, in, memory, ours, octets);
	if (argon2id_hash_raw(in->passes, in->memory_kib, 1, in->password.at, in->password.len, in->salt.at, in->salt.len, theirs, octets) !=
		ARGON2_OK)
		return false;
	return memcmp(ours, theirs, octets) == 0 && is_wiped(in->memory_kib);
}

static void test_lengths(enum argon_way way)
{
	static const size_t lengths[] = { 0, 1, 23, 63, 64, 65, 127, 128, 129, 255, 256, 1024 };

	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		struct argon_input in = { .password = str_make((const char *)text, lengths[i]), .salt = S("somesalt"), .memory_kib = 8, .passes = 1 };

		OK(agrees(way, &in, 32), "%s: a password of %zu octets", way_name(way), lengths[i]);
	}
	for (size_t octets = ARGON_OUT_OCTETS_MIN; octets <= ARGON_OUT_OCTETS_MAX; octets += 5) {
		struct argon_input in = { .password = S("password"), .salt = S("somesalt"), .memory_kib = 9, .passes = 2 };

		OK(agrees(way, &in, octets), "%s: a hash of %zu octets", way_name(way), octets);
	}
}

/* 128 addresses are made at a time: slices below, at and above it. */
static void test_memory(enum argon_way way)
{
	static const uint32_t kib[] = { 8, 10, 11, 12, 16, 61, 508, 512, 516, 519, 1024 };

	for (size_t i = 0; i < sizeof(kib) / sizeof(*kib); i++) {
		struct argon_input in = { .password = S("password"), .salt = S("somesalt"), .memory_kib = kib[i], .passes = 3 };

		OK(agrees(way, &in, 32), "%s: %u KiB", way_name(way), kib[i]);
	}
}

static void test_chance(enum argon_way way)
{
	size_t wrong = 0;

	for (int i = 0; i < 400; i++) {
		size_t password = chance() % 900, salt = 8 + chance() % 56;
		struct argon_input in = { .password = str_make((const char *)text + chance() % 100, password),
			.salt = str_make((const char *)text + 1000 + chance() % 100, salt), .memory_kib = 8 + (uint32_t)(chance() % 300),
			.passes = 1 + (uint32_t)(chance() % 3) };

		wrong += !agrees(way, &in, ARGON_OUT_OCTETS_MIN + chance() % 61);
	}
	OK(wrong == 0, "%s: %zu of 400 differ", way_name(way), wrong);
}

static void test_way(enum argon_way way)
{
	test_lengths(way);
	test_memory(way);
	test_chance(way);
}

int main(void)
{
	enum argon_way best = argon_way();

	memory = mem_new(OCTETS);
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (unsigned char)chance();
	OK(best == ARGON_LIBRARY || best == ARGON_AVX2 || best == ARGON_AVX512, "way %d", best);
	/* Who has the wider ones has the others too. */
	if (best != ARGON_LIBRARY)
		test_way(ARGON_AVX2);
	if (best == ARGON_AVX512)
		test_way(ARGON_AVX512);
	mem_free(memory);
	return tap_done();
}
