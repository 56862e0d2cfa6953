/*
 * The HTTP/1.1 server's grammar (RFC 9110, RFC 9112): the head of one request in, one checked struct out; the body's octets out of
 * their coding. Strict where two readers could differ: whatever a proxy in front of us might cut at another place is refused, and the
 * connection with it (CRLF only, one Content-Length of digits, Transfer-Encoding exactly `chunked` and never beside a length, no folded
 * lines, no space in front of a colon, one Host that agrees with the target). Pure.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"

#define HTTP_HEAD_OCTETS_MAX ((size_t)16 << 10)
#define HTTP_TARGET_OCTETS_MAX ((size_t)8 << 10)
#define HTTP_FIELDS_MAX      ((size_t)100)
#define HTTP_CHUNK_LINE_MAX  ((size_t)256) /* size and extension of a chunk */

enum http_method { HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_OPTIONS, HTTP_OTHER };

struct http_field {
	struct str name, value; /* value without outer white space */
};

struct http_request {
	enum http_method method;
	struct str path, query; /* path: as sent, "/..." or "*"; query: behind the '?', STR_NONE without one */
	struct str host;        /* without port; empty: there was none (HTTP/1.0) */
	bool old;               /* HTTP/1.0 */
	bool keep;              /* the connection may stay */
	bool chunked, has_length, expects_continue;
	uint64_t length; /* octets of body; with has_length */
	struct http_field fields[HTTP_FIELDS_MAX];
	size_t count;
};

/*
 * ERR_OK: *ret_used octets of `in` are a head, and views of ret point into it. ERR_NEEDMORE. Every other outcome ends the connection,
 * since nobody knows where the next request begins: ERR_HTTP (400), ERR_BARELINEEND (400), ERR_HEADTOOBIG (431: longer than max, or too many fields),
 * ERR_TOOLONG (414), ERR_VERSION (505), ERR_UNSUPPORTED (501: a transfer coding that is known to be none of ours), ERR_EXPECT (417).
 */
enum err http_read_request(struct str in, size_t max, struct http_request *ret, size_t *ret_used) MUST_USE;
/* The field's value; STR_NONE: it is not there. Any case. The first of several. */
struct str http_field(const struct http_request *r, struct str name);
/* "GET"; "" for HTTP_OTHER. */
struct str http_method_name(enum http_method m);

/* ---- body ---- */

enum http_body_state { HTTP_BODY_SIZE, HTTP_BODY_DATA, HTTP_BODY_DATA_END, HTTP_BODY_TRAILER, HTTP_BODY_OVER };

struct http_body {
	enum http_body_state state;
	bool chunked;
	uint64_t left;      /* of the chunk, or of the whole body */
	size_t trailer;     /* octets of trailer fields so far */
};

void http_body_init(struct http_body *b, const struct http_request *r);
/*
 * Takes octets off *in and appends what is body to `to`, whose ceiling is the largest that is taken. ERR_OK: the body is over. ERR_NEEDMORE.
 * ERR_TOOBIG (413), ERR_HTTP, ERR_BARELINEEND, ERR_HEADTOOBIG: the connection ends.
 */
enum err http_body_take(struct http_body *b, struct str *in, struct buf *to) MUST_USE;

/* ---- forms, cookies, paths ---- */

/* Decodes %XX, and '+' as space, of one name or value of a form. ERR_SYNTAX: malformed, or NUL in it. */
enum err http_decode(struct str text, bool plus, struct buf *to) MUST_USE;
/* The value of a field of an application/x-www-form-urlencoded body, still coded; STR_NONE: there is none. The first of several. */
struct str http_form(struct str body, struct str name);
/* The value of a cookie; STR_NONE: there is none, or it is there twice: whoever could add one must not choose. */
struct str http_cookie(const struct http_request *r, struct str name);
/* True when the value, a list with commas, has that word (any case). */
bool http_list_has(struct str list, struct str word);

/* ---- replies ---- */

/* "Not Found"; never NULL. */
const char *http_reason(unsigned status);
/* Appends text with & < > " ' as entities and control characters as U+FFFD. */
void http_put_html(struct buf *to, struct str text);
