/* Structure of hostile messages: within the limits, in time. How good mail looks: the golden tests of record_test.c. */
#include "mail/mime.h"
#include "mail/record.h"

#include <time.h>

#include "base/mem.h"
#include "tap.h"

#define SECONDS_MAX 10 /* linear work takes well under one; quadratic takes minutes */

static struct buf text;

/* Makes and checks the record of `text`; opens it in *ret. The octets are in *to. */
static void make(const char *what, struct buf *to, struct record *ret)
{
	struct timespec from, till;
	char *copy = mem_copy(text.at, text.len); /* exact size, so that one octet too far is seen */
	enum err e;

	clock_gettime(CLOCK_MONOTONIC, &from);
	buf_init(to, RECORD_OCTETS_MAX);
	e = record_make(str_make(copy, text.len), to);
	OK(e == ERR_OK, "%s: made (%s), %zu octets from %zu", what, err_name(e), to->len, text.len);
	e = record_check(buf_str(to), text.len);
	OK(e == ERR_OK && record_open_view(buf_str(to), ret) == ERR_OK, "%s: checked (%s)", what, err_name(e));
	clock_gettime(CLOCK_MONOTONIC, &till);
	OK(till.tv_sec - from.tv_sec < SECONDS_MAX, "%s: in time", what);
	mem_free(copy);
	buf_clear(&text);
}

static void test_depth(void)
{
	struct buf out;
	struct record r;
	struct record_part p = { 0 };

	for (int i = 0; i < 10000; i++)
		buf_printf(&text, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i);
	make("multipart depth 10,000", &out, &r);
	IS_NUM(r.parts, RECORD_DEPTH_MAX);
	OK(record_part(&r, r.parts - 1, &p) && p.flags & RECORD_PART_OPAQUE && r.flags & RECORD_TRUNCATED,
		"the deepest part is opaque");
	IS_STR(p.subtype, S("octet-stream"));
	buf_done(&out);

	for (int i = 0; i < 10000; i++)
		buf_put_c(&text, "Content-Type: message/rfc822\r\n\r\n");
	make("message depth 10,000", &out, &r);
	IS_NUM(r.parts, RECORD_DEPTH_MAX);
	buf_done(&out);
}

static void test_parts(void)
{
	struct buf out;
	struct record r;
	struct record_part p = { 0 };

	buf_put_c(&text, "Content-Type: multipart/mixed; boundary=b\r\n\r\n");
	for (int i = 0; i < 100000; i++)
		buf_put_c(&text, "--b\r\n\r\nx\r\n");
	make("100,000 parts", &out, &r);
	IS_NUM(r.parts, RECORD_PARTS_MAX);
	OK(record_part(&r, r.parts - 1, &p) && p.flags & RECORD_PART_OPAQUE && r.flags & RECORD_TRUNCATED,
		"the last part is opaque");
	IS_NUM(p.body_at + p.body_octets, r.message_octets);
	buf_done(&out);

	buf_put_c(&text, "Content-Type: multipart/digest; boundary=b\r\n\r\n");
	for (int i = 0; i < 100000; i++)
		buf_put_c(&text, "--b\r\n\r\n");
	make("100,000 messages in a digest", &out, &r);
	IS_NUM(r.parts, RECORD_PARTS_MAX);
	buf_done(&out);
}

