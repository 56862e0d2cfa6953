#include "ctl/moment.h"

#include "tap.h"

static bool reads(const char *text, int64_t want)
{
	int64_t got = -1;

	return moment_read(text, &got) && got == want;
}

static bool refuses(const char *text)
{
	int64_t got = -1;

	return !moment_read(text, &got) && !moment_read_ago(str_from_c(text), 1000000000, &got) && got == -1;
}

static bool reads_ago(const char *text, int64_t want)
{
	int64_t got = -1;

	return moment_read_ago(str_from_c(text), 1000000000, &got) && got == 1000000000 - want;
}

int main(void)
{
	static const char *const bad[] = { "", "2026", "2026-13-01", "2026-11-21T25:00", "2026-11-21T14:00:00Zx", "2026-11-21 ", "d", "-1d", "1w", "1 d", "1000001d",
		"99999999999999999999d", "2d3h", "yesterday" };

	OK(reads("2026-11-21", 1795219200), "a day is its beginning");
	OK(reads("2026-11-21T14:00", 1795269600) && reads("2026-11-21 14:00", 1795269600) && reads("2026-11-21T14:00Z", 1795269600), "a minute");
	OK(reads("2026-11-21T14:00:07", 1795269607) && reads("2026-11-21 14:00:07", 1795269607) && reads("2026-11-21T14:00:07Z", 1795269607), "a second");
	OK(reads("1969-12-31T23:59:59Z", -1), "before 1970");
	OK(reads_ago("2d", 172800) && reads_ago("3h", 10800) && reads_ago("30m", 1800) && reads_ago("0m", 0), "so long ago");
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		OK(refuses(bad[i]), "'%s' is no moment", bad[i]);
	return tap_done();
}
