/* The vessel that drains within an hour. */
#include "store/meter.h"

#include "../tap.h"

static void test_brim(void)
{
	struct meter m = { .most = 3600 };

	OK(meter_pour(&m, 3600, 1000), "as much as it holds");
	OK(!meter_pour(&m, 1, 1000), "no more");
	IS_NUM(meter_level(&m, 1000), 3601);
	IS_NUM(meter_level(&m, 2000), 3600);
	OK(meter_pour(&m, 0, 2000), "drained to its brim");
	IS_NUM(meter_level(&m, 2000 + METER_MS / 2), 1800);
	OK(meter_pour(&m, 1800, 2000 + METER_MS / 2), "half of it again");
	OK(!meter_pour(&m, 1, 2000 + METER_MS / 2), "no more than that");
	IS_NUM(meter_level(&m, 2000 + 2 * METER_MS), 0);
	IS_NUM(m.total, 3600 + 1 + 1800 + 1);
}

/* Asked ever so often, it drains all the same. */
static void test_often(void)
{
	struct meter m = { .most = 3600 };

	(void)!meter_pour(&m, 3600, 1);
	for (uint64_t ms = 1; ms <= METER_MS; ms += 7)
		(void)!meter_level(&m, ms);
	OK(meter_level(&m, METER_MS + 1) <= 26, "%llu are left", (unsigned long long)m.level);
}

static void test_ends(void)
{
	struct meter none = { .most = 0 }, large = { .most = (uint64_t)1 << 40 };

	OK(meter_pour(&none, UINT64_MAX / 2, 1) && meter_pour(&none, 1, 2), "without a limit");
	IS_NUM(none.total, UINT64_MAX / 2 + 1);
	OK(!meter_pour(&large, ((uint64_t)1 << 40) + 1, 5), "a large one");
	IS_NUM(meter_level(&large, 5 + 2 * METER_MS), 0);
	(void)!meter_pour(&large, 100, 9 * METER_MS);
	IS_NUM(meter_level(&large, METER_MS), 100); /* a clock that goes back drains nothing */
}

int main(void)
{
	test_brim();
	test_often();
	test_ends();
	return tap_done();
}
