#include "directory/pace.h"

#include "tap.h"

static const unsigned char seed[16] = "sixteen octets!";

static enum err take(struct pace *p, enum pace_kind kind, struct str key, uint32_t most, uint64_t now, uint32_t *wait)
{
	struct pace_key k = { kind, key, most };

	return pace_take(p, &k, now, wait);
}

static unsigned taken(struct pace *p, enum pace_kind kind, const char *key, uint32_t most, uint64_t now)
{
	uint32_t wait = 0;
	unsigned n = 0;

	while (n < 100000 && take(p, kind, str_from_c(key), most, now, &wait) == ERR_OK)
		n++;
	return n;
}

static void test_bucket(void)
{
	struct pace *p = pace_new(seed);
	uint32_t wait = 0;
	uint64_t now = 1000;

	IS_NUM(taken(p, PACE_ACCOUNT, "alice", 60, now), 60);
	IS_NUM(take(p, PACE_ACCOUNT, S("alice"), 60, now, &wait), ERR_LOGONPACE);
	OK(wait >= 1000 && wait <= 1001, "a second until the next: %u", wait);
	OK(taken(p, PACE_ACCOUNT, "bob", 60, now) == 60, "others are not concerned");
	OK(taken(p, PACE_SOURCE, "alice", 60, now) == 60, "nor are keys of the other kind");
	IS_NUM(taken(p, PACE_ACCOUNT, "alice", 60, now + 999), 0);
	IS_NUM(taken(p, PACE_ACCOUNT, "alice", 60, now + 1000), 1);
	IS_NUM(taken(p, PACE_ACCOUNT, "alice", 60, now + 11000), 10);
	IS_NUM(taken(p, PACE_ACCOUNT, "alice", 60, now + 500000), 60);
	pace_free(p);
}

static void test_limits(void)
{
	struct pace *p = pace_new(seed);
	uint32_t wait = 0;

	IS_NUM(taken(p, PACE_ACCOUNT, "carol", 0, 5), 100000);
	IS_NUM(taken(p, PACE_ACCOUNT, "carol", 1, 5), 1);
	IS_NUM(taken(p, PACE_ACCOUNT, "carol", 1, 5 + PACE_MS - 1), 0);
	IS_NUM(taken(p, PACE_ACCOUNT, "carol", 1, 5 + PACE_MS), 1);
	/* the limit falls: whoever has used much of the old one waits a minute at most */
	IS_NUM(taken(p, PACE_SOURCE, "x", 1000, 5), 1000);
	IS_NUM(take(p, PACE_SOURCE, S("x"), 1, 5, &wait), ERR_LOGONPACE);
	OK(wait <= PACE_MS + 1, "%u", wait);
	pace_free(p);
}

/* A flood of keys takes no memory and refuses nobody. */
static void test_flood(void)
{
	struct pace *p = pace_new(seed);
	uint32_t wait = 0;
	unsigned refused = 0;
	char key[32];

	for (unsigned i = 0; i < 100000; i++) {
		snprintf(key, sizeof(key), "%u", i);
		refused += take(p, PACE_SOURCE, str_from_c(key), 2, 7, &wait) != ERR_OK;
	}
	IS_NUM(refused, 0);
	pace_free(p);
}

int main(void)
{
	test_bucket();
	test_limits();
	test_flood();
	return tap_done();
}
