/*
 * The HTTP schemes NTLM (MS-NTHT) and Negotiate (RFC 4559), whose logons hold for a connection: several requests make one, each but the last
 * answered with 401 and a challenge, and what comes behind it on the connection is asked by that person. Negotiate brings NTLM as it is, NTLM
 * inside SPNEGO (wire/spnego.h), or whatever the mechanism GSS-SPNEGO reads. Messages are carried to the directory as those of SASL.
 *
 * Half an exchange goes on with the very next request or not at all. Behind the last one the connection has a web session of its own
 * (directory/web.h), which ends with it, and which every request is judged by; it has no cookie, so forms that change something do not
 * heed it. A cookie or a password that comes with a request is heeded instead of it.
 */
#pragma once

#include "front/http_session.h"

/* Whether these words behind WWW-Authenticate are such a scheme's; any case. */
bool http_challenge_is(struct str scheme);
/* The request's Authorization, which is of such a scheme: its handler runs when it was the last message, and a good one. */
enum step http_challenge_take(struct http_session *s, struct str scheme, struct str credentials);
/* The header lines that offer what may be used here. */
void http_challenge_put_offers(const struct http_session *s, struct buf *to);
/* Whether one of them is offered. */
bool http_challenge_is_offered(const struct http_session *s);

/* The session that the connection was logged on to; empty: none. Borrowed. */
struct str http_challenge_token(const struct http_session *s);
/* The directory does not know it any more. */
void http_challenge_lost(struct http_session *s);
/* The session goes on without the connection. */
void http_challenge_give(struct http_session *s);

/* The request was answered; the connection ends. */
void http_challenge_answered(struct http_session *s);
void http_challenge_close(struct http_session *s);
