#include "io/tls.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "front/bench.h"
#include "front/relay.h"
#include "io/file.h"
#include "tap.h"

/* STARTTLS by protocol, and what shows that somebody listens. */
static const struct by_protocol {
	enum service plain, tls;
	const char *first, *command, *go_ahead, *ask, *answer;
} protocols[] = {
	{ SERVICE_SUBMISSION, SERVICE_SUBMISSIONS, "EHLO x\r\n", "STARTTLS\r\n",
		"220 2.0.0 begin TLS\r\n", "NOOP\r\n", "250 2.0.0 done\r\n" },
	{ SERVICE_POP3, SERVICE_POP3S, "CAPA\r\n", "STLS\r\n", "+OK begin TLS\r\n", "LANG en\r\n",
		"+OK en English it is\r\n" },
	{ SERVICE_IMAP, SERVICE_IMAPS, "x NOOP\r\n", "a STARTTLS\r\n", "a OK begin TLS\r\n",
		"b NOOP\r\n", "b OK NOOP completed\r\n" },
};

static void begin(struct bench *b, struct bench_client *c, const struct by_protocol *p)
{
	bench_init(b, ROLE_FRONT_USER);
	bench_add_tls(b);
	bench_connect(b, c, p->plain, "192.0.2.7");
	bench_say(c, str_from_c(p->first));
	bench_heard(c);
}

static void end(struct bench *b, struct bench_client *c)
{
	bench_hang_up(c);
	bench_done(b);
}

static void test_start_tls(const struct by_protocol *p)
{
	struct bench b;
	struct bench_client c;

	begin(&b, &c, p);
	bench_say(&c, str_from_c(p->command));
	IS_STR(bench_heard(&c), str_from_c(p->go_ahead));
	OK(bench_start_tls(&c), "%s: the handshake succeeds", p->command);
	bench_say(&c, str_from_c(p->ask));
	IS_STR(bench_heard(&c), str_from_c(p->answer));
	bench_say(&c, str_from_c(p->command));
	OK(!str_eq(bench_heard(&c), str_from_c(p->go_ahead)) && !c.closed, "%s: not twice",
		p->command);
	end(&b, &c);
}

static void test_implicit_tls(const struct by_protocol *p)
{
	struct bench b;
	struct bench_client c;

	bench_init(&b, ROLE_FRONT_USER);
	bench_add_tls(&b);
	bench_connect(&b, &c, p->tls, "192.0.2.7");
	OK(bench_start_tls(&c), "%s: the handshake succeeds", service_row(p->tls)->name);
	OK(str_find_str(bench_heard(&c), S("mail.example.org")) != STR_NPOS,
		"the greeting follows");
	bench_say(&c, str_from_c(p->ask));
	IS_STR(bench_heard(&c), str_from_c(p->answer));
	end(&b, &c);
}

/* B1: plaintext behind the command is neither answered nor taken into TLS. hello: it could be the
 * beginning of TLS. */
static void test_injection(const struct by_protocol *p, const char *injected, bool hello)
{
	struct bench b;
	struct bench_client c;
	struct buf text;

	begin(&b, &c, p);
	buf_init(&text, 4096);
	buf_put_c(&text, p->command);
	buf_put_c(&text, injected);
	bench_say(&c, buf_str(&text));
	OK(bench_heard(&c).len == 0 && c.closed,
		"B1 %s: injected in one segment: hung up without a word", p->command);
	bench_hang_up(&c);
	bench_connect(&b, &c, p->plain, "192.0.2.7");
	bench_say(&c, str_from_c(p->first));
	bench_heard(&c);
	bench_say(&c, str_from_c(p->command));
	bench_heard(&c);
	bench_say(&c, str_from_c(injected));
	OK(str_find_str(bench_heard(&c), S("OK")) == STR_NPOS && c.closed == !hello,
		"B1 %s: injected later: no answer", p->command);
	buf_done(&text);
	end(&b, &c);
}

static void test_state_is_forgotten(void)
{
	struct bench b;
	struct bench_client c;

	begin(&b, &c, &protocols[0]);
	bench_say(&c, S("STARTTLS\r\n"));
	bench_heard(&c);
	OK(bench_start_tls(&c), "handshake");
	bench_say(&c, S("AUTH PLAIN AERPTVxhbGljZQBzZWNyZXQ=\r\n"));
	OK(strcmp(bench_codes(&c), "503") == 0, "EHLO from before TLS is forgotten");
	bench_say(&c, S("EHLO x\r\n"));
	OK(str_find_str(bench_heard(&c), S("STARTTLS")) == STR_NPOS, "STARTTLS is offered no more");
	bench_say(&c, S("AUTH PLAIN AERPTVxhbGljZQBzZWNyZXQ=\r\n"));
	OK(strcmp(bench_codes(&c), "235") == 0, "a password is taken inside TLS");
	bench_say(&c, S("MAIL FROM:<s@x>\r\nRCPT TO:<v@y>\r\nDATA\r\n"));
	bench_say(&c, S("x\r\n.\r\n"));
	OK(strcmp(bench_codes(&c), "250 250 354 250") == 0, "a message inside TLS");
	OK(str_find_str(buf_str(&b.messages[0].octets), S(" with ESMTPSA\r\n")) != STR_NPOS,
		"and the trace line says so");
	end(&b, &c);
}

