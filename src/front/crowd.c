#include "front/crowd.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>

#include "base/mem.h"

struct group {
	uint64_t key, count, octets;
};

static void read_v4(const void *octets, struct crowd_address *a)
{
	uint32_t number;

	memcpy(&number, octets, sizeof(number));
	number = ntohl(number);
	/* The high half is that of a multicast prefix: no client's /64 begins so. */
	a->key = 0xffffffff00000000 | number;
	a->loopback = number >> 24 == 127;
	must(inet_ntop(AF_INET, octets, a->text, sizeof(a->text)) != NULL);
}

static void read_v6(const struct in6_addr *octets, struct crowd_address *a)
{
	if (IN6_IS_ADDR_V4MAPPED(octets)) {
		read_v4(octets->s6_addr + 12, a);
		return;
	}
	for (int i = 0; i < 8; i++)
		a->key = a->key << 8 | octets->s6_addr[i];
	a->v6 = true;
	a->loopback = IN6_IS_ADDR_LOOPBACK(octets);
	must(inet_ntop(AF_INET6, octets, a->text, sizeof(a->text)) != NULL);
}

void crowd_address_read(const struct sockaddr_storage *from, struct crowd_address *ret)
{
	*ret = (struct crowd_address){ 0 };
	if (from->ss_family == AF_INET) {
		const struct sockaddr_in *in = (const struct sockaddr_in *)(const void *)from;

		ret->port = ntohs(in->sin_port);
		read_v4(&in->sin_addr, ret);
	} else if (from->ss_family == AF_INET6) {
		const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)(const void *)from;

		ret->port = ntohs(in6->sin6_port);
		read_v6(&in6->sin6_addr, ret);
	} else {
		snprintf(ret->text, sizeof(ret->text), "unknown");
	}
}

void crowd_address_put(struct buf *to, const struct crowd_address *a)
{
	buf_printf(to, a->v6 ? "[%s]:%u" : "%s:%u", a->text, a->port);
}

void crowd_address_get(struct str text, struct crowd_address *ret)
{
	struct sockaddr_storage from = { 0 };
	struct sockaddr_in *in = (struct sockaddr_in *)(void *)&from;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)(void *)&from;
	size_t colon = str_rfind(text, ':');
	struct str host = str_sub(text, 0, colon);
	char digits[CROWD_TEXT_OCTETS];
	uint32_t port = 0;

	if (str_starts(host, S("[")) && str_ends(host, S("]")))
		host = str_sub(host, 1, host.len - 2);
	if (colon != STR_NPOS && host.len < sizeof(digits) && str_u32(str_skip(text, colon + 1), UINT16_MAX, &port)) {
		memcpy(digits, host.at, host.len);
		digits[host.len] = '\0';
		in->sin_port = htons((uint16_t)port); /* at the same place in both */
		if (inet_pton(AF_INET, digits, &in->sin_addr) == 1)
			from.ss_family = AF_INET;
		else if (inet_pton(AF_INET6, digits, &in6->sin6_addr) == 1)
			from.ss_family = AF_INET6;
	}
	crowd_address_read(&from, ret);
}

uint64_t crowd_count(const struct map *by_address, uint64_t key)
{
	const struct group *g = map_get(by_address, key);

	return g ? g->count : 0;
}

static struct group *need_group(struct map *by_address, uint64_t key)
{
	struct group *g = map_get(by_address, key);

	if (g != NULL)
		return g;
	g = MEM_NEW(struct group);
	g->key = key;
	map_put(by_address, key, g);
	return g;
}

static void drop_if_empty(struct map *by_address, struct group *g)
{
	if (g->count > 0 || g->octets > 0)
		return;
	map_remove(by_address, g->key);
	mem_free(g);
}

void crowd_add(struct map *by_address, uint64_t key)
{
	need_group(by_address, key)->count++;
}

void crowd_remove(struct map *by_address, uint64_t key)
{
	struct group *g = map_get(by_address, key);

	must(g != NULL && g->count > 0);
	g->count--;
	drop_if_empty(by_address, g);
}

uint64_t crowd_octets(const struct map *by_address, uint64_t key)
{
	const struct group *g = map_get(by_address, key);

	return g ? g->octets : 0;
}

void crowd_take_octets(struct map *by_address, uint64_t key, uint64_t octets)
{
	if (octets > 0)
		need_group(by_address, key)->octets += octets;
}

void crowd_give_octets(struct map *by_address, uint64_t key, uint64_t octets)
{
	struct group *g;

	if (octets == 0)
		return;
	g = map_get(by_address, key);
	must(g != NULL && g->octets >= octets);
	g->octets -= octets;
	drop_if_empty(by_address, g);
}

void crowd_done(struct map *by_address)
{
	MAP_EACH (struct group, g, by_address)
		mem_free(g);
	map_done(by_address);
}
