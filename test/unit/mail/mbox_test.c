/* Splitting mbox files: separators, quoting, lengths, and what is none of that. */
#include "mail/mbox.h"

#include "tap.h"

struct source {
	struct str rest;
	size_t piece; /* octets given at once */
	enum err end;
};

static enum err give(void *arg, char *to, size_t room, size_t *ret)
{
	struct source *s = arg;
	struct str part = str_sub(s->rest, 0, s->piece < room ? s->piece : room);

	if (part.len == 0 && s->end != ERR_OK)
		return s->end;
	memcpy(to, part.at ? part.at : "", part.len);
	s->rest = str_skip(s->rest, part.len);
	*ret = part.len;
	return ERR_OK;
}

/* What came out, messages parted by '|'; a letter behind one for what was said of it. */
static void split(struct str text, enum mbox_form form, size_t piece, struct buf *ret)
{
	struct source s = { text, piece, ERR_OK };
	struct mbox_message message;
	struct mbox m;
	enum err e;

	buf_clear(ret);
	mbox_init(&m, form, 1 << 20, give, &s);
	while ((e = mbox_next(&m, ret, &message)) != ERR_NOTFOUND) {
		if (e == ERR_SYNTAX) {
			buf_put_c(ret, "other|");
			continue;
		}
		must(e == ERR_OK);
		buf_put_c(ret, message.cut ? "|cut|" : message.lied ? "|lied|" : "|");
	}
	mbox_done(&m);
}

#define SEP "From a@b.example Sat Jan  3 01:05:34 1996\n"

