#include "front/smtp_session.h"

#include <stdio.h>
#include <unistd.h>

#include "front/bench.h"
#include "io/clock.h"
#include "tap.h"

/* One thing said, and the codes of the replies to it; "!" behind them: and the front hangs up. */
struct line {
	const char *say;
	const char *want;
};

struct dialogue {
	const char *what;
	enum service service;
	struct line lines[14];
	size_t want_messages;
};

#define HELLO                                                                                      \
	{                                                                                          \
		"EHLO me.example\r\n", "250"                                                       \
	}
#define MAIL                                                                                       \
	{                                                                                          \
		"MAIL FROM:<s@x.example>\r\n", "250"                                               \
	}
#define RCPT                                                                                       \
	{                                                                                          \
		"RCPT TO:<v@y.example>\r\n", "250"                                                 \
	}
#define AUTH                                                                                       \
	{                                                                                          \
		"AUTH PLAIN AERPTVxhbGljZQBzZWNyZXQ=\r\n", "235"                                   \
	}
#define END                                                                                        \
	{                                                                                          \
		NULL, NULL                                                                         \
	}

static const struct dialogue dialogues[] = {
	{ "a message", SERVICE_SMTP,
		{ { "", "220" }, HELLO, MAIL, RCPT, { "DATA\r\n", "354" },
			{ "Subject: x\r\n\r\n..hello\r\n.\r\n", "250" }, { "QUIT\r\n", "221!" },
			END },
		1 },
	{ "pipelined groups", SERVICE_SMTP,
		{ { "", "220" }, HELLO,
			{ "MAIL FROM:<s@x.example>\r\nRCPT TO:<nobody@y>\r\nRCPT TO:<v@y>\r\nRCPT "
			  "TO:<w@y>\r\nDATA\r\n",
				"250 550 250 250 354" },
			{ "hello\r\n.\r\nMAIL FROM:<>\r\nRCPT TO:<v@y>\r\nDATA\r\n",
				"250 250 250 354" },
			{ "again\r\n.\r\nQUIT\r\n", "250 221!" }, END },
		2 },
	{ "order of commands", SERVICE_SMTP,
		{ { "", "220" }, { "MAIL FROM:<s@x>\r\n", "503" }, { "RCPT TO:<v@y>\r\n", "503" },
			{ "DATA\r\n", "503" }, HELLO, { "RCPT TO:<v@y>\r\n", "503" },
			{ "DATA\r\n", "503" }, MAIL, { "MAIL FROM:<t@x>\r\n", "503" },
			{ "DATA\r\n", "503" }, RCPT, { "RSET\r\n", "250" }, { "DATA\r\n", "503" },
			END },
		0 },
	{ "small commands", SERVICE_SMTP,
		{ { "", "220" }, { "HELO me\r\n", "250" }, { "NOOP\r\n", "250" },
			{ "VRFY root\r\n", "252" }, { "EXPN all\r\n", "252" },
			{ "HELP\r\n", "214" }, { "AUTH PLAIN\r\n", "500" },
			{ "STARTTLS\r\n", "454" }, { "XCLIENT a=b\r\n", "500" },
			{ "RSET x\r\n", "501" }, { "MAIL FROM:<a b>\r\n", "501" },
			{ "MAIL FROM:<a@b> X=y\r\n", "555" },
			{ "MAIL FROM:<a@b> BODY=BINARYMIME\r\n", "504" }, END },
		0 },
	{ "recipients", SERVICE_SMTP,
		{ { "", "220" }, HELLO, MAIL, { "RCPT TO:<nobody@y>\r\n", "550" },
			{ "RCPT TO:<full@y>\r\n", "552" }, { "RCPT TO:<u@remote>\r\n", "550" },
			{ "RCPT TO:<Postmaster>\r\n", "250" }, { "RCPT TO:<>\r\n", "501" },
			{ "RCPT TO:<\xc3\xa4@y>\r\n", "553" }, { "DATA\r\n", "354" },
			{ ".\r\n", "250" }, END },
		1 },
	{ "UTF-8", SERVICE_SMTP,
		{ { "", "220" }, HELLO, { "MAIL FROM:<\xc3\xa4@x>\r\n", "553" },
			{ "MAIL FROM:<\xc3\xa4@x> SMTPUTF8\r\n", "250" },
			{ "RCPT TO:<\xc3\xb6@y>\r\n", "250" }, { "DATA\r\n", "354" },
			{ "x\r\n.\r\n", "250" }, END },
		1 },
	{ "sizes", SERVICE_SMTP,
		{ { "", "220" }, HELLO, { "MAIL FROM:<s@x> SIZE=99999999999\r\n", "552" },
			{ "MAIL FROM:<s@x> SIZE=100\r\n", "250" }, END },
		0 },
	{ "junk", SERVICE_SMTP,
		{ { "", "220" },
			{ "A\r\nB\r\nC\r\nD\r\nE\r\nF\r\nG\r\nH\r\nI\r\n",
				"500 500 500 500 500 500 500 500 500" },
			{ "J\r\nNOOP\r\n", "500 421!" }, END },
		0 },
	{ "A5 ahead of EHLO's reply", SERVICE_SMTP,
		{ { "", "220" }, { "EHLO x\r\nMAIL FROM:<>\r\n", "554!" }, END }, 0 },
	{ "A5 ahead of 354", SERVICE_SMTP,
		{ { "", "220" }, HELLO, MAIL, RCPT, { "DATA\r\nSubject: early\r\n", "554!" }, END },
		0 },
	{ "A6 bare LF in a command", SERVICE_SMTP,
		{ { "", "220" }, { "NOOP\nNOOP\r\n", "554!" }, END }, 0 },
	{ "A3 DATA after BDAT", SERVICE_SMTP,
		{ { "", "220" }, HELLO, MAIL, RCPT, { "BDAT 5\r\nhello", "250" },
			{ "DATA\r\n", "503" }, { "DATA\r\n", "503" },
			{ "RCPT TO:<v@y>\r\n", "503" }, END },
		0 },
	{ "A3 chunks", SERVICE_SMTP,
		{ { "", "220" }, HELLO,
			{ "MAIL FROM:<s@x>\r\nRCPT TO:<v@y>\r\nBDAT 7\r\nhello\r\nBDAT 0\r\nBDAT 7 "
			  "LAST\r\nworld\r\n",
				"250 250 250 250 250" },
			{ "NOOP\r\n", "250" }, END },
		1 },
	{ "A3 BDAT 0 LAST", SERVICE_SMTP,
		{ { "", "220" }, HELLO, MAIL, RCPT, { "BDAT 0 LAST\r\n", "250" }, END }, 1 },
	{ "A3 no number", SERVICE_SMTP,
		{ { "", "220" }, HELLO, MAIL, RCPT,
			{ "BDAT 99999999999999999999 LAST\r\nQUIT\r\n", "501!" }, END },
		0 },
	{ "A3 a negative number", SERVICE_SMTP,
		{ { "", "220" }, HELLO, MAIL, RCPT, { "BDAT -1\r\nQUIT\r\n", "501!" }, END }, 0 },
	{ "A3 BDAT after a refused RCPT: octets are eaten", SERVICE_SMTP,
		{ { "", "220" }, HELLO,
			{ "MAIL FROM:<s@x>\r\nRCPT TO:<nobody@y>\r\nBDAT 6 "
			  "LAST\r\nRSET\r\nNOOP\r\n",
				"250 550 503 250" },
			{ "RCPT TO:<v@y>\r\n", "503" }, END },
		0 },
	{ "A3 BDAT without a transaction", SERVICE_SMTP,
		{ { "", "220" }, { "BDAT 6\r\nRSET\r\nBDAT 6\r\nRSET\r\nNOOP\r\n", "503 503 250" },
			END },
		0 },
	{ "A3 RSET between chunks", SERVICE_SMTP,
		{ { "", "220" }, HELLO, MAIL, RCPT, { "BDAT 5\r\nhello", "250" },
			{ "RSET\r\n", "250" }, { "BDAT 5 LAST\r\nworld", "503" }, END },
		0 },
	{ "A3 STARTTLS and MAIL between chunks", SERVICE_SMTP,
		{ { "", "220" }, HELLO, MAIL, RCPT, { "BDAT 5\r\nhello", "250" },
			{ "STARTTLS\r\n", "503" }, { "MAIL FROM:<t@x>\r\n", "503" },
			{ "RCPT TO:<v@y>\r\n", "503" }, { "BDAT 2 LAST\r\n\r\n", "250" }, END },
		1 },
	{ "A3 a bare LF in a chunk", SERVICE_SMTP,
		{ { "", "220" }, HELLO, MAIL, RCPT, { "BDAT 7\r\nhel\nlo\r", "554!" }, END }, 0 },
	{ "A3 a chunk cut off", SERVICE_SMTP,
		{ { "", "220" }, HELLO, MAIL, RCPT, { "BDAT 10 LAST\r\nhel", "" }, END }, 0 },
	{ "A4 EHLO in a transaction", SERVICE_SMTP,
		{ { "", "220" }, HELLO, MAIL, RCPT, HELLO, { "RCPT TO:<v@y>\r\n", "503" },
			{ "DATA\r\n", "503" }, END },
		0 },
	{ "A4 VRFY in a transaction", SERVICE_SMTP,
		{ { "", "220" }, HELLO, MAIL, RCPT, { "VRFY \xc3\xa4@y\r\n", "252" },
			{ "DATA\r\n", "354" }, { ".\r\n", "250" }, END },
		1 },
	{ "A4 after a message", SERVICE_SMTP,
		{ { "", "220" }, HELLO, MAIL, RCPT, { "DATA\r\n", "354" }, { ".\r\n", "250" },
			{ "RCPT TO:<v@y>\r\n", "503" }, { "DATA\r\n", "503" }, END },
		1 },
	{ "A12 control characters in the envelope", SERVICE_SMTP,
		{ { "", "220" }, HELLO, { "MAIL FROM:<s@x> ENVID=a+0D+0AX\r\n", "501" }, MAIL,
			{ "RCPT TO:<v@y> ORCPT=rfc822;a+0D+0AX:y\r\n", "501" },
			{ "RCPT TO:<v@y> ORCPT=rfc822;v+2By@y NOTIFY=NEVER\r\n", "250" }, END },
		0 },
	{ "submission needs a logon", SERVICE_SUBMISSION,
		{ { "", "220" }, HELLO, { "MAIL FROM:<s@x>\r\n", "530" }, { "VRFY a\r\n", "530" },
			{ "BDAT 4\r\nQUITNOOP\r\n", "530 250" }, AUTH,
			{ "AUTH PLAIN AGEAYg==\r\n", "503" },
			{ "MAIL FROM:<mallory@x>\r\n", "553" }, { "RCPT TO:<v@y>\r\n", "503" },
			MAIL, RCPT, { "DATA\r\n", "354" }, { "x\r\n.\r\n", "250" }, END },
		1 },
	{ "submission refuses bare LF and stays", SERVICE_SUBMISSION,
		{ { "", "220" }, HELLO, AUTH, MAIL, RCPT, { "DATA\r\n", "354" },
			{ "a\nb\r\n.\r\n", "554" }, { "RCPT TO:<v@y>\r\n", "503" },
			{ "NOOP\r\n", "250" }, END },
		0 },
	{ "C3 SASL", SERVICE_SUBMISSION,
		{ { "", "220" }, HELLO, { "AUTH PLAIN\r\n", "334" }, { "*\r\n", "501" },
			{ "AUTH PLAIN =\r\n", "501" }, { "AUTH PLAIN AAAA\r\n", "535" },
			{ "AUTH PLAIN !!!!\r\n", "501" }, { "AUTH PLAIN\r\n", "334" },
			{ "\r\n", "501" }, { "AUTH NTLM\r\n", "504" }, { "AUTH plain\r\n", "334" },
			{ "!\r\n", "501" }, { "AUTH PLAIN AERPTVxhbGljZQBzZWNyZXQ=\r\n", "235" },
			END },
		0 },
	{ "C3 in a transaction", SERVICE_SUBMISSION,
		{ { "", "220" }, HELLO, AUTH, MAIL, { "AUTH PLAIN\r\n", "503" }, END }, 0 },
};

