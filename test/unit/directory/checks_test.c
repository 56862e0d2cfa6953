/* Whose password is checked next, and who is put off. */
#include "directory/checks.h"

#include "tap.h"

#define SOURCES (CHECKS_MAX / CHECKS_SOURCE_MAX)

static struct check many[CHECKS_MAX + 8];

static enum err put(struct checks *q, struct check *c, uint64_t source)
{
	struct check *instead = NULL;
	enum err e = checks_put(q, c, source, &instead);

	OK(instead == NULL, "nobody loses his place");
	return e;
}

/* One source with many, then others with one each: they do not wait for all of the first. */
static void test_turns(void)
{
	struct checks q;

	checks_init(&q);
	OK(checks_take(&q) == NULL, "nothing waits");
	for (size_t i = 0; i < 5; i++)
		IS_NUM(put(&q, &many[i], 1), ERR_OK);
	IS_NUM(put(&q, &many[5], 2), ERR_OK);
	IS_NUM(put(&q, &many[6], 3), ERR_OK);
	OK(checks_take(&q) == &many[0], "the first");
	OK(checks_take(&q) == &many[5], "then the second source");
	OK(checks_take(&q) == &many[6], "then the third");
	OK(checks_take(&q) == &many[1], "then the first again, in order");
	OK(checks_drop(&q, &many[2]) && !checks_drop(&q, &many[2]), "one that has gone is out");
	OK(!checks_drop(&q, &many[0]), "one that was taken does not wait");
	OK(checks_take(&q) == &many[3] && checks_take(&q) == &many[4] && checks_take(&q) == NULL,
		"the rest");
	checks_done(&q);
}

static void test_source_is_capped(void)
{
	struct checks q;

	checks_init(&q);
	for (size_t i = 0; i < CHECKS_SOURCE_MAX; i++)
		IS_NUM(put(&q, &many[i], 7), ERR_OK);
	IS_NUM(put(&q, &many[CHECKS_SOURCE_MAX], 7), ERR_BUSY);
	IS_NUM(put(&q, &many[CHECKS_SOURCE_MAX], 8), ERR_OK);
	while (checks_take(&q) != NULL)
		continue;
	checks_done(&q);
}

/* A few sources fill all places: a newcomer takes one of theirs, until shares are even. */
static void test_full(void)
{
	struct checks q;
	struct check *instead = NULL;
	size_t n = 0;

	checks_init(&q);
	for (size_t i = 0; i < CHECKS_MAX; i++)
		n += checks_put(&q, &many[i], 1 + i / CHECKS_SOURCE_MAX, &instead) == ERR_OK &&
		     instead == NULL;
	IS_NUM(n, CHECKS_MAX);
	IS_NUM(checks_put(&q, &many[CHECKS_MAX], 1000, &instead), ERR_OK);
	OK(instead == &many[CHECKS_SOURCE_MAX - 1], "the newest of one who has most");
	OK(instead->source == NULL, "it waits no more");
	IS_NUM(q.waiting, CHECKS_MAX);
	IS_NUM(checks_put(&q, &many[CHECKS_MAX + 1], 2, &instead), ERR_BUSY);
	for (n = 0; checks_take(&q) != &many[CHECKS_MAX]; n++)
		continue;
	IS_NUM(n, SOURCES);
	while (checks_take(&q) != NULL)
		continue;
	checks_done(&q);
}

/* Everybody has one: nobody is put out for one more, whoever comes. */
static void test_even_shares(void)
{
	struct checks q;
	struct check *instead = NULL;
	size_t n = 0;

	checks_init(&q);
	for (size_t i = 0; i < CHECKS_MAX; i++)
		n += checks_put(&q, &many[i], 1 + i, &instead) == ERR_OK && instead == NULL;
	IS_NUM(n, CHECKS_MAX);
	IS_NUM(checks_put(&q, &many[CHECKS_MAX], 1 + CHECKS_MAX, &instead), ERR_BUSY);
	IS_NUM(checks_put(&q, &many[CHECKS_MAX], 1, &instead), ERR_BUSY);
	for (n = 0; checks_take(&q) == &many[n]; n++)
		continue;
	IS_NUM(n, CHECKS_MAX);
	checks_done(&q);
}

static void test_sources(void)
{
	OK(checks_source(S("192.0.2.1")) != checks_source(S("192.0.2.2")),
		"IPv4 counts by address");
	IS_NUM(checks_source(S("192.0.2.1")), 0xffffffffc0000201);
	IS_NUM(checks_source(S("[2001:db8::1]")), 0x20010db800000000);
	OK(checks_source(S("2001:db8::1")) == checks_source(S("[2001:db8::2]")), "IPv6 by /64");
	OK(checks_source(S("2001:db8::1")) != checks_source(S("2001:db8:0:1::1")),
		"and by no less");
	IS_NUM(checks_source(S("")), 0);
	IS_NUM(checks_source(S("unknown")), 0);
}

int main(void)
{
	test_turns();
	test_source_is_capped();
	test_full();
	test_even_shares();
	test_sources();
	return tap_done();
}
