#include "base/map.h"

#include "tap.h"

#define N 20000

static int values[N];

static void test_numbers(void)
{
	struct map m;
	size_t seen = 0;
	bool good = true;

	map_init(&m);
	OK(map_get(&m, 1) == NULL && map_remove(&m, 1) == NULL, "an empty map");
	for (uint64_t i = 0; i < N; i++)
		map_put(&m, i * 64, &values[i]);
	for (uint64_t i = 0; i < N; i++)
		good = good && map_get(&m, i * 64) == &values[i] && map_get(&m, i * 64 + 1) == NULL;
	OK(good && m.count == N, "all are found, no others");
	for (uint64_t i = 0; i < N; i += 2)
		good = good && map_remove(&m, i * 64) == &values[i];
	for (uint64_t i = 0; i < N; i++)
		good = good && (map_get(&m, i * 64) == &values[i]) == (i % 2 == 1);
	OK(good && m.count == N / 2, "half removed, the others still found");
	MAP_EACH(int, v, &m)
		seen += (v - values) % 2 == 1;
	IS_NUM(seen, N / 2);
	map_put(&m, 64, &values[0]);
	OK(map_get(&m, 64) == &values[0] && m.count == N / 2, "put replaces");
	map_done(&m);
}

static void test_octets(void)
{
	struct map m;
	char key[8] = "alice";

	map_init(&m);
	map_put_str(&m, str_from_c(key), &values[0]);
	key[0] = 'b';
	OK(map_get_str(&m, S("alice")) == &values[0], "the map has its own copy of the key");
	OK(map_get_str(&m, S("blice")) == NULL && map_get_str(&m, S("")) == NULL, "others are not there");
	map_put_str(&m, S(""), &values[1]);
	OK(map_get_str(&m, STR_NONE) == &values[1], "the empty key is a key");
	OK(map_remove_str(&m, S("alice")) == &values[0] && map_get_str(&m, S("alice")) == NULL, "removed");
	map_done(&m);
}

int main(void)
{
	test_numbers();
	test_octets();
	return tap_done();
}
