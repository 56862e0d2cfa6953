/*
 * Which ways to log on are offered to a client: what auth.mechanisms and the connection allow. Items of those lists are names of
 * SASL mechanisms (sasl/sasl.tbl), or patterns in which a * stands for anything; with ! in front, what is not offered. The last
 * item that a name fits decides; one that fits none is off. USER and PASS of POP3, AUTHINFO USER of NNTP and LOGIN of IMAP are on
 * where PLAIN is.
 */
#pragma once

#include "base/err.h"
#include "config/config.h"
#include "ipc/service.h"
#include "sasl/sasl.h"

#define OFFER_NAMES_OCTETS_MAX ((size_t)1024) /* of offer_put, with short prefixes */

struct offer_client {
	enum service_protocol protocol;
	bool tls, loopback;
	bool binds; /* some channel binding of this connection is known */
	bool shows; /* a certificate that tls.client_ca vouches for */
	bool kerberos; /* tickets can be accepted: the keytab is there */
};

/* NULL for a good item, else a sentence that says what is wrong with it. */
const char *offer_wrong(struct str item);
/*
 * ERR_OK: this client may take that mechanism. ERR_MECHANISMOFF: the configuration has it off; ERR_NEEDTLS: only inside TLS;
 * ERR_BINDINGTYPE: it binds the channel, and no binding is known; ERR_NOCERTIFICATE; ERR_NAMELESS: nobody sends mail without an account.
 */
enum err offer_judge(const struct config *c, const struct sasl_mechanism *m, const struct offer_client *who) MUST_USE;
/*
 * Appends the names of all that are announced, in order of preference, with prefix before each and sep between. None: nothing.
 * They are those that offer_judge lets through; outside IMAP without the ones that bind the channel, unless it is an item
 * which itself ends in -PLUS that lets them in.
 */
void offer_put(const struct config *c, const struct offer_client *who, struct str prefix, struct str sep, struct buf *to);
/* A name with a password, outside SASL. ERR_OK, ERR_MECHANISMOFF, ERR_NEEDTLS. */
enum err offer_password(const struct config *c, const struct offer_client *who) MUST_USE;
/* Whether somebody without an account is let in. */
bool offer_nameless(const struct config *c, enum service_protocol protocol);
/* Whether some mechanism that binds the channel is announced: who says that he has seen none was told so by somebody else. */
bool offer_binds(const struct config *c, const struct offer_client *who);
