#include "front/trace.h"

#include "base/cursor.h"
#include "tap.h"

static void test_lines(void)
{
	static const struct {
		struct trace_line line;
		const char *want;
	} rows[] = {
		{ { .sender = S_INIT("a@b"),
			  .hello = S_INIT("me.example"),
			  .address = "192.0.2.7",
			  .esmtp = true },
			"Return-Path: <a@b>\r\nReceived: from me.example ([192.0.2.7])\r\n\tby h "
			"with ESMTP\r\n\tid 1; " },
		{ { .hello = S_INIT("[192.0.2.9]"), .address = "2001:db8::1", .address_v6 = true },
			"Return-Path: <>\r\nReceived: from [192.0.2.9] "
			"([IPv6:2001:db8::1])\r\n\tby h with SMTP\r\n\tid 1; " },
		{ { .hello = S_INIT("a(b);c\r\nX: y\"\\\xc3\xa4 d"),
			  .address = "x",
			  .esmtp = true,
			  .tls = true },
			"Return-Path: <>\r\nReceived: from a?b??c??X:?y?????d ([x])\r\n\tby h with "
			"ESMTPS\r\n\tid 1; " },
		{ { .hello = S_INIT(""),
			  .address = "x",
			  .esmtp = true,
			  .tls = true,
			  .authenticated = true },
			"Return-Path: <>\r\nReceived: from unknown ([x])\r\n\tby h with "
			"ESMTPSA\r\n\tid 1; " },
		{ { .hello = S_INIT("x"),
			  .address = "x",
			  .esmtp = true,
			  .authenticated = true,
			  .smtputf8 = true },
			"Return-Path: <>\r\nReceived: from x ([x])\r\n\tby h with "
			"UTF8SMTPA\r\n\tid 1; " },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct trace_line line = rows[i].line;
		struct buf text;

		line.host_name = S("h");
		line.id = S("1");
		line.seconds = 880127706;
		buf_init(&text, 4096);
		trace_put_lines(&text, &line);
		OK(str_starts(buf_str(&text), str_from_c(rows[i].want)), "line %zu: %.*s", i,
			STR_FMT(buf_str(&text)));
		OK(str_ends(buf_str(&text), S("; Fri, 21 Nov 1997 15:55:06 +0000\r\n")),
			"the date ends it");
		buf_done(&text);
	}
}

static void test_envelope(void)
{
	struct trace_recipient to = { .ticket_octets = 7,
		.address = S("v@y"),
		.notify = 6,
		.orcpt_type = S("rfc822"),
		.orcpt = S("w@z") };
	struct trace_envelope e = { .body = 1,
		.ret = 2,
		.smtputf8 = true,
		.envid = S("Q"),
		.id = S("i"),
		.recipients = 1 };
	struct buf rows, octets;
	struct rd r;

	buf_init(&rows, 4096);
	buf_init(&octets, 4096);
	trace_put_recipient(&rows, &to);
	e.rows = buf_str(&rows);
	trace_put_envelope(&octets, &e);
	r = rd_from(buf_str(&octets));
	IS_NUM(rd_u8(&r), TRACE_VERSION);
	IS_NUM(rd_u8(&r), 1);
	OK(rd_bool(&r), "smtputf8");
	IS_NUM(rd_u8(&r), 2);
	IS_STR(rd_str(&r), S("Q"));
	IS_STR(rd_str(&r), S("i"));
	IS_NUM(rd_u32(&r), 1);
	IS_NUM(rd_u32(&r), 7);
	IS_STR(rd_str(&r), S("v@y"));
	IS_NUM(rd_u8(&r), 6);
	IS_STR(rd_str(&r), S("rfc822"));
	IS_STR(rd_str(&r), S("w@z"));
	IS_NUM(rd_end(&r), ERR_OK);
	buf_done(&rows);
	buf_done(&octets);
}

int main(void)
{
	test_lines();
	test_envelope();
	return tap_done();
}
