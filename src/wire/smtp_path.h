/*
 * Envelope addresses: the reverse-path of MAIL and the forward-path of RCPT (RFC 5321 4.1.2,
 * RFC 6531 3.3 for UTF-8). A path is read into its parts once, here; everybody else uses the parts.
 */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

/* RFC 5321 4.5.3.1: a path with its brackets; a domain. Local parts share the path's limit. */
#define SMTP_PATH_OCTETS_MAX   ((size_t)256)
#define SMTP_DOMAIN_OCTETS_MAX ((size_t)255)

enum smtp_path_kind {
	SMTP_PATH_NULL,       /* <>, reverse-path only */
	SMTP_PATH_MAILBOX,    /* local@domain */
	SMTP_PATH_POSTMASTER, /* <postmaster> without a domain, forward-path only */
};

enum smtp_domain_kind {
	SMTP_DOMAIN_NONE, /* null path and bare postmaster */
	SMTP_DOMAIN_NAME, /* a host name; may hold U-labels, then the path's utf8 is set */
	SMTP_DOMAIN_IPV4, /* [192.0.2.1]; domain holds 192.0.2.1 */
	SMTP_DOMAIN_IPV6, /* [IPv6:2001:db8::1]; domain holds 2001:db8::1 */
};

/*
 * No octet of any member is a control character, and all of it is valid UTF-8. Views live in the
 * input or in the arena given to smtp_path_get.
 */
struct smtp_path {
	enum smtp_path_kind kind;
	enum smtp_domain_kind domain_kind;
	struct str local;  /* quotes and backslashes taken away: "a b"@x gives a b */
	struct str domain; /* as sent, in its own case; see domain_kind */
	struct str text;   /* local@domain in its shortest valid spelling; empty for <> */
	bool utf8;         /* a non-ASCII octet is in it: needs SMTPUTF8 */
};

/*
 * Read one path off the front of *rest, angle brackets included. A source route (<@a,@b:u@c>) is
 * checked and dropped (RFC 5321 appendix C).
 *
 * forward   true: RCPT; <postmaster> is valid, <> is not
 * rest      in: starts with '<'. On success: what follows '>'.
 *
 * Returns ERR_OK or ERR_ADDRESS.
 */
MUST_USE enum err smtp_path_get(
	struct arena *a, struct str *rest, bool forward, struct smtp_path *ret);

/*
 * Read a mailbox without brackets, as ORCPT, AUTH= and the administrator's tools hold it.
 * All of text must be used. Returns ERR_OK or ERR_ADDRESS.
 */
enum err smtp_path_get_mailbox(struct arena *a, struct str text, struct smtp_path *ret) MUST_USE;

/* local as a dot-string where possible, else as a quoted string (RFC 5321 4.1.2). */
void smtp_path_put_local(struct buf *to, struct str local);
/* <local@domain>, <postmaster> or <>. */
void smtp_path_put(struct buf *to, const struct smtp_path *path);

/*
 * True for a host name: labels of letters, digits, inner hyphens and (RFC 6531) non-ASCII UTF-8,
 * each 1 to 63 octets, no dot at the end. underscore: take '_' too, as greetings often hold it.
 */
bool smtp_path_is_domain(struct str s, bool underscore);
/* The kind of an address literal without brackets ("192.0.2.1", "IPv6:::1"). *ret_address: no tag.
 */
enum smtp_domain_kind smtp_path_literal(struct str s, struct str *ret_address);

/* Valid UTF-8 without a control character (C0, DEL or C1): what every envelope value must be. */
bool smtp_path_is_clean(struct str s);
