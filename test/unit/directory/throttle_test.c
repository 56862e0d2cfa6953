#include "directory/throttle.h"

#include "tap.h"

static const unsigned char seed[16] = "sixteen octets!";
static uint32_t delay;

static void test_source(void)
{
	struct throttle *t = throttle_new(seed);
	struct str me = S("192.0.2.1"), alice = S("id 1");
	uint64_t now = 1000000, longest = 0;

	for (unsigned i = 0; i < THROTTLE_FREE; i++) {
		IS_NUM(throttle_ask(t, alice, me, now, &delay), ERR_OK);
		IS_NUM(delay, 0);
		throttle_failed(t, alice, me, now);
	}
	IS_NUM(throttle_ask(t, alice, me, now, &delay), ERR_OK);
	throttle_failed(t, alice, me, now);
	IS_NUM(throttle_ask(t, alice, me, now, &delay), ERR_GUESSING);
	IS_NUM(delay, 1000);
	IS_NUM(throttle_ask(t, S("id 2"), me, now + 999, &delay), ERR_GUESSING);
	IS_NUM(delay, 1);
	IS_NUM(throttle_ask(t, alice, S("192.0.2.2"), now, &delay), ERR_OK);
	OK(delay > 0 && delay <= THROTTLE_ACCOUNT_MS_MAX, "the account is slow from elsewhere, not refused: %u", delay);
	IS_NUM(throttle_ask(t, alice, me, now + 1000, &delay), ERR_OK);
	for (int i = 0; i < 50; i++) {
		throttle_failed(t, alice, me, now);
		if (throttle_ask(t, alice, me, now, &delay) == ERR_GUESSING && delay > longest)
			longest = delay;
		now += delay;
	}
	IS_NUM(longest, THROTTLE_SOURCE_MS_MAX);
	IS_NUM(throttle_ask(t, alice, me, now + 60 * THROTTLE_FORGET_MS, &delay), ERR_OK);
	throttle_failed(t, alice, me, now + 60 * THROTTLE_FORGET_MS);
	IS_NUM(throttle_ask(t, alice, me, now + 60 * THROTTLE_FORGET_MS, &delay), ERR_OK);
	throttle_free(t);
}

/* Strangers guess at alice from everywhere; she goes on working. */
static void test_owner(void)
{
	struct throttle *t = throttle_new(seed);
	uint64_t now = 5000;
	char source[32];

	OK(!throttle_knows(t, S("id 1"), S("198.51.100.7"), now), "nobody is known before a logon");
	throttle_passed(t, S("id 1"), S("198.51.100.7"), now);
	OK(throttle_knows(t, S("id 1"), S("198.51.100.7"), now + 1000), "who logged on is known there");
	OK(!throttle_knows(t, S("id 1"), S("198.51.100.8"), now + 1000), "and nowhere else");
	OK(!throttle_knows(t, S("id 1"), S("198.51.100.7"), now + THROTTLE_KNOWN_MS), "for a day");
	for (int i = 0; i < 1000; i++) {
		snprintf(source, sizeof(source), "203.0.%d.%d", i / 250, i % 250);
		throttle_failed(t, S("id 1"), str_from_c(source), now++);
	}
	IS_NUM(throttle_ask(t, S("id 1"), S("198.51.100.7"), now, &delay), ERR_OK);
	IS_NUM(delay, 0);
	IS_NUM(throttle_ask(t, S("id 1"), S("192.0.2.99"), now, &delay), ERR_OK);
	IS_NUM(delay, THROTTLE_ACCOUNT_MS_MAX);
	/* A colleague behind the same address fails: she is late at worst. */
	for (int i = 0; i < 20; i++)
		throttle_failed(t, S("id 2"), S("198.51.100.7"), now);
	IS_NUM(throttle_ask(t, S("id 2"), S("198.51.100.7"), now, &delay), ERR_GUESSING);
	IS_NUM(throttle_ask(t, S("id 1"), S("198.51.100.7"), now, &delay), ERR_OK);
	IS_NUM(delay, THROTTLE_ACCOUNT_MS_MAX);
	IS_NUM(throttle_ask(t, S("id 1"), S("198.51.100.7"), now + THROTTLE_KNOWN_MS, &delay), ERR_OK);
	throttle_free(t);
}

/* One subscriber's /64 is one source; mapped IPv4 is IPv4. */
static void test_addresses(void)
{
	struct throttle *t = throttle_new(seed);

	for (int i = 0; i < 10; i++)
		throttle_failed(t, S("x"), S("2001:db8:1:2::1"), 1000);
	IS_NUM(throttle_ask(t, S("y"), S("2001:db8:1:2:ffff::9"), 1000, &delay), ERR_GUESSING);
	IS_NUM(throttle_ask(t, S("y"), S("2001:db8:1:3::1"), 1000, &delay), ERR_OK);
	for (int i = 0; i < 10; i++)
		throttle_failed(t, S("x"), S("::ffff:192.0.2.5"), 1000);
	IS_NUM(throttle_ask(t, S("y"), S("192.0.2.5"), 1000, &delay), ERR_GUESSING);
	IS_NUM(throttle_ask(t, S("y"), S("::ffff:192.0.2.6"), 1000, &delay), ERR_OK);
	IS_NUM(throttle_ask(t, S(""), S(""), 1000, &delay), ERR_OK);
	throttle_free(t);
}

/* More keys than slots: nothing grows, and a success takes a failure back. */
static void test_bounds(void)
{
	struct throttle *t = throttle_new(seed);
	char name[32];
	size_t refused = 0;

	for (unsigned i = 0; i < 100000; i++) {
		snprintf(name, sizeof(name), "10.%u.%u.%u", i >> 16, i >> 8 & 255, i & 255);
		throttle_failed(t, str_from_c(name), str_from_c(name), 1000 + i);
		throttle_passed(t, str_from_c(name), str_from_c(name), 1000 + i);
		refused += throttle_ask(t, S("new"), str_from_c(name), 1000 + i, &delay) != ERR_OK;
	}
	IS_NUM(refused, 0);
	for (unsigned i = 0; i < 100; i++) {
		throttle_failed(t, S("me"), S("192.0.2.77"), 500000);
		throttle_passed(t, S("me"), S("192.0.2.77"), 500000);
	}
	IS_NUM(throttle_ask(t, S("other"), S("192.0.2.77"), 500000, &delay), ERR_OK);
	throttle_free(t);
}

int main(void)
{
	test_source();
	test_owner();
	test_addresses();
	test_bounds();
	return tap_done();
}