static const struct {
	const char *what, *in, *out;
	enum mbox_form form;
} cases[] = {
	{ "nothing", "", "" },
	{ "empty lines", "\n\n\n", "" },
	{ "one", SEP "A: b\n\ntext\n", "A: b\r\n\r\ntext\r\n|" },
	{ "one with its empty line", SEP "A: b\n\ntext\n\n", "A: b\r\n\r\ntext\r\n|" },
	{ "two empty lines: one is the text's", SEP "A: b\n\ntext\n\n\n", "A: b\r\n\r\ntext\r\n\r\n|" },
	{ "two", SEP "A: b\n\none\n\n" SEP "A: c\n\ntwo\n\n", "A: b\r\n\r\none\r\n|A: c\r\n\r\ntwo\r\n|" },
	{ "CRLF", "From a Sat Jan  3 01:05:34 1996\r\nA: b\r\n\r\none\r\n\r\nFrom a Sat Jan  3 01:05:34 1996\r\nA: c\r\n\r\n",
		"A: b\r\n\r\none\r\n|A: c\r\n\r\n|" },
	{ "CRLF and LF", SEP "A: b\r\n\none\r\ntwo\n\r\n", "A: b\r\n\r\none\r\ntwo\r\n|" },
	{ "a lone CR stays", SEP "A: b\n\no\rne\n\r\r\n", "A: b\r\n\r\no\rne\r\n\r\r\n|" },
	{ "a header without text", SEP "A: b\n\n" SEP "A: c\n\n", "A: b\r\n\r\n|A: c\r\n\r\n|" },
	{ "a header alone", SEP "A: b\n" SEP "Subject: c\n", "A: b\r\n|Subject: c\r\n|" },
	{ "no header", SEP "\ntext\n\n" SEP "\nmore\n", "\r\ntext\r\n|\r\nmore\r\n|" },
	{ "text at once", SEP "no header at all\n\n" SEP "Subject: c\n\n", "no header at all\r\n|Subject: c\r\n\r\n|" },
	{ "From of a text", SEP "A: b\n\nDear\n\nFrom what I hear it is\n\nFrom Monday on\n", "A: b\r\n\r\nDear\r\n\r\nFrom what I hear it is\r\n\r\nFrom Monday on\r\n|" },
	{ "From of a text with a date", SEP "A: b\n\n\nFrom Mon Jan 5 10:00:00 1998 on we meet\nat noon\n",
		"A: b\r\n\r\n\r\nFrom Mon Jan 5 10:00:00 1998 on we meet\r\nat noon\r\n|" },
	{ "no empty line before, but a header behind", SEP "A: b\n\none\n" SEP "Return-Path: <x>\n\ntwo\n", "A: b\r\n\r\none\r\n|Return-Path: <x>\r\n\r\ntwo\r\n|" },
	{ "no empty line before, and no header behind", SEP "A: b\n\none\n" SEP "Note: x\n\ntwo\n",
		"A: b\r\n\r\none\r\nFrom a@b.example Sat Jan  3 01:05:34 1996\r\nNote: x\r\n\r\ntwo\r\n|" },
	{ "quoted once and twice", SEP "A: b\n\n>From x\n>>From y\n> From z\n>Fromage\n", "A: b\r\n\r\nFrom x\r\n>From y\r\n> From z\r\n>Fromage\r\n|" },
	{ "quoted, mboxo", SEP "A: b\n\n>From x\n>>From y\n", "A: b\r\n\r\nFrom x\r\n>>From y\r\n|", MBOX_O },
	{ "quoted, mboxcl2", SEP "A: b\n\n>From x\n>>From y\n", "A: b\r\n\r\n>From x\r\n>>From y\r\n|", MBOX_CL2 },
	{ "quoted in the header", SEP ">From x y\nA: b\n\nt\n", ">From x y\r\nA: b\r\n\r\nt\r\n|" },
	{ "a truthful length", SEP "Content-Length: 6\n\nFrom x\n\n" SEP "Content-Length: 2\n\nb\n", "Content-Length: 6\r\n\r\nFrom x|Content-Length: 2\r\n\r\nb\r\n|" },
	{ "a truthful length over a separator",
		SEP "content-length: 49\n\n" SEP "A: b\nc\n\n" SEP "Content-Length: 0\n\n",
		"content-length: 49\r\n\r\nFrom a@b.example Sat Jan  3 01:05:34 1996\r\nA: b\r\nc\r\n|Content-Length: 0\r\n\r\n|" },
	{ "a length with quoted lines", SEP "Content-Length: 14\n\n>From x\n>>From\n", "Content-Length: 14\r\n\r\nFrom x\r\n>>From|" },
	{ "too long a length", SEP "Content-Length: 600\n\none\n\n" SEP "A: b\n\ntwo\n", "Content-Length: 600\r\n\r\none\r\n|lied|A: b\r\n\r\ntwo\r\n|" },
	{ "too short a length", SEP "Content-Length: 2\n\none\n\n" SEP "A: b\n\ntwo\n", "Content-Length: 2\r\n\r\none\r\n|lied|A: b\r\n\r\ntwo\r\n|" },
	{ "a length behind a message that has none is not believed", SEP "A: b\n\none\n\n" SEP "Content-Length: 49\n\n" SEP "A: b\nc\n\n" SEP "A: c\n\n",
		"A: b\r\n\r\none\r\n|Content-Length: 49\r\n\r\n|A: b\r\nc\r\n|A: c\r\n\r\n|" },
	{ "no length", SEP "Content-Length: -4\nContent-Length: 99999999999999999999\n\none\n", "Content-Length: -4\r\nContent-Length: 99999999999999999999\r\n\r\none\r\n|" },
	{ "cut in a line", SEP "A: b\n\none\n\n" SEP "A: b\n\ntw", "A: b\r\n\r\none\r\n|A: b\r\n\r\ntw|cut|" },
	{ "cut in the header", SEP "A: b", "A: b|cut|" },
	{ "cut in the length", SEP "Content-Length: 60\n\none\n", "Content-Length: 60\r\n\r\none\r\n|cut|", MBOX_CL },
	{ "cut in a separator", SEP "A: b\n\none\n\nFrom a@b.example Sat Ja", "A: b\r\n\r\none\r\n\r\nFrom a@b.example Sat Ja|cut|" },
	{ "something else before", "Dear all,\nhello\n\n" SEP "Subject: b\n\none\n", "other|Subject: b\r\n\r\none\r\n|" },
	{ "nothing else", "Dear all,\nhello\n", "other|" },
	{ "a letter", "From the desk of the king\nhello\n", "other|" },
	{ "a byte order mark", "\xef\xbb\xbf" SEP "A: b\n\none\n", "A: b\r\n\r\none\r\n|" },
	{ "separators without dates", "From nobody\nA: b\n\none\n\nFrom nobody\nA: c\n\nFrom here on\nall\n", "A: b\r\n\r\none\r\n|A: c\r\n\r\nFrom here on\r\nall\r\n|" },
};

static void all_cases(void)
{
	static const size_t pieces[] = { 1, 2, 7, 64, 65536 };
	struct buf out;

	buf_init(&out, 1 << 21);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		for (size_t p = 0; p < sizeof(pieces) / sizeof(*pieces); p++) {
			split(str_from_c(cases[i].in), cases[i].form, pieces[p], &out);
			if (!str_eq(buf_str(&out), str_from_c(cases[i].out)) || p == 0) {
				OK(p < 5, "%s, %zu octets at once", cases[i].what, pieces[p]);
				IS_STR(buf_str(&out), str_from_c(cases[i].out));
			}
		}
	}
	buf_done(&out);
}

