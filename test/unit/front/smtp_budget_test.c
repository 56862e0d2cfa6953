/* How long a message may stay open, and how much of them one address may have in transit. */
#include "front/smtp_message.h"

#include <unistd.h>

#include "front/bench.h"
#include "tap.h"

static struct client *only_client(const struct bench *b)
{
	must(b->front->clients_count == 1);
	return LIST_OF(b->front->clients.next, struct client, node);
}

/* How long the only client may hold its message without a further octet of it. */
static uint64_t hold_ms(const struct bench *b)
{
	uint64_t now = loop_now_ms(b->env.loop), until = only_client(b)->hold_deadline_ms;

	return until > now ? until - now : 0;
}

/* As if its octets had come so much earlier. */
static void let_pass(const struct bench *b, uint64_t ms)
{
	smtp_of(only_client(b))->pace.since_ms -= ms;
}

static void open_chunks(struct bench *b, struct bench_client *c, const char *address)
{
	bench_connect(b, c, SERVICE_SMTP, address);
	bench_say(c, S("EHLO x\r\n"));
	bench_say(c, S("MAIL FROM:<s@x>\r\nRCPT TO:<v@y>\r\n"));
	bench_heard(c);
}

static void say_chunk(struct bench_client *c, size_t octets)
{
	struct buf all;

	buf_init(&all, BUF_NO_CEILING);
	buf_printf(&all, "BDAT %zu\r\n", octets);
	while (octets-- > 0)
		buf_put_octet(&all, 'x');
	for (size_t at = 0; at < all.len; at += 16384)
		bench_say(c, str_sub(buf_str(&all), at, 16384));
	buf_done(&all);
}

/* A fast beginning buys no more silence than a slow one. */
static void test_pace_is_capped(void)
{
	struct bench b;
	struct bench_client c;

	bench_init(&b, ROLE_FRONT_MX);
	open_chunks(&b, &c, "192.0.2.7");
	IS_NUM(only_client(&b)->hold_deadline_ms, 0);
	say_chunk(&c, 300000); /* ten minutes' worth */
	OK(strcmp(bench_codes(&c), "250") == 0, "a chunk");
	OK(hold_ms(&b) > SMTP_DATA_GRACE_MS - 5000 && hold_ms(&b) <= SMTP_DATA_GRACE_MS,
		"between chunks: the grace");
	let_pass(&b, 50000);
	say_chunk(&c, 10000); /* twenty seconds' worth */
	OK(hold_ms(&b) > 25000 && hold_ms(&b) <= 30000, "octets at the least rate earn time");
	bench_say(&c, S("RSET\r\n"));
	IS_NUM(only_client(&b)->hold_deadline_ms, 0);
	IS_NUM(b.front->in_transit_octets, 0);
	bench_say(&c, S("MAIL FROM:<s@x>\r\nRCPT TO:<v@y>\r\nDATA\r\n"));
	for (int i = 0; i < 20; i++)
		bench_say(&c, S("a line of a message that comes quickly, then no more\r\n"));
	OK(hold_ms(&b) > SMTP_DATA_GRACE_MS - 5000 && hold_ms(&b) <= SMTP_DATA_GRACE_MS,
		"in DATA: the grace");
	bench_say(&c, S(".\r\n"));
	IS_NUM(only_client(&b)->hold_deadline_ms, 0);
	IS_NUM(b.messages_count, 1);
	bench_hang_up(&c);
	bench_done(&b);
}

/* Neither a command nor an empty chunk makes a message that waits for its next chunk younger. */
static void test_pace_between_chunks(void)
{
	static const struct {
		uint64_t rate;
		const char *say;
	} rows[] = { { 500, "NOOP\r\n" }, { 500, "BDAT 0\r\n" }, { 500, "VRFY x\r\n" },
		{ 500, "MAIL FROM:<t@x>\r\n" }, { 0, "NOOP\r\n" }, { 0, "BDAT 0\r\n" } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct bench b;
		struct bench_client c;
		int said = 0;

		bench_init(&b, ROLE_FRONT_MX);
		b.config.smtp_data_octets_per_second_min = rows[i].rate;
		b.config.smtp_command_ms_max = rows[i].rate == 0 ? 150 : 300000;
		open_chunks(&b, &c, "192.0.2.7");
		say_chunk(&c, 1000);
		if (rows[i].rate != 0) {
			let_pass(&b, SMTP_DATA_GRACE_MS - 150);
			say_chunk(&c, 0);
		}
		bench_heard(&c);
		while (!c.closed && said++ < 8) {
			usleep(50000);
			bench_send(&c, str_from_c(rows[i].say));
			bench_settle(&b);
			bench_read(&c);
		}
		OK(c.closed && said > 1, "%zu: too slow in spite of words", i);
		OK(str_find_str(bench_heard(&c), S("421 4.4.2 the message comes in too slowly")) !=
				STR_NPOS,
			"%zu: and is told so", i);
		IS_NUM(b.front->in_transit_octets, 0);
		bench_hang_up(&c);
		bench_done(&b);
	}
}