static void check_codes(struct bench_client *c, const char *what, size_t nth, const char *want)
{
	size_t length = strlen(want);
	bool hangs_up = length > 0 && want[length - 1] == '!';
	const char *got = bench_codes(c);

	length -= hangs_up;
	OK(strlen(got) == length && strncmp(got, want, length) == 0 && c->closed == hangs_up,
		"%s, line %zu: got %s%s, want %s", what, nth, got, c->closed ? "!" : "", want);
}

static void check_empty(struct bench *b, const char *what)
{
	OK(b->front->in_transit_octets == 0, "%s: no octets are left in transit", what);
}

static void run_dialogue(const struct dialogue *d, bool octet_by_octet)
{
	struct bench b;
	struct bench_client c;

	bench_init(&b, service_row(d->service)->role);
	b.config.auth_plaintext_without_tls = CONFIG_PLAINTEXT_ALWAYS;
	bench_connect(&b, &c, d->service, "192.0.2.7");
	for (size_t i = 0; d->lines[i].say != NULL; i++) {
		struct str say = str_from_c(d->lines[i].say);

		/* What is sent ahead is found by its being there. */
		for (size_t n = 0; octet_by_octet && n < say.len && d->lines[i].want[0] != '5';
			n++) {
			bench_send(&c, str_sub(say, n, 1));
			bench_settle(&b);
		}
		if (!octet_by_octet || d->lines[i].want[0] == '5')
			bench_send(&c, say);
		check_codes(&c, d->what, i, d->lines[i].want);
	}
	bench_hang_up(&c);
	check_empty(&b, d->what);
	IS_NUM(b.messages_count, d->want_messages);
	bench_done(&b);
}

