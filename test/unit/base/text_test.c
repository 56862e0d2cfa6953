/* Codes, dates, UTF-8, error rows and log records. */
#include "base/code.h"
#include "base/date.h"
#include "base/log.h"
#include "base/utf8.h"
#include "tap.h"

static void test_base64(void)
{
	/* RFC 4648 section 10 */
	static const char *const pairs[][2] = { { "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" }, { "foo", "Zm9v" },
		{ "foob", "Zm9vYg==" }, { "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" } };
	static const char *const wrong[] = { "Z", "Zg", "Zg=", "Zg===", "Z===", "====", "Zh==", "Zm9=", "Zg==Zg==", "Zm 9v", "Zm9v\n", "!!!!" };
	struct buf b;

	buf_init(&b, 100);
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		buf_clear(&b);
		base64_put(&b, str_from_c(pairs[i][0]));
		IS_STR(buf_str(&b), str_from_c(pairs[i][1]));
		buf_clear(&b);
		OK(base64_get(&b, str_from_c(pairs[i][1])) == ERR_OK, "decodes");
		IS_STR(buf_str(&b), str_from_c(pairs[i][0]));
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		buf_clear(&b);
		OK(base64_get(&b, str_from_c(wrong[i])) == ERR_BASE64, "'%s' is refused", wrong[i]);
	}
	buf_done(&b);
}

static void test_crc32c(void)
{
	char zeros[32] = { 0 };

	/* RFC 3720 appendix B.4 */
	OK(crc32c(0, str_make(zeros, 32)) == 0x8a9136aau, "32 zeros");
	OK(crc32c(0, S("123456789")) == 0xe3069283u, "the check value");
	OK(crc32c(crc32c(0, S("1234")), S("56789")) == 0xe3069283u, "in pieces");
}

/* Whatever the processor has: every length and alignment that an unrolled loop could get wrong, and any cut. */
static void test_crc32c_equal(void)
{
	char octets[200];
	uint32_t x = 1;
	bool equal = true, cut = true;

	for (size_t i = 0; i < sizeof(octets); i++) {
		x = x * 1664525 + 1013904223;
		octets[i] = (char)(x >> 24);
	}
	for (size_t from = 0; from < 16; from++)
		for (size_t len = 0; from + len <= sizeof(octets); len++) {
			struct str s = str_make(octets + from, len);
			size_t half = len / 3;
			uint32_t whole = crc32c_portable(x, s);

			equal = equal && crc32c(x, s) == whole;
			cut = cut && crc32c(crc32c(x, str_sub(s, 0, half)), str_skip(s, half)) == whole;
		}
	OK(crc32c_portable(0, S("123456789")) == 0xe3069283u, "the tables' check value");
	OK(equal, "the instruction and the tables agree");
	OK(cut, "and in pieces");
}

static void test_dates(void)
{
	static const char *const wrong[] = { "", "\"01-Jan-2024 00:00:00 +0000", "01-Foo-2024 00:00:00 +0000", "32-Jan-2024 00:00:00 +0000",
		"01-Jan-2024 24:00:00 +0000", "01-Jan-2024 00:00:00 00000", "1-Jan-2024 00:00:00 +0000" };
	struct buf b;
	int64_t seconds = 0;

	buf_init(&b, 200);
	date_put_rfc5322(&b, 880106106);
	IS_STR(buf_str(&b), S("Fri, 21 Nov 1997 09:55:06 +0000"));
	buf_clear(&b);
	date_put_imap(&b, -1);
	IS_STR(buf_str(&b), S("\"31-Dec-1969 23:59:59 +0000\""));
	buf_clear(&b);
	date_put_imap(&b, 980106106);
	IS_STR(buf_str(&b), S("\"21-Jan-2001 19:41:46 +0000\""));
	buf_clear(&b);
	date_put_imap(&b, 981106106);
	IS_STR(buf_str(&b), S("\" 2-Feb-2001 09:28:26 +0000\""));
	OK(date_get_imap(S("\"17-Jul-1996 02:44:25 -0700\""), &seconds) == ERR_OK, "RFC 3501 date-time");
	IS_NUM(seconds, 837596665);
	OK(date_get_imap(S(" 7-Jul-1996 02:44:25 -0700"), &seconds) == ERR_OK, "a blank before the day");
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		OK(date_get_imap(str_from_c(wrong[i]), &seconds) == ERR_SYNTAX, "'%s' is refused", wrong[i]);
	for (int64_t t = -70000000000; t < 260000000000; t += 86399 * 7919) {
		struct date d = date_from_instant(t, 90);

		if (date_to_instant(&d) != t)
			OK(false, "instant %lld does not come back", (long long)t);
	}
	buf_done(&b);
}