/* Records of odd sizes do not fill the input buffer evenly: what is left in the TLS engine must not be forgotten. */
static void test_odd_records(void)
{
	static char line[16385];
	struct bench b;
	struct bench_client c;

	memset(line, 'x', sizeof(line));
	for (size_t odd = 1; odd < 16384; odd += 1777) {
		begin(&b, &c, &protocols[0]);
		b.config.auth_plaintext_without_tls = CONFIG_PLAINTEXT_ALWAYS;
		bench_say(&c, S("STARTTLS\r\n"));
		must(bench_start_tls(&c));
		bench_say(&c, S("EHLO x\r\n"));
		bench_say(&c, S("AUTH PLAIN AERPTVxhbGljZQBzZWNyZXQ=\r\n"));
		bench_say(&c, S("MAIL FROM:<s@x>\r\nRCPT TO:<v@y>\r\nDATA\r\n"));
		bench_heard(&c);
		bench_send(&c, str_make(line, odd));
		for (int i = 0; i < 3; i++)
			bench_send(&c, str_make(line, 16384));
		memcpy(line + 16384 - 5, "\r\n.\r\n", 5);
		bench_send(&c, str_make(line, 16384));
		memset(line, 'x', sizeof(line));
		OK(strcmp(bench_codes(&c), "250") == 0, "a message whose first TLS record has %zu octets", odd);
		end(&b, &c);
	}
}

/* A new certificate is for new connections; without keys there is no TLS to offer. */
static void test_reload(void)
{
	struct bench b;
	struct bench_client old, fresh;
	struct link attendant = { .env = &b.env, .role = ROLE_ATTENDANT };
	struct msg m = { .id = MSG_certificate, .certificate = { .chain_pem = S("no PEM") } };

	bench_init(&b, ROLE_FRONT_USER);
	bench_add_tls(&b);
	bench_connect(&b, &old, SERVICE_IMAPS, "192.0.2.7");
	OK(bench_start_tls(&old), "a session with the old certificate");
	bench_heard(&old);
	b.env.def->message(&b.env, &attendant, &m);
	bench_connect(&b, &fresh, SERVICE_IMAPS, "192.0.2.7");
	OK(bench_start_tls(&fresh), "a chain that cannot be read changes nothing");
	bench_hang_up(&fresh);
	bench_add_tls(&b);
	bench_connect(&b, &fresh, SERVICE_IMAPS, "192.0.2.7");
	OK(bench_start_tls(&fresh), "the new certificate works");
	bench_hang_up(&fresh);
	bench_say(&old, S("a NOOP\r\n"));
	IS_STR(bench_heard(&old), S("a OK NOOP completed\r\n"));
	signer_done(&b.front->signer);
	bench_connect(&b, &fresh, SERVICE_IMAPS, "192.0.2.7");
	bench_read(&fresh);
	OK(fresh.closed, "no keys: a TLS port hangs up");
	bench_hang_up(&fresh);
	bench_connect(&b, &fresh, SERVICE_IMAP, "192.0.2.7");
	OK(str_find_str(bench_heard(&fresh), S("STARTTLS")) == STR_NPOS,
		"and STARTTLS is not offered");
	bench_hang_up(&fresh);
	end(&b, &old);
}

/* ---- the relay ---- */

static void log_on(struct bench *b, struct bench_client *c)
{
	bench_init(b, ROLE_FRONT_USER);
	bench_add_tls(b);
	bench_connect(b, c, SERVICE_IMAPS, "192.0.2.7");
	must(bench_start_tls(c));
	bench_heard(c);
	bench_say(c, S("a LOGIN DOM\\alice secret\r\nb SELECT INBOX\r\n"));
	OK(b->taken.fd >= 0 && b->taken.tls, "the store has the session, and knows of TLS");
	IS_STR(buf_str(&b->taken.unread), S("b SELECT INBOX\r\n"));
	IS_NUM(b->front->relays_count, 1);
	IS_NUM(b->front->clients_count + b->front->strangers_count, 0);
	must(fcntl(b->taken.fd, F_SETFL, O_NONBLOCK) == 0);
}

/* Puts n octets in at one end of the store's socket and reads what has come. */
static size_t put_store(struct bench *b, size_t n)
{
	static char octets[16384];
	size_t put = 0;

	for (size_t i = 0; i < sizeof(octets); i++)
		octets[i] = (char)(i * 7);
	while (put < n) {
		ssize_t r = write(b->taken.fd, octets + put % sizeof(octets),
			sizeof(octets) - put % sizeof(octets));

		if (r <= 0)
			break;
		put += (size_t)r;
		bench_settle(b);
	}
	return put;
}