/* ---- A1 ---- */

static const struct str separators[] = { S_INIT("\n.\n"), S_INIT("\n.\r"), S_INIT("\r.\n"),
	S_INIT("\r.\r"), S_INIT("\n.\r\n"), S_INIT("\r.\r\n"), S_INIT("\r\n.\n"), S_INIT("\r\n.\r"),
	S_INIT("\r\n.\r\r\n"), S_INIT("\r\r\n.\r\r\n"), S_INIT("\r\n\0.\r\n"),
	S_INIT("\r\n.\0\r\n") };

#define INJECTED "MAIL FROM:<s@x>\r\nRCPT TO:<v@y>\r\nDATA\r\nSubject: s\r\n\r\ns\r\n.\r\n"

static void smuggle(struct str text, size_t cut, bool chunked, enum service service)
{
	struct bench b;
	struct bench_client c;
	char command[64];
	const char *codes;

	bench_init(&b, service_row(service)->role);
	b.config.auth_plaintext_without_tls = CONFIG_PLAINTEXT_ALWAYS;
	bench_connect(&b, &c, service, "192.0.2.7");
	bench_say(&c, S("EHLO me\r\n"));
	if (service != SERVICE_SMTP)
		bench_say(&c, S("AUTH PLAIN AERPTVxhbGljZQBzZWNyZXQ=\r\n"));
	snprintf(command, sizeof(command), chunked ? "BDAT %zu LAST\r\n" : "DATA\r\n", text.len);
	bench_say(&c, S("MAIL FROM:<s@x>\r\nRCPT TO:<v@y>\r\n"));
	bench_say(&c, str_from_c(command));
	bench_heard(&c);
	bench_send(&c, str_sub(text, 0, cut));
	bench_settle(&b);
	bench_send(&c, str_skip(text, cut));
	codes = bench_codes(&c);
	OK(strcmp(codes, "554") == 0 && b.messages_count == 0 &&
			c.closed == (service == SERVICE_SMTP),
		"A1 cut at %zu: one 554 (got %s, %zu messages)", cut, codes, b.messages_count);
	bench_hang_up(&c);
	bench_done(&b);
}

