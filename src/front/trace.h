/*
 * What an SMTP server writes down about a message: the lines in front of it (RFC 5321 section 4.4),
 * and the envelope's extensions (RFC 3461), which travel to the store in the trace field of
 * MSG_deliver.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"

struct trace_line {
	struct str sender; /* reverse-path without brackets; empty: <> */
	struct str hello;  /* as the client named itself; octets that could be read as syntax become
			      '?' */
	const char *address; /* the client's, as text */
	bool address_v6;
	struct str host_name;                     /* ours */
	/* RFC 3848, RFC 6531: "ESMTPSA", "UTF8SMTP", "LMTP" */
	bool lmtp, esmtp, tls, authenticated, smtputf8;
	struct str id;                            /* of this transaction, for our log */
	int64_t seconds;                          /* now */
};

/* "Return-Path: <...>" and "Received: from ...", folded, each with its CRLF. */
void trace_put_lines(struct buf *to, const struct trace_line *t);

/*
 * The envelope record, little-endian (base/cursor.h), version 1:
 *
 *   u8   version         u8   body (0 7BIT, 1 8BITMIME)      flag smtputf8
 *   u8   ret (0 none, 1 FULL, 2 HDRS)                        str  envid (decoded)
 *   str  id              u32  recipients
 *   and for each recipient, in the order of the tickets:
 *   u32  ticket_octets (how much of recipient_tickets is this one's)
 *   str  address         u8   notify (bits of enum smtp_notify)
 *   str  orcpt_type      str  orcpt (decoded)
 */
#define TRACE_VERSION 1

struct trace_envelope {
	uint8_t body, ret;
	bool smtputf8;
	struct str envid, id;
	uint32_t recipients;
	struct str rows; /* the recipients' part, made with trace_put_recipient */
};

struct trace_recipient {
	uint32_t ticket_octets;
	struct str address;
	uint8_t notify;
	struct str orcpt_type, orcpt;
};

void trace_put_recipient(struct buf *to, const struct trace_recipient *r);
void trace_put_envelope(struct buf *to, const struct trace_envelope *e);
