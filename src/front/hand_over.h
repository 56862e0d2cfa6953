/*
 * After the logon: the session goes to the store with its ticket, which the store checks, and the
 * store answers the logon command. A plain connection moves as a descriptor; a TLS connection stays
 * and is relayed. Octets that the client has sent ahead go along.
 */
#pragma once

#include "base/language.h"
#include "front/client.h"

/* What goes along; borrowed during the call. All but the ticket may be empty. */
struct hand_over {
	struct str ticket;
	struct str tag;                         /* of the logon command, which the store answers: IMAP its tag, NNTP the code of the answer */
	struct str client_name, client_version; /* as the client's ID said */
	enum language language;                 /* IMAP: as its LANGUAGE said */
	struct str place, offers;               /* NNTP: ipc/messages.tbl */
};

/* ERR_OK: the client is gone from here and freed. ERR_UNAVAILABLE: there is no store now; nothing
 * has changed. */
enum err hand_over(struct client *c, const struct hand_over *what) MUST_USE;

/* The other way, after UNAUTHENTICATE (RFC 8437) or for a logon in a news session without an account: takes the message's descriptor. */
void hand_back(struct front *f, struct msg *m);