static void test_smuggling(void)
{
	for (size_t i = 0; i < sizeof(separators) / sizeof(*separators); i++) {
		struct buf text;

		buf_init(&text, 4096);
		buf_put_c(&text, "Subject: one\r\n\r\nbody");
		buf_put(&text, separators[i]);
		buf_put_c(&text, INJECTED);
		for (size_t cut = 0; cut < text.len; cut += cut < 28 ? 1 : 16)
			smuggle(buf_str(&text), cut, false, SERVICE_SMTP);
		smuggle(buf_str(&text), 22, true, SERVICE_SMTP);
		smuggle(buf_str(&text), 22, false, SERVICE_SUBMISSION);
		buf_done(&text);
	}
}

/* ---- what the store gets ---- */

static void open_transaction(struct bench *b, struct bench_client *c)
{
	bench_init(b, ROLE_FRONT_MX);
	bench_connect(b, c, SERVICE_SMTP, "192.0.2.7");
	bench_say(c, S("EHLO me(x);.example\r\n"));
	bench_say(c, S("MAIL FROM:<s@x> RET=HDRS ENVID=QQ BODY=8BITMIME\r\nRCPT TO:<v@y> "
		       "NOTIFY=NEVER\r\nRCPT TO:<w@y>\r\nDATA\r\n"));
	bench_heard(c);
}

static void test_message(void)
{
	struct bench b;
	struct bench_client c;
	struct bench_message *m = &b.messages[0];
	struct str octets;

	open_transaction(&b, &c);
	bench_say(&c, S("Subject: x\r\n\r\n..a\r\n.\r\n"));
	IS_STR(bench_heard(&c), S("250 2.0.0 accepted m1\r\n"));
	IS_NUM(b.messages_count, 1);
	octets = buf_str(&m->octets);
	OK(str_starts(octets, S("Return-Path: <s@x>\r\nReceived: from me?x??.example "
				"([192.0.2.7])\r\n\tby mail.example.org with ESMTP\r\n\tid ")),
		"trace lines: %.*s", STR_FMT(octets));
	OK(str_ends(octets, S(" +0000\r\nSubject: x\r\n\r\n.a\r\n")),
		"the message follows, its dots undone: %.*s", STR_FMT(octets));
	IS_STR(buf_str(&m->sender), S("s@x"));
	IS_STR(buf_str(&m->tickets), S("[v@y][w@y]"));
	IS_NUM(m->record.len, 100);
	IS_NUM(m->record_octets, 100);
	OK(m->small && !m->sealed, "a small message goes to the store inside the question");
	OK(str_starts(buf_str(&m->trace), S("\1\1\0\2\2\0\0\0QQ")),
		"envelope: version, body, utf8, RET, ENVID");
	OK(str_find_str(buf_str(&m->trace),
		   S("\2\0\0\0\5\0\0\0\3\0\0\0v@y\1\0\0\0\0\0\0\0\0\5\0\0\0\3\0\0\0w@y\0")) !=
			STR_NPOS,
		"envelope: two recipients, their tickets' sizes, NOTIFY");
	bench_hang_up(&c);
	bench_done(&b);
}

/* One that fits no buffer, and one beside more tickets than leave room for it. */
static void test_sealed_message(void)
{
	struct bench b;
	struct bench_client c;
	struct buf text;

	buf_init(&text, BUF_NO_CEILING);
	while (text.len < SMTP_SMALL_OCTETS_MAX)
		buf_put_c(&text, "a line of a large message\r\n");
	buf_put_c(&text, ".\r\n");
	open_transaction(&b, &c);
	bench_say(&c, buf_str(&text));
	OK(strcmp(bench_codes(&c), "250") == 0, "a large message");
	OK(!b.messages[0].small && b.messages[0].sealed, "goes to the store as a sealed file");
	OK(str_ends(buf_str(&b.messages[0].octets), str_sub(buf_str(&text), 0, text.len - 3)), "whole");
	b.play.ticket_octets = 30 << 10;
	bench_say(&c, S("MAIL FROM:<s@x>\r\nRCPT TO:<v@y>\r\nRCPT TO:<w@y>\r\nRCPT TO:<u@y>\r\nDATA\r\n"));
	bench_say(&c, S("Subject: x\r\n\r\nsmall\r\n.\r\n"));
	OK(strcmp(bench_codes(&c), "250 250 250 250 354 250") == 0, "a small message for many");
	OK(!b.messages[1].small && b.messages[1].sealed, "is a file beside large tickets");
	OK(str_ends(buf_str(&b.messages[1].octets), S("\r\n\r\nsmall\r\n")), "whole");
	bench_hang_up(&c);
	bench_done(&b);
	buf_done(&text);
}

