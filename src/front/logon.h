/*
 * A logon carried to the directory: a name with a password, or a SASL exchange (RFC 4422) step by
 * step. The front takes base64 away and puts it on; mechanisms and passwords are the directory's.
 * Every logon has a number of its own, so that a late answer to one that was cancelled is never
 * taken for the next one's.
 *
 * `wait` in the calls below is the state whose run sees the answer: MSG_logon_ok,
 * MSG_logon_refused, and in an exchange MSG_sasl_challenge.
 */
#pragma once

#include "front/client.h"

enum step logon_password(
	struct client *c, struct str name, struct str password, const struct client_state *wait);

/* Tells the directory, for its audit trail, that a logon was refused before it was asked. name: what is known of it. */
void logon_turned_away(struct client *c, struct str name, struct str mechanism, enum err e);

/* What AUTH or AUTHENTICATE said; initial is base64 as sent. */
struct logon_start {
	struct str mechanism;
	bool has_initial;
	struct str initial;
};

/* ERR_OK: asked, *ret_step is what run returns. ERR_BASE64, or that the mechanism is not offered: nothing was asked. */
enum err logon_sasl_start(struct client *c, const struct logon_start *start,
	const struct client_state *wait, enum step *ret_step) MUST_USE;
/* The client's line behind a challenge. ERR_CANCELLED ("*") and ERR_BASE64 end the exchange. */
enum err logon_sasl_line(struct client *c, struct str line, const struct client_state *wait,
	enum step *ret_step) MUST_USE;

/*
 * The same two with octets as they are, for a protocol that takes the base64 off itself; start->initial likewise. No line stands for the end
 * of an exchange there: logon_cancel ends it, and there must be one.
 */
enum err logon_octets_start(struct client *c, const struct logon_start *start, const struct client_state *wait, enum step *ret_step) MUST_USE;
enum step logon_octets_line(struct client *c, struct str octets, const struct client_state *wait);
void logon_cancel(struct client *c);

/* Whether the mechanism may be used on this connection now; nothing is asked or told. */
bool logon_offers(const struct client *c, struct str mechanism);

/* Call with each answer: what it is. ERR_NEEDMORE: a challenge; ERR_OK: logged on; else why not. */
enum err logon_answer(struct client *c, struct str *ret_text);

/* Mechanism names that may be used on this connection, with prefix before each and sep between.
 * None: nothing. */
void logon_put_mechanisms(
	const struct client *c, struct str prefix, struct str sep, struct buf *to);
