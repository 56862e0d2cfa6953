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
/* Of what a client says that it is (ID, RFC 2971), name and version each. */
#define FRONT_CLIENT_NAME_OCTETS_MAX ((size_t)1024)
/* One piece of a message body at a time: twice that and two octets come out of the decoder at most.
 */
#define FRONT_PIECE_OCTETS_MAX ((size_t)32 << 10)
struct front {
	struct role_env *env;
	struct tls_context *tls; /* for new connections; NULL: no certificate, no TLS */
	struct signer signer;
	struct list listeners, clients, strangers, relays;
	size_t clients_count, strangers_count, relays_count;
	struct map waiting;         /* number of an open question -> struct client */
	struct map by_address;      /* front/crowd.h */
	struct map by_network;      /* the same, octets only, for the networks of front/room.h */
	struct list bodies;         /* of struct room_part: those of which more is to come */
	uint64_t in_transit_octets; /* of messages not accepted yet */
	uint64_t look_again_ms;     /* of loop_now_ms: until then no body would give way */
	uint64_t parser_pick;
	struct buf scratch;  /* decoded octets of one piece */
	struct timer *grace; /* while stopping */
	int reserve_fd;      /* closed to get one connection more when descriptors run out */
	bool accepting;
	bool kerberos; /* tickets can be accepted, as the directory has said last */
	uint64_t descriptors_max, descriptors_own; /* that this process may have; that it has without any client */
	struct timer *pause; /* ends a pause */
	bool paused;         /* nothing is accepted, for want of descriptors */
	uint64_t paused_until_ms;
	unsigned pauses; /* in a row */
};

/* The context for a new TLS connection; NULL when no key can be used now. */
struct tls_context *front_tls(struct front *f);
/* Somebody has gone: ends a stop when it was the last. */
void front_one_less(struct front *f);
/* Gives back what open took, when no client is left. A role simply ends; tests look for leaks. */
void front_close(struct role_env *env);
