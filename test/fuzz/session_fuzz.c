/*
 * A client against a whole front: the first octet chooses the service and what the played roles do, the rest is what the
 * client sends, in pieces parted by 0xfe. When it has gone, nothing of it may be left (bench_done looks), and no reply may
 * have had a line end that is none.
 */
#include "../unit/front/bench.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const enum service services[] = { SERVICE_SMTP, SERVICE_SUBMISSION, SERVICE_POP3, SERVICE_IMAP };

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
	bench_init(&b, service_row(service)->role);
	b.config.auth_plaintext_without_tls = CONFIG_PLAINTEXT_ALWAYS;
	b.config.smtp_message_octets_max = 1000;
	b.play.parser_dies = (data[0] & 4) != 0;
	b.play.deliver = data[0] & 8 ? ERR_QUOTA : ERR_OK;
	b.play.hold = (data[0] & 16) != 0;
	bench_connect(&b, &c, service, "192.0.2.7");
	speak(&c, str_make(data + 1, size - 1));
	bench_hang_up(&c);
	if (b.play.hold)
		bench_release(&b);
	bench_done(&b);
	return 0;
}
