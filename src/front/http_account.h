/*
 * Who asks, on the web: signing in by a form, the session's cookie, Basic (RFC 7617) for programs, and the pages
 * that need it; NTLM and Negotiate are in http_challenge.h. The front keeps
 * none of it: each request's cookie or password is judged by the directory, which has the table of sessions (directory/web.h).
 */
#pragma once

#include "front/http_session.h"

/* Runs the resource's handler once it is known who asks; others are sent to sign in. */
enum step http_identify(struct http_session *s);
/* The same for whoever has the session of s->token. */
enum step http_look(struct http_session *s);
/* The form for a person; for a program 401, with the ways to log on that there are. text: why; may be empty. */
enum step http_ask_who(struct http_session *s, struct str text);
/* The request is answered: a session that was made for it ends. */
void http_forget(struct http_session *s);

/* The session that the browser's cookie names; empty: none. A view into the request. */
struct str http_token_of(const struct http_session *s);
/* Did a page of another site send this? Browsers say so; what says nothing is no browser, and has no cookie of ours to misuse. */
bool http_is_foreign(const struct http_session *s);