static void test_utf8(void)
{
	static const char *const wrong[] = { "\x80", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xc3", "\xe2\x82", "\xff" };
	struct buf b;
	struct str s = S("\xe2\x82\xac!");

	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		OK(!utf8_valid(str_from_c(wrong[i])), "malformed row %zu", i);
	OK(utf8_valid(S("a\xc3\xa4\xe2\x82\xac\xf0\x9f\x93\xa8")), "one to four octets");
	IS_NUM(utf8_next(&s), 0x20ac);
	IS_STR(s, S("!"));
	buf_init(&b, 100);
	utf8_put(&b, 0xd800);
	IS_STR(buf_str(&b), S("\xef\xbf\xbd"));
	buf_done(&b);
}

static char logged[4096];

static void keep_line(enum log_level level, struct str line)
{
	snprintf(logged, sizeof(logged), "%.*s", STR_FMT(line));
}

static int64_t at_epoch(void)
{
	return 0;
}

static void test_log(void)
{
	struct log_setup setup = { .sink = keep_line, .now_ms = at_epoch, .role = "test", .most = LOG_LEVEL_INFO };

	log_setup(&setup);
	log_put(LOG_logon_refused, LOG_C("client", "a\r\n2026 forged"), LOG_U("n", 7), LOG_SECRET("password"), LOG_END);
	IS_STR(str_from_c(logged), S("1970-01-01T00:00:00.000Z test notice 2002 logon refused: client=\"a\\u000d\\u000a2026 forged\" n=7 password=***\n"));
	setup.json = true;
	log_setup(&setup);
	log_put(LOG_started, LOG_C("host", "h\"\xc3"), LOG_END);
	IS_STR(str_from_c(logged), S("{\"time\":\"1970-01-01T00:00:00.000Z\",\"role\":\"test\",\"level\":\"info\",\"event\":1001,\"name\":\"started\",\"text\":\"server is ready\",\"host\":\"h\\\"\\u00c3\"}\n"));
	logged[0] = '\0';
	log_put(LOG_role_started, LOG_END);
	OK(logged[0] == '\0', "records above the level are dropped");
}

static void test_tables(void)
{
	for (unsigned i = 0; i < ERR_COUNT; i++) {
		const struct err_row *row = err_row((enum err)i);
		int class = row->smtp / 100;

		/* RFC 2034 section 4: the enhanced code's class is that of the reply. */
		OK(class == row->enhanced[0] - '0', "%s: reply %d and enhanced code %s agree", row->name, row->smtp, row->enhanced);
		OK(!str_has_control(str_from_c(row->text)), "%s: its text is one line", row->name);
	}
	for (unsigned i = 0; i < LOG_COUNT; i++) {
		for (unsigned j = i + 1; j < LOG_COUNT; j++) {
			if (log_row((enum log_event)i)->code == log_row((enum log_event)j)->code)
				OK(false, "event code %u is used twice", log_row((enum log_event)i)->code);
		}
	}
}

static void test_failure(void)
{
	struct failure f = { 0 };

	OK(fail(&f, ERR_QUOTA, "%d octets over", 7) == ERR_QUOTA, "the first failure");
	OK(fail(&f, ERR_IO, NULL) == ERR_QUOTA, "sticks");
	IS_STR(str_from_c(f.text), S("7 octets over"));
}

int main(void)
{
	test_base64();
	test_crc32c();
	test_crc32c_equal();
	test_dates();
	test_utf8();
	test_log();
	test_tables();
	test_failure();
	return tap_done();
}
