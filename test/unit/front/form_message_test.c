/* The message that a form becomes: what may be typed, and that nothing typed is ever a line of the header. */
#include "front/form_message.h"

#include "tap.h"

static struct form_message usual(void)
{
	return (struct form_message){ .sender = S("www@example.org"), .display = S("Web form"), .to = S("office@example.org"), .name = S("A"),
		.address = S("a@example.net"), .subject = S("Hello"), .text = S("one\ntwo"), .path = S("/contact"), .client = "192.0.2.1",
		.host_name = S("mail.example.org"), .id = S("1-2-3-4"), .seconds = 880127706 };
}

static void test_lines(void)
{
	static const char *const good[] = { "", "A", "J\xc3\xb6rg \"x\" <y>", "\xe6\x97\xa5\xe6\x9c\xac" };
	static const char *const bad[] = { "a\rb", "a\nb", "a\tb", "\x7f", "\xc2\x85", "\xe2\x80\xa8", "\xe2\x80\xae", "\xe2\x81\xa6", "\xff", "\xc3", "\xed\xa0\x80" };

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		OK(form_line_good(str_from_c(good[i])), "a line: %s", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		OK(!form_line_good(str_from_c(bad[i])), "no line: %zu", i);
	OK(!form_line_good(S("a\0b")) && !form_text_good(S("a\0b")), "NUL");
	OK(form_text_good(S("a\r\nb\tc\n")) && !form_text_good(S("\x1b[0m")) && !form_text_good(S("\xff")), "texts");
}

static void test_addresses(void)
{
	static const char *const good[] = { "a@b.org", "a.b+c@d-e.example.org", "o'x@1.2" };
	static const char *const bad[] = { "", "a", "@b.org", "a@", "a@b", "a@b.", "a@.b", "a@b..c", "a.@b.org", ".a@b.org", "a..b@c.org", "a b@c.org",
		"a@b c.org", "\"a\"@b.org", "a@[192.0.2.1]", "a@-b.org", "a@b-.org", "a@b.org>", "a,b@c.org", "a@b@c.org", "\xc3\xa4@b.org", "a@\xc3\xa4.org" };

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		OK(form_address_good(str_from_c(good[i])), "%s", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		OK(!form_address_good(str_from_c(bad[i])), "not %s", bad[i]);
}

/* Lines of the header; each begins with a name of ours or goes on with the one before. Their longest. */
static size_t check_header(struct str message, size_t *ret_fields)
{
	static const char *const ours[] = { "Return-Path", "Received", "Date", "From", "Reply-To", "To", "Subject", "Message-ID", "MIME-Version",
		"Content-Type", "Content-Transfer-Encoding" };
	struct str head = str_sub(message, 0, str_find_str(message, S("\r\n\r\n")) + 2), name;
	size_t longest = 0, fields = 0;

	while (head.len > 0) {
		struct str line = str_sub(head, 0, str_find_str(head, S("\r\n")));

		head = str_skip(head, line.len + 2);
		longest = line.len > longest ? line.len : longest;
		must(!str_has_octet(line, '\r') && !str_has_octet(line, '\n') && line.len > 0);
		if (line.at[0] == ' ' || line.at[0] == '\t')
			continue;
		must(fields < sizeof(ours) / sizeof(*ours) && str_cut(&line, ':', &name) && str_eq(name, str_from_c(ours[fields])));
		fields++;
	}
	*ret_fields = fields;
	return longest;
}

static void test_message(void)
{
	struct form_message m = usual();
	size_t fields = 0;
	struct buf b;

	buf_init(&b, 1 << 20);
	form_message_put(&b, &m);
	OK(str_ends(buf_str(&b), S("Content-Transfer-Encoding: 7bit\r\n\r\none\r\ntwo\r\n")), "the text as it is");
	OK(str_find_str(buf_str(&b), S("Received: from [192.0.2.1]\r\n\tby mail.example.org with HTTP\r\n\t(virtual directory /contact)\r\n\tid 1-2-3-4; ")) != STR_NPOS,
		"the trace");
	OK(str_find_str(buf_str(&b), S("\r\nFrom: \"Web form\" <www@example.org>\r\nReply-To: \"A\" <a@example.net>\r\n")) != STR_NPOS, "people");
	OK(check_header(buf_str(&b), &fields) < 100 && fields == 11, "its fields");
	buf_clear(&b);
	m.name = S("a\"b\\c");
	m.subject = S("=?x?q?y?=");
	m.text = S("\xc3\xa4");
	form_message_put(&b, &m);
	OK(str_find_str(buf_str(&b), S("Reply-To: \"a\\\"b\\\\c\" <a@")) != STR_NPOS, "quoted");
	OK(str_find_str(buf_str(&b), S("Subject: =?UTF-8?B?PT94P3E/eT89?=\r\n")) != STR_NPOS, "what looks like an encoded word is encoded");
	OK(str_ends(buf_str(&b), S("base64\r\n\r\nw6QNCg==\r\n")), "base64");
	buf_done(&b);
}

/* Every character that passes, at every place where words are cut. */
static void test_words(void)
{
	static const char *const characters[] = { "a", "\"", "\\", "=", "?", "\xc3\xa4", "\xe6\x97\xa5", "\xf0\x9f\x98\x80" };
	size_t longest = 0, fields = 0;
	struct buf b, line;

	buf_init(&b, 1 << 20);
	buf_init(&line, 1000);
	for (size_t c = 0; c < sizeof(characters) / sizeof(*characters); c++) {
		buf_clear(&line);
		while (line.len + 4 <= FORM_NAME_OCTETS_MAX) {
			struct form_message m = usual();
			size_t here;

			buf_put_c(&line, characters[c]);
			m.name = m.subject = m.display = buf_str(&line);
			buf_clear(&b);
			form_message_put(&b, &m);
			here = check_header(buf_str(&b), &fields);
			longest = here > longest ? here : longest;
		}
	}
	OK(longest <= 160 && fields == 11, "no line is longer than %zu", longest);
	buf_done(&b);
	buf_done(&line);
}

int main(void)
{
	test_lines();
	test_addresses();
	test_message();
	test_words();
	return tap_done();
}