static void test_large_record(void)
{
	struct bench b;
	struct bench_client c;

	for (size_t octets = 16 << 10; octets <= 100000; octets += 20000) {
		open_transaction(&b, &c);
		b.play.record_octets = octets;
		bench_say(&c, S("x\r\n.\r\n"));
		bench_heard(&c);
		IS_NUM(b.messages_count, 1);
		IS_NUM(b.messages[0].record.len, octets);
		IS_NUM(b.messages[0].record_octets, octets);
		OK(octets <= 16 << 10 || b.messages[0].record_sealed,
			"a record in a file is sealed");
		bench_hang_up(&c);
		bench_done(&b);
	}
}

/* Behind our own lines and in front of the client's, whatever the message is kept in. */
static void test_sender_written(void)
{
	static const size_t sizes[] = { 10, SMTP_SMALL_OCTETS_MAX - 500, 3 * SMTP_SMALL_OCTETS_MAX };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct bench b;
		struct bench_client c;
		struct buf text;
		struct str got;

		buf_init(&text, BUF_NO_CEILING);
		buf_put_c(&text, "From: boss@y\r\n\r\n");
		while (text.len < sizes[i])
			buf_put_c(&text, "x\r\n");
		bench_init(&b, ROLE_FRONT_USER);
		b.config.auth_plaintext_without_tls = CONFIG_PLAINTEXT_ALWAYS;
		b.play.sender = "me@y";
		bench_connect(&b, &c, SERVICE_SUBMISSION, "192.0.2.7");
		bench_say(&c, S("EHLO x\r\n"));
		bench_say(&c, S("AUTH PLAIN AERPTVxhbGljZQBzZWNyZXQ=\r\n"));
		bench_say(&c, S("MAIL FROM:<s@x>\r\nRCPT TO:<v@y>\r\nDATA\r\n"));
		bench_heard(&c);
		bench_say(&c, buf_str(&text));
		bench_say(&c, S(".\r\n"));
		OK(str_find_str(bench_heard(&c), S("250 2.0.0")) != STR_NPOS, "%zu octets are taken", sizes[i]);
		IS_NUM(b.messages_count, 1);
		IS_NUM(b.parses_count, 2);
		got = buf_str(&b.messages[0].octets);
		OK(str_find_str(got, S("Received: ")) < str_find_str(got, S("\r\nSender: me@y\r\nFrom: boss@y\r\n")) && !str_starts(got, S("Sender")),
			"Sender: is behind the trace");
		OK(str_ends(got, buf_str(&text)), "the rest is as it was");
		b.play.authors = ERR_SENDAS;
		bench_say(&c, S("MAIL FROM:<s@x>\r\nRCPT TO:<v@y>\r\nDATA\r\n"));
		bench_say(&c, buf_str(&text));
		bench_say(&c, S(".\r\nNOOP\r\n"));
		OK(strcmp(bench_codes(&c), "250 250 354 553 250") == 0, "what may not be written is refused");
		bench_hang_up(&c);
		bench_done(&b);
		buf_done(&text);
	}
}

static void test_parser_trouble(void)
{
	struct bench b;
	struct bench_client c;

	open_transaction(&b, &c);
	b.play.parser_dies = true;
	bench_say(&c, S("x\r\n.\r\n"));
	IS_NUM(b.parses_count, 2);
	IS_NUM(b.messages_count, 1);
	IS_NUM(b.messages[0].record_octets, 0);
	OK(str_starts(bench_heard(&c), S("250 ")), "a message that kills parsers is kept opaque");
	bench_hang_up(&c);
	bench_done(&b);

	open_transaction(&b, &c);
	b.play.parse = ERR_TOOBIG;
	bench_say(&c, S("x\r\n.\r\n"));
	IS_NUM(b.parses_count, 1);
	IS_NUM(b.messages_count, 1);
	bench_hang_up(&c);
	bench_done(&b);
}

static void test_store_trouble(void)
{
	struct bench b;
	struct bench_client c;

	open_transaction(&b, &c);
	b.play.deliver = ERR_QUOTA;
	bench_say(&c, S("x\r\n.\r\n"));
	IS_STR(bench_heard(&c), S("552 5.2.2 mailbox is full\r\n"));
	bench_say(&c, S("RCPT TO:<v@y>\r\n"));
	OK(strcmp(bench_codes(&c), "503") == 0, "the transaction is over after a refusal");
	bench_unlink(&b, &b.store);
	bench_say(&c, S("MAIL FROM:<s@x>\r\nRCPT TO:<v@y>\r\nDATA\r\n"));
	bench_say(&c, S("x\r\n.\r\n"));
	OK(strcmp(bench_codes(&c), "250 250 354 451") == 0, "no store: 451");
	bench_unlink(&b, &b.directory);
	bench_say(&c, S("MAIL FROM:<s@x>\r\nRCPT TO:<v@y>\r\n"));
	OK(strcmp(bench_codes(&c), "250 451") == 0, "no directory: 451");
	bench_hang_up(&c);
	bench_done(&b);
}

