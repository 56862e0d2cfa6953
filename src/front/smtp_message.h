/*
 * DATA and BDAT (RFC 5321 section 4.1.1.4, RFC 3030), and what becomes of the message: sealed,
 * taken apart by a parser, kept by the store; 250 is said after the store has said that it is on
 * disk. Handlers are declared with all others in smtp_session.h.
 *
 * A parser that dies of a message gets one more try, on another worker; after that the message is
 * delivered without a record and the store keeps it whole and opaque.
 */
#pragma once

#include "front/smtp_session.h"

#define SMTP_PARSES_MAX 2u
#define SMTP_PAUSES_MAX 8u /* of CLIENT_PAUSE_MS, while no parser is linked */
/* A slow start is no slow message, and neither is a pause: so far a message may be behind the least
 * rate (smtp.data_rate_min), at any time. */
/* For smtp_authors.c. The message with what the parser said of it goes to the store. */
enum step smtp_message_deliver(struct smtp_session *s, struct str record, uint64_t record_octets);
/* The message is another one now: from the parser on. */
enum step smtp_message_parse(struct smtp_session *s);
/* It is not taken, and the transaction is over. text empty: the error's own. */
enum step smtp_message_fail(struct smtp_session *s, enum err e, struct str text);

#define SMTP_DATA_GRACE_MS ((uint64_t)60000)
