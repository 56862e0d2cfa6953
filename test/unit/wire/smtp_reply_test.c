#include "wire/smtp_reply.h"

#include "tap.h"

static struct buf b;

static void is(struct str want)
{
	IS_STR(buf_str(&b), want);
	buf_clear(&b);
}

static void every_row(void)
{
	for (int e = 0; e < ERR_COUNT; e++) {
		smtp_reply(&b, (enum err)e, STR_NONE);
		OK(b.len <= 512 && str_ends(buf_str(&b), S("\r\n")) &&
				str_find(buf_str(&b), '\r') == b.len - 2,
			"%s is one line of at most 512 octets", err_name((enum err)e));
		buf_clear(&b);
		for (int class = 4; class <= 5; class ++) {
			smtp_reply_class(&b, (enum err)e, class, STR_NONE);
			OK(b.at[0] == '0' + class && b.at[4] == '0' + class, "%s in class %d",
				err_name((enum err)e), class);
			buf_clear(&b);
		}
	}
}

int main(void)
{
	char text[600];

	buf_init(&b, 4096);
	smtp_reply(&b, ERR_QUOTA, STR_NONE);
	is(S("552 5.2.2 mailbox is full\r\n"));
	smtp_reply_class(&b, ERR_QUOTA, 4, STR_NONE);
	is(S("452 4.2.2 mailbox is full\r\n"));
	smtp_reply_class(&b, ERR_QUOTA, 5, S("x"));
	is(S("552 5.2.2 x\r\n"));
	smtp_reply_class(&b, ERR_IO, 5, S("x"));
	is(S("554 5.3.0 x\r\n"));
	smtp_reply_class(&b, ERR_RELAY, 4, S("x"));
	is(S("450 4.7.1 x\r\n"));
	smtp_reply(&b, ERR_PARAMETER, S("no FOO"));
	is(S("555 5.5.4 no FOO\r\n"));
	smtp_reply(&b, ERR_SYNTAX, S("a\r\n250 injected\t\0\x7f\xc3\xa9"));
	is(S("501 5.5.4 a??250 injected?????\r\n"));
	smtp_reply_more(&b, 250, NULL, S("SIZE 1"));
	smtp_reply_code(&b, 250, NULL, S("HELP"));
	is(S("250-SIZE 1\r\n250 HELP\r\n"));
	smtp_reply_code(&b, 221, "2.0.0", S("bye"));
	is(S("221 2.0.0 bye\r\n"));
	memset(text, 'x', sizeof(text));
	smtp_reply(&b, ERR_SYNTAX, str_make(text, sizeof(text)));
	OK(b.len <= 512 && b.len > 490, "a long text is cut: %zu", b.len);
	buf_clear(&b);
	every_row();
	buf_done(&b);
	return tap_done();
}
