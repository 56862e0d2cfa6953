#include "directory/lockout.h"

#include <stdio.h>

#include "base/mem.h"
#include "tap.h"

static const struct lockout_rules five = { 5, 1800, 3600 }, for_ever = { 2, 60, 0 }, none = { 0, 1800, 3600 };

static struct lockout_note at(uint64_t seconds)
{
	struct lockout_note n = { .at_seconds = seconds, .source = "192.0.2.1", .service = "imap", .mechanism = "PLAIN" };

	return n;
}

static bool fails(struct lockout *l, const struct lockout_rules *r, uint64_t seconds)
{
	struct lockout_note n = at(seconds);

	return lockout_failed(l, r, &n);
}

static void test_locks(void)
{
	struct lockout l = { 0 };
	uint64_t until = 1;

	for (uint64_t i = 1; i < 5; i++)
		OK(!fails(&l, &five, 1000 + i) && !lockout_is(&l, &five, 1000 + i, &until), "failure %llu", (unsigned long long)i);
	OK(fails(&l, &five, 1005), "the fifth locks");
	OK(lockout_is(&l, &five, 1005, &until) && until == 1005 + 3600, "until %llu", (unsigned long long)until);
	OK(!fails(&l, &five, 4000), "who knocks meanwhile");
	OK(lockout_is(&l, &five, 4604, &until) && until == 4605, "makes it no longer");
	OK(!lockout_is(&l, &five, 4605, &until), "its end");
	/* The old bug: locked again at the next mistake. */
	OK(!fails(&l, &five, 4606) && l.count == 1 && l.locked_seconds == 0, "a count of one");
	OK(!lockout_is(&l, &none, 1005, &until), "rules that lock nobody");
}

static void test_window(void)
{
	struct lockout l = { 0 };

	for (uint64_t i = 0; i < 20; i++)
		OK(!fails(&l, &five, 1000 + i * 1801), "once in more than a window: %llu", (unsigned long long)i);
	IS_NUM(l.count, 1);
	OK(!fails(&l, &five, 1000 + 19 * 1801 + 1800) && l.count == 2, "at its very end");
	OK(!fails(&l, &five, 10) && l.count == 3, "a clock that goes back forgets nothing");
	OK(lockout_passed(&l) && l.count == 0 && l.note_count > 0, "a success forgets the count, and keeps the notes");
	OK(!lockout_passed(&l), "nothing more to forget");
}

static void test_unlock(void)
{
	struct lockout l = { 0 };
	uint64_t until = 1;

	fails(&l, &for_ever, 0);
	OK(fails(&l, &for_ever, 0), "locked, at the beginning of time");
	OK(lockout_is(&l, &for_ever, UINT64_MAX, &until) && until == 0, "until unlocked");
	OK(lockout_unlock(&l, &for_ever, 100) && !lockout_is(&l, &for_ever, 100, &until), "unlocked");
	OK(!lockout_unlock(&l, &for_ever, 100), "it was not locked");
	OK(!fails(&l, &for_ever, 101), "one mistake after it");
	OK(l.note_count == 3, "%u notes", (unsigned)l.note_count);
}

static void test_codec(void)
{
	struct lockout l = { 0 }, back;
	struct buf octets, again;

	buf_init(&octets, LOCKOUT_OCTETS_MAX);
	buf_init(&again, LOCKOUT_OCTETS_MAX);
	for (uint64_t i = 0; i < 20; i++) {
		struct lockout_note n = at(i);

		memset(n.source, 'x', sizeof(n.source) - 1);
		memset(n.service, 'y', sizeof(n.service) - 1);
		memset(n.mechanism, 'z', sizeof(n.mechanism) - 1);
		lockout_failed(&l, &five, &n);
	}
	OK(l.note_count == LOCKOUT_NOTES && l.notes[0].at_seconds == 20 - LOCKOUT_NOTES && l.notes[LOCKOUT_NOTES - 1].at_seconds == 19,
		"the last ones");
	lockout_encode(&l, &octets);
	OK(octets.len <= LOCKOUT_OCTETS_MAX && !buf_overflowed(&octets), "%zu octets at most", octets.len);
	IS_NUM(lockout_decode(buf_str(&octets), &back), ERR_OK);
	lockout_encode(&back, &again);
	IS_STR(buf_str(&again), buf_str(&octets));
	for (size_t i = 0; i < octets.len; i++) {
		char *copy = mem_copy(octets.at, i);

		OK(lockout_decode(str_make(copy, i), &back) == ERR_CORRUPT, "cut at %zu", i);
		mem_free(copy);
	}
	buf_put_octet(&octets, 'x');
	IS_NUM(lockout_decode(buf_str(&octets), &back), ERR_CORRUPT);
	octets.at[0] = 2;
	IS_NUM(lockout_decode(buf_str(&octets), &back), ERR_CORRUPT);
	octets.at[0] = 1;
	octets.at[21] = LOCKOUT_NOTES + 1; /* how many notes */
	IS_NUM(lockout_decode(buf_str(&octets), &back), ERR_CORRUPT);
	buf_done(&octets);
	buf_done(&again);
}

int main(void)
{
	test_locks();
	test_window();
	test_unlock();
	test_codec();
	return tap_done();
}
