#include "mail/encoded_word.h"
#include "mail/charset.h"
#include "mail/transfer.h"
#include "tap.h"

struct row {
	struct str in, want;
};

static void run(const struct row *rows, size_t count, void (*decode)(struct str, struct buf *))
{
	for (size_t i = 0; i < count; i++) {
		struct buf out;

		buf_init(&out, 65536);
		decode(rows[i].in, &out);
		IS_STR(buf_str(&out), rows[i].want);
		buf_done(&out);
	}
}
#define RUN(rows, decode) run((rows), sizeof(rows) / sizeof(*(rows)), (decode))

static const struct row words[] = {
	{ S_INIT(""), S_INIT("") },
	{ S_INIT("plain =? text ?="), S_INIT("plain =? text ?=") },
	{ S_INIT("=?utf-8?q?caf=C3=A9_x?="), S_INIT("caf\xc3\xa9 x") },
	{ S_INIT("=?UTF-8?B?Y2Fmw6k=?="), S_INIT("caf\xc3\xa9") },
	{ S_INIT("=?iso-8859-1?Q?a=E4?= b"), S_INIT("a\xc3\xa4 b") },
	{ S_INIT("=?iso-8859-15?Q?=A4?="), S_INIT("\xe2\x82\xac") },
	{ S_INIT("=?windows-1252?Q?=80=81?="), S_INIT("\xe2\x82\xac\xef\xbf\xbd") },
	{ S_INIT("=?koi8-r?B?8NLJ18XU?="), S_INIT("\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82") },
	{ S_INIT("=?iso-2022-jp?B?GyRCRnxLXBsoQg==?="), S_INIT("\xe6\x97\xa5\xe6\x9c\xac") },
	{ S_INIT("=?us-ascii*en?q?a?="), S_INIT("a") },
	{ S_INIT("=?utf-8?q?a?= =?utf-8?q?b?="), S_INIT("ab") },
	{ S_INIT("=?utf-8?q?a?= =?iso-8859-1?q?=E4?="), S_INIT("a\xc3\xa4") },
	{ S_INIT("=?utf-8?q?=C3?= =?utf-8?q?=A4?="), S_INIT("\xc3\xa4") },
	{ S_INIT("=?utf-8?q?a?= x =?utf-8?q?b?="), S_INIT("a x b") },
	{ S_INIT("x=?utf-8?q?a?=y"), S_INIT("xay") },
	{ S_INIT("=?utf-8?q?=0D=0ABcc:x=00?="), S_INIT("  Bcc:x ") },
	{ S_INIT("=?utf-8?x?a?="), S_INIT("=?utf-8?x?a?=") },
	{ S_INIT("=?" "?q?a?="), S_INIT("=?" "?q?a?=") },
	{ S_INIT("=?utf-8?q?open"), S_INIT("=?utf-8?q?open") },
	{ S_INIT("=?utf-8?q?" "?="), S_INIT("") },
	{ S_INIT("=?nonsense?q?a=E4?="), S_INIT("a\xc3\xa4") },
	{ S_INIT("=?utf-8?q?=FF?="), S_INIT("\xef\xbf\xbd") },
	{ S_INIT("=?utf-16/../?q?a?="), S_INIT("a") },
	{ S_INIT("=?utf-8"), S_INIT("=?utf-8") },
	{ S_INIT("\xe4"), S_INIT("\xc3\xa4") },
};

static const struct row params[] = {
	{ S_INIT("utf-8''caf%C3%A9%20x"), S_INIT("caf\xc3\xa9 x") },
	{ S_INIT("iso-8859-1'de'%E4"), S_INIT("\xc3\xa4") },
	{ S_INIT("''%41"), S_INIT("A") },
	{ S_INIT("%41%4"), S_INIT("A%4") },
	{ S_INIT("a%0d%0ab"), S_INIT("a  b") },
	{ S_INIT("x'y"), S_INIT("x'y") },
	{ S_INIT("%"), S_INIT("%") },
};

static const struct row base64[] = {
	{ S_INIT("SGVsbG8="), S_INIT("Hello") },
	{ S_INIT("SGVs\r\nbG8"), S_INIT("Hello") },
	{ S_INIT("SGV!sb*G8=="), S_INIT("Hello") },
	{ S_INIT("SGk=SGk="), S_INIT("HiHi") },
	{ S_INIT("S"), S_INIT("") },
	{ S_INIT("===="), S_INIT("") },
};

static const struct row quoted[] = {
	{ S_INIT("a=3Db"), S_INIT("a=b") },
	{ S_INIT("a=\r\nb"), S_INIT("ab") },
	{ S_INIT("a= \t\r\nb"), S_INIT("ab") },
	{ S_INIT("a  \r\nb"), S_INIT("a\r\nb") },
	{ S_INIT("a=\nb\n"), S_INIT("ab\n") },
	{ S_INIT("a=3"), S_INIT("a=3") },
	{ S_INIT("a=zz"), S_INIT("a=zz") },
	{ S_INIT("a="), S_INIT("a") },
	{ S_INIT("=c3=A4_"), S_INIT("\xc3\xa4_") },
	{ S_INIT("\r\n\r\n"), S_INIT("\r\n\r\n") },
};

static void test_long(void)
{
	char text[8192];
	struct buf out;

	memset(text, 'A', sizeof(text));
	buf_init(&out, 65536);
	transfer_base64(str_make(text, sizeof(text)), &out);
	IS_NUM(out.len, sizeof(text) / 4 * 3);
	buf_clear(&out);
	memset(text, '=', sizeof(text));
	encoded_word_decode(str_make(text, sizeof(text)), &out);
	IS_NUM(out.len, sizeof(text));
	buf_done(&out);
}

int main(void)
{
	charset_prepare();
	RUN(words, encoded_word_decode);
	RUN(params, encoded_word_decode_param);
	RUN(base64, transfer_base64);
	RUN(quoted, transfer_quoted_printable);
	test_long();
	return tap_done();
}
