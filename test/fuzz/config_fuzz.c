/*
 * bourse.conf as text (first octet even) and as octets between roles (odd). What is taken must print, read
 * back and encode to the same.
 */
#include "base/mem.h"
#include "config/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool read_itself(void *arg, const char *path, struct buf *to)
{
	const struct str *text = arg;

	buf_put(to, str_skip(*text, text->len / 2));
	return true;
}

static void check_round(struct arena *a, const struct config *c)
{
	const struct config *again = NULL, *decoded = NULL;
	struct failure f = { 0 };
	struct buf text, octets, other;

	buf_init(&text, BUF_NO_CEILING);
	buf_init(&octets, BUF_NO_CEILING);
	buf_init(&other, BUF_NO_CEILING);
	config_print(&text, c, true);
	must(config_parse(a, buf_str(&text), "printed", &again, &f) == ERR_OK);
	config_print(&other, again, true);
	must(str_eq(buf_str(&text), buf_str(&other)));
	must(config_encode(again, &octets) == ERR_OK);
	must(config_decode(a, buf_str(&octets), &decoded) == ERR_OK);
	buf_clear(&other);
	config_print(&other, decoded, true);
	must(str_eq(buf_str(&text), buf_str(&other)));
	buf_done(&text);
	buf_done(&octets);
	buf_done(&other);
}

/* The octets of the defaults, with those of the input laid over them: a fingerprint is not to be guessed. */
static enum err decode(struct arena *a, struct str input, const struct config **ret)
{
	struct buf octets;
	enum err e;

	buf_init(&octets, BUF_NO_CEILING);
	e = config_encode(config_defaults(a), &octets);
	must(e == ERR_OK);
	octets.len = 4;
	buf_put(&octets, input);
	e = config_decode(a, buf_str(&octets), ret);
	buf_done(&octets);
	return e;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str input = str_make(data, size);
	const struct config *c = NULL;
	struct failure f = { 0 };
	struct arena a;
	enum err e;

	if (size == 0)
		return 0;
	arena_init(&a, ARENA_NONE);
	input = str_skip(input, 1);
	if (data[0] % 2 == 0) {
		struct config_source source = { input, "fuzz.conf", read_itself, &input, NULL };

		e = config_parse_sources(&a, &source, &c, &f);
		must(e == ERR_OK || (e == ERR_CONFIG && f.text[0] != '\0'));
	} else {
		e = decode(&a, input, &c);
		must(e == ERR_OK || e == ERR_CORRUPT);
	}
	if (e == ERR_OK)
		check_round(&a, c);
	arena_done(&a);
	return 0;
}
