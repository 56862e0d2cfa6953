#include "directory/totp.h"

#include "tap.h"

/* RFC 4226 appendix D. */
static void test_hotp(void)
{
	static const uint32_t want[] = { 755224, 287082, 359152, 969429, 338314, 254676, 287922, 162583, 399871, 520489 };

	for (uint64_t i = 0; i < 10; i++)
		IS_NUM(totp_hotp(S("12345678901234567890"), i, TOTP_SHA1, 6), want[i]);
}

/* RFC 6238 appendix B. */
static void test_vectors(void)
{
	static const struct {
		int64_t seconds;
		uint32_t sha1, sha256, sha512;
	} rows[] = {
		{ 59, 94287082, 46119246, 90693936 },
		{ 1111111109, 7081804, 68084774, 25091201 },
		{ 1111111111, 14050471, 67062674, 99943326 },
		{ 1234567890, 89005924, 91819424, 93441116 },
		{ 2000000000, 69279037, 90698825, 38618901 },
		{ 20000000000, 65353130, 77737706, 47863826 },
	};
	struct str key = S("1234567890123456789012345678901234567890123456789012345678901234");

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		uint64_t step = totp_step(rows[i].seconds);

		IS_NUM(totp_hotp(str_sub(key, 0, 20), step, TOTP_SHA1, 8), rows[i].sha1);
		IS_NUM(totp_hotp(str_sub(key, 0, 32), step, TOTP_SHA256, 8), rows[i].sha256);
		IS_NUM(totp_hotp(key, step, TOTP_SHA512, 8), rows[i].sha512);
	}
	IS_NUM(totp_step(-1), 0);
	IS_NUM(totp_step(29), 0);
	IS_NUM(totp_step(30), 1);
}

static struct str code_at(struct str key, uint64_t step, char text[8])
{
	snprintf(text, 8, "%06u", totp_hotp(key, step, TOTP_SHA1, TOTP_DIGITS));
	return str_from_c(text);
}

static void test_window(void)
{
	struct str key = S("12345678901234567890");
	int64_t now = 1780000000;
	uint64_t step = totp_step(now), got = 0;
	char text[8];
	int by = 0;

	IS_NUM(totp_check(key, now, 0, code_at(key, step, text), &got), ERR_OK);
	IS_NUM(got, step);
	IS_NUM(totp_check(key, now, got, code_at(key, step, text), &got), ERR_EXISTS);
	IS_NUM(totp_check(key, now, got, code_at(key, step - 1, text), &got), ERR_EXISTS);
	IS_NUM(totp_check(key, now, got, code_at(key, step + 1, text), &got), ERR_OK);
	IS_NUM(got, step + 1);
	IS_NUM(totp_check(key, now, step, code_at(key, step + 1, text), &got), ERR_OK);
	IS_NUM(totp_check(key, now, 0, code_at(key, step - 1, text), &got), ERR_OK);
	IS_NUM(got, step - 1);
	IS_NUM(totp_check(key, now, 0, code_at(key, step - 2, text), &got), ERR_AUTH);
	OK(totp_skew(key, now, str_from_c(text), &by) && by == -2, "a minute behind: %d", by);
	IS_NUM(totp_check(key, now, 0, code_at(key, step + 2, text), &got), ERR_AUTH);
	OK(totp_skew(key, now, str_from_c(text), &by) && by == 2, "a minute ahead: %d", by);
	OK(totp_skew(key, now, code_at(key, step + 20, text), &by) && by == 20, "ten minutes: %d", by);
	OK(!totp_skew(key, now, code_at(key, step + 21, text), &by), "more is no clock, it is a wrong code");
	/* near the beginning of time */
	IS_NUM(totp_check(key, 0, 0, code_at(key, 1, text), &got), ERR_OK);
	OK(totp_skew(key, 0, code_at(key, 3, text), &by) && by == 3, "no step before the first");
}

static void test_malformed(void)
{
	static const char *const bad[] = { "", "1", "12345", "1234567", "12345a", " 12345", "12345 ", "+12345", "-12345", "1e1000", "999999999999999999" };
	struct str key = S("12345678901234567890");
	uint64_t step = 7;
	int by = 7;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		IS_NUM(totp_check(key, 1780000000, 0, str_from_c(bad[i]), &step), ERR_SYNTAX);
		OK(!totp_skew(key, 1780000000, str_from_c(bad[i]), &by), "'%s'", bad[i]);
	}
	IS_NUM(totp_check(key, 1780000000, 0, str_make("12345\0", 6), &step), ERR_SYNTAX);
	OK(step == 7 && by == 7, "nothing is written on failure");
}

static void test_words(void)
{
	unsigned char octets[10] = { 0x00, 0x44, 0x32, 0x14, 0xc7, 0xff, 0xfe, 0x42, 0x54, 0xb6 }, back[10];
	struct buf text;

	buf_init(&text, 256);
	totp_key_put(&text, S("foobar"));
	IS_STR(buf_str(&text), S("MZXW6YTBOI")); /* RFC 4648 section 10 */
	buf_clear(&text);
	totp_words_put(&text, str_make(octets, sizeof(octets)));
	IS_STR(buf_str(&text), S("0123-4567-zzz4-4n5p"));
	OK(totp_words_get(buf_str(&text), back, sizeof(back)) && memcmp(back, octets, 10) == 0, "read back");
	OK(totp_words_get(S("OI23 4567 ZZZ4 4N5P"), back, sizeof(back)) && memcmp(back, octets, 10) == 0, "as people type it");
	OK(totp_words_get(S("ol234567zzz44n5p"), back, sizeof(back)) && memcmp(back, octets, 10) == 0, "without dashes");
	OK(!totp_words_get(S("0123-4567-zzz4-4n5"), back, sizeof(back)), "one too few");
	OK(!totp_words_get(S("0123-4567-zzz4-4n5p0"), back, sizeof(back)), "one too many");
	OK(!totp_words_get(S("0123-4567-zzz4-4n5u"), back, sizeof(back)), "u is none of them");
	OK(!totp_words_get(str_make("0123-4567-zzz4-4n5\0", 19), back, sizeof(back)), "nor is NUL");
	OK(!totp_words_get(S(""), back, sizeof(back)), "nothing");
	buf_done(&text);
}

static void test_uri(void)
{
	struct buf uri;

	buf_init(&uri, 1024);
	totp_uri_put(&uri, S("Example & Co"), S("DOM\\j\xc3\xbcrgen"), S("12345678901234567890"));
	IS_STR(buf_str(&uri), S("otpauth://totp/Example%20%26%20Co:DOM%5Cj%C3%BCrgen?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
				"&issuer=Example%20%26%20Co&algorithm=SHA1&digits=6&period=30"));
	buf_done(&uri);
}

static void test_recovery(void)
{
	unsigned char code[TOTP_RECOVERY_OCTETS] = "ten octets", one[TOTP_HASH_OCTETS], two[TOTP_HASH_OCTETS];

	totp_recovery_hash(7, code, one);
	totp_recovery_hash(7, code, two);
	OK(memcmp(one, two, sizeof(one)) == 0, "the same code, the same hash");
	totp_recovery_hash(8, code, two);
	OK(memcmp(one, two, sizeof(one)) != 0, "another account, another hash");
}

int main(void)
{
	test_hotp();
	test_vectors();
	test_window();
	test_malformed();
	test_words();
	test_uri();
	test_recovery();
	return tap_done();
}
