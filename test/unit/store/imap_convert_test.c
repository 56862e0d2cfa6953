/*
 * CONVERT of parts that are longer than what is kept of them: every range is that of the whole, however a client asks for it,
 * and two downloads that take turns do not disturb each other.
 */
#include "base/code.h"
#include "mail/charset.h"
#include "session_kit.h"

#define LARGE ((size_t)300000) /* octets as they are sent: several steps, and too many to be kept */

static uint64_t seed = 1;

static uint32_t roll(uint32_t sides)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(seed >> 33) % sides;
}

static bool has_tagged(void *arg)
{
	struct kit_client *c = arg;

	return c->closed || str_find_str(buf_str(&c->in), S("\r\nf ")) != STR_NPOS;
}

/* The answer, and its literal when there is one. */
static struct str convert(struct kit_client *c, const char *what, struct str *ret_octets)
{
	struct buf b;
	struct str answer;
	size_t open, close;
	uint64_t octets;

	*ret_octets = STR_NONE;
	buf_init(&b, BUF_NO_CEILING);
	buf_clear(&c->in);
	buf_printf(&b, "f CONVERT %s\r\n", what);
	kit_send(c, buf_str(&b));
	buf_done(&b);
	if (!kit_until(c->kit, has_tagged, c))
		return STR_NONE;
	answer = buf_str(&c->in);
	open = str_find(answer, '{');
	close = str_find(answer, '}');
	if (open != STR_NPOS && str_u64(str_sub(answer, open + 1, close - open - 1), UINT32_MAX, &octets))
		*ret_octets = str_sub(answer, close + 3, (size_t)octets);
	return answer;
}

static void range(struct kit_client *c, int seq, const char *charset, struct str whole, struct str want)
{
	char what[200];
	struct str got;
	size_t from = (size_t)(want.at - whole.at);

	snprintf(what, sizeof(what), "%d (NIL (\"charset\" \"%s\")) BINARY[1]<%zu.%zu>", seq, charset, from, want.len);
	(void)convert(c, what, &got);
	OK(str_eq(got, want), "%s", what);
}

static void put_lines(struct str code, struct buf *to)
{
	while (code.len > 0) {
		buf_put(to, str_sub(code, 0, 76));
		buf_put(to, S("\r\n"));
		code = str_skip(code, 76);
	}
}

/* A letter of ISO-8859-2 above 0xa0 now and then, bare LFs among the line ends; utf8: what CONVERT must give. */
static void make_text(struct buf *raw, struct buf *utf8)
{
	struct buf wide;

	buf_init(&wide, BUF_NO_CEILING);
	while (raw->len < LARGE) {
		char c = (char)(roll(3) ? 'a' + (char)roll(26) : 0xc0 + (char)roll(0x30));

		buf_put_octet(raw, c);
		buf_put_octet(&wide, c);
		if (roll(60) != 0)
			continue;
		buf_put(raw, roll(2) ? S("\n") : S("\r\n"));
		buf_put(&wide, S("\r\n"));
	}
	charset_to_utf8(S("iso-8859-2"), buf_str(&wide), utf8);
	buf_done(&wide);
}

static void append(struct kit *k, const char *encoding, struct str body)
{
	struct buf m;

	buf_init(&m, BUF_NO_CEILING);
	buf_printf(&m, "Content-Type: text/plain; charset=iso-8859-2\r\nContent-Transfer-Encoding: %s\r\n\r\n", encoding);
	buf_put(&m, body);
	kit_append(k, "INBOX", buf_str(&m), 0);
	buf_done(&m);
}

