/* The HTTP grammar: what is one request and where it ends, cut at every octet; and everything that two readers could read twice. */
#include "wire/http.h"

#include <stdlib.h>

#include "tap.h"

#define HOST "Host: mail.example.org\r\n"

/* Reads a head that stands alone in memory, so that one octet too far is seen. */
static enum err read_exact(struct str text, struct http_request *r, size_t *used)
{
	char *copy = malloc(text.len + 1);
	enum err e;

	memcpy(copy, text.at, text.len);
	e = http_read_request(str_make(copy, text.len), HTTP_HEAD_OCTETS_MAX, r, used);
	free(copy);
	return e;
}

static void is_read(const char *text, enum err want)
{
	static struct http_request r;
	struct str all = str_from_c(text);
	size_t used = 0, early = 0;

	for (size_t cut = 0; cut < all.len; cut++) {
		enum err e = read_exact(str_sub(all, 0, cut), &r, &used);

		early += want == ERR_OK ? e != ERR_NEEDMORE : e == ERR_OK;
	}
	IS_NUM(early, 0);
	OK(read_exact(all, &r, &used) == want, "%s, got %s: %s", err_name(want), err_name(read_exact(all, &r, &used)), text);
	OK(want != ERR_OK || used == all.len, "all of it is the head");
}

static void test_good(void)
{
	static const char *const heads[] = {
		"GET / HTTP/1.1\r\n" HOST "\r\n",
		"\r\nGET / HTTP/1.1\r\n" HOST "\r\n",
		"GET /a?b=c%20d&e HTTP/1.1\r\nhost:mail.example.org:8443\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: [2001:db8::1]:443\r\n\r\n",
		"GET / HTTP/1.1\r\nHost:\r\n\r\n",
		"GET / HTTP/1.0\r\n\r\n",
		"OPTIONS * HTTP/1.1\r\n" HOST "\r\n",
		"GET http://mail.example.org/x HTTP/1.1\r\n" HOST "\r\n",
		"GET https://mail.example.org HTTP/1.1\r\n" HOST "\r\n",
		"POST / HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\n",
		"POST / HTTP/1.1\r\n" HOST "Content-Length:\t0005 \r\n\r\n",
		"POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: Chunked\r\nExpect: 100-Continue\r\n\r\n",
		"BREW / HTTP/1.1\r\n" HOST "X-Latin: \xe9\r\nEmpty:\r\n\r\n",
	};

	for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++)
		is_read(heads[i], ERR_OK);
}

