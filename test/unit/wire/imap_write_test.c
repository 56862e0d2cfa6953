#include "wire/imap_write.h"

#include "base/mem.h"
#include "tap.h"

static struct buf b;

static void is(struct str want)
{
	IS_STR(buf_str(&b), want);
	buf_clear(&b);
}

static void strings(void)
{
	char longer[1025];

	imap_put_string(&b, S("a \"b\\"), false);
	is(S("\"a \\\"b\\\\\""));
	imap_put_string(&b, S("a\r\nb"), false);
	is(S("{4}\r\na\r\nb"));
	imap_put_string(&b, S("\xc3\xa9"), false);
	is(S("{2}\r\n\xc3\xa9"));
	imap_put_string(&b, S("\xc3\xa9"), true);
	is(S("\"\xc3\xa9\""));
	imap_put_string(&b, S("\xff"), true);
	is(S("{1}\r\n\xff"));
	imap_put_string(&b, S(""), false);
	is(S("\"\""));
	imap_put_nstring(&b, STR_NONE, false);
	is(S("NIL"));
	imap_put_nstring(&b, S(""), false);
	is(S("\"\""));
	imap_put_astring(&b, S("INBOX"), false);
	is(S("INBOX"));
	imap_put_astring(&b, S("nil"), false);
	is(S("\"nil\""));
	imap_put_astring(&b, S("a b"), false);
	is(S("\"a b\""));
	imap_put_astring(&b, S(""), false);
	is(S("\"\""));
	memset(longer, 'x', sizeof(longer));
	imap_put_string(&b, str_make(longer, 1024), false);
	IS_NUM(b.at[0], '"');
	buf_clear(&b);
	imap_put_string(&b, str_make(longer, 1025), false);
	IS_NUM(b.at[0], '{');
	buf_clear(&b);
	imap_put_literal_size(&b, 5000000000);
	is(S("{5000000000}\r\n"));
}

static void names_and_flags(void)
{
	struct str keywords[] = { S_INIT("$Work"), S_INIT("x") };
	struct imap_flags f = {
		.system = IMAP_SEEN | IMAP_RECENT, .keywords_count = 2, .keywords = keywords
	};

	imap_put_mailbox(&b, S("Entw\xc3\xbcrfe & Co"), false);
	is(S("\"Entw&APw-rfe &- Co\""));
	imap_put_mailbox(&b, S("Entw\xc3\xbcrfe"), true);
	is(S("\"Entw\xc3\xbcrfe\""));
	imap_put_mailbox(&b, S("a%b"), false);
	is(S("\"a%b\""));
	imap_put_flags(&b, &f);
	is(S("(\\Seen \\Recent $Work x)"));
	f = (struct imap_flags){ 0 };
	imap_put_flags(&b, &f);
	is(S("()"));
}

/* A string of x with one other octet in it takes the form that octet asks for. */
static bool is_formed(size_t len, size_t at, int c)
{
	bool literal = c == 0 || c == '\r' || c == '\n' || c > 0x7f;
	char text[20], want[64];
	size_t n = (size_t)snprintf(want, sizeof(want), literal ? "{%zu}\r\n" : "\"", len);
	bool same;

	memset(text, 'x', len);
	text[at] = (char)c;
	for (size_t i = 0; i < len; i++) {
		if (i == at && (c == '"' || c == '\\'))
			want[n++] = '\\';
		want[n++] = text[i];
	}
	if (!literal)
		want[n++] = '"';
	imap_put_string(&b, str_make(text, len), false);
	same = str_eq(buf_str(&b), str_make(want, n));
	buf_clear(&b);
	return same;
}

static void forms(void)
{
	unsigned wrong = 0;

	for (size_t len = 1; len <= 20; len++) {
		for (size_t n = 0; n < len * 256; n++)
			wrong += !is_formed(len, n / 256, (int)(n % 256));
	}
	OK(wrong == 0, "%u strings in the wrong form", wrong);
}

