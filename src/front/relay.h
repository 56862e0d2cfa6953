/*
 * A TLS session that the store has taken over: octets between the client's connection, whose TLS
 * stays here, and one end of a socket pair whose other end the store has. Nothing is looked at.
 * Each side is read only as fast as the other one takes it; when one ends, what it sent before
 * still reaches the other.
 */
#pragma once

#include "front/front_int.h"
#include "io/conn.h"

/* Takes both; octets already in client's input go first. */
void relay_new(struct front *f, struct conn *client, int store_fd);
/* All of them, at once. */
void relay_free_all(struct front *f);