static void test_headers(void)
{
	struct buf out;
	struct record r;
	struct record_envelope e = { .subject = STR_NONE };

	for (int i = 0; i < 100000; i++)
		buf_printf(&text, "Received: by %d\r\n", i);
	buf_put_c(&text, "Subject: too late\r\n\r\nbody");
	make("100,000 fields", &out, &r);
	IS_NUM(r.received, 100000);
	OK(record_envelope(&r, 0, &e) && e.subject.at == NULL && r.flags & RECORD_TRUNCATED,
		"fields behind the limit are not looked at");
	buf_done(&out);

	buf_put_c(&text, "To: ");
	for (int i = 0; i < 100000; i++)
		buf_printf(&text, "n%d@x,", i);
	buf_put_c(&text, "\r\n\r\n");
	make("To with 100,000 addresses", &out, &r);
	OK(record_envelope(&r, 0, &e) && e.to.count < RECORD_ADDRESSES_MAX && e.to.count > RECORD_ADDRESSES_MAX - 3 &&
			r.flags & RECORD_TRUNCATED, "%u of them kept", e.to.count);
	buf_done(&out);

	buf_put_c(&text, "To: g:");
	for (int i = 0; i < 100000; i++)
		buf_put_c(&text, "a@x,");
	buf_put_c(&text, ";\r\nTo: b@x\r\n\r\n");
	make("a group of 100,000", &out, &r);
	OK(record_envelope(&r, 0, &e) && e.to.count == RECORD_ADDRESSES_MAX, "it is ended: %u", e.to.count);
	buf_done(&out);

	buf_put_c(&text, "From: ");
	for (int i = 0; i < 100000; i++)
		buf_put_c(&text, "a (");
	make("100,000 open comments", &out, &r);
	buf_done(&out);
}

static void fill(const char *start, const char *again, size_t octets)
{
	buf_put_c(&text, start);
	while (text.len < octets)
		buf_put_c(&text, again);
}

/* Ten million octets each, that would hurt a parser which looks back or ahead. */
static void test_lines(void)
{
	static const struct {
		const char *what, *start, *again;
	} rows[] = {
		{ "one field", "X: ", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" },
		{ "folds", "Subject: a", "\r\n a" },
		{ "open encoded words", "Content-Disposition: attachment; filename=\"", "=?utf-8?q?" },
		{ "encoded words", "Content-Type: a/b; name=\"", "=?utf-8?q?a?==?koi8-r?b?8A==?= " },
		{ "parameters", "Content-Type: a/b", "; a*1*=b" },
		{ "blanks in a value", "Content-Type: a/b; a=", "b " },
		{ "open quotes", "To: ", "\"a, " },
		{ "angles", "To: ", "<@" },
		{ "literals", "To: a@", "[ " },
		{ "delimiters that are none", "Content-Type: multipart/mixed; boundary=b\r\n\r\n", "--c\n" },
		{ "newlines", "\r\n", "\n" },
		{ "carriage returns", "A: ", "\r" },
		{ "eight bit", "Subject: ", "\xe4" },
		{ "languages", "Content-Language: ", "a," },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct buf out;
		struct record r;

		fill(rows[i].start, rows[i].again, 10000000);
		make(rows[i].what, &out, &r);
		buf_done(&out);
	}
}

static void test_boundaries(void)
{
	struct buf out;
	struct record r;

	/* A hundred open boundaries, and only lines that look like one of them. */
	for (int i = 0; i < 99; i++)
		buf_printf(&text, "Content-Type: multipart/mixed; boundary=b%02d\r\n\r\n--b%02d\r\n", i, i);
	buf_put_c(&text, "\r\n");
	while (text.len < 10000000)
		buf_put_c(&text, "--bxx\r\n");
	make("many boundaries", &out, &r);
	IS_NUM(r.parts, 100);
	buf_done(&out);

	buf_put_c(&text, "Content-Type: multipart/mixed; boundary=");
	for (size_t i = 0; i <= RECORD_BOUNDARY_OCTETS_MAX; i++)
		buf_put_octet(&text, 'b');
	buf_put_c(&text, "\r\n\r\n");
	make("a boundary too long", &out, &r);
	IS_NUM(r.parts, 1);
	OK(r.flags & RECORD_TRUNCATED, "told of");
	buf_done(&out);
}

int main(void)
{
	buf_init(&text, (size_t)64 << 20);
	test_depth();
	test_parts();
	test_headers();
	test_lines();
	test_boundaries();
	buf_done(&text);
	return tap_done();
}
