/*
 * FETCH BINARY of parts that are longer than what is decoded in one step, and of the ranges of them, against the octets that
 * were encoded; PREVIEW of a message whose first words come late.
 */
#include "base/code.h"
#include "session_kit.h"

#define LARGE ((size_t)300000) /* octets: several steps, and too many to be kept from the first round */
#define SMALL ((size_t)3000)

static uint64_t seed = 1;

static uint32_t roll(uint32_t sides)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(seed >> 33) % sides;
}

static bool has_tagged(void *arg)
{
	struct kit_client *c = arg;

	return c->closed || str_find_str(buf_str(&c->in), S("\r\nf OK FETCH completed\r\n")) != STR_NPOS;
}

/* The literal of the only answer. */
static bool fetch(struct kit_client *c, struct str item, struct str *ret_answer, struct str *ret_octets)
{
	struct buf b;
	size_t open, close;
	uint64_t octets;

	buf_init(&b, BUF_NO_CEILING);
	buf_clear(&c->in);
	buf_printf(&b, "f FETCH 1 %.*s\r\n", STR_FMT(item));
	kit_send(c, buf_str(&b));
	buf_done(&b);
	if (!kit_until(c->kit, has_tagged, c))
		return false;
	*ret_answer = buf_str(&c->in);
	open = str_find(*ret_answer, '{');
	close = str_find(*ret_answer, '}');
	if (open == STR_NPOS || !str_u64(str_sub(*ret_answer, open + 1, close - open - 1), UINT32_MAX, &octets))
		return false;
	*ret_octets = str_sub(*ret_answer, close + 3, (size_t)octets);
	return true;
}

static struct kit_client *begin(struct kit *k, struct str message)
{
	kit_open(k, SERVICE_IMAP);
	kit_append(k, "INBOX", message, 0);
	kit_connect(&k->clients[0]);
	kit_send(&k->clients[0], S("s EXAMINE INBOX\r\n"));
	return &k->clients[0];
}

static void range(struct kit_client *c, struct str whole, size_t from, size_t octets)
{
	struct str want = str_sub(whole, from, octets), answer = STR_NONE, got = STR_NONE;
	char item[100];
	bool nul = str_has_octet(want, '\0'), same;

	snprintf(item, sizeof(item), "BINARY.PEEK[1]<%zu.%zu>", from, octets);
	same = fetch(c, str_from_c(item), &answer, &got) && str_eq(got, want);
	OK(same, "%s of %zu octets", item, whole.len);
	OK(nul == str_has_octet(str_sub(answer, 0, str_find(answer, '{')), '~'), "%s: literal8 for a NUL", item);
}

/* body: encoded; whole: what BINARY must give. */
static void each(const char *head, struct str body, struct str whole)
{
	struct kit k;
	struct kit_client *c;
	struct buf message;
	struct str answer = STR_NONE, got = STR_NONE;
	char size[64];

	buf_init(&message, BUF_NO_CEILING);
	buf_put_c(&message, head);
	buf_put(&message, S("\r\n"));
	buf_put(&message, body);
	c = begin(&k, buf_str(&message));
	OK(fetch(c, S("BINARY[1]"), &answer, &got) && str_eq(got, whole), "%zu octets", whole.len);
	snprintf(size, sizeof(size), "* 1 FETCH (BINARY.SIZE[1] %zu)\r\n", whole.len);
	(void)fetch(c, S("BINARY.SIZE[1]"), &answer, &got);
	OK(str_starts(answer, str_from_c(size)), "%s", size);
	for (int i = 0; i < 6; i++)
		range(c, whole, roll((uint32_t)whole.len + 10), 1 + roll(100000));
	range(c, whole, 0, whole.len);
	/* As clients do it; then back in front of where the last one ended. */
	for (size_t from = 0; from < whole.len; from += whole.len / 7 + 1)
		range(c, whole, from, whole.len / 7 + 1);
	range(c, whole, whole.len / 2, 10);
	kit_close(&k);
	buf_done(&message);
}

static void lines(struct str code, size_t width, struct buf *to)
{
	while (code.len > 0) {
		buf_put(to, str_sub(code, 0, width));
		buf_put(to, S("\r\n"));
		code = str_skip(code, width);
	}
}

