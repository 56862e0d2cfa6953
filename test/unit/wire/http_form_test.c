/* Forms in both codings: what is a field, what is refused, and every cut of a multipart. */
#include "wire/http_form.h"

#include <stdlib.h>

#include "tap.h"

#define CODED "application/x-www-form-urlencoded"
#define MULTI "multipart/form-data; boundary=B"
#define PART(disposition, value) "--B\r\nContent-Disposition: form-data; " disposition "\r\n\r\n" value "\r\n"

static void is(const char *type, struct str body, enum err want)
{
	/* Alone in memory, so that one octet too far is seen. */
	char *copy = malloc(body.len + 1);
	struct http_form f;
	enum err e;

	memcpy(copy, body.at, body.len);
	e = http_form_open(str_from_c(type), str_make(copy, body.len), &f);
	OK(e == want, "%s, got %s: %s %.*s", err_name(want), err_name(e), type, STR_FMT(str_sub(body, 0, 100)));
	free(copy);
}

static void has(const char *type, const char *body, const char *name, const char *want)
{
	struct http_form f;
	struct buf value;
	enum err e;

	buf_init(&value, 1000);
	OK(http_form_open(str_from_c(type), str_from_c(body), &f) == ERR_OK, "opened: %s", body);
	e = http_form_get(&f, str_from_c(name), &value);
	OK(want == NULL ? e == ERR_NOTFOUND : e == ERR_OK && str_eq(buf_str(&value), str_from_c(want)), "%s of %s", name, body);
	buf_done(&value);
}

static void test_values(void)
{
	struct http_form f;
	struct buf small;

	has(CODED, "a=1&b=x%20y+z&c=", "b", "x y z");
	has(CODED "; charset=utf-8", "a=1&b=2&c=", "c", "");
	has(CODED, "a=1&b=2", "c", NULL);
	has(CODED, "", "a", NULL);
	has(CODED, "%61=1", "a", "1");
	has(CODED, "a=b=c", "a", "b=c");
	has(MULTI, PART("name=\"a\"", "1") PART("name=\"b\"", "x\r\n--y\r\n") "--B--\r\n", "b", "x\r\n--y\r\n");
	has(MULTI, PART("name=\"a\"", "1") "--B--", "a", "1");
	has(MULTI, PART("name=\"a\"", "") "--B--", "a", "");
	has(MULTI, "--B--", "a", NULL);
	has("Multipart/Form-Data; Boundary=\"B\"", "--B\r\ncontent-disposition:form-data;name=\"a\"\r\nContent-Type: text/plain\r\n\r\n+%20\r\n--B--", "a", "+%20");
	buf_init(&small, 3);
	OK(http_form_open(S(CODED), S("a=12345"), &f) == ERR_OK && http_form_get(&f, S("a"), &small) == ERR_TOOBIG, "over the ceiling");
	buf_done(&small);
}

static void test_refused(void)
{
	static const char *const coded[] = { "a", "&a=1", "=1", "a=1&a=2", "a=1&%61=2", "a=%", "a=%2", "a=%zz", "a=%00", "%00=1", "a%0a=1" };
	static const char *const multi[] = { "", "--", "--B", "--B\r\n", "--C--", PART("name=\"a\"", "1"), PART("name=\"a\"", "1") "--B",
		PART("name=\"a\"", "1") "--B-", PART("name=\"a\"", "1") "--B--x", PART("name=\"a\"", "1") PART("name=\"a\"", "2") "--B--",
		PART("name=a", "1") "--B--", PART("name=\"a", "1") "--B--", PART("name=\"a\\\"\"", "1") "--B--", PART("name=\"a\"; name=\"b\"", "1") "--B--",
		PART("x=\"a\"", "1") "--B--", "--B\r\n\r\n1\r\n--B--", "--B\r\nX: y\r\n\r\n1\r\n--B--", "--B\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\n1\r\n--B--",
		"--B\r\nContent-Disposition: form-data; name=\"a\"\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\n1\r\n--B--",
		"--B\r\nContent-Disposition: form-data; name=\"a\"\r\n folded\r\n\r\n1\r\n--B--", "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n--B--" };
	static const char *const types[] = { "", "text/plain", "application/json", "multipart/form-data", "multipart/mixed; boundary=B",
		"multipart/form-data; boundary=", "multipart/form-data; charset=x; boundary=B", "multipart/form-data; boundary=\"a b\"" };
	struct buf many;

	for (size_t i = 0; i < sizeof(coded) / sizeof(*coded); i++)
		is(CODED, str_from_c(coded[i]), ERR_SYNTAX);
	for (size_t i = 0; i < sizeof(multi) / sizeof(*multi); i++)
		is(MULTI, str_from_c(multi[i]), ERR_SYNTAX);
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		is(types[i], S("--B--"), ERR_MEDIATYPE);
	is(CODED, S("a=\0"), ERR_SYNTAX);
	is(MULTI, S(PART("name=\"a\"", "\0") "--B--"), ERR_SYNTAX);
	is(MULTI, S(PART("name=\"a\"; filename=\"x\"", "1") "--B--"), ERR_MEDIATYPE);
	is(MULTI, S("--B\r\nContent-Transfer-Encoding: base64\r\n\r\n1\r\n--B--"), ERR_MEDIATYPE);
	buf_init(&many, 4096);
	for (int i = 0; i < 51; i++)
		buf_printf(&many, "%sf%d=", i > 0 ? "&" : "", i);
	is(CODED, buf_str(&many), ERR_LIMIT);
	buf_done(&many);
}

static void test_cuts(void)
{
	struct str whole = S(PART("name=\"a\"", "1") PART("name=\"b\"", "x") "--B--");

	for (size_t n = 0; n < whole.len; n++)
		is(MULTI, str_sub(whole, 0, n), ERR_SYNTAX);
	is(MULTI, whole, ERR_OK);
}

int main(void)
{
	test_values();
	test_refused();
	test_cuts();
	return tap_done();
}
