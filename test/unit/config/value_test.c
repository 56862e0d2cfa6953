#include "config/value.h"

#include <stdlib.h>

#include "tap.h"

static const struct config_option *option(const char *section, const char *key)
{
	for (size_t i = 0; i < config_option_count(); i++) {
		const struct config_option *o = config_option(i);

		if (strcmp(o->section, section) == 0 && strcmp(o->key, key) == 0)
			return o;
	}
	printf("Bail out! there is no option %s.%s\n", section, key);
	exit(1);
}

/* One value each: what it prints as, or "F why". */
static const struct {
	const char *section, *key, *value, *want;
} cases[] = {
	{ "store", "compress", "on", "on" },
	{ "store", "compress", "false", "off" },
	{ "store", "compress", "maybe", "F 'maybe' is not on or off" },
	{ "smtp", "recipients_max", "100", "100" },
	{ "smtp", "recipients_max", "99", "F '99' is below the least, 100" },
	{ "smtp", "recipients_max", "100001", "F '100001' is above the most, 100000" },
	{ "smtp", "recipients_max", "99999999999999999999999", "F '99999999999999999999999' is above the most, 100000" },
	{ "smtp", "recipients_max", "5k", "F '5k' has a unit; this option is a plain number" },
	{ "smtp", "recipients_max", "-5", "F '-5' is not a number" },
	{ "smtp", "recipients_max", "many", "F 'many' is not a number" },
	{ "smtp", "message_octets_max", "50M", "50M" },
	{ "smtp", "message_octets_max", "10MiB", "10M" },
	{ "smtp", "message_octets_max", "1024k", "1M" },
	{ "smtp", "message_octets_max", "1024K", "1M" },
	{ "smtp", "message_octets_max", "65537", "65537" },
	{ "smtp", "message_octets_max", "50MX", "F '50MX' is not a size; write a number with k, M or G" },
	{ "smtp", "message_octets_max", "50MB", "F '50MB' is not a size; write a number with k, M or G" },
	{ "smtp", "message_octets_max", "2G", "F '2G' is above the most, 1G" },
	{ "smtp", "message_octets_max", "99999999999999T", "F '99999999999999T' is above the most, 1G" },
	{ "smtp", "message_octets_max", "M", "F 'M' is not a size; write a number with k, M or G" },
	{ "smtp", "command_time_max", "90s", "90s" },
	{ "smtp", "command_time_max", "120s", "2m" },
	{ "smtp", "command_time_max", "1500ms", "1500ms" },
	{ "smtp", "command_time_max", "5", "F '5' has no unit; write ms, s, m, h or d behind it" },
	{ "smtp", "command_time_max", "5x", "F '5x' is not a time; write a number with ms, s, m, h or d" },
	{ "smtp", "command_time_max", "2h", "F '2h' is above the most, 1h" },
	{ "smtp", "command_time_max", "0", "F '0' is below the least, 1s" },
	{ "retention", "deleted_item_time", "0", "0s" },
	{ "retention", "deleted_item_time", "14d", "14d" },
	{ "organisation", "name", "M\xc3\xbcller \"&\" S\xc3\xb6hne", "\"M\xc3\xbcller \\\"&\\\" S\xc3\xb6hne\"" },
	{ "organisation", "name", "", "\"\"" },
	{ "user", "keys", "", "F must not be empty" },
	{ "user", "keys", "a-name-that-is-longer-than-the-system-takes", "F 'a-name-that-is-longer-than-the-system-takes' is longer than 32 octets" },
	{ "tls", "key", "/etc/key", "\"/etc/key\"" },
	{ "tls", "key", "key", "F 'key' is not a full path; begin it with /" },
	{ "log", "format", "json", "json" },
	{ "log", "format", "jsno", "F 'jsno' is none of: text json; did you mean 'json'?" },
	{ "log", "format", "xml", "F 'xml' is none of: text json" },
	{ "tls", "minimum", "1.3", "1.3" },
	{ "listen", "addresses", "::1", "\"::1\"" },
	{ "listen", "addresses", "", "F '' cannot stand in a list" },
	{ "listen", "smtp", "off", "off" },
	{ "listen", "smtp", "0", "off" },
	{ "listen", "smtp", "2525", "2525" },
	{ "listen", "smtp", "*", "\"*:25\"" },
	{ "listen", "imaps", "127.0.0.1", "\"127.0.0.1:993\"" },
	{ "listen", "smtp", "127.0.0.1:2525", "\"127.0.0.1:2525\"" },
	{ "listen", "smtp", "::1", "\"[::1]:25\"" },
	{ "listen", "smtp", "[::1]", "\"[::1]:25\"" },
	{ "listen", "smtp", "[::1]:2525", "\"[::1]:2525\"" },
	{ "listen", "smtp", "[::1", "F '[::1' is not a place to listen; write a port, an address, or address:port" },
	{ "listen", "smtp", "[::1]x", "F '[::1]x' is not a place to listen; write a port, an address, or address:port" },
	{ "listen", "smtp", "[::1]:", "F '[::1]:' is not a place to listen; write a port, an address, or address:port" },
	{ "listen", "smtp", "[127.0.0.1]", "F '[127.0.0.1]' is not a place to listen; write a port, an address, or address:port" },
	{ "listen", "smtp", ":25", "F ':25' is not a place to listen; write a port, an address, or address:port" },
	{ "listen", "smtp", "127.0.0.1:", "F '127.0.0.1:' is not a place to listen; write a port, an address, or address:port" },
	{ "listen", "smtp", "localhost:25", "F 'localhost:25' names no address; write it in digits, or * for all" },
	{ "listen", "smtp", "65536", "F '65536' has no port from 1 to 65535" },
	{ "listen", "smtp", "*:smtp", "F '*:smtp' has no port from 1 to 65535" },
	{ "listen", "smtp", "", "F '' is not a place to listen; write a port, an address, or address:port" },
};