static void answers(void)
{
	imap_put_status(&b, LANGUAGE_I_DEFAULT, S("a"), ERR_QUOTA, STR_NONE);
	is(S("a NO [OVERQUOTA] mailbox is full\r\n"));
	imap_put_status(&b, LANGUAGE_I_DEFAULT, STR_NONE, ERR_SYNTAX, S("x\r\n* OK y"));
	is(S("* BAD [CLIENTBUG] x??* OK y\r\n"));
	imap_put_status(&b, LANGUAGE_I_DEFAULT, S("a"), ERR_TIMEOUT, STR_NONE);
	is(S("* BYE [UNAVAILABLE] timed out\r\n"));
	imap_put_status(&b, LANGUAGE_I_DEFAULT, S("a"), ERR_OK, STR_NONE);
	is(S("a OK done\r\n"));
	imap_put_ok(&b, LANGUAGE_I_DEFAULT, S("a"), "READ-WRITE", S("open"));
	is(S("a OK [READ-WRITE] open\r\n"));
	imap_put_ok(&b, LANGUAGE_I_DEFAULT, STR_NONE, NULL, S("\xff"));
	is(S("* OK ?\r\n"));
	imap_put_go(&b, LANGUAGE_I_DEFAULT, S("go"));
	is(S("+ go\r\n"));
	imap_put_status(&b, LANGUAGE_DE, S("a"), ERR_QUOTA, STR_NONE);
	is(S("a NO [OVERQUOTA] das Postfach ist voll\r\n"));
	imap_put_ok(&b, LANGUAGE_DE, S("a"), NULL, S("UID COPY completed"));
	is(S("a OK UID COPY ausgef\xc3\xbchrt\r\n"));
	imap_put_ok(&b, LANGUAGE_DE, S("a"), NULL, S("logged on as x\r\n\xff"));
	is(S("a OK angemeldet an x???\r\n"));
	imap_put_bye(&b, LANGUAGE_DE, S("goodbye"));
	is(S("* BYE auf Wiedersehen\r\n"));
	imap_put_begin(&b, STR_NONE, "NO", "ALERT");
	imap_put_text(&b, LANGUAGE_DE, S("the mailbox is nearly full"));
	is(S("* NO [ALERT] das Postfach ist fast voll\r\n"));
	imap_put_count(&b, 23, "EXISTS");
	is(S("* 23 EXISTS\r\n"));
	imap_put_untagged(&b, S("SEARCH 2 84"));
	is(S("* SEARCH 2 84\r\n"));
	for (int e = 0; e < ERR_COUNT; e++) {
		imap_put_status(&b, LANGUAGE_I_DEFAULT, S("a"), (enum err)e, STR_NONE);
		OK(str_find(buf_str(&b), '\r') == b.len - 2, "%s is one line",
			err_name((enum err)e));
		buf_clear(&b);
	}
}

/* Of every length, from copies of exact size, and with each octet in turn one that must not stand as it is. */
static void lengths(void)
{
	char octets[40];
	struct buf to, want;

	buf_init(&to, 1 << 16);
	buf_init(&want, 1 << 16);
	for (size_t n = 0; n <= sizeof(octets); n++) {
		for (size_t bad = 0; bad <= n; bad++) {
			char *copy;

			buf_clear(&to);
			buf_clear(&want);
			for (size_t i = 0; i < n; i++)
				octets[i] = (char)('a' + i % 26);
			if (bad < n)
				octets[bad] = '"';
			buf_put_octet(&want, '"');
			buf_put(&want, str_make(octets, bad));
			if (bad < n)
				buf_put_octet(&want, '\\');
			buf_put(&want, str_make(octets + bad, n - bad));
			buf_put_octet(&want, '"');
			copy = mem_copy(octets, n);
			imap_put_string(&to, str_make(copy, n), false);
			if (!str_eq(buf_str(&to), buf_str(&want)))
				OK(false, "%zu octets, a quote at %zu", n, bad);
			mem_free(copy);
		}
	}
	OK(true, "strings of 0 to %zu octets", sizeof(octets));
	buf_done(&to);
	buf_done(&want);
}

int main(void)
{
	lengths();
	buf_init(&b, 8192);
	strings();
	forms();
	names_and_flags();
	answers();
	buf_done(&b);
	return tap_done();
}
