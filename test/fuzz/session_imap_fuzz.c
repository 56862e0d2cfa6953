/*
 * An IMAP session with the INBOX selected and three messages in it, fed with the input: the first
 * octet says how it is cut. Whatever comes, the session ends when the client has nothing more to
 * say, and the client is told of every EXPUNGE within what was told to EXIST.
 */
#include "../unit/store/session_kit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct str message =
	S_INIT("From: Anna <anna@example.org>\r\nSubject: =?UTF-8?Q?=C3=BC?=\r\nDate: Fri, 21 Nov "
	       "1997 09:55:06 -0600\r\n"
	       "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; "
	       "boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n"
	       "Content-Transfer-Encoding: base64\r\n\r\nWsO8cmljaA==\r\n--b\r\nContent-Type: "
	       "message/rfc822\r\n\r\nSubject: inner\r\n\r\n"
	       "inner text\r\n--b--\r\n");

static void check_answers(struct str rest)
{
	unsigned long count = 3;
	struct str line;

	while (str_cut(&rest, '\n', &line)) {
		unsigned long n = 0;
		struct str word, digits;

		if (!str_starts(line, S("* ")) || !str_ends(line, S("\r")))
			continue;
		line = str_sub(line, 2, line.len - 3);
		if (!str_cut(&line, ' ', &digits) ||
			!ascii_is_digit(digits.len > 0 ? digits.at[0] : 'x'))
			continue;
		word = line;
		n = strtoul(digits.at, NULL, 10);
		if (str_eq(word, S("EXISTS")))
			count = n;
		else if (str_eq(word, S("EXPUNGE")))
			must(n >= 1 && n <= count--);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kit k;

	if (size < 1 || size > 4096)
		return 0;
	kit_open(&k, SERVICE_IMAP);
	k.parse_late = data[0] & 1;
	kit_append(&k, "INBOX", message, 0);
	kit_append(&k, "INBOX", S("Subject: b\r\n\r\nno end"), ITEM_SEEN | ITEM_DELETED);
	kit_append(&k, "INBOX", S("x"), ITEM_FLAGGED);
	kit_connect_with(&k.clients[0], S("s SELECT INBOX\r\n"), k.config);
	kit_feed_open(&k.clients[0], str_make(data + 1, size - 1), data[0]);
	check_answers(buf_str(&k.clients[0].in));
	kit_close(&k);
	return 0;
}