/* The store dies while it is being asked; the client is told, nobody hangs. */
static void test_link_down(void)
{
	struct bench b;
	struct bench_client c;

	open_transaction(&b, &c);
	b.play.hold = true;
	bench_say(&c, S("x\r\n.\r\nNOOP\r\n"));
	OK(bench_heard(&c).len == 0, "what comes behind waits while a parser works");
	bench_release(&b);
	OK(strcmp(bench_codes(&c), "250 250") == 0, "then both are answered, in order");
	bench_say(&c, S("MAIL FROM:<s@x>\r\n"));
	bench_heard(&c);
	b.play.hold = true;
	bench_say(&c, S("RCPT TO:<v@y>\r\nRCPT TO:<w@y>\r\n"));
	bench_unlink(&b, &b.directory);
	OK(strcmp(bench_codes(&c), "451 451") == 0, "a question dies with whom it was asked");
	bench_release(&b);
	bench_hang_up(&c);
	bench_done(&b);
}

/* A taken-over parser answers another role's question. */
static void test_wrong_speaker(void)
{
	struct bench b;
	struct bench_client c;
	struct msg m = { .id = MSG_parsed, .parsed = { .code = ERR_OK } };
	struct buf octets;

	open_transaction(&b, &c);
	bench_say(&c, S(".\r\n"));
	bench_say(&c, S("MAIL FROM:<s@x>\r\n"));
	bench_heard(&c);
	b.play.hold = true;
	bench_say(&c, S("RCPT TO:<nobody@y>\r\n"));
	m.parsed.request = b.env.last_request;
	buf_init(&octets, 4096);
	must(msg_encode(&m, &octets) == ERR_OK);
	must(peer_send_now(b.parsers[0].fd, buf_str(&octets), NULL, 0) == ERR_OK);
	OK(bench_heard(&c).len == 0, "a parser is not heard on a recipient");
	bench_release(&b);
	OK(strcmp(bench_codes(&c), "550") == 0, "the directory is");
	buf_done(&octets);
	bench_hang_up(&c);
	bench_done(&b);
}

/* ---- limits ---- */

static void test_large_and_bare(void)
{
	struct bench b;
	struct bench_client c;
	char octets[900];

	memset(octets, 'x', sizeof(octets));
	octets[sizeof(octets) - 1] = '\r';
	open_transaction(&b, &c);
	b.config.smtp_message_octets_max = 1000;
	bench_say(&c, S(".\r\nMAIL FROM:<s@x>\r\nRCPT TO:<v@y>\r\nBDAT 900\r\n"));
	bench_say(&c, str_make(octets, sizeof(octets)));
	bench_say(&c, S("BDAT 900\r\n"));
	bench_say(&c, str_make(octets, sizeof(octets)));
	OK(strcmp(bench_codes(&c), "250 250 250 250 554") == 0 && c.closed,
		"a bare CR in a chunk that is too large as well ends the session, as in DATA");
	bench_hang_up(&c);
	bench_done(&b);
}

static void test_limits(void)
{
	struct bench b;
	struct bench_client c, other;
	struct buf big;

	open_transaction(&b, &c);
	b.config.smtp_message_octets_max = 1000;
	buf_init(&big, 1 << 20);
	while (big.len < 200000)
		buf_put_c(&big, "0123456789012345678901234567890123456789\r\n");
	bench_say(&c, buf_str(&big));
	OK(b.front->in_transit_octets == 0, "a message over the limit holds no memory");
	bench_say(&c, S(".\r\nNOOP\r\n"));
	OK(strcmp(bench_codes(&c), "552 250") == 0, "and is refused at its end");
	b.config.smtp_message_octets_max = 60000;
	b.config.front_in_transit_octets_max = 100000;
	b.config.front_mx_processes = 2;
	bench_connect(&b, &other, SERVICE_SMTP, "192.0.2.7");
	bench_say(&other, S("EHLO x\r\n"));
	bench_say(&other, S("MAIL FROM:<s@x>\r\nRCPT TO:<v@y>\r\nBDAT 42000\r\n"));
	bench_say(&other, str_sub(buf_str(&big), 0, 42000));
	OK(strcmp(bench_codes(&other), "220 250 250 250 250") == 0, "another message from there");
	bench_say(&c, S("MAIL FROM:<s@x> SIZE=60000\r\nMAIL FROM:<s@x> SIZE=100\r\nRCPT "
			"TO:<v@y>\r\nDATA\r\n"));
	OK(strcmp(bench_codes(&c), "452 250 250 354") == 0,
		"a size over the address's share is put off at MAIL");
	bench_send(&c, str_sub(buf_str(&big), 0, 50400));
	bench_say(&c, S(".\r\n"));
	OK(strcmp(bench_codes(&c), "452") == 0, "and at the end of DATA");
	bench_hang_up(&other);
	b.config.smtp_recipients_max = 2;
	bench_say(&c, S("MAIL FROM:<s@x>\r\nRCPT TO:<v@y>\r\nRCPT TO:<w@y>\r\nRCPT "
			"TO:<u@y>\r\nRSET\r\n"));
	OK(strcmp(bench_codes(&c), "250 250 250 452 250") == 0, "recipients");
	b.play.ticket_octets = 60000;
	bench_say(&c, S("MAIL FROM:<s@x>\r\nRCPT TO:<v@y>\r\nRCPT TO:<w@y>\r\n"));
	OK(strcmp(bench_codes(&c), "250 250 452") == 0, "tickets that do not fit one envelope");
	bench_hang_up(&c);
	bench_done(&b);
	buf_done(&big);
}

