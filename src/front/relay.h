/*
 * A TLS session that the store has taken over: octets between the client's connection, whose TLS
 * stays here, and one end of a socket pair whose other end the store has. Nothing is looked at.
 * Each side is read only as fast as the other one takes it; when one ends, what it sent before
 * still reaches the other.
 */
#pragma once

#include "front/crowd.h"
#include "front/front_int.h"
#include "io/conn.h"
#include "ipc/service.h"

/* Whose connection it is, for the way back. */
struct relay_origin {
	uint64_t number; /* of the session */
	enum service service;
	struct crowd_address address;
	uint64_t device, inode; /* of the store's end of the pair */
};

/* Takes both; octets already in client's input go first. */
void relay_new(struct front *f, struct conn *client, int store_fd, const struct relay_origin *origin);
/*
 * The store has logged the session off and sent its end of the pair back (RFC 8437): when all that it said is on its
 * way to the client, the connection is a client's of this front again. False: there is no such relay, or fd is not its
 * other end. fd stays the caller's.
 */
bool relay_return(struct front *f, int fd, const struct msg_hand_back *q);
/* All of them, at once. */
void relay_free_all(struct front *f);
