/*
 * The administrator's control socket: SOCK_SEQPACKET at <data>/run/control, one packet a request, one or more
 * packets a reply. A request packet is two strings (base/cursor.h wr_str): the verb ("account add") and the
 * whole request as JSON; the attendant routes by the verb and never reads the JSON. A reply packet is a flag
 * (more packets follow) and a string, the JSON.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"

#define CONTROL_PACKET_OCTETS_MAX ((size_t)120 << 10)
#define CONTROL_SOCKET            "run/control" /* below the data folder */

struct control_request {
	struct str verb, json;
};

struct control_reply {
	bool more;
	struct str json;
};

enum err control_request_put(const struct control_request *q, struct buf *to) MUST_USE; /* ERR_TOOBIG */
enum err control_request_get(struct str packet, struct control_request *ret) MUST_USE;  /* ERR_PEER; views */
enum err control_reply_put(const struct control_reply *a, struct buf *to) MUST_USE;
enum err control_reply_get(struct str packet, struct control_reply *ret) MUST_USE;