static void test_loop(void)
{
	struct bench b;
	struct bench_client c;
	struct buf head;

	buf_init(&head, 65536);
	for (int i = 0; i < 50; i++)
		buf_put_c(&head, "rEceived: x\r\n y\r\nReceiver: no\r\n");
	open_transaction(&b, &c);
	bench_send(&c, buf_str(&head));
	bench_say(&c, S("\r\nReceived: in the body\r\n.\r\n"));
	OK(strcmp(bench_codes(&c), "250") == 0, "A11 fifty hops");
	bench_say(&c, S("MAIL FROM:<>\r\nRCPT TO:<v@y>\r\nDATA\r\n"));
	bench_send(&c, buf_str(&head));
	bench_heard(&c);
	bench_say(&c, S("Received: one more\r\n.\r\n"));
	OK(str_starts(bench_heard(&c), S("554 5.4.6 ")), "A11 fifty-one hops");
	buf_done(&head);
	bench_hang_up(&c);
	bench_done(&b);
}

static void test_long_lines(void)
{
	static char junk[100000];
	struct bench b;
	struct bench_client c;

	memset(junk, 'a', sizeof(junk));
	bench_init(&b, ROLE_FRONT_MX);
	bench_connect(&b, &c, SERVICE_SMTP, "192.0.2.7");
	bench_heard(&c);
	bench_send(&c, str_make(junk, 2048));
	OK(strcmp(bench_codes(&c), "500") == 0 && c.closed, "A6 a line without end");
	bench_hang_up(&c);
	bench_connect(&b, &c, SERVICE_SMTP, "192.0.2.7");
	bench_heard(&c);
	bench_say(&c, S("NO\0OP\r\n"));
	OK(strcmp(bench_codes(&c), "554") == 0 && c.closed, "A6 NUL");
	bench_hang_up(&c);
	bench_done(&b);

	bench_init(&b, ROLE_FRONT_USER);
	b.config.auth_plaintext_without_tls = CONFIG_PLAINTEXT_ALWAYS;
	bench_connect(&b, &c, SERVICE_SUBMISSION, "192.0.2.7");
	bench_say(&c, S("EHLO x\r\n"));
	bench_say(&c, S("AUTH PLAIN "));
	bench_heard(&c);
	bench_send(&c, str_make(junk, 12276));
	OK(bench_heard(&c).len == 0 && !c.closed, "C3 12,287 octets of AUTH wait");
	bench_send(&c, str_make(junk, 1));
	OK(strcmp(bench_codes(&c), "500") == 0 && c.closed, "C3 one more hangs up");
	bench_hang_up(&c);
	bench_done(&b);
}

/* A client that goes in the middle of an exchange leaves nothing behind; a late answer meets
 * nobody. */
static void test_gone(void)
{
	struct bench b;
	struct bench_client c;

	bench_init(&b, ROLE_FRONT_USER);
	b.config.auth_plaintext_without_tls = CONFIG_PLAINTEXT_ALWAYS;
	bench_connect(&b, &c, SERVICE_SUBMISSION, "192.0.2.7");
	bench_say(&c, S("EHLO x\r\n"));
	bench_say(&c, S("AUTH PLAIN\r\n"));
	bench_hang_up(&c);
	IS_NUM(b.gone_count, 1);
	bench_connect(&b, &c, SERVICE_SUBMISSION, "192.0.2.7");
	bench_say(&c, S("EHLO x\r\n"));
	bench_say(&c, S("AUTH PLAIN\r\n"));
	bench_say(&c, S("*\r\n"));
	IS_NUM(b.cancels_count, 1);
	b.play.hold = true;
	bench_say(&c, S("AUTH PLAIN AERPTVxhbGljZQBzZWNyZXQ=\r\n"));
	IS_NUM(b.front->waiting.count, 1);
	bench_unlink(&b, &b.directory);
	bench_heard(&c);
	IS_NUM(b.front->waiting.count, 0);
	bench_release(&b);
	bench_hang_up(&c);
	bench_done(&b);
}

static void test_password_policy(void)
{
	static const struct {
		enum config_plaintext policy;
		const char *from;
		const char *want;
	} rows[] = { { CONFIG_PLAINTEXT_NEVER, "127.0.0.1", "538" },
		{ CONFIG_PLAINTEXT_LOOPBACK, "127.0.0.1", "235" },
		{ CONFIG_PLAINTEXT_LOOPBACK, "192.0.2.7", "538" },
		{ CONFIG_PLAINTEXT_ALWAYS, "192.0.2.7", "235" } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct bench b;
		struct bench_client c;
		bool offered;

		bench_init(&b, ROLE_FRONT_USER);
		b.config.auth_plaintext_without_tls = rows[i].policy;
		bench_connect(&b, &c, SERVICE_SUBMISSION, rows[i].from);
		bench_say(&c, S("EHLO x\r\n"));
		offered = str_find_str(bench_heard(&c), S("250-AUTH SCRAM-SHA-256 SCRAM-SHA-1 PLAIN LOGIN")) != STR_NPOS;
		OK(offered == (rows[i].want[0] == '2'), "AUTH is offered where it is taken");
		bench_say(&c, S("AUTH PLAIN AERPTVxhbGljZQBzZWNyZXQ=\r\n"));
		OK(strcmp(bench_codes(&c), rows[i].want) == 0, "plaintext policy %zu", i);
		bench_hang_up(&c);
		bench_done(&b);
	}
}

