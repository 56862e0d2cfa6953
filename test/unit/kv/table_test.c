#include "kv/table.h"

#include "base/mem.h"
#include "tap.h"

#define KEYS   400u
#define ROUNDS 20000u

static uint64_t state = 7;

static uint32_t random_below(uint32_t n)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(state >> 33) % n;
}

static struct str key_of(uint32_t number, char octets[3])
{
	octets[0] = (char)('a' + number / 100);
	octets[1] = (char)('0' + number / 10 % 10);
	octets[2] = (char)('0' + number % 10);
	return str_make(octets, 3);
}

/* The whole table against the plain array of what should be in it. */
static bool equals(const struct table *t, const uint32_t values[2 * KEYS])
{
	const struct table_row *row = table_seek(t, 0, STR_NONE);
	size_t count = 0;

	for (uint32_t i = 0; i < 2 * KEYS; i++) {
		char octets[3];

		if (values[i] == 0)
			continue;
		count++;
		if (row == NULL || row->shard != i / KEYS || !str_eq(row->key, key_of(i % KEYS, octets)) || row->number != values[i])
			return false;
		row = table_after(row);
	}
	return row == NULL && t->count == count;
}

static void change(struct table *t, uint32_t values[2 * KEYS], uint32_t at, bool del)
{
	char octets[3];
	struct str key = key_of(at % KEYS, octets);

	if (del) {
		bool was = values[at] != 0;

		must(table_del(t, at / KEYS, key) == was);
		values[at] = 0;
		return;
	}
	values[at] = random_below(1000000) + 1;
	table_put(t, at / KEYS, key, key)->number = values[at];
}

/* Runs of neighbouring keys upwards and downwards, and jumps, put and deleted. */
int main(void)
{
	static uint32_t values[2 * KEYS];
	struct table t;
	unsigned bad = 0;
	uint32_t at = 0;

	table_init(&t);
	for (unsigned round = 0; round < ROUNDS; round++) {
		uint32_t kind = random_below(20);

		at = kind == 0 ? random_below(2 * KEYS) : kind < 15 ? (at + 1 + random_below(2)) % (2 * KEYS) : (at + 2 * KEYS - 1) % (2 * KEYS);
		change(&t, values, at, random_below(3) == 0);
		if (round % 50 == 0)
			bad += !equals(&t, values);
	}
	OK(bad == 0, "%u looks found a difference", bad);
	OK(equals(&t, values), "the end");
	for (uint32_t i = 0; i < 2 * KEYS; i++)
		change(&t, values, i, true);
	OK(t.count == 0 && table_seek(&t, 0, STR_NONE) == NULL, "all deleted");
	table_done(&t);
	return tap_done();
}
