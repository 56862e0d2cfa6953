#include "front/crowd.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "tap.h"

static struct crowd_address read_v6(const char *text, uint16_t port)
{
	struct sockaddr_storage from = { 0 };
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)(void *)&from;
	struct crowd_address a;

	in6->sin6_family = AF_INET6;
	in6->sin6_port = htons(port);
	must(inet_pton(AF_INET6, text, &in6->sin6_addr) == 1);
	crowd_address_read(&from, &a);
	return a;
}

static struct crowd_address read_v4(const char *text, uint16_t port)
{
	struct sockaddr_storage from = { 0 };
	struct sockaddr_in *in = (struct sockaddr_in *)(void *)&from;
	struct crowd_address a;

	in->sin_family = AF_INET;
	in->sin_port = htons(port);
	must(inet_pton(AF_INET, text, &in->sin_addr) == 1);
	crowd_address_read(&from, &a);
	return a;
}

static void check(const struct crowd_address *a, const char *want, bool loopback)
{
	struct crowd_address again;
	struct buf text;

	buf_init(&text, 128);
	crowd_address_put(&text, a);
	IS_STR(buf_str(&text), str_from_c(want));
	OK(a->loopback == loopback, "%s: loopback or not", want);
	crowd_address_get(buf_str(&text), &again);
	OK(again.key == a->key && again.port == a->port && again.loopback == loopback && strcmp(again.text, a->text) == 0,
		"%s: read again", want);
	buf_done(&text);
}

int main(void)
{
	static const struct {
		const char *text, *want;
		bool v6, loopback;
	} rows[] = {
		{ "192.0.2.7", "192.0.2.7:25", false, false },
		{ "127.9.9.9", "127.9.9.9:25", false, true },
		{ "128.0.0.1", "128.0.0.1:25", false, false },
		{ "::1", "[::1]:25", true, true },
		{ "2001:db8::1", "[2001:db8::1]:25", true, false },
		{ "::ffff:192.0.2.7", "192.0.2.7:25", true, false },
		{ "::ffff:127.0.0.1", "127.0.0.1:25", true, true },
	};
	static const char *const wrong[] = { "", "unknown", "192.0.2.1", "192.0.2.1:", "192.0.2.1:65536", "[::1]", "[::1:25", "x:25", ":25" };
	struct map counts;
	struct crowd_address a, b;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		a = rows[i].v6 ? read_v6(rows[i].text, 25) : read_v4(rows[i].text, 25);
		check(&a, rows[i].want, rows[i].loopback);
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		crowd_address_get(str_from_c(wrong[i]), &a);
		OK(a.key == 0 && strcmp(a.text, "unknown") == 0, "'%s' is no address", wrong[i]);
	}
	a = read_v6("2001:db8:1:2::1", 1);
	b = read_v6("2001:db8:1:2:ffff::9", 2);
	OK(a.key == b.key, "one /64 is one customer");
	b = read_v6("2001:db8:1:3::1", 1);
	OK(a.key != b.key, "two are two");
	a = read_v4("192.0.2.7", 1);
	b = read_v6("::ffff:192.0.2.7", 2);
	OK(a.key == b.key, "a v4-mapped address is the IPv4 address");
	map_init(&counts);
	crowd_add(&counts, a.key);
	crowd_add(&counts, a.key);
	crowd_add(&counts, 0);
	IS_NUM(crowd_count(&counts, a.key), 2);
	crowd_remove(&counts, a.key);
	IS_NUM(crowd_count(&counts, a.key), 1);
	crowd_remove(&counts, a.key);
	IS_NUM(crowd_count(&counts, a.key), 0);
	IS_NUM(counts.count, 1);
	crowd_take_octets(&counts, a.key, 100);
	crowd_add(&counts, a.key);
	crowd_take_octets(&counts, b.key, 50);
	IS_NUM(crowd_octets(&counts, a.key), 150);
	crowd_remove(&counts, a.key);
	IS_NUM(crowd_count(&counts, a.key), 0);
	crowd_give_octets(&counts, a.key, 149);
	IS_NUM(crowd_octets(&counts, a.key), 1);
	IS_NUM(counts.count, 2);
	crowd_give_octets(&counts, a.key, 1);
	crowd_give_octets(&counts, a.key, 0);
	IS_NUM(crowd_octets(&counts, a.key), 0);
	IS_NUM(counts.count, 1);
	crowd_done(&counts);
	return tap_done();
}
