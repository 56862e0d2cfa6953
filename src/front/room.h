/*
 * Room for messages on their way in: what a front may hold of them, how much of that one address and
 * one network may, and who gives way when there is too little.
 *
 * A process may hold its part of front.in_transit_octets_max, and always one largest message and a
 * third more. An address (IPv6: a /64) may hold a quarter of that, a network (IPv4: a /24, IPv6: a
 * /48) half of it, but either of them one largest message. Bodies compete by progress, not by
 * arrival: when room is short, those that have come in slower than smtp.data_pace over the last
 * seconds give way, slowest first, before a faster one is put off.
 */
#pragma once

#include "base/list.h"
#include "base/must.h"
#include "front/crowd.h"

struct front;

/* One body's part. */
struct room_part {
	struct front *front;
	const struct crowd_address *from;
	bool trusted;     /* of no single address or network: LMTP */
	struct list node; /* in front->bodies while more of it is to come */
	uint64_t octets;  /* held */
	/* What came in the window that runs, and in the one before it. */
	uint64_t window_ms, window_octets, before_ms, before_octets;
	/* Must end in room_give. */
	void (*give_way)(struct room_part *part);
};

/* What it is a part of, and whose; the address must outlive it. */
void room_init(struct room_part *part, struct front *front, const struct crowd_address *from, bool trusted);
/* Begins to compete: from here on more of the body is awaited. */
void room_begin(struct room_part *part);
/* All of the body is there: it holds what it holds, and nobody asks it to give way. */
void room_settle(struct room_part *part);
/* Octets more. May let others give way, and the asker itself. False: there is no room; nothing was taken. */
bool room_take(struct room_part *part, uint64_t octets) MUST_USE;
/* Gives all of it back. */
void room_give(struct room_part *part);
/* Whether a body of so many octets would be begun now (RFC 1870): there is room, or others would give way. */
bool room_is_likely(const struct room_part *part, uint64_t octets) MUST_USE;
/* What this process may hold. */
uint64_t room_max(const struct front *front);
