/*
 * Virtual directories (directory/virtual.h): every path that no resource has is asked of the directory. Who comes without a session or a
 * password is let in where the directory's entry has `anonymous`; the others sign in by the ways that the entry has. Each request is
 * judged anew. The pages are whole without a script; the one script (/form.js) does the work that a form may ask for.
 */
#pragma once

#include "front/http_session.h"

/* What somebody has typed, decoded, in the request's arena. */
struct http_typed {
	struct str to, name, email, subject, text, form, work, website;
};

/* What the directory said, copied into the request's arena. */
struct http_place {
	struct str path, rest, title, submit_to, form;
	uint64_t octets_max;
	unsigned ways, proof, fill_seconds;
	bool by_cookie; /* the session is the browser's */
	bool tried;     /* with that cookie, in vain */
	bool german;
	struct http_typed typed;
	struct str wrong; /* what stands above the form */
	unsigned status;  /* of the page with it */
	struct str folders; /* the ticket for the store; empty: it shows none */
	struct str rows;    /* of the page of all folders, as the store told */
	/* Of the message on its way. */
	struct str sender, display, ticket, to, account;
	char id[64];
	uint64_t octets;
	unsigned parses;
};

/* A path that is none of http_resource.tbl. */
enum step http_place(struct http_session *s);
/* Asks the directory what is there for whoever asks; next runs with client->answer. */
enum step http_place_ask(struct http_session *s, http_handler *next);
/* client->answer is a place_told with ERR_OK: into s->place. */
void http_place_keep(struct http_session *s);
/* The page with the form, what was typed in it, and s->place->wrong above it. */
enum step http_place_page(struct http_session *s);
/* A page's beginning, up to its heading. script: the form's runs in it. */
void http_place_put_top(struct http_session *s, struct str title, bool script);
/* Appends lines of text; http_put_html would take their ends for controls. */
void http_place_put_lines(struct buf *to, struct str text);
/* The first or the second, as the browser's languages have it. */
const char *http_place_say(const struct http_session *s, const char *english, const char *german);
/* Where the client connects from, as the directory wants it, in the arena. */
struct str http_place_client(struct http_session *s);