static void base64(size_t octets, bool nul)
{
	struct buf whole, code, body;

	buf_init(&whole, BUF_NO_CEILING);
	buf_init(&code, BUF_NO_CEILING);
	buf_init(&body, BUF_NO_CEILING);
	for (size_t i = 0; i < octets; i++)
		buf_put_octet(&whole, (char)(nul && i > octets / 2 ? roll(256) : 1 + roll(255)));
	base64_put(&code, buf_str(&whole));
	lines(buf_str(&code), 77, &body);
	each("Content-Type: application/x\r\nContent-Transfer-Encoding: base64\r\n", buf_str(&body), buf_str(&whole));
	buf_done(&whole);
	buf_done(&code);
	buf_done(&body);
}

/* Half of the line ends are encoded ones, of which some lack the CR. */
static void quoted(size_t octets, const char *type, bool text)
{
	struct buf whole, body;
	char head[200];

	buf_init(&whole, BUF_NO_CEILING);
	buf_init(&body, BUF_NO_CEILING);
	while (whole.len < octets) {
		switch (roll(6)) {
		case 0:
			buf_put(&body, S("=0A"));
			buf_put(&whole, text ? S("\r\n") : S("\n"));
			break;
		case 1:
			buf_put(&body, S("=0D=0A\r\n"));
			buf_put(&whole, S("\r\n\r\n"));
			break;
		case 2:
			buf_put(&body, S("soft=  \r\n"));
			buf_put(&whole, S("soft"));
			break;
		case 3:
			buf_put(&body, S("=3D=E4 "));
			buf_put(&whole, S("=\xe4 "));
			break;
		default:
			buf_put(&body, S("some words"));
			buf_put(&whole, S("some words"));
		}
	}
	buf_put(&body, S("."));
	buf_put(&whole, S("."));
	snprintf(head, sizeof(head), "Content-Type: %s\r\nContent-Transfer-Encoding: quoted-printable\r\n", type);
	each(head, buf_str(&body), buf_str(&whole));
	buf_done(&whole);
	buf_done(&body);
}

static void late_words(size_t before, struct str want)
{
	struct kit k;
	struct kit_client *c;
	struct buf message;
	struct str answer = STR_NONE, got;

	buf_init(&message, BUF_NO_CEILING);
	buf_put(&message, S("Content-Type: text/html\r\n\r\n<style>"));
	while (message.len < before)
		buf_put(&message, S("p { color: black }\r\n"));
	buf_put(&message, S("</style>words\r\n"));
	c = begin(&k, buf_str(&message));
	(void)fetch(c, S("PREVIEW"), &answer, &got);
	OK(str_find_str(answer, want) != STR_NPOS, "'%.*s' for words behind %zu octets", STR_FMT(want), before);
	kit_close(&k);
	buf_done(&message);
}

/* RFC 8970 section 4.1: so many previews at once would be undue delay. */
static void lazy_limit(void)
{
	struct kit k;
	struct kit_client *c = &k.clients[0];
	struct str message = S("\r\nwords\r\n");
	struct str all;
	size_t made = 0, left = 0;

	kit_open(&k, SERVICE_IMAP);
	for (int i = 0; i < 1002; i++)
		kit_append(&k, "INBOX", message, 0);
	kit_connect(c);
	kit_send(c, S("s EXAMINE INBOX\r\nf FETCH 1:* PREVIEW (LAZY)\r\n"));
	(void)kit_until(&k, has_tagged, c);
	for (all = buf_str(&c->in); all.len > 0; all = str_skip(all, str_find(all, '\n') + 1)) {
		struct str line = str_sub(all, 0, str_find(all, '\n'));

		made += str_ends(line, S("(PREVIEW \"words\")\r"));
		left += str_ends(line, S("(PREVIEW NIL)\r"));
	}
	IS_NUM(made, 1000);
	IS_NUM(left, 2);
	kit_close(&k);
}

int main(void)
{
	lazy_limit();
	base64(SMALL, false);
	base64(LARGE, false);
	base64(LARGE, true);
	quoted(SMALL, "text/plain", true);
	quoted(LARGE, "text/plain", true);
	quoted(LARGE, "application/x", false);
	quoted(SMALL, "text/plain; charset=UTF-16LE", false);
	late_words(100, S("(PREVIEW \"words\")"));
	late_words(200000, S("(PREVIEW \"words\")"));
	late_words(400000, S("(PREVIEW \"\")"));
	return tap_done();
}
