/* lmtp.networks: what an item says, and whom it lets in. */
#include "config/network.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "tap.h"

static struct sockaddr_storage from_of(const char *text)
{
	struct sockaddr_storage from = { 0 };
	struct sockaddr_in *v4 = (struct sockaddr_in *)(void *)&from;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)(void *)&from;

	if (inet_pton(AF_INET, text, &v4->sin_addr) == 1)
		v4->sin_family = AF_INET;
	else if (inet_pton(AF_INET6, text, &v6->sin6_addr) == 1)
		v6->sin6_family = AF_INET6;
	return from;
}

static const struct {
	const char *network, *from;
	bool want;
} cases[] = {
	{ "loopback", "127.0.0.1", true },
	{ "loopback", "127.255.0.9", true },
	{ "Loopback", "::1", true },
	{ "loopback", "::ffff:127.0.0.1", true },
	{ "loopback", "128.0.0.1", false },
	{ "loopback", "::2", false },
	{ "192.0.2.7", "192.0.2.7", true },
	{ "192.0.2.7", "192.0.2.6", false },
	{ "192.0.2.0/24", "192.0.2.255", true },
	{ "192.0.2.0/24", "192.0.3.0", false },
	{ "192.0.2.128/25", "192.0.2.127", false },
	{ "192.0.2.0/23", "::ffff:192.0.3.1", true },
	{ "0.0.0.0/0", "203.0.113.9", true },
	{ "0.0.0.0/0", "2001:db8::1", false },
	{ "::/0", "2001:db8::1", true },
	{ "::/0", "192.0.2.1", false },
	{ "2001:db8::/33", "2001:db8:7fff::1", true },
	{ "2001:db8::/33", "2001:db8:8000::1", false },
	{ "2001:db8::1", "2001:db8::1", true },
	{ "2001:db8::1/127", "2001:db8::", true },
};

static const char *const wrong[] = { "", "loop", "192.0.2", "192.0.2.0/33", "192.0.2.0/", "192.0.2.0/-1", "192.0.2.0/2 4",
	"/8", "2001:db8::/129", "2001:db8::g", "host.example", "192.0.2.0/24/8" };

int main(void)
{
	struct sockaddr_storage none = { 0 };

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct sockaddr_storage from = from_of(cases[i].from);

		OK(network_valid(str_from_c(cases[i].network)), "%s can be written", cases[i].network);
		OK(network_has(str_from_c(cases[i].network), &from) == cases[i].want, "%s in %s", cases[i].from, cases[i].network);
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		OK(!network_valid(str_from_c(wrong[i])), "'%s' is no network", wrong[i]);
	OK(!network_has(S("0.0.0.0/0"), &none) && !network_has(S("loopback"), &none), "who has no address is in none");
	OK(network_source(S("192.0.2.1")) == network_source(S("192.0.2.1:4711")) && network_source(S("192.0.2.1")) != 0, "without its port");
	OK(network_source(S("192.0.2.1")) == network_source(S("::ffff:192.0.2.1")), "IPv4 inside IPv6");
	OK(network_source(S("192.0.2.1")) != network_source(S("192.0.2.2")), "each by itself");
	OK(network_source(S("[2001:db8:0:1::1]:4711")) == network_source(S("2001:db8:0:1:ffff::2")), "a /64 is one");
	OK(network_source(S("2001:db8:0:1::1")) != network_source(S("2001:db8:0:2::1")), "the next /64 is another");
	OK(network_source(S("")) == 0 && network_source(S("unknown")) == 0 && network_source(S("[::1")) == 0, "no address");
	return tap_done();
}