static bool is_pattern_part(const struct buf *b, size_t octets)
{
	for (size_t i = 0; i < octets; i++) {
		if (b->at[i] != (char)(i % 16384 * 7))
			return false;
	}
	return true;
}

static bool is_pattern(const struct buf *b)
{
	return is_pattern_part(b, b->len);
}

static void test_relay_down(void)
{
	struct bench b;
	struct bench_client c;
	size_t put;

	log_on(&b, &c);
	put = put_store(&b, (size_t)64 << 20);
	OK(put < (size_t)4 << 20,
		"a client that does not read holds the store back (%zu octets on the way)", put);
	fd_close(&b.taken.fd);
	bench_settle(&b);
	bench_read(&c);
	IS_NUM(c.out.len, put);
	OK(is_pattern(&c.out), "every octet arrives, in order");
	OK(c.closed, "and then the end");
	bench_hang_up(&c);
	bench_settle(&b);
	IS_NUM(b.front->relays_count, 0);
	bench_done(&b);
}

static void test_relay_up(void)
{
	static char octets[100000];
	struct bench b;
	struct bench_client c;
	struct buf got;
	ssize_t n;

	log_on(&b, &c);
	for (size_t i = 0; i < sizeof(octets); i++)
		octets[i] = (char)(i % 16384 * 7);
	bench_send(&c, str_make(octets, sizeof(octets)));
	buf_init(&got, BUF_NO_CEILING);
	for (int quiet = 0; quiet < 20; quiet++) {
		char *room = buf_room(&got, 4096);

		bench_settle(&b);
		n = read(b.taken.fd, room, 4096);
		if (n > 0) {
			buf_added(&got, (size_t)n);
			quiet = 0;
		}
	}
	IS_NUM(got.len, sizeof(octets));
	OK(is_pattern(&got), "every octet arrives, in order");
	bench_hang_up(&c);
	n = read(b.taken.fd, octets, sizeof(octets));
	IS_NUM(n, 0);
	IS_NUM(b.front->relays_count, 1); /* the store may still have something to say */
	fd_close(&b.taken.fd);
	bench_settle(&b);
	IS_NUM(b.front->relays_count, 0);
	buf_done(&got);
	bench_done(&b);
}

/* The store has logged the client off: what it said last comes first, and no octet that the client sent meanwhile is lost. */
static void test_relay_back(void)
{
	struct bench b;
	struct bench_client c;
	size_t put;

	log_on(&b, &c);
	bench_say(&c, S("ON\r\n")); /* in the pair: the store has not read it */
	put = put_store(&b, (size_t)1 << 20);
	bench_give_back(&b, S("c NO"));
	IS_NUM(b.front->relays_count, 1); /* the client has to read first */
	bench_read(&c);
	OK(c.out.len >= put && is_pattern_part(&c.out, put), "the store's last words arrive, in order");
	IS_NUM(b.front->relays_count, 0);
	IS_NUM(b.front->clients_count + b.front->strangers_count, 2);
	IS_STR(str_skip(buf_str(&c.out), put), S("c BAD [CLIENTBUG] command not recognised\r\n"));
	buf_clear(&c.out);
	bench_say(&c, S("d NOOP\r\n"));
	IS_STR(bench_heard(&c), S("d OK NOOP completed\r\n"));
	bench_say(&c, S("e LOGIN DOM\\alice secret\r\nf"));
	OK(b.taken.fd >= 0 && b.taken.tls, "and logs on again");
	IS_STR(buf_str(&b.taken.unread), S("f"));
	fd_close(&b.taken.fd);
	bench_hang_up(&c);
	bench_done(&b);
}

/* A pair that is not that relay's; too much sent ahead. */
static void test_relay_back_refused(void)
{
	static char octets[100000];
	struct bench b;
	struct bench_client c;
	int ours, pair[2];

	log_on(&b, &c);
	must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) == 0);
	ours = b.taken.fd;
	b.taken.fd = pair[0];
	fd_close(&pair[1]);
	bench_give_back(&b, S(""));
	IS_NUM(b.front->relays_count, 1);
	b.taken.fd = ours;
	bench_send(&c, str_make(octets, sizeof(octets)));
	bench_settle(&b);
	buf_clear(&c.out);
	bench_give_back(&b, S(""));
	bench_read(&c);
	IS_NUM(b.front->relays_count, 0);
	OK(c.closed && str_starts(buf_str(&c.out), S("* BYE ")), "more than may be sent ahead of a logon");
	bench_hang_up(&c);
	bench_done(&b);
}

int main(void)
{
	for (size_t i = 0; i < sizeof(protocols) / sizeof(*protocols); i++) {
		test_start_tls(&protocols[i]);
		test_implicit_tls(&protocols[i]);
		test_injection(&protocols[i], "EHLO inj\r\n", false);
		test_injection(&protocols[i], "b NOOP\r\n", false);
		test_injection(&protocols[i], "\x16\x03\x01\x02", true);
	}
	test_state_is_forgotten();
	test_odd_records();
	test_reload();
	test_relay_down();
	test_relay_up();
	test_relay_back();
	test_relay_back_refused();
	return tap_done();
}