/* One address cannot take all that may be in transit; what it took comes back whatever way it
 * goes. */
static void test_share_of_an_address(void)
{
	struct bench b;
	struct bench_client one, two, other;

	bench_init(&b, ROLE_FRONT_MX);
	b.config.front_in_transit_octets_max = 800000;
	b.config.front_mx_processes = 2;
	b.config.smtp_message_octets_max = 65536; /* and our lines: under a quarter, 100000 */
	open_chunks(&b, &one, "192.0.2.7");
	open_chunks(&b, &two, "192.0.2.7");
	open_chunks(&b, &other, "192.0.2.8");
	say_chunk(&one, 60000);
	say_chunk(&two, 30000);
	OK(strcmp(bench_codes(&one), "250") == 0 && strcmp(bench_codes(&two), "250") == 0,
		"two messages within the share");
	OK(b.front->in_transit_octets >= 90000, "are counted");
	say_chunk(&two, 20000);
	OK(strcmp(bench_codes(&two), "452") == 0, "the second goes over it");
	OK(b.front->in_transit_octets < 61000, "and gives its octets back");
	bench_say(&two, S("MAIL FROM:<s@x> SIZE=60000\r\n"));
	OK(strcmp(bench_codes(&two), "452") == 0, "its next is put off at MAIL");
	say_chunk(&other, 60000);
	bench_say(&other, S("BDAT 2 LAST\r\n\r\n"));
	OK(strcmp(bench_codes(&other), "250 250") == 0, "others go on");
	bench_hang_up(&one);
	bench_settle(&b);
	IS_NUM(b.front->in_transit_octets, 0);
	bench_say(&two, S("MAIL FROM:<s@x> SIZE=60000\r\nRCPT TO:<v@y>\r\n"));
	say_chunk(&two, 65000);
	OK(strcmp(bench_codes(&two), "250 250 250") == 0, "what was given back is there again");
	say_chunk(&two, 1000);
	OK(strcmp(bench_codes(&two), "552") == 0, "too large");
	IS_NUM(b.front->in_transit_octets, 0);
	bench_hang_up(&two);
	bench_hang_up(&other);
	bench_done(&b);
}

/* Where a quarter is less than the largest message, one such message may come, and others' mail
 * too. */
static void test_share_and_large_messages(void)
{
	struct bench b;
	struct bench_client one, two, other;

	bench_init(&b, ROLE_FRONT_MX);
	b.config.front_in_transit_octets_max = 400000;
	b.config.front_mx_processes = 1;
	b.config.smtp_message_octets_max = 200000;
	open_chunks(&b, &one, "192.0.2.7");
	open_chunks(&b, &two, "192.0.2.7");
	open_chunks(&b, &other, "192.0.2.8");
	say_chunk(&one, 199000);
	OK(strcmp(bench_codes(&one), "250") == 0, "the largest message is taken");
	say_chunk(&two, 50000);
	OK(strcmp(bench_codes(&two), "452") == 0, "none beside it");
	bench_hang_up(&one);
	b.config.smtp_message_octets_max = 50 << 20;
	open_chunks(&b, &one, "192.0.2.7");
	say_chunk(&one, 310000);
	OK(strcmp(bench_codes(&one), "452") == 0, "the last quarter is never one address's");
	bench_hang_up(&one);
	open_chunks(&b, &one, "192.0.2.7");
	say_chunk(&one, 290000);
	say_chunk(&other, 90000);
	OK(strcmp(bench_codes(&one), "250") == 0 && strcmp(bench_codes(&other), "250") == 0,
		"but for others");
	bench_hang_up(&one);
	bench_hang_up(&two);
	bench_hang_up(&other);
	bench_done(&b);
}

int main(void)
{
	test_pace_is_capped();
	test_pace_between_chunks();
	test_share_of_an_address();
	test_share_and_large_messages();
	return tap_done();
}
