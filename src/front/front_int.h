/*
 * What the files of this folder share: one front process. Everything is on one thread. Clients are
 * on `clients` from accept to close; those that still have to log on are on `strangers` too, oldest
 * first, which is the order they are dropped in when the front fills up.
 */
#pragma once

#include "base/list.h"
#include "base/map.h"
#include "front/signer.h"
#include "io/tls.h"
#include "role/role.h"

/* Input a client may send ahead; what is unread at the hand-over must fit one message to the store.
 */
#define FRONT_IN_OCTETS_MAX ((size_t)64 << 10)
/* One piece of a message body at a time: twice that and two octets come out of the decoder at most.
 */
#define FRONT_PIECE_OCTETS_MAX ((size_t)32 << 10)
/*
 * What one address may have in transit of a process's budget: a quarter, so that it takes several
 * to keep everybody else's mail out. One message of the largest size is to fit where it can: then
 * the address may have more, but the last quarter is for others in any case.
 */
#define FRONT_ADDRESS_SHARES   4u
#define FRONT_TRACE_OCTETS_MAX ((uint64_t)16 << 10) /* our own lines in front of a message */

struct front {
	struct role_env *env;
	struct tls_context *tls; /* for new connections; NULL: no certificate, no TLS */
	struct signer signer;
	struct list listeners, clients, strangers, relays;
	size_t clients_count, strangers_count, relays_count;
	struct map waiting;         /* number of an open question -> struct client */
	struct map by_address;      /* front/crowd.h */
	uint64_t in_transit_octets; /* of messages not accepted yet */
	uint64_t parser_pick;
	struct buf scratch;  /* decoded octets of one piece */
	struct timer *grace; /* while stopping */
	int reserve_fd;      /* closed to get one connection more when descriptors run out */
	bool accepting;
};

/* The context for a new TLS connection; NULL when no key can be used now. */
struct tls_context *front_tls(struct front *f);
/* What messages in transit may take in this process: the class's share
 * (front.in_transit_octets_max). */
uint64_t front_in_transit_max(const struct front *f);
/* Whether octets more of a message from this address (a key of front/crowd.h) fit what all may have
 * in transit, and what one address may. */
bool front_has_room(const struct front *f, uint64_t address_key, uint64_t octets);
/* Counts octets in transit, of all and of the address. */
void front_take_room(struct front *f, uint64_t address_key, uint64_t octets);
void front_give_room(struct front *f, uint64_t address_key, uint64_t octets);
/* Somebody has gone: ends a stop when it was the last. */
void front_one_less(struct front *f);
/* Gives back what open took, when no client is left. A role simply ends; tests look for leaks. */
void front_close(struct role_env *env);
