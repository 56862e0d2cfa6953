/*
 * A client against a whole front: the first octet chooses the service, what the played roles do and what the client has
 * said already, the rest is what it sends, in pieces parted by 0xfe. When it has gone, nothing of it may be left (bench_done looks), and no reply may
 * have had a line end that is none.
 */
#include "../unit/front/bench.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const enum service services[] = { SERVICE_SMTP, SERVICE_SUBMISSION, SERVICE_POP3, SERVICE_IMAP };

#define HELLO "EHLO client.example\r\n"
#define MAIL  HELLO "MAIL FROM:<s@x>\r\nRCPT TO:<anna@example.org>\r\n"
#define LOGON HELLO "AUTH PLAIN AERPTVxhbGljZQBzZWNyZXQ=\r\n"

/* Where a session starts: at the greeting, or behind this. */
static const char *const starts[4][8] = {
	{ "", HELLO, MAIL, MAIL "DATA\r\n", MAIL "BDAT 10\r\nSubject: x", MAIL "BDAT 10\r\n", MAIL "BDAT 100 LAST\r\n",
		MAIL "DATA\r\nSubject: x\r\n\r\nx\r\n.\r\n" },
	{ "", HELLO "AUTH LOGIN\r\n", LOGON, LOGON "MAIL FROM:<alice@example.org>\r\nRCPT TO:<anna@example.org>\r\nDATA\r\n",
		LOGON "MAIL FROM:<alice@example.org>\r\nRCPT TO:<anna@example.org>\r\nBDAT 5\r\n",
		LOGON "MAIL FROM:<mallory@example.org>\r\n", LOGON "MAIL FROM:<alice@example.org>\r\n", HELLO "AUTH PLAIN\r\n" },
	{ "", "USER DOM\\alice\r\n", "AUTH PLAIN\r\n", "CAPA\r\n", "AUTH LOGIN\r\n", "USER x\r\nPASS y\r\n", "UTF8\r\n", "LANG\r\n" },
	{ "", "a AUTHENTICATE PLAIN\r\n", "a LOGIN {9}\r\n", "a LOGIN {9+}\r\nDOM\\alice {6+}\r\n", "a LOGIN x y\r\n", "a ID (\"a\" {3}\r\n",
		"a AUTHENTICATE LOGIN\r\n", "a CAPABILITY\r\n" },
};

/* Where what is sent begins with an L, as LHLO does. */
#define LHLO "LHLO client.example\r\n"
#define LMTP LHLO "MAIL FROM:<s@x>\r\nRCPT TO:<anna@example.org>\r\nRCPT TO:<otto@example.org>\r\n"
static const char *const lmtp_starts[8] = { "", LHLO, LMTP, LMTP "DATA\r\n", LMTP "BDAT 10\r\nSubject: x", LMTP "BDAT 10\r\n",
	LMTP "BDAT 100 LAST\r\n", LMTP "DATA\r\nSubject: x\r\n\r\nx\r\n.\r\n" };

/* Where a reader of mail by POP3 begins with an N, as NEWNEWS does. */
static const char *const news_starts[8] = { "", "AUTHINFO SASL PLAIN\r\n", "AUTHINFO USER DOM\\alice\r\n", "CAPABILITIES\r\n", "GROUP ",
	"AUTHINFO USER x\r\nAUTHINFO PASS y\r\n", "AUTHINFO USER anonymous\r\n", "AUTHINFO SASL LOGIN\r\n" };

static void check_lines(struct str out)
{
	for (size_t i = 0; i < out.len; i++)
		must((out.at[i] == '\n') == (i > 0 && out.at[i - 1] == '\r'));
}

static void speak(struct bench_client *c, struct str rest)
{
	struct str piece;

	while (str_cut(&rest, (char)0xfe, &piece)) {
		bench_say(c, piece);
		if (c->bench->play.hold)
			bench_release(c->bench);
	}
	bench_say(c, rest);
	check_lines(buf_str(&c->out));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct bench b;
	struct bench_client c;
	enum service service;

	if (size < 1 || size > 65536)
		return 0;
	service = services[data[0] & 3];
	if (service == SERVICE_SMTP && size > 1 && (data[1] & 0xdf) == 'L')
		service = SERVICE_LMTP;
	if (service == SERVICE_POP3 && size > 1 && (data[1] & 0xdf) == 'N')
		service = SERVICE_NNTP;
	bench_init(&b, service_row(service)->role);
	b.config.auth_plaintext_without_tls = CONFIG_PLAINTEXT_ALWAYS;
	b.config.smtp_message_octets_max = 1000;
	b.config.anonymous_nntp = (data[0] & 4) != 0;
	b.play.parser_dies = (data[0] & 4) != 0;
	b.play.deliver = data[0] & 8 ? ERR_QUOTA : ERR_OK;
	b.play.hold = (data[0] & 16) != 0;
	bench_connect(&b, &c, service, "192.0.2.7");
	bench_say(&c, str_from_c(service == SERVICE_LMTP   ? lmtp_starts[data[0] >> 5]
				 : service == SERVICE_NNTP ? news_starts[data[0] >> 5]
							   : starts[data[0] & 3][data[0] >> 5]));
	speak(&c, str_make(data + 1, size - 1));
	bench_hang_up(&c);
	if (b.play.hold)
		bench_release(&b);
	bench_done(&b);
	return 0;
}
