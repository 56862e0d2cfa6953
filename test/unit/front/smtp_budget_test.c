/* How long a message may stay open, and how much of them one address may have in transit. */
#include "front/smtp_message.h"

#include <unistd.h>

#include "front/bench.h"
#include "io/clock.h"
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
		uint64_t begun;
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
		begun = clock_mono_ms();
		while (!c.closed && said++ < 8) {
			usleep(50000);
			bench_send(&c, str_from_c(rows[i].say));
			bench_settle(&b);
			bench_read(&c);
		}
		OK(c.closed && (said > 1 || clock_mono_ms() - begun >= 150), "%zu: too slow in spite of words", i);
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
 * too, however little there is for how many processes. */
static void test_share_and_large_messages(void)
{
	struct bench b;
	struct bench_client one, two, other;

	for (unsigned processes = 1; processes <= 64; processes *= 8) {
		bench_init(&b, ROLE_FRONT_MX);
		b.config.front_in_transit_octets_max = 400000;
		b.config.front_mx_processes = processes;
		b.config.smtp_message_octets_max = 200000;
		open_chunks(&b, &one, "192.0.2.7");
		open_chunks(&b, &two, "192.0.2.7");
		open_chunks(&b, &other, "198.51.100.8");
		say_chunk(&one, 199000);
		OK(strcmp(bench_codes(&one), "250") == 0, "%u processes: the largest message is taken", processes);
		say_chunk(&two, 50000);
		OK(strcmp(bench_codes(&two), "452") == 0, "none beside it from there");
		say_chunk(&other, 60000);
		OK(strcmp(bench_codes(&other), "250") == 0, "but from others");
		bench_hang_up(&one);
		bench_hang_up(&two);
		bench_hang_up(&other);
		bench_done(&b);
	}
}

/* A network has half, whatever addresses it is made of; LMTP has no share. */
static void test_share_of_a_network(void)
{
	static const char *const near[] = { "192.0.2.1", "192.0.2.99", "192.0.2.250" };
	struct bench_client c[3], other, lmtp;
	struct bench b;

	bench_init(&b, ROLE_FRONT_MX);
	b.config.front_in_transit_octets_max = 400000;
	b.config.front_mx_processes = 1;
	b.config.smtp_message_octets_max = 90000; /* with our lines more than a quarter */
	for (int i = 0; i < 3; i++)
		open_chunks(&b, &c[i], near[i]);
	say_chunk(&c[0], 80000);
	say_chunk(&c[1], 80000);
	OK(strcmp(bench_codes(&c[0]), "250") == 0 && strcmp(bench_codes(&c[1]), "250") == 0, "two of a network");
	say_chunk(&c[2], 80000);
	OK(strcmp(bench_codes(&c[2]), "452") == 0, "the third goes over its half");
	open_chunks(&b, &other, "192.0.3.1");
	say_chunk(&other, 80000);
	OK(strcmp(bench_codes(&other), "250") == 0, "the next network has its own");
	bench_connect(&b, &lmtp, SERVICE_LMTP, "192.0.2.1");
	bench_say(&lmtp, S("LHLO x\r\n"));
	bench_say(&lmtp, S("MAIL FROM:<s@x>\r\nRCPT TO:<v@y>\r\n"));
	bench_heard(&lmtp);
	say_chunk(&lmtp, 80000);
	OK(strcmp(bench_codes(&lmtp), "250") == 0, "LMTP is everybody's mail");
	for (int i = 0; i < 3; i++)
		bench_hang_up(&c[i]);
	bench_hang_up(&other);
	bench_hang_up(&lmtp);
	bench_settle(&b);
	IS_NUM(b.front->in_transit_octets, 0);
	IS_NUM(b.front->by_network.count, 0);
	bench_done(&b);
}

/* As if the newest client's body had been here so much longer, with the octets it has. */
static void grow_old(const struct bench *b, uint64_t ms)
{
	struct room_part *p = &smtp_of(LIST_OF(b->front->clients.prev, struct client, node))->body.room;

	p->before_ms -= ms;
	p->window_ms -= ms;
}

