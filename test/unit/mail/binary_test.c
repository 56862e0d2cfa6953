#include "mail/binary.h"

#include "tap.h"

#define TYPE   "Content-Type: application/octet-stream\r\n"
#define BINARY "Content-Transfer-Encoding: binary\r\n"
#define BASE64 "Content-Transfer-Encoding: base64\r\n"
#define MIXED  "Content-Type: multipart/mixed; boundary=b\r\n"

static const struct {
	struct str in;
	enum err want;
	struct str out;
} cases[] = {
	{ S_INIT("Subject: x\r\n\r\nbody\r\n"), ERR_OK, S_INIT("Subject: x\r\n\r\nbody\r\n") },
	{ S_INIT("Subject: x\n\nbody\n"), ERR_OK, S_INIT("Subject: x\r\n\r\nbody\r\n") },
	{ S_INIT("Subject: x\r\n\r\nbody\r"), ERR_OK, S_INIT("Subject: x\r\n\r\nbody\r\n") },
	/* no binary part, and yet NUL */
	{ S_INIT("Subject: x\r\n\r\nbo\0dy\r\n"), ERR_UNSUPPORTED, S_INIT("") },
	{ S_INIT("Subject: \0\r\n" TYPE BINARY "\r\nx"), ERR_UNSUPPORTED, S_INIT("") },
	/* the message itself */
	{ S_INIT(TYPE BINARY "\r\na\0b\n"), ERR_OK, S_INIT(TYPE BASE64 "\r\nYQBiCg==\r\n") },
	{ S_INIT(TYPE "content-transfer-encoding :\r\n BINARY\r\nX: y\r\n\r\n\0"), ERR_OK, S_INIT(TYPE BASE64 "X: y\r\n\r\nAA==\r\n") },
	{ S_INIT(TYPE BINARY "\r\nonly lines\r\n"), ERR_OK, S_INIT(TYPE BINARY "\r\nonly lines\r\n") },
	/* 58 octets make two lines */
	{ S_INIT(TYPE BINARY "\r\n\n123456789012345678901234567890123456789012345678901234567"), ERR_OK,
		S_INIT(TYPE BASE64
			"\r\nCjEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2\r\nNw==\r\n") },
	/* text: line ends are line ends, unless NUL is among them */
	{ S_INIT("Content-Type: text/plain\r\n" BINARY "\r\na\nb\n"), ERR_OK, S_INIT("Content-Type: text/plain\r\n" BINARY "\r\na\r\nb\r\n") },
	{ S_INIT("Content-Type: text/plain\r\n" BINARY "\r\na\n\0"), ERR_OK, S_INIT("Content-Type: text/plain\r\n" BASE64 "\r\nYQoA\r\n") },
	/* some parts of several */
	{ S_INIT(MIXED "\r\n--b\r\n\r\ntext\r\n--b\r\n" TYPE BINARY "\r\n\0\r\n--b\r\n" TYPE BINARY "\r\nx\r\n--b\r\n" TYPE BINARY
		       "\r\n\r\r\n--b--\r\nend"),
		ERR_OK,
		S_INIT(MIXED "\r\n--b\r\n\r\ntext\r\n--b\r\n" TYPE BASE64 "\r\nAA==\r\n--b\r\n" TYPE BINARY "\r\nx\r\n--b\r\n" TYPE BASE64
			     "\r\nDQ==\r\n--b--\r\nend") },
	{ S_INIT(MIXED "\r\n--b\r\n\r\nte\0xt\r\n--b\r\n" TYPE BINARY "\r\n\0\r\n--b--\r\n"), ERR_UNSUPPORTED, S_INIT("") },
	/* inside a message inside */
	{ S_INIT("Content-Type: message/rfc822\r\n" BINARY "\r\nSubject: in\r\n" TYPE BINARY "\r\n\0"), ERR_OK,
		S_INIT("Content-Type: message/rfc822\r\n" BINARY "\r\nSubject: in\r\n" TYPE BASE64 "\r\nAA==\r\n") },
	{ S_INIT("Content-Type: message/partial; id=x; number=1\r\n" BINARY "\r\n\0"), ERR_UNSUPPORTED, S_INIT("") },
};

static void encode(size_t n)
{
	struct buf octets, to, again;
	struct record record;

	buf_init(&octets, RECORD_OCTETS_MAX);
	buf_init(&again, RECORD_OCTETS_MAX);
	buf_init(&to, BUF_NO_CEILING);
	OK(record_make(cases[n].in, &octets) == ERR_OK && record_open_view(buf_str(&octets), &record) == ERR_OK, "%zu: a record", n);
	IS_NUM(binary_encode(cases[n].in, &record, &to), cases[n].want);
	if (cases[n].want == ERR_OK) {
		IS_STR(buf_str(&to), cases[n].out);
		OK(record_make(buf_str(&to), &again) == ERR_OK && record_open_view(buf_str(&again), &record) == ERR_OK &&
				(record.flags & (RECORD_HAS_NUL | RECORD_HAS_BARE_CR_LF)) == 0,
			"%zu: can be sent", n);
	}
	buf_done(&octets);
	buf_done(&again);
	buf_done(&to);
}

/* Cut anywhere, the lines come out the same. */
static void lines(void)
{
	struct str in = S("a\nb\rc\r\n\n\r\r\n\rx\r");

	for (size_t n = 0; n <= in.len; n++) {
		struct buf to;
		bool cr = false;

		buf_init(&to, 100);
		OK(binary_lines(str_sub(in, 0, n), &cr, &to) && binary_lines(str_skip(in, n), &cr, &to), "no NUL");
		binary_lines_end(&cr, &to);
		IS_STR(buf_str(&to), S("a\r\nb\r\nc\r\n\r\n\r\n\r\n\r\nx\r\n"));
		OK(!cr && !binary_lines(S("x\0"), &cr, &to), "NUL");
		buf_done(&to);
	}
}

static void full(void)
{
	struct buf octets, to;
	struct record record;

	buf_init(&octets, RECORD_OCTETS_MAX);
	buf_init(&to, 10);
	OK(record_make(cases[5].in, &octets) == ERR_OK && record_open_view(buf_str(&octets), &record) == ERR_OK, "a record");
	IS_NUM(binary_encode(cases[5].in, &record, &to), ERR_TOOBIG);
	buf_done(&octets);
	buf_done(&to);
}

int main(void)
{
	for (size_t n = 0; n < sizeof(cases) / sizeof(*cases); n++)
		encode(n);
	lines();
	full();
	return tap_done();
}
