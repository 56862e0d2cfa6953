#include "wire/imap_capability.h"

#include "tap.h"

static uint64_t number(const void *arg, enum imap_cap cap)
{
	return cap == IMAP_CAP_APPENDLIMIT ? *(const uint64_t *)arg : 0;
}

static void find(void)
{
	enum imap_cap cap;

	OK(imap_cap_find(S("uidplus"), &cap) == ERR_OK && cap == IMAP_CAP_UIDPLUS, "any case");
	OK(imap_cap_find(S("UIDPLUSS"), &cap) == ERR_NOTFOUND, "no such name");
	OK(imap_cap_find(STR_NONE, &cap) == ERR_NOTFOUND, "no name");
	for (int i = 0; i < IMAP_CAP_COUNT; i++)
		OK(imap_cap_find(str_from_c(imap_cap_row((enum imap_cap)i)->name), &cap) == ERR_OK &&
				(int)cap == i,
			"%s is one row", imap_cap_row((enum imap_cap)i)->name);
}

static void sets(void)
{
	struct imap_caps caps = { { 0 } };
	size_t count = 0;

	for (int i = 0; i < IMAP_CAP_COUNT; i++) {
		imap_caps_set(&caps, (enum imap_cap)i, true);
		OK(imap_caps_has(&caps, (enum imap_cap)i), "%d is in", i);
		imap_caps_set(&caps, (enum imap_cap)i, i % 2 == 0);
	}
	for (int i = 0; i < IMAP_CAP_COUNT; i++)
		count += imap_caps_has(&caps, (enum imap_cap)i);
	OK(count == (IMAP_CAP_COUNT + 1) / 2, "every second one is left");
}

static void put(void)
{
	struct imap_caps caps = { { 0 } };
	uint64_t limit = 0;
	struct buf to;

	buf_init(&to, 1024);
	imap_put_caps(&to, &caps, NULL, NULL);
	IS_STR(buf_str(&to), S("CAPABILITY"));
	imap_caps_set(&caps, IMAP_CAP_IDLE, true);
	imap_caps_set(&caps, IMAP_CAP_APPENDLIMIT, true);
	buf_clear(&to);
	imap_put_caps(&to, &caps, NULL, NULL);
	IS_STR(buf_str(&to), S("CAPABILITY IDLE"));
	buf_clear(&to);
	imap_put_caps(&to, &caps, number, &limit);
	IS_STR(buf_str(&to), S("CAPABILITY IDLE"));
	limit = 1000;
	buf_clear(&to);
	imap_put_caps(&to, &caps, number, &limit);
	IS_STR(buf_str(&to), S("CAPABILITY IDLE APPENDLIMIT=1000"));
	buf_done(&to);
}

static void places(void)
{
	struct imap_caps before = imap_caps_of(IMAP_BEFORE_LOGON), after = imap_caps_of(IMAP_AFTER_LOGON);

	OK(imap_caps_has(&before, IMAP_CAP_LITERAL_MINUS) && !imap_caps_has(&before, IMAP_CAP_LITERAL_PLUS),
		"LITERAL- before logon");
	OK(!imap_caps_has(&after, IMAP_CAP_LITERAL_MINUS) || !imap_caps_has(&after, IMAP_CAP_LITERAL_PLUS),
		"never both (RFC 7888 section 5)");
	OK(imap_caps_has(&before, IMAP_CAP_IMAP4REV1) && imap_caps_has(&after, IMAP_CAP_IMAP4REV1),
		"IMAP4rev1 everywhere");
}

int main(void)
{
	find();
	sets();
	put();
	places();
	return tap_done();
}
