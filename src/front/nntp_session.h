/*
 * NNTP before a reader is known (RFC 3977, STARTTLS of RFC 4642, AUTHINFO of RFC 4643) for the services nntp and nntps. After a logon
 * the store answers, the 281 to it included.
 *
 * Any account may log on that may use NNTP (bourse account set --protocols): news is in the public store and not in a mailbox, so it
 * needs none. Where anonymous.nntp is on, the first command that reads makes a reader without an account of whoever sent it, and the
 * store answers that command; AUTHINFO and STARTTLS bring the connection back here. Where it is off that command gets 480, MODE READER
 * too, by which newsreaders learn that they have to log on before they read whether they may post. The greeting is always 201: whether
 * anybody may post the store knows, and says in answer to MODE READER and CAPABILITIES once there is a session.
 */
#pragma once

#include "front/client.h"
#include "wire/nntp.h"

struct nntp_session {
	struct client *client;
	struct nntp_cutter cutter;
	struct buf name;  /* of AUTHINFO USER */
	struct buf place; /* where the client had come to as a reader without an account; the store's */
};

/* What a session in the store has left behind. */
void nntp_session_place(struct client *c, struct str place);
