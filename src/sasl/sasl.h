/*
 * SASL mechanisms (RFC 4422) as pure state machines: decoded octets in, a challenge or a question to
 * the holder of the accounts out. No base64, no protocol, no lookup. Mechanisms are rows of sasl.tbl.
 *
 * A step ends in a challenge for the client, in an error, or in what the mechanism wants from whoever
 * holds the accounts before it can go on (sasl_want). Secrets are wiped by sasl_done.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"

#define SASL_RESPONSE_OCTETS_MAX ((size_t)12288) /* one response, decoded */
#define SASL_NAME_OCTETS_MAX     ((size_t)1024)  /* authcid and authzid each */
#define SASL_PASSWORD_OCTETS_MAX ((size_t)1024)
#define SASL_WHO_OCTETS_MAX      ((size_t)192)
#define SASL_WHY_OCTETS_MAX      ((size_t)160)

/* Flags of a row in sasl.tbl. */
#define SASL_CLEAR     1u
#define SASL_INITIAL   2u
#define SASL_BINDS     4u
#define SASL_ASKED_FOR 8u
#define SASL_SHOWS     32u
#define SASL_TOKENS    64u
#define SASL_KERBEROS  128u
#define SASL_IN_TLS    256u
#define SASL_NAMELESS  512u

#define SASL_NONCE_OCTETS_MAX ((size_t)64)
#define SASL_OTHERS_MAX       ((size_t)32)

/* What is to be found out about the client; the exchange is over where it says so. */
enum sasl_want {
	SASL_NOTHING,
	SASL_PASSWORD, /* over: whether password is right for authcid */
	SASL_KEYS,     /* the secret that authcid has for this mechanism: answer.secret */
	SASL_NT,       /* whether authcid has given the right NTLM response: answer.secret or .right */
	SASL_TOKEN,    /* whose bearer token it is: answer.right and .name */
	SASL_CONTEXT,  /* what the security context says to call and octets: answer.right, .octets, .more, .name */
	SASL_CERTIFICATE, /* over: whose certificate the client has shown in TLS */
	SASL_STRANGER, /* over: nobody in particular; authcid is the trace information, fit to be shown, maybe empty */
	SASL_VERDICT,  /* over: proven says whether the client has proven to be authcid */
};

/* What the security context is to do with octets: take a token of Kerberos, or of SPNEGO; protect a text; read a protected one. */
enum sasl_call { SASL_ACCEPT, SASL_NEGOTIATE, SASL_WRAP, SASL_UNWRAP };

struct ntlm_server;

/* What the connection is; views that live as long as the exchange. */
struct sasl_peer {
	bool tls;
	struct str exporter;  /* channel binding tls-exporter (RFC 9266); empty: there is none */
	struct str end_point; /* channel binding tls-server-end-point (RFC 5929); empty: likewise */
	struct str unique;    /* channel binding tls-unique (RFC 5929), of TLS 1.2; empty: likewise */
	bool binds;           /* mechanisms that bind the channel are offered */
	bool takes_last;      /* the protocol has room for what the server says with success: sasl.last */
	struct str nonce;     /* new for each exchange, printable ASCII without blank and comma */
	const struct ntlm_server *ntlm; /* sasl/ntlm.h; NULL: NTLM is not offered */
};

/* What the holder of the accounts found out; a want says which members it reads. */
struct sasl_answer {
	enum err code;     /* not ERR_OK: it cannot be found out now, and the exchange ends with it */
	bool right;        /* proven, by somebody else's word */
	bool more;         /* the context needs a further response */
	struct str secret; /* as it was made for the mechanism; empty: there is none, or no account */
	/*
	 * SASL_KEYS, SASL_NT: what any other of the account's passwords has; empty: nothing. SASL_OTHERS_MAX at most. For SASL_KEYS of the same
	 * salt and number of iterations as secret, which are told before anything is proved; one that is not is passed over.
	 */
	const struct str *others;
	size_t others_count;
	struct str octets; /* for the client, or the key of the session */
	struct str name;   /* who it is */
};

struct sasl;

struct sasl_mechanism {
	const char *name;
	unsigned flags;
	/* No initial response came: puts the first challenge. ERR_NEEDMORE. */
	enum err (*start)(struct sasl *s, struct buf *challenge);
	/* One response. ERR_NEEDMORE (challenge put), ERR_OK (s->want is set), ERR_SYNTAX and others. */
	enum err (*step)(struct sasl *s, struct str response, struct buf *challenge);
	/* What was wanted. As step. */
	enum err (*answer)(struct sasl *s, const struct sasl_answer *a, struct buf *challenge);
};

/* One exchange. After ERR_OK, read what `want` speaks of. */
struct sasl {
	const struct sasl_mechanism *mechanism; /* NULL: none running */
	const struct sasl_peer *peer;           /* borrowed */
	unsigned stage;
	enum sasl_want want;
	bool proven;
	size_t which; /* proven: by answer.secret, which is 0, or by others[which - 1] */
	struct buf authcid, authzid, password;
	enum sasl_call call; /* SASL_CONTEXT */
	struct buf octets; /* SASL_TOKEN, SASL_CONTEXT: what the client sent, or what is to be protected */
	struct buf last;   /* for the client, with the word that it is logged on; only where peer->takes_last */
	void *own;         /* the mechanism's memory, from sasl_own; wiped with the rest */
	size_t own_octets;
	/* For the log, kept when all else is wiped: who the client says it is, and what was wrong; empty: not known. */
	char who[SASL_WHO_OCTETS_MAX], why[SASL_WHY_OCTETS_MAX];
};

/* By name, ASCII case ignored (RFC 4422 section 3.1 names are upper case); NULL: not offered. */
const struct sasl_mechanism *sasl_find(struct str name);
/* All rows in order of preference; the row behind the last has no name. */
const struct sasl_mechanism *sasl_mechanisms(void);

/* Caller's memory. */
void sasl_init(struct sasl *s);
/* Wipes; s may be started again. */
void sasl_done(struct sasl *s);

/*
 * Begins an exchange. initial NULL: the client sent none; otherwise decoded octets, possibly empty
 * ("=" in SMTP and IMAP). challenge is cleared and filled when ERR_NEEDMORE comes back, possibly
 * with nothing. ERR_OK: s->want is to be found out. ERR_MECHANISM: not offered. ERR_NEEDTLS: only
 * inside TLS. ERR_SYNTAX, ERR_TOOLONG: over, all wiped.
 */
enum err sasl_start(struct sasl *s, struct str mechanism, const struct sasl_peer *peer,
	const struct str *initial, struct buf *challenge) MUST_USE;
/* The client's next response, decoded. As sasl_start; ERR_SEQUENCE when none is expected. */
enum err sasl_step(struct sasl *s, struct str response, struct buf *challenge) MUST_USE;
/* What s->want asked for. As sasl_step; a's own code where that is not ERR_OK. */
enum err sasl_answer(struct sasl *s, const struct sasl_answer *a, struct buf *challenge) MUST_USE;
/* The client sent "*": wipes and returns ERR_CANCELLED, whatever the state. */
enum err sasl_cancel(struct sasl *s);
