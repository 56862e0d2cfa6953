/*
 * Who asks, on the web: signing in by a form, the session's cookie, Basic (RFC 7617) for programs, and the pages that need it. The front keeps
 * none of it: each request's cookie or password is judged by the directory, which has the table of sessions (directory/web.h).
 */
#pragma once

#include "front/http_session.h"

/* Runs the resource's handler once it is known who asks (http_person then tells); others are sent to sign in. */
enum step http_identify(struct http_session *s);
/* The request is answered: a session that was made for it ends. */
void http_forget(struct http_session *s);