static void test_cases(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct config_option *o = option(cases[i].section, cases[i].key);
		struct str value = str_from_c(cases[i].value);
		struct config c = { 0 };
		struct arena a;
		struct buf got;

		arena_init(&a, ARENA_NONE);
		buf_init(&got, 4096);
		if (value_set(&a, o, &(struct value_text){ &value, 1, false }, &c, &got) == ERR_OK) {
			value_print(&got, o, &c);
			IS_STR(buf_str(&got), str_from_c(cases[i].want));
		} else {
			OK(cases[i].want[0] == 'F' && str_eq(buf_str(&got), str_from_c(cases[i].want + 2)),
				"%s.%s: got '%.*s', want '%s'", o->section, o->key, STR_FMT(buf_str(&got)),
				cases[i].want);
		}
		buf_done(&got);
		arena_done(&a);
	}
}

static void test_lists(void)
{
	struct str values[VALUE_ITEMS_MAX + 1] = { S("127.0.0.1:25"), S("[::1]:26"), S("27") };
	struct config c = { 0 };
	struct arena a;
	struct buf got;
	const struct config_option *smtp = option("listen", "smtp"), *addresses = option("listen", "addresses");

	arena_init(&a, ARENA_NONE);
	buf_init(&got, 4096);
	IS_NUM(value_set(&a, smtp, &(struct value_text){ values, 3, true }, &c, &got), ERR_OK);
	value_print(&got, smtp, &c);
	IS_STR(buf_str(&got), S("[\"127.0.0.1:25\", \"[::1]:26\", 27]"));
	buf_clear(&got);
	IS_NUM(value_set(&a, smtp, &(struct value_text){ values, 0, true }, &c, &got), ERR_OK);
	value_print(&got, smtp, &c);
	IS_STR(buf_str(&got), S("off"));
	buf_clear(&got);
	IS_NUM(value_set(&a, addresses, &(struct value_text){ values, 0, true }, &c, &got), ERR_CONFIG);
	IS_STR(buf_str(&got), S("the list must not be empty"));
	buf_clear(&got);
	IS_NUM(value_set(&a, smtp, &(struct value_text){ values, VALUE_ITEMS_MAX + 1, true }, &c, &got), ERR_CONFIG);
	IS_STR(buf_str(&got), S("33 values are more than 32"));
	buf_clear(&got);
	IS_NUM(value_set(&a, option("log", "level"), &(struct value_text){ values, 1, true }, &c, &got), ERR_CONFIG);
	IS_STR(buf_str(&got), S("takes one value, not a list"));
	buf_done(&got);
	arena_done(&a);
}

/* A value that no file can hold is not taken from a channel either. */
static void test_get(void)
{
	static const struct {
		const char *section, *key;
		struct str octets;
	} bad[] = {
		{ "store", "compress", S_INIT("\2") },
		{ "smtp", "recipients_max", S_INIT("\5\0\0\0\0\0\0\0") },
		{ "log", "format", S_INIT("\2\0\0\0") },
		{ "tls", "key", S_INIT("\1\0\0\0x") },
		{ "organisation", "name", S_INIT("\1\0\0\0\1") },
		{ "organisation", "name", S_INIT("\377\377\377\377x") },
		{ "listen", "addresses", S_INIT("\0\0\0\0") },
		{ "listen", "addresses", S_INIT("\1\0\0\0\0\0\0\0") },
		{ "listen", "addresses", S_INIT("\377\377\377\177") },
		{ "listen", "smtp", S_INIT("\1\0\0\0\0\0\0\0\0\0") },
		{ "listen", "smtp", S_INIT("\1\0\0\0\1\0\0\0x\31\0") },
		{ "listen", "smtp", S_INIT("\41\0\0\0") },
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct rd r = rd_from(bad[i].octets);
		struct config c = { 0 };
		struct arena a;

		arena_init(&a, ARENA_NONE);
		value_get(&r, &a, option(bad[i].section, bad[i].key), &c);
		OK(rd_end(&r) == ERR_CORRUPT, "case %zu of %s.%s is refused", i, bad[i].section, bad[i].key);
		arena_done(&a);
	}
}

int main(void)
{
	test_cases();
	test_lists();
	test_get();
	return tap_done();
}
