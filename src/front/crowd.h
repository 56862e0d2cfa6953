/*
 * What one address takes of a process: connections that have not logged on, and octets of messages
 * in transit. IPv6 counts by /64, as one customer has at least that many addresses.
 */
#pragma once

#include <sys/socket.h>

#include "base/buf.h"
#include "base/map.h"

#define CROWD_TEXT_OCTETS ((size_t)64)

/* Where a client comes from. */
struct crowd_address {
	uint64_t key; /* what is counted */
	bool loopback;
	bool v6;
	uint16_t port;
	char text[CROWD_TEXT_OCTETS]; /* "192.0.2.1", "2001:db8::1"; v4-mapped addresses are written
					 as IPv4 */
};

/* Anything but IPv4 and IPv6 gives "unknown". */
void crowd_address_read(const struct sockaddr_storage *from, struct crowd_address *ret);
/* "192.0.2.1:4711" or "[2001:db8::1]:4711". */
void crowd_address_put(struct buf *to, const struct crowd_address *a);
/* What crowd_address_put has written; anything else gives "unknown". */
void crowd_address_get(struct str text, struct crowd_address *ret);

uint64_t crowd_count(const struct map *by_address, uint64_t key);
void crowd_add(struct map *by_address, uint64_t key);
void crowd_remove(struct map *by_address, uint64_t key); /* must have been added */
/* Octets in transit; what is given back must have been taken. */
uint64_t crowd_octets(const struct map *by_address, uint64_t key);
void crowd_take_octets(struct map *by_address, uint64_t key, uint64_t octets);
void crowd_give_octets(struct map *by_address, uint64_t key, uint64_t octets);
void crowd_done(struct map *by_address);
