/*
 * IMAP up to the logon (RFC 3501, RFC 9051, literals of RFC 7888, RFC 4959) for the services imap
 * and imaps. After it the store answers, the tagged OK to LOGIN or AUTHENTICATE included.
 */
#pragma once

#include "base/arena.h"
#include "base/language.h"
#include "front/client.h"
#include "wire/imap_args.h"

struct imap_session {
	struct client *client;
	struct arena arena; /* one command; empty between commands */
	struct buf tag;     /* of the command being answered */
	struct buf client_name, client_version; /* as its ID said */
	enum language language; /* as its LANGUAGE said, until TLS begins */
	size_t gos_sent; /* "+ " sent for the literals of the command at the front of the input */
};

/* What the client's ID said in an earlier session on its connection. */
void imap_session_client(struct client *c, struct str name, struct str version);
/* The end of a session, in its language. */
void imap_session_farewell(struct client *c, enum err why);