static const struct {
	const char *line;
	int64_t date; /* 0: no separator */
} lines[] = {
	{ "From a@b.example Sat Jan  3 01:05:34 1996", 820631134 },
	{ "From a@b.example Sat Jan 3 01:05 1996", 820631100 },
	{ "From a@b.example Sat Jan  3 01:05:34 GMT 1996", 820631134 },
	{ "From a@b.example Sat Jan  3 01:05:34 PST 1996", 820659934 },
	{ "From a@b.example Sat Jan  3 01:05:34 MET DST 1996", 820627534 },
	{ "From a@b.example Sat Jan  3 01:05:34 +0100 1996", 820627534 },
	{ "From a@b.example Sat Jan  3 01:05:34 1996 +0100", 820627534 },
	{ "From a@b.example Sat Jan  3 01:05:34 1996 remote from uunet", 820631134 },
	{ "From a@b.example Sat, 03 Jan 1996 01:05:34 +0000", 820631134 },
	{ "From a@b.example Sat, 3 Jan 96 01:05:34 GMT", 820631134 },
	{ "From a@b.example 3 Jan 1996 01:05:34 GMT", 820631134 },
	{ "From a@b.example 1996-01-03T01:05:34Z", 820631134 },
	{ "From a@b.example 1996-01-03 01:05:34", 820631134 },
	{ "From - Sat Jan 03 01:05:34 1996", 820631134 },
	{ "From ???@??? Sat Jan 03 01:05:34 1996", 820631134 },
	{ "From  Sat Jan  3 01:05:34 1996", 820631134 },
	{ "From Sat Jan  3 01:05:34 1996", 820631134 },
	{ "From a at b.example  Sat Jan  3 01:05:34 1996", 820631134 },
	{ "From 1234567890@xxx Sat Jan 03 01:05:34 +0000 1996", 820631134 },
	{ "From \"a b\"@c.example Sat Jan  3 01:05:34 1996", 820631134 },
	{ "From uunet!sun!joe Sat Jan  3 01:05:34 1996", 820631134 },
	{ "From a@b.example Mon Jan  3 01:05:34 19100", 946861534 },
	{ "From sunny@b.example Sat Jan  3 01:05:34 1996", 820631134 },
	{ "From MAILER-DAEMON Fri Jul  8 12:08:34 2011", 1310126914 },
	{ "From me", 0 },
	{ "From Monday on", 0 },
	{ "From 3 to 5 Jan 1996", 0 },
	{ "From a@b.example Sat Jan 99 01:05:34 1996", 0 },
	{ "from a@b.example Sat Jan  3 01:05:34 1996", 0 },
	{ "From: a@b.example Sat Jan  3 01:05:34 1996", 0 },
	{ ">From a@b.example Sat Jan  3 01:05:34 1996", 0 },
	{ "", 0 },
	{ "From ", 0 },
};

static void dates(void)
{
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		int64_t date = 0;
		bool is = mbox_separator_date(str_from_c(lines[i].line), &date);

		OK(is == (lines[i].date != 0), "%s", lines[i].line);
		IS_NUM(is ? (uint64_t)date : 0, (uint64_t)lines[i].date);
	}
}

static void places(void)
{
	struct str text = S("\n" SEP "A: b\n\none\n\n" SEP "A: c\n\nlonger than may be\n\n" SEP "A: d\n\nx\n");
	struct source s = { text, 3, ERR_OK };
	struct mbox_message message;
	struct buf out;
	struct mbox m;

	buf_init(&out, 1 << 20);
	mbox_init(&m, MBOX_ANY, 20, give, &s);
	IS_NUM(mbox_next(&m, &out, &message), ERR_OK);
	IS_NUM(message.offset, 1);
	IS_NUM(message.octets, 53);
	IS_STR(message.envelope, S("a@b.example Sat Jan  3 01:05:34 1996"));
	OK(message.date_known, "the separator has a date");
	IS_NUM(mbox_next(&m, &out, &message), ERR_OK);
	IS_NUM(message.offset, 54);
	OK(message.too_large, "the second has more octets than may be");
	IS_STR(buf_str(&out), S("A: b\r\n\r\none\r\n"));
	IS_NUM(mbox_next(&m, &out, &message), ERR_OK);
	OK(!message.too_large, "and the third has not");
	IS_NUM(mbox_next(&m, &out, &message), ERR_NOTFOUND);
	IS_NUM(mbox_next(&m, &out, &message), ERR_NOTFOUND);
	mbox_done(&m);
	buf_done(&out);
}