static void test_guessing_addresses(void)
{
	struct bench b;
	struct bench_client c;

	open_transaction(&b, &c);
	bench_say(&c, S(".\r\n"));
	bench_say(&c, S("MAIL FROM:<s@x>\r\n"));
	for (int i = 0; i < 99; i++)
		bench_send(&c, S("RCPT TO:<nobody@y>\r\n"));
	bench_heard(&c);
	OK(!c.closed, "99 unknown recipients");
	bench_say(&c, S("RCPT TO:<nobody@y>\r\n"));
	OK(strcmp(bench_codes(&c), "550 421") == 0 && c.closed, "the hundredth hangs up");
	bench_hang_up(&c);
	bench_done(&b);
}

static void test_stop(void)
{
	struct bench b;
	struct bench_client idle, busy;

	open_transaction(&b, &busy);
	bench_connect(&b, &idle, SERVICE_SMTP, "192.0.2.8");
	bench_heard(&idle);
	b.play.hold = true;
	bench_say(&busy, S("x\r\n.\r\n"));
	b.env.stopping = true;
	b.env.def->stop(&b.env);
	OK(strcmp(bench_codes(&idle), "421") == 0 && idle.closed, "a stop sends the idle away");
	OK(bench_heard(&busy).len == 0 && !busy.closed, "but not who waits for the store's word");
	bench_release(&b);
	OK(strcmp(bench_codes(&busy), "250 421") == 0 && busy.closed, "who gets it first");
	IS_NUM(b.messages_count, 1);
	bench_hang_up(&idle);
	bench_hang_up(&busy);
	bench_done(&b);
}

/* Time-outs in each place where a client can be slow; the only tests here that wait. */
static void test_times(void)
{
	static const struct {
		enum service service;
		const char *say;
		const char *want;
		bool logon; /* the time to log on is the short one */
	} rows[] = { { SERVICE_SMTP, "", "421", false }, { SERVICE_SMTP, "EHLO", "421", false },
		{ SERVICE_SMTP, "HELO x\r\nMAIL FROM:<>\r\n", "250 250 421", false },
		{ SERVICE_SUBMISSION, "", "421", true }, { SERVICE_POP3, "", "-ER", true },
		{ SERVICE_IMAP, "", "* B", true } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct bench b;
		struct bench_client c;
		struct str first = str_from_c(rows[i].say), line = STR_NONE;
		uint64_t begun;

		bench_init(&b, service_row(rows[i].service)->role);
		*(rows[i].logon ? &b.config.front_logon_ms_max : &b.config.smtp_command_ms_max) =
			200;
		begun = clock_mono_ms();
		bench_connect(&b, &c, rows[i].service, "192.0.2.7");
		bench_heard(&c);
		while (str_cut(&first, '\n', &line)) {
			bench_send(&c, str_make(line.at, line.len + 1));
			bench_settle(&b);
		}
		bench_send(&c, first);
		bench_settle(&b);
		OK(!c.closed || clock_mono_ms() - begun >= 200, "%zu: there is time", i);
		usleep(220000);
		OK(strcmp(bench_codes(&c), rows[i].want) == 0 && c.closed,
			"%zu: and then there is none", i);
		bench_hang_up(&c);
		bench_done(&b);
	}
}

static void test_slow_data(void)
{
	struct bench b;
	struct bench_client c;

	open_transaction(&b, &c);
	b.config.smtp_command_ms_max = 40;
	bench_say(&c, S("Subject: slow\r\n"));
	usleep(60000);
	OK(str_starts(bench_heard(&c), S("421 4.4.2 the message comes in too slowly")) && c.closed,
		"DATA that stops");
	IS_NUM(b.messages_count, 0);
	bench_hang_up(&c);
	bench_done(&b);
}

/* No parser for a while: the message waits for one. */
static void test_parser_away(void)
{
	struct bench b;
	struct bench_client c;

	open_transaction(&b, &c);
	bench_unlink(&b, &b.parsers[0]);
	bench_unlink(&b, &b.parsers[1]);
	bench_say(&c, S("x\r\n.\r\n"));
	OK(bench_heard(&c).len == 0, "no parser: wait");
	bench_link(&b, &b.parsers[0], ROLE_PARSER, 0);
	usleep(CLIENT_PAUSE_MS * 1000 + 20000);
	OK(str_starts(bench_heard(&c), S("250 ")), "a parser: go on");
	IS_NUM(b.messages[0].record_octets, 100);
	bench_hang_up(&c);
	bench_done(&b);
}

int main(void)
{
	for (size_t i = 0; i < sizeof(dialogues) / sizeof(*dialogues); i++) {
		run_dialogue(&dialogues[i], false);
		run_dialogue(&dialogues[i], true);
	}
	test_smuggling();
	test_message();
	test_sealed_message();
	test_large_record();
	test_sender_written();
	test_parser_trouble();
	test_store_trouble();
	test_link_down();
	test_wrong_speaker();
	test_limits();
	test_large_and_bare();
	test_loop();
	test_long_lines();
	test_gone();
	test_password_policy();
	test_guessing_addresses();
	test_stop();
	test_times();
	test_slow_data();
	test_parser_away();
	return tap_done();
}