/* Three hold all there is: 20 octets a second, 100, and too young to tell. The slowest goes first, and who is fast stays. */
static void test_slow_ones_give_way(void)
{
	struct bench_client slow, slower, young, next;
	struct bench b;

	bench_init(&b, ROLE_FRONT_MX);
	b.config.front_in_transit_octets_max = 300000;
	b.config.front_mx_processes = 1;
	b.config.smtp_message_octets_max = 150000;
	b.config.smtp_data_pace_octets_per_second = 1000;
	open_chunks(&b, &slow, "192.0.2.1");
	say_chunk(&slow, 90000);
	grow_old(&b, 900000);
	open_chunks(&b, &slower, "198.51.100.1");
	say_chunk(&slower, 90000);
	grow_old(&b, 4500000);
	open_chunks(&b, &young, "203.0.113.1");
	say_chunk(&young, 90000);
	OK(strcmp(bench_codes(&slow), "250") == 0 && strcmp(bench_codes(&slower), "250") == 0 &&
			strcmp(bench_codes(&young), "250") == 0, "three hold almost all");
	open_chunks(&b, &next, "192.0.4.1");
	bench_say(&next, S("RSET\r\nMAIL FROM:<s@x> SIZE=90000\r\nRCPT TO:<v@y>\r\n"));
	OK(strcmp(bench_codes(&next), "250 250 250") == 0, "a fourth is let begin");
	say_chunk(&next, 90000);
	OK(strcmp(bench_codes(&next), "250") == 0, "and has room");
	say_chunk(&slower, 10);
	OK(strcmp(bench_codes(&slower), "452") == 0, "the slowest is told that it has lost its own");
	say_chunk(&slow, 10);
	OK(strcmp(bench_codes(&slow), "250") == 0, "the other slow one was not needed");
	say_chunk(&next, 40000);
	say_chunk(&young, 40000);
	OK(strcmp(bench_codes(&next), "250") == 0 && strcmp(bench_codes(&young), "250") == 0, "those who are faster go on");
	say_chunk(&slow, 10);
	OK(strcmp(bench_codes(&slow), "452") == 0, "at the cost of the next slowest");
	bench_hang_up(&slow);
	bench_hang_up(&slower);
	bench_hang_up(&young);
	bench_hang_up(&next);
	bench_settle(&b);
	IS_NUM(b.front->in_transit_octets, 0);
	bench_done(&b);
}

/* Without a pace, or among equals, who comes later is put off. */
static void test_nobody_gives_way(void)
{
	struct bench_client one, two, next;
	struct bench b;

	for (int pace = 0; pace < 2; pace++) {
		bench_init(&b, ROLE_FRONT_MX);
		b.config.front_in_transit_octets_max = 200000;
		b.config.front_mx_processes = 1;
		b.config.smtp_message_octets_max = 100000;
		b.config.smtp_data_pace_octets_per_second = pace ? 1000 : 0;
		open_chunks(&b, &one, "192.0.2.1");
		say_chunk(&one, 80000);
		grow_old(&b, pace ? 10000 : 9000000);
		open_chunks(&b, &two, "198.51.100.1");
		say_chunk(&two, 80000);
		open_chunks(&b, &next, "203.0.113.1");
		bench_say(&next, S("RSET\r\nMAIL FROM:<s@x> SIZE=80000\r\n"));
		OK(strcmp(bench_codes(&next), "250 452") == 0, "a third is put off at once");
		say_chunk(&one, 10);
		OK(strcmp(bench_codes(&one), "250 250") == 0, "the first keeps its room");
		bench_hang_up(&one);
		bench_hang_up(&two);
		bench_hang_up(&next);
		bench_done(&b);
	}
}

int main(void)
{
	test_pace_is_capped();
	test_pace_between_chunks();
	test_share_of_an_address();
	test_share_and_large_messages();
	test_share_of_a_network();
	test_slow_ones_give_way();
	test_nobody_gives_way();
	return tap_done();
}