/* What cannot be read any further is told once the message before it was. */
static void broken_source(void)
{
	struct source s = { S(SEP "A: b\n\none\n\n" SEP "A: c\n\ntwo\n"), 5, ERR_CORRUPT };
	struct mbox_message message;
	struct buf out;
	struct mbox m;

	buf_init(&out, 1 << 20);
	mbox_init(&m, MBOX_ANY, 1000, give, &s);
	IS_NUM(mbox_next(&m, &out, &message), ERR_OK);
	OK(!message.cut, "the first message is whole");
	IS_NUM(mbox_next(&m, &out, &message), ERR_OK);
	OK(message.cut, "the last one may not be");
	IS_NUM(mbox_next(&m, &out, &message), ERR_CORRUPT);
	mbox_done(&m);
	buf_done(&out);
}

struct endless {
	uint64_t left;
	char octet;
	bool begun;
};

static enum err give_endless(void *arg, char *to, size_t room, size_t *ret)
{
	struct endless *s = arg;
	struct str head = S(SEP "A: b\n\n");

	*ret = 0;
	if (!s->begun) {
		memcpy(to, head.at, head.len);
		*ret = head.len;
	} else if (s->left > 0) {
		memset(to, s->octet, room);
		*ret = room;
		s->left -= room < s->left ? room : s->left;
	}
	s->begun = true;
	return ERR_OK;
}

/* A line that is far larger than the window takes no more memory than it. */
static void one_line(void)
{
	struct endless s = { .left = (uint64_t)300 << 20, .octet = 'x' };
	struct mbox_message message;
	struct buf out;
	struct mbox m;

	buf_init(&out, 1 << 21);
	mbox_init(&m, MBOX_ANY, 1 << 20, give_endless, &s);
	IS_NUM(mbox_next(&m, &out, &message), ERR_OK);
	OK(message.too_large && message.cut, "too large, and without an end");
	OK(m.in.held <= (1 << 20), "the window stays small: %zu octets", m.in.held);
	IS_NUM(mbox_next(&m, &out, &message), ERR_NOTFOUND);
	mbox_done(&m);
	buf_done(&out);
}

/* Many lengths that lie, and many lines that are nearly separators, take linear time: the test would not end. */
static void lies(void)
{
	static const char *const parts[] = { SEP "Content-Length: 9000000\n\nx\n\n", "\n" SEP "x\n", "From x\n", "\n", ">", "\r" };
	struct mbox_message message;
	struct buf in, out;
	struct source s;
	struct mbox m;

	buf_init(&in, 1 << 25);
	buf_init(&out, 1 << 26);
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		buf_clear(&in);
		buf_clear(&out);
		buf_put_c(&in, SEP "A: b\n\n");
		while (in.len < 3 << 20)
			buf_put_c(&in, parts[i]);
		s = (struct source){ buf_str(&in), 65536, ERR_OK };
		mbox_init(&m, MBOX_CL, 1 << 25, give, &s);
		while (mbox_next(&m, &out, &message) == ERR_OK)
			;
		OK(out.len <= 2 * in.len, "many of '%s'", parts[i]);
		mbox_done(&m);
	}
	buf_done(&in);
	buf_done(&out);
}

static void written(void)
{
	struct str message = S("A: b\r\n\r\nFrom x\r\n>From y\r\nlast");
	struct buf out, back;

	buf_init(&out, 1 << 20);
	buf_init(&back, 1 << 20);
	mbox_put(&out, message, S("a@b.example"), 820631134);
	IS_STR(buf_str(&out), S("From a@b.example Wed Jan  3 01:05:34 1996\nA: b\n\n>From x\n>>From y\nlast\n\n"));
	mbox_put(&out, S("C: d\r\n\r\n"), S("a b"), 0);
	split(buf_str(&out), MBOX_ANY, 100, &back);
	IS_STR(buf_str(&back), S("A: b\r\n\r\nFrom x\r\n>From y\r\nlast\r\n|C: d\r\n\r\n|"));
	buf_done(&out);
	buf_done(&back);
}

int main(void)
{
	all_cases();
	dates();
	places();
	broken_source();
	one_line();
	lies();
	written();
	return tap_done();
}
