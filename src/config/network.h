/*
 * Items of lmtp.networks, and the networks of imap.hide: "loopback", an IPv4 or IPv6 address in digits, or address/bits. Nothing is
 * looked up.
 */
#pragma once

#include <sys/socket.h>

#include "base/str.h"

bool network_valid(struct str network);
/* Whether the address is in it; IPv4 inside IPv6 counts as IPv4. False for what is no IP address. */
bool network_has(struct str network, const struct sockaddr_storage *from);
/* The same for an address in digits: "192.0.2.1", "192.0.2.1:4711", "2001:db8::1", "[2001:db8::1]:4711". */
bool network_has_text(struct str network, struct str address);
/* What an address as text is counted as, with or without a port: itself, for IPv6 its /64. 0: it is none. */
uint64_t network_source(struct str address);
