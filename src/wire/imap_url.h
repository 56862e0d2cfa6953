/*
 * IMAP URLs of a message or a part of one (RFC 5092 section 6), as CATENATE (RFC 4469) and URLAUTH
 * (RFC 4467) name them. Pure: nothing is looked up.
 */
#pragma once

#include "wire/imap_fetch.h"

#define IMAP_URL_OCTETS_MAX ((size_t)8192)

enum imap_url_access {
	IMAP_URL_OPEN, /* no ;URLAUTH= */
	IMAP_URL_SUBMIT,
	IMAP_URL_USER,
	IMAP_URL_AUTHUSER,
	IMAP_URL_ANONYMOUS
};

/* Texts are decoded, but for mechanism and token; they live in the arena or in the URL. */
struct imap_url {
	bool absolute;    /* imap://... */
	struct str user;  /* of an absolute one; empty: none */
	struct str host;  /* with the port, as written */
	struct str mailbox; /* UTF-8; empty: relative to the selected one */
	uint32_t uidvalidity; /* 0: none was given */
	uint32_t uid;
	struct imap_section section; /* the whole message, or what BODY.PEEK[...]<...> would be asked for */
	bool has_expire;
	int64_t expire; /* seconds since 1970 */
	enum imap_url_access access;
	struct str access_user; /* of submit+ and user+ */
	struct str mechanism, token; /* empty: they are still to be made */
	struct str rump;             /* of one with an access identifier: all up to it, as written */
};

/* "imap://DOM%5Calice;AUTH=*@host/": a server's, of a user who logs on by any mechanism (RFC 5092 section 3). host as it is to stand there. */
void imap_url_put_server(struct buf *to, struct str user, struct str host);

/*
 * Absolute URLs, absolute paths ("/INBOX/;UID=1"), and paths that begin with the message
 * (";UID=1"); other relative paths are refused as RFC 5092 section 7.2 has it, and so are dot
 * segments.
 *
 * ERR_SYNTAX: no URL, or one of something else than a message or a part of one (a server, a
 * mailbox, a search). ERR_LIMIT: the arena is full, or the URL over IMAP_URL_OCTETS_MAX.
 */
enum err imap_url_get(struct arena *a, struct str text, struct imap_url *ret) MUST_USE;
