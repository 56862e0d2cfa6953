/*
 * HTTP/1.1 (RFC 9110, RFC 9112) for the services http and https: requests one at a time, in their order, each answered by a row of
 * http_resource.tbl. Whoever sends ahead waits: nothing is read of the next request before the answer to this one is out. What is not
 * understood to the last octet ends the connection.
 */
#pragma once

#include "front/client.h"
#include "front/room.h"
#include "ipc/web.h"
#include "wire/http.h"

#define HTTP_REQUESTS_MAX 1000u /* on one connection */

enum http_logon { HTTP_ANYBODY, HTTP_SECRET, HTTP_PERSON, HTTP_NETWORK };

struct http_session;
struct http_place;

typedef enum step http_handler(struct http_session *s);

struct http_resource {
	const char *path;
	unsigned methods; /* bits: 1 << HTTP_GET, 1 << HTTP_POST */
	enum http_logon logon;
	http_handler *run;
	const char *what;
};

/* Who logged on by NTLM or Negotiate, or is about to; of the connection, and not of one request (front/http_challenge.h). */
struct http_bound {
	bool negotiate; /* the scheme is Negotiate, not NTLM */
	bool wrapped;   /* NTLM's messages come inside SPNEGO */
	bool chosen;    /* NTLM was chosen of SPNEGO's list, and its first message is to come */
	bool signs;     /* SPNEGO's last message had a MIC, which wants another one in return */
	bool running;   /* the directory has half an exchange */
	bool goes_on;   /* the request's answer asks for the other half */
	bool known;     /* token is of the session that holds for this connection */
	char token[WEB_TOKEN_OCTETS];
};

struct http_session {
	struct client *client;
	struct arena arena;           /* of one request; wiped */
	struct http_request *request; /* in the arena; NULL between two */
	const struct http_resource *resource;
	struct http_body reader;
	struct buf body;
	struct buf page; /* what a handler writes */
	http_handler *next; /* what runs when an answer has come */
	struct str token;   /* of the session that the request is judged by; in the arena */
	bool once;          /* the session was made for this request */
	struct str added;   /* header lines that go with whatever the answer is; in the arena */
	struct http_bound bound;
	struct str said;    /* for the page that follows; in the arena */
	unsigned ways;      /* of enum place_way: how somebody may come in where he asks to */
	struct http_place *place; /* NULL: the request is for no virtual directory; in the arena */
	struct buf message; /* that a form became */
	int message_fd, record_fd; /* -1: not there */
	struct str file;  /* that is being sent */
	size_t sent;
	struct room_part room; /* that it takes */
	enum err outcome;
	unsigned requests;
	bool begun; /* octets of a head are here */
	bool close; /* no further request on this connection */
};

/* One answer. Empty members are left out. */
struct http_reply {
	unsigned status;
	struct str type;  /* "text/html; charset=utf-8" */
	struct str body;
	struct str extra; /* whole header lines, with CRLF */
	bool cache;       /* may be kept for a day; otherwise nobody keeps it */
	struct str etag;  /* of what may be kept and asked for again (RFC 9110 section 8.8.3), with its quotes; then cache means nothing */
	struct str file;  /* in place of body: of fd_map, taken */
	bool script;      /* the page may run the scripts of this server */
};

/* Writes the answer; security headers go with each. Returns what the handler returns. */
enum step http_answer(struct http_session *s, const struct http_reply *r);
/* A page that says what is wrong. text may be empty: then err_text. */
enum step http_refuse(struct http_session *s, enum err e, struct str text);
/* Asks another role; next runs with client->answer as in front/client.h. */
enum step http_ask(struct http_session *s, struct link *link, const struct msg *m, uint64_t number, http_handler *next);

/* Asks the directory whether name and password are right; next calls logon_answer (front/logon.h). */
enum step http_ask_logon(struct http_session *s, struct str name, struct str password, http_handler *next);

/* The same place, where a password may be sent. */
enum step http_send_to_tls(struct http_session *s);
/* The state that waits for another role's answer: then `next` runs. */
extern const struct client_state http_answer_state;
/* Whether a further request may follow this one on the connection. */
bool http_stays(const struct http_session *s);

/* The end of a connection by our wish, in words, if anybody listens for them. */
void http_put_farewell(struct buf *to, enum err why);
void http_session_farewell(const struct client *c, enum err why);

#define RESOURCE(path, methods, logon, handler, what) http_handler http_do_##handler;
#include "front/http_resource.tbl"
