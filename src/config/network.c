#include "config/network.h"

#include <arpa/inet.h>
#include <netinet/in.h>

/* Octets of an address, IPv4 as IPv6 maps it. */
struct place {
	unsigned char octets[16];
	bool v4;
};

static const unsigned char mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

static void normalise(struct place *p)
{
	p->v4 = memcmp(p->octets, mapped, sizeof(mapped)) == 0;
}

static bool read_text(struct str s, struct place *ret)
{
	char text[INET6_ADDRSTRLEN];

	if (s.len == 0 || s.len >= sizeof(text) || str_has_octet(s, '\0'))
		return false;
	memcpy(text, s.at, s.len);
	text[s.len] = '\0';
	memcpy(ret->octets, mapped, sizeof(mapped));
	if (inet_pton(AF_INET, text, ret->octets + 12) != 1 && inet_pton(AF_INET6, text, ret->octets) != 1)
		return false;
	normalise(ret);
	return true;
}

/* bits count from the front of all sixteen octets. */
static bool read_network(struct str network, struct place *ret, uint32_t *ret_bits)
{
	size_t slash = str_find(network, '/');
	uint32_t most, bits;

	if (!read_text(str_sub(network, 0, slash), ret))
		return false;
	most = ret->v4 ? 32 : 128;
	bits = most;
	if (slash < network.len && !str_u32(str_skip(network, slash + 1), most, &bits))
		return false;
	*ret_bits = bits + (ret->v4 ? 96 : 0);
	return true;
}

static bool same_bits(const unsigned char *a, const unsigned char *b, uint32_t bits)
{
	uint32_t whole = bits / 8, rest = bits % 8;

	if (memcmp(a, b, whole) != 0)
		return false;
	return rest == 0 || (a[whole] ^ b[whole]) >> (8 - rest) == 0;
}

bool network_valid(struct str network)
{
	struct place p;
	uint32_t bits;

	return str_ieq(network, S("loopback")) || read_network(network, &p, &bits);
}

static bool read_socket(const struct sockaddr_storage *from, struct place *ret)
{
	if (from->ss_family == AF_INET) {
		memcpy(ret->octets, mapped, sizeof(mapped));
		memcpy(ret->octets + 12, &((const struct sockaddr_in *)(const void *)from)->sin_addr, 4);
	} else if (from->ss_family == AF_INET6) {
		memcpy(ret->octets, &((const struct sockaddr_in6 *)(const void *)from)->sin6_addr, 16);
	} else {
		return false;
	}
	normalise(ret);
	return true;
}

static bool has(struct str network, const struct place *p)
{
	struct place n;
	uint32_t bits;

	if (str_ieq(network, S("loopback")))
		network = p->v4 ? S("127.0.0.0/8") : S("::1");
	return read_network(network, &n, &bits) && n.v4 == p->v4 && same_bits(n.octets, p->octets, bits);
}

bool network_has(struct str network, const struct sockaddr_storage *from)
{
	struct place p;

	return read_socket(from, &p) && has(network, &p);
}

/* One colon is a port's: an IPv6 address has more, or stands in brackets when a port follows. */
static struct str without_port(struct str address)
{
	size_t colon = str_find(address, ':');

	if (str_starts(address, S("[")))
		return str_sub(address, 1, str_find(address, ']') - 1);
	return colon != STR_NPOS && colon == str_rfind(address, ':') ? str_sub(address, 0, colon) : address;
}

bool network_has_text(struct str network, struct str address)
{
	struct place p;

	return read_text(without_port(address), &p) && has(network, &p);
}

uint64_t network_source(struct str address)
{
	struct place p;
	uint64_t number = 0;

	if (!read_text(without_port(address), &p))
		return 0;
	/* The high half is that of a multicast prefix: no client's /64 begins so. */
	if (p.v4) {
		memcpy(p.octets + 4, p.octets + 12, 4);
		memset(p.octets, 0xff, 4);
	}
	for (int i = 0; i < 8; i++)
		number = number << 8 | p.octets[i];
	return number;
}
