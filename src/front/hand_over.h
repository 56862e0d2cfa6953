/*
 * After the logon: the session goes to the store with its ticket, which the store checks, and the
 * store answers the logon command. A plain connection moves as a descriptor; a TLS connection stays
 * and is relayed. Octets that the client has sent ahead go along.
 */
#pragma once

#include "front/client.h"

/* ERR_OK: the client is gone from here and freed. ERR_UNAVAILABLE: there is no store now; nothing
 * has changed. */
enum err hand_over(struct client *c, struct str ticket, struct str tag) MUST_USE;
