/*
 * POP3 up to the logon (RFC 1939, 2449, 2595, 5034, 6856) for the services pop3 and pop3s. After it
 * the store answers, the +OK to PASS included.
 */
#pragma once

#include "front/client.h"
#include "wire/pop3.h"

struct pop3_session {
	struct client *client;
	struct buf name; /* of USER */
};