/* Attack E1 and its relatives: another reader might find another request in it. */
static void test_smuggling(void)
{
	static const struct {
		const char *head;
		enum err want;
	} rows[] = {
		{ "POST / HTTP/1.1\r\n" HOST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", ERR_HTTP },
		{ "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", ERR_HTTP },
		{ "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: xchunked\r\n\r\n", ERR_HTTP },
		{ "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\x0b\r\n\r\n", ERR_HTTP },
		{ "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: identity, chunked\r\n\r\n", ERR_HTTP },
		{ "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked, identity\r\n\r\n", ERR_HTTP },
		{ "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", ERR_HTTP },
		{ "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n", ERR_HTTP },
		{ "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding:\r\n\r\n", ERR_HTTP },
		{ "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: gzip\r\n\r\n", ERR_UNSUPPORTED },
		{ "POST / HTTP/1.0\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n", ERR_HTTP },
		{ "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding : chunked\r\n\r\n", ERR_HTTP },
		{ "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding\r\n : chunked\r\n\r\n", ERR_HTTP },
		{ "POST / HTTP/1.1\r\n" HOST "X: y\r\n Transfer-Encoding: chunked\r\n\r\n", ERR_HTTP },
		{ "POST / HTTP/1.1\r\n" HOST "X: y\r\n\tz\r\n\r\n", ERR_HTTP },
		{ "POST / HTTP/1.1\r\n" HOST "Content-Length: 5, 5\r\n\r\n", ERR_HTTP },
		{ "POST / HTTP/1.1\r\n" HOST "Content-Length: 5\r\nContent-Length: 5\r\n\r\n", ERR_HTTP },
		{ "POST / HTTP/1.1\r\n" HOST "Content-Length: 5\r\nContent-Length: 6\r\n\r\n", ERR_HTTP },
		{ "POST / HTTP/1.1\r\n" HOST "Content-Length: +5\r\n\r\n", ERR_HTTP },
		{ "POST / HTTP/1.1\r\n" HOST "Content-Length: -5\r\n\r\n", ERR_HTTP },
		{ "POST / HTTP/1.1\r\n" HOST "Content-Length: 0x5\r\n\r\n", ERR_HTTP },
		{ "POST / HTTP/1.1\r\n" HOST "Content-Length: 5 5\r\n\r\n", ERR_HTTP },
		{ "POST / HTTP/1.1\r\n" HOST "Content-Length:\r\n\r\n", ERR_HTTP },
		{ "POST / HTTP/1.1\r\n" HOST "Content-Length: 99999999999999999999\r\n\r\n", ERR_HTTP },
		{ "GET / HTTP/1.1\n" HOST "\r\n", ERR_BARELINEEND },
		{ "GET / HTTP/1.1\r\nHost: mail.example.org\n\r\n", ERR_BARELINEEND },
		{ "GET / HTTP/1.1\r\nHost: mail.example.org\r\n\n", ERR_BARELINEEND },
		{ "GET / HTTP/1.1\r\nHost: mail.example.org\rX: y\r\n\r\n", ERR_BARELINEEND },
		{ "GET / HTTP/1.1\r\r\n" HOST "\r\n", ERR_BARELINEEND },
		{ "\nGET / HTTP/1.1\r\n" HOST "\r\n", ERR_BARELINEEND },
		{ "\r\n\r\nGET / HTTP/1.1\r\n" HOST "\r\n", ERR_HTTP },
		{ "GET / HTTP/1.1\r\nHost: a.example\r\nHost: b.example\r\n\r\n", ERR_HTTP },
		{ "GET / HTTP/1.1\r\nHost: a.example\r\nHost: a.example\r\n\r\n", ERR_HTTP },
		{ "GET / HTTP/1.1\r\nHost: a.example, b.example\r\n\r\n", ERR_HTTP },
		{ "GET / HTTP/1.1\r\nHost: u@a.example\r\n\r\n", ERR_HTTP },
		{ "GET / HTTP/1.1\r\nHost: a.example/x\r\n\r\n", ERR_HTTP },
		{ "GET / HTTP/1.1\r\nHost: a.example:x\r\n\r\n", ERR_HTTP },
		{ "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", ERR_HTTP },
		{ "GET / HTTP/1.1\r\n\r\n", ERR_HTTP },
		{ "GET http://a.example/ HTTP/1.1\r\n" HOST "\r\n", ERR_HTTP },
		{ "GET http://u@mail.example.org/ HTTP/1.1\r\nHost: u@mail.example.org\r\n\r\n", ERR_HTTP },
		{ "GET ftp://mail.example.org/ HTTP/1.1\r\n" HOST "\r\n", ERR_HTTP },
		{ "GET mail.example.org:443 HTTP/1.1\r\n" HOST "\r\n", ERR_HTTP },
		{ "GET * HTTP/1.1\r\n" HOST "\r\n", ERR_HTTP },
		{ "GET /#x HTTP/1.1\r\n" HOST "\r\n", ERR_HTTP },
		{ "GET /\\x HTTP/1.1\r\n" HOST "\r\n", ERR_HTTP },
		{ "GET /\xc3\xa9 HTTP/1.1\r\n" HOST "\r\n", ERR_HTTP },
		{ "GET  / HTTP/1.1\r\n" HOST "\r\n", ERR_HTTP },
		{ "GET /  HTTP/1.1\r\n" HOST "\r\n", ERR_HTTP },
		{ "GET / HTTP/1.1 \r\n" HOST "\r\n", ERR_HTTP },
		{ " GET / HTTP/1.1\r\n" HOST "\r\n", ERR_HTTP },
		{ "GET\t/ HTTP/1.1\r\n" HOST "\r\n", ERR_HTTP },
		{ "GET /\r\n" HOST "\r\n", ERR_HTTP },
		{ "GET\r\n\r\n", ERR_HTTP },
		{ "G(T / HTTP/1.1\r\n" HOST "\r\n", ERR_HTTP },
		{ "GET / http/1.1\r\n" HOST "\r\n", ERR_HTTP },
		{ "GET / HTTP/1.1x\r\n" HOST "\r\n", ERR_HTTP },
		{ "GET / HTTP/1.2\r\n" HOST "\r\n", ERR_VERSION },
		{ "GET / HTTP/2.0\r\n" HOST "\r\n", ERR_VERSION },
		{ "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", ERR_VERSION },
		{ "GET / HTTP/1.1\r\n" HOST ": x\r\n\r\n", ERR_HTTP },
		{ "GET / HTTP/1.1\r\n" HOST "X\r\n\r\n", ERR_HTTP },
		{ "GET / HTTP/1.1\r\n" HOST "X y: z\r\n\r\n", ERR_HTTP },
		{ "GET / HTTP/1.1\r\n" HOST "X: a\x01\r\n\r\n", ERR_HTTP },
		{ "GET / HTTP/1.1\r\n" HOST "X: a\x7f\r\n\r\n", ERR_HTTP },
		{ "GET / HTTP/1.1\r\n" HOST "Expect: 200-ok\r\n\r\n", ERR_EXPECT },
	};
	static struct http_request r;
	size_t used;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		is_read(rows[i].head, rows[i].want);
	OK(read_exact(str_make("GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n", 34), &r, &used) == ERR_BARELINEEND, "NUL");
}

static void test_fields(void)
{
	static struct http_request r;
	struct str text = S("POST /A%20b?q=1 HTTP/1.1\r\nHost: Mail.Example.ORG:8443\r\nCookie: a=1; b=2\r\ncookie: c=3; b=4\r\n"
			    "Connection: x, Close\r\nContent-Length: 7\r\nX:  two words \r\n\r\nrest");
	size_t used;

	OK(http_read_request(text, HTTP_HEAD_OCTETS_MAX, &r, &used) == ERR_OK && used == text.len - 4, "the body is not the head's");
	IS_STR(http_method_name(r.method), S("POST"));
	IS_STR(r.path, S("/A%20b"));
	IS_STR(r.query, S("q=1"));
	IS_STR(r.host, S("Mail.Example.ORG"));
	IS_STR(http_field(&r, S("x")), S("two words"));
	OK(http_field(&r, S("y")).at == NULL, "no such field");
	OK(!r.keep && r.has_length && r.length == 7 && !r.chunked, "framing");
	IS_STR(http_cookie(&r, S("a")), S("1"));
	IS_STR(http_cookie(&r, S("c")), S("3"));
	OK(http_cookie(&r, S("b")).at == NULL, "a cookie that is there twice is none");
	OK(http_read_request(S("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"), 1000, &r, &used) == ERR_OK && r.keep && r.old, "1.0 that stays");
	OK(http_read_request(S("GET / HTTP/1.0\r\n\r\n"), 1000, &r, &used) == ERR_OK && !r.keep, "1.0 that goes");
	OK(http_read_request(S("GET http://a.b:81/x?y HTTP/1.1\r\nHost: A.b:81\r\n\r\n"), 1000, &r, &used) == ERR_OK, "absolute form");
	IS_STR(r.path, S("/x"));
	IS_STR(r.host, S("A.b"));
}

static void test_limits(void)
{
	static struct http_request r;
	struct buf text;
	size_t used;

	buf_init(&text, BUF_NO_CEILING);
	buf_put_c(&text, "GET / HTTP/1.1\r\n" HOST);
	for (size_t i = 1; i < HTTP_FIELDS_MAX; i++)
		buf_put_c(&text, "X: y\r\n");
	buf_put_c(&text, "\r\n");
	OK(http_read_request(buf_str(&text), HTTP_HEAD_OCTETS_MAX, &r, &used) == ERR_OK, "as many fields as there may be");
	buf_drop(&text, 0);
	text.len -= 2;
	buf_put_c(&text, "X: y\r\n\r\n");
	OK(http_read_request(buf_str(&text), HTTP_HEAD_OCTETS_MAX, &r, &used) == ERR_HEADTOOBIG, "one more");
	buf_clear(&text);
	buf_put_c(&text, "GET / HTTP/1.1\r\n" HOST "X: ");
	while (text.len < HTTP_HEAD_OCTETS_MAX)
		buf_put_octet(&text, 'x');
	OK(http_read_request(buf_str(&text), HTTP_HEAD_OCTETS_MAX, &r, &used) == ERR_HEADTOOBIG, "a head without end");
	buf_clear(&text);
	while (text.len < HTTP_HEAD_OCTETS_MAX)
		buf_put_octet(&text, 'x');
	OK(http_read_request(buf_str(&text), HTTP_HEAD_OCTETS_MAX, &r, &used) == ERR_TOOLONG, "a line without end");
	buf_clear(&text);
	buf_put_c(&text, "GET /");
	while (text.len < HTTP_TARGET_OCTETS_MAX + 5)
		buf_put_octet(&text, 'x');
	buf_put_c(&text, " HTTP/1.1\r\n" HOST "\r\n");
	OK(http_read_request(buf_str(&text), HTTP_HEAD_OCTETS_MAX, &r, &used) == ERR_TOOLONG, "a target that is too long");
	buf_done(&text);
}

/* Cut at every place into two; what is read, and how many octets are left behind the body. */
static void is_body(bool chunked, uint64_t length, const char *text, enum err want, const char *body, size_t left)
{
	struct http_request r = { .chunked = chunked, .has_length = !chunked, .length = length };
	struct str all = str_from_c(text);
	struct buf got;

	for (size_t cut = 0; cut <= all.len; cut++) {
		struct str rest = str_sub(all, 0, cut);
		struct http_body b;
		enum err e;

		buf_init(&got, 64);
		http_body_init(&b, &r);
		e = http_body_take(&b, &rest, &got);
		if (e == ERR_NEEDMORE) { /* what was not taken comes again, with the rest */
			rest = str_skip(all, cut - rest.len);
			e = http_body_take(&b, &rest, &got);
		} else {
			rest = str_skip(all, cut - rest.len);
		}
		if (e != want || (e == ERR_OK && (rest.len != left || !str_eq(buf_str(&got), str_from_c(body)))))
			OK(false, "cut at %zu: %s, %zu left, '%.*s': %s", cut, err_name(e), rest.len, STR_FMT(buf_str(&got)), text);
		buf_done(&got);
	}
	OK(true, "%s: %s", err_name(want), text);
}

static void test_bodies(void)
{
	is_body(false, 5, "helloGET", ERR_OK, "hello", 3);
	is_body(false, 0, "GET", ERR_OK, "", 3);
	is_body(false, 5, "hell", ERR_NEEDMORE, "", 0);
	is_body(false, 65, "x", ERR_TOOBIG, "", 0);
	is_body(true, 0, "5\r\nhello\r\n0\r\n\r\nGET", ERR_OK, "hello", 3);
	is_body(true, 0, "2;x=y\r\nhe\r\n3 \r\nllo\r\n0\r\n\r\n", ERR_HTTP, "", 0);
	is_body(true, 0, "2;x=\"y z\"\r\nhe\r\n003\r\nllo\r\n00\r\nTrailer: x\r\n\r\n", ERR_OK, "hello", 0);
	is_body(true, 0, "A\r\n0123456789\r\n0\r\n\r\n", ERR_OK, "0123456789", 0);
	is_body(true, 0, "5;x\nhello\r\n0\r\n\r\n", ERR_BARELINEEND, "", 0);
	is_body(true, 0, "5\nhello\r\n0\r\n\r\n", ERR_BARELINEEND, "", 0);
	is_body(true, 0, "5\r\nhelloX\r\n0\r\n\r\n", ERR_HTTP, "", 0);
	is_body(true, 0, "5\r\nhello\rX0\r\n\r\n", ERR_BARELINEEND, "", 0);
	is_body(true, 0, "5\r\nhello\n0\r\n\r\n", ERR_HTTP, "", 0);
	is_body(true, 0, "-1\r\nhello\r\n", ERR_HTTP, "", 0);
	is_body(true, 0, "0x5\r\nhello\r\n", ERR_HTTP, "", 0);
	is_body(true, 0, "FFFFFFFFFFFFFFFF\r\nhello\r\n", ERR_HTTP, "", 0);
	is_body(true, 0, "FFFFFFFF\r\nhello\r\n", ERR_TOOBIG, "", 0);
	is_body(true, 0, "\r\nhello\r\n", ERR_HTTP, "", 0);
	is_body(true, 0, " 5\r\nhello\r\n", ERR_HTTP, "", 0);
	is_body(true, 0, "5\r\nhello\r\n0\r\n folded\r\n\r\n", ERR_HTTP, "", 0);
	is_body(true, 0, "41\r\n", ERR_TOOBIG, "", 0);
}

static void test_decoding(void)
{
	static const struct {
		const char *text;
		bool plus;
		const char *want; /* NULL: refused */
	} rows[] = { { "a+b%20c", true, "a b c" }, { "a+b", false, "a+b" }, { "%41%4a%4A", true, "AJJ" }, { "%", true, NULL },
		{ "%4", true, NULL }, { "%4g", true, NULL }, { "%00", true, NULL }, { "", true, "" }, { "%c3%a9", true, "\xc3\xa9" } };
	struct buf got;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		buf_init(&got, 100);
		if (rows[i].want == NULL)
			OK(http_decode(str_from_c(rows[i].text), rows[i].plus, &got) == ERR_SYNTAX, "'%s' is refused", rows[i].text);
		else if (http_decode(str_from_c(rows[i].text), rows[i].plus, &got) == ERR_OK)
			IS_STR(buf_str(&got), str_from_c(rows[i].want));
		else
			OK(false, "'%s' is good", rows[i].text);
		buf_done(&got);
	}
	IS_STR(http_form(S("a=1&bb=2&b=&b=3"), S("b")), S(""));
	IS_STR(http_form(S("a=1&bb=2"), S("bb")), S("2"));
	OK(http_form(S("a=1&bb=2"), S("b")).at == NULL && http_form(S(""), S("b")).at == NULL && http_form(S("b"), S("b")).at == NULL, "no such field");
	buf_init(&got, 100);
	http_put_html(&got, S("<a href=\"x\">'&\r\n"));
	IS_STR(buf_str(&got), S("&lt;a href=&quot;x&quot;&gt;&#39;&amp;\xef\xbf\xbd\xef\xbf\xbd"));
	buf_done(&got);
	OK(http_list_has(S("a, B ,c"), S("b")) && !http_list_has(S("ab"), S("a")), "lists");
	OK(strcmp(http_reason(404), "Not Found") == 0 && http_reason(999) != NULL, "reasons");
}

int main(void)
{
	test_good();
	test_smuggling();
	test_fields();
	test_limits();
	test_bodies();
	test_decoding();
	return tap_done();
}
