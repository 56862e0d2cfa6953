/*
 * An IMAP session over an INBOX of three messages, in one of eight states, fed with the input: the first octet says in which
 * state and how the input is cut. In three of them a second session has the folder selected too, and a message is expunged
 * and one appended under both. Whatever comes, the session ends when the client has nothing more to say, and the client is
 * told of every EXPUNGE within what was told to EXIST.
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

/* RFC 7162 section 3.2.10: each uid takes one from the count. */
static unsigned long count_uids(struct str set)
{
	unsigned long n = 0;
	struct str item, first;
	uint32_t low, high;

	set = str_sub(set, 0, set.len - 1);
	do {
		if (!str_cut(&set, ',', &item)) {
			item = set;
			set = STR_NONE;
		}
		first = item;
		str_cut(&item, ':', &first);
		must(str_u32(first, UINT32_MAX, &low) && str_u32(item, UINT32_MAX, &high) && low <= high);
		n += (unsigned long)high - low + 1;
	} while (set.len > 0);
	return n;
}

static void check_answers(struct str rest)
{
	unsigned long count = 3;
	struct str line;

	while (str_cut(&rest, '\n', &line)) {
		unsigned long n = 0;
		struct str word, digits;

		if (str_starts(line, S("* VANISHED ")) && ascii_is_digit(line.at[11])) {
			n = count_uids(str_skip(line, 11));
			must(n <= count);
			count -= n;
		}
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

static const char *const states[] = {
	"s SELECT INBOX\r\n",
	"", /* logged on, nothing selected */
	"s EXAMINE INBOX\r\n",
	"s SELECT INBOX\r\na APPEND INBOX (\\Seen) {100}\r\n",
	"s SELECT INBOX\r\ni IDLE\r\n",
	"s SELECT INBOX\r\nf UID STORE 1 +FLAGS (\\Deleted)\r\n",
	"e ENABLE QRESYNC\r\ns SELECT INBOX\r\n",
	/* not the owner, who may lose the right to change a list, and with it this one's rights */
	"g SETACL INBOX me lrswita\r\ng SETACL Archive delegates lik\r\ns SELECT INBOX\r\n",
	"e ENABLE IMAP4rev2 UTF8=ACCEPT\r\ns SELECT INBOX\r\n",
	/* a session over several mailboxes */
	"l LIST \"\" *\r\nc COPY 1:3 \"Other Users/bob/Archive\"\r\ns SELECT \"Other Users/bob\"\r\n",
};

#define DELEGATE 7u
#define REV2     8u
#define OTHERS   9u

/* The folder changes while the client speaks. */
static void meddle(struct kit *k)
{
	kit_connect_with(&k->clients[1], S("s SELECT INBOX\r\n"), k->config);
	kit_expunge(k, "INBOX", 2);
	kit_append(k, "INBOX", message, ITEM_DRAFT);
	kit_rest(k, 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned state = size == 0 ? 0 : data[0] >= 0xfc ? DELEGATE : data[0] >= 0xf8 ? REV2 : data[0] >= 0xf0 ? OTHERS : (data[0] >> 1) % 7;
	struct kit k;

	if (size < 1 || size > 65536)
		return 0;
	kit_open(&k, SERVICE_IMAP);
	k.parse_late = data[0] & 1;
	kit_append(&k, "INBOX", message, 0);
	kit_append(&k, "INBOX", S("Subject: b\r\n\r\nno end"), ITEM_SEEN | ITEM_DELETED);
	kit_append(&k, "INBOX", S("x"), ITEM_FLAGGED);
	k.clients[0].delegate = state == DELEGATE;
	k.others = state == OTHERS;
	kit_connect_with(&k.clients[0], str_from_c(states[state]), k.config);
	if (state >= 4) {
		kit_rest(&k, 0);
		meddle(&k);
	}
	kit_feed_open(&k.clients[0], str_make(data + 1, size - 1), data[0]);
	check_answers(buf_str(&k.clients[0].in));
	kit_close(&k);
	return 0;
}