static void ranges(struct kit_client *c, struct str whole)
{
	char size[100];
	struct str got, answer = convert(c, "1 (NIL) BINARY.SIZE[1]", &got);

	snprintf(size, sizeof(size), "* 1 CONVERTED (TAG \"f\") (BINARY.SIZE[1] %zu)\r\n", whole.len);
	OK(str_find_str(answer, str_from_c(size)) != STR_NPOS, "%s", size);
	(void)convert(c, "1 (NIL) BINARY[1]", &got);
	OK(str_eq(got, whole), "all of it");
	for (size_t from = 0; from < whole.len; from += 32768)
		range(c, 1, "utf-8", whole, str_sub(whole, from, 32768));
	for (int i = 0; i < 6; i++)
		range(c, 1, "utf-8", whole, str_sub(whole, roll((uint32_t)whole.len), 1 + roll(100000)));
	/* Two downloads take turns, a third one pushes them out. */
	for (size_t from = 0; from < whole.len; from += 100000) {
		range(c, 1, "utf-8", whole, str_sub(whole, from, 100000));
		range(c, 2, "utf-8", whole, str_sub(whole, from, 100000));
	}
	range(c, 1, "utf8", whole, str_sub(whole, 200000, 10));
	range(c, 1, "utf-8", whole, str_sub(whole, 200010, 10));
}

/* Of the last character alone it can be told that the charset does not have it. */
static void lost_late(struct kit_client *c)
{
	struct str got, answer = convert(c, "1 (NIL (\"charset\" \"us-ascii\")) BINARY[1]<0.10>", &got);

	OK(str_starts(answer, S("* 1 CONVERTED (TAG \"f\") (BINARY[1]<0> (ERROR \"")), "no range of what fails");
	OK(str_find_str(answer, S("BADPARAMETERS \"text/plain\" \"text/plain\" (\"charset\" \"us-ascii\")))\r\nf NO [CANNOT]")) != STR_NPOS, "why");
	answer = convert(c, "1 (NIL (\"charset\" \"iso-8859-2\")) BINARY.SIZE[1]", &got);
	OK(str_find_str(answer, S("f OK ")) != STR_NPOS, "the one behind it goes on");
}

/* What cannot be read is told in place of it, and what is known of it still is. */
static void damaged(struct kit *k, struct kit_client *c)
{
	struct kv_write *w = kv_write_new(k->kv);
	struct str got, answer;

	kv_put(w, 1, S("E\0\0\0\0\0\0\0\2"), S("\7rubbish"));
	must(kv_commit_now(k->kv, w) == ERR_OK);
	answer = convert(c, "2 (NIL (\"charset\" \"windows-1250\")) (BINARY[1] AVAILABLECONVERSIONS[1])", &got);
	OK(str_find_str(answer, S("(BINARY[1] (ERROR \"the message cannot be read\" BADPARAMETERS \"text/plain\" \"text/plain\") "
				  "AVAILABLECONVERSIONS[1] ((\"text/plain\")))\r\nf OK some conversions failed")) != STR_NPOS,
		"a damaged message: %.*s", STR_FMT(answer));
	answer = convert(c, "2 (NIL (\"charset\" \"utf-8\")) BODY[HEADER]", &got);
	OK(str_find_str(answer, S("(BODY[HEADER] (ERROR \"the message cannot be read\" BADPARAMETERS ")) != STR_NPOS &&
			str_find_str(answer, S("f NO [CANNOT] all conversions failed")) != STR_NPOS,
		"its header: %.*s", STR_FMT(answer));
	answer = convert(c, "1 (NIL (\"charset\" \"utf-8\")) BODY[HEADER]", &got);
	OK(str_starts(got, S("Content-Type: text/plain; charset=iso-8859-2\r\n")), "another one's");
}

int main(void)
{
	struct kit k;
	struct kit_client *c;
	struct buf raw, utf8, code, body;

	buf_init(&raw, BUF_NO_CEILING);
	buf_init(&utf8, BUF_NO_CEILING);
	buf_init(&code, BUF_NO_CEILING);
	buf_init(&body, BUF_NO_CEILING);
	make_text(&raw, &utf8);
	base64_put(&code, buf_str(&raw));
	put_lines(buf_str(&code), &body);
	kit_open(&k, SERVICE_IMAP);
	append(&k, "base64", buf_str(&body));
	append(&k, "8bit", buf_str(&raw));
	c = &k.clients[0];
	kit_connect(c);
	kit_send(c, S("s EXAMINE INBOX\r\n"));
	ranges(c, buf_str(&utf8));
	lost_late(c);
	damaged(&k, c);
	kit_close(&k);
	buf_done(&raw);
	buf_done(&utf8);
	buf_done(&code);
	buf_done(&body);
	return tap_done();
}
