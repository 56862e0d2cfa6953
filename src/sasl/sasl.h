/*
 * SASL mechanisms (RFC 4422) as pure state machines: decoded octets in, a challenge or credentials
 * out. No base64, no protocol, no lookup. Mechanisms are rows of sasl.tbl, each a start and a step
 * function.
 *
 * Whoever holds the credentials decides whether they are right. Credentials are wiped by sasl_done.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"

#define SASL_RESPONSE_OCTETS_MAX ((size_t)12288) /* one response, decoded */
#define SASL_NAME_OCTETS_MAX     ((size_t)1024)  /* authcid and authzid each */
#define SASL_PASSWORD_OCTETS_MAX ((size_t)1024)

struct sasl;

struct sasl_mechanism {
	const char *name;
	bool needs_tls; /* sends the password in clear */
	bool initial;   /* the client may send an initial response */
	/* No initial response came: puts the first challenge. ERR_NEEDMORE. */
	enum err (*start)(struct sasl *s, struct buf *challenge);
	/* One response. ERR_NEEDMORE (challenge put), ERR_OK (credentials complete), ERR_SYNTAX. */
	enum err (*step)(struct sasl *s, struct str response, struct buf *challenge);
};

/* One exchange. Read authcid, authzid and password after ERR_OK. */
struct sasl {
	const struct sasl_mechanism *mechanism; /* NULL: none running */
	unsigned stage;
	struct buf authcid, authzid, password;
};

/* By name, ASCII case ignored (RFC 4422 section 3.1 names are upper case); NULL: not offered. */
const struct sasl_mechanism *sasl_find(struct str name);
/* All rows in order of preference; the row behind the last has no name. */
const struct sasl_mechanism *sasl_mechanisms(void);
/* Appends "AUTH=" names and the like: each mechanism usable with or without TLS, with prefix before
 * and sep between. */
void sasl_list(bool tls, struct str prefix, struct str sep, struct buf *to);

/* Caller's memory. */
void sasl_init(struct sasl *s);
/* Wipes; s may be started again. */
void sasl_done(struct sasl *s);

/*
 * Begins an exchange. initial NULL: the client sent none; otherwise decoded octets, possibly empty
 * ("=" in SMTP and IMAP). challenge is cleared and filled when ERR_NEEDMORE comes back, possibly
 * with nothing. ERR_OK: credentials complete. ERR_MECHANISM: not offered. ERR_NEEDTLS: only inside
 * TLS. ERR_SYNTAX, ERR_TOOLONG: over, credentials wiped.
 */
enum err sasl_start(struct sasl *s, struct str mechanism, bool tls, const struct str *initial,
	struct buf *challenge) MUST_USE;
/* The client's next response, decoded. As sasl_start; ERR_SEQUENCE when no exchange is running. */
enum err sasl_step(struct sasl *s, struct str response, struct buf *challenge) MUST_USE;
/* The client sent "*": wipes and returns ERR_CANCELLED, whatever the state. */
enum err sasl_cancel(struct sasl *s);
