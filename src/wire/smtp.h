/*
 * The SMTP server's grammar (RFC 5321 with the extensions of smtp.tbl): one command line in, one
 * checked struct out. What a command means is the session's business; nothing here keeps state.
 */
#pragma once

#include "wire/line.h"
#include "wire/smtp_data.h"
#include "wire/smtp_path.h"
#include "wire/smtp_reply.h"

/* For line_cut, CRLF included (RFC 5321 4.5.3.1.4 asks for 512, RFC 4954 4.5.3 for 12,288). */
#define SMTP_LINE_OCTETS_MAX ((size_t)2048)
#define SMTP_AUTH_OCTETS_MAX ((size_t)12288)

enum smtp_flag {
	SMTP_LAST = 1 << 0,           /* RFC 2920 3.1: nothing may be pipelined behind it */
	SMTP_PRE_TLS = 1 << 1,        /* answered before TLS where TLS is demanded (RFC 3207 4) */
	SMTP_NO_ARG = 1 << 2,         /* an argument is a syntax error */
	SMTP_AFTER_HELLO = 1 << 3,    /* needs HELO or EHLO first */
	SMTP_TRANSACTION = 1 << 4,    /* needs an accepted MAIL */
	SMTP_NO_TRANSACTION = 1 << 5, /* refused between MAIL and the end of the transaction */
	SMTP_LOGON_LINE = 1 << 6,     /* line may have SMTP_AUTH_OCTETS_MAX octets */
	SMTP_LMTP = 1 << 7,           /* RFC 2033 4.1: not known to SMTP */
	SMTP_NO_LMTP = 1 << 8,        /* RFC 2033 4.1: not known to LMTP */
};

#define CMD(verb, flags, handler, rfc) SMTP_##verb,
enum smtp_verb {
#include "wire/smtp.tbl"
	SMTP_VERB_COUNT
};
#undef CMD

struct smtp_row {
	const char *verb;
	unsigned flags; /* of enum smtp_flag */
	const char *handler;
	const char *rfc;
};

const struct smtp_row *smtp_row(enum smtp_verb verb);

enum smtp_body { SMTP_BODY_7BIT, SMTP_BODY_8BITMIME, SMTP_BODY_BINARYMIME };
enum smtp_ret { SMTP_RET_NONE, SMTP_RET_FULL, SMTP_RET_HDRS };
enum smtp_notify {
	SMTP_NOTIFY_NEVER = 1,
	SMTP_NOTIFY_SUCCESS = 2,
	SMTP_NOTIFY_FAILURE = 4,
	SMTP_NOTIFY_DELAY = 8
};

/* HELO, EHLO, LHLO. valid: a host name or address literal; a session may take others (RFC 5321 4.1.4). */
struct smtp_hello {
	struct str name; /* as sent: clean UTF-8, 1 to 255 octets, no blanks */
	bool valid;
};

struct smtp_mail {
	struct smtp_path from;
	bool has_size;
	uint64_t size_octets; /* RFC 1870 */
	enum smtp_body body;  /* RFC 6152, RFC 3030; 7BIT when not given */
	bool smtputf8;        /* RFC 6531 */
	bool has_auth;
	struct str auth;   /* RFC 4954 5, decoded; empty: AUTH=<> */
	enum smtp_ret ret; /* RFC 3461 4.3 */
	bool has_envid;
	struct str envid; /* RFC 3461 4.4, decoded, 1 to 100 octets */
};

struct smtp_rcpt {
	struct smtp_path to;
	unsigned notify;       /* of enum smtp_notify, RFC 3461 4.1; 0: not given */
	struct str orcpt_type; /* "rfc822", "utf-8"; empty: not given. RFC 3461 4.2 */
	struct str orcpt;      /* decoded */
};

struct smtp_bdat {
	uint64_t octets; /* of this chunk */
	bool last;
};

/* RFC 4954 4. initial is base64 as sent; "=" gives has_initial with an empty one. */
struct smtp_auth {
	struct str mechanism; /* 1 to 20 of A-Z 0-9 - _, in the case it was sent */
	bool has_initial;
	struct str initial;
};

struct smtp_command {
	enum smtp_verb verb;
	union {
		struct smtp_hello hello; /* HELO EHLO LHLO */
		struct smtp_mail mail;
		struct smtp_rcpt rcpt;
		struct smtp_bdat bdat;
		struct smtp_auth auth;
		struct str text; /* VRFY EXPN HELP NOOP: may be empty for the last two */
	};
};

/*
 * The row a line asks for, before its argument is looked at.
 * Returns ERR_OK, or ERR_COMMAND (the verb is unknown).
 */
enum err smtp_find(struct str line, enum smtp_verb *ret) MUST_USE;

/*
 * Parse one command line (from line_cut, without CRLF). Views in *ret point into line or the arena
 * and live as long as both. Verbs and keywords are taken in any case; blanks at the end are
 * ignored. Whether the session is in a state for the command is not looked at.
 *
 * Returns ERR_OK; ERR_COMMAND (unknown verb), ERR_SYNTAX, ERR_ADDRESS (path), ERR_PARAMETER (a MAIL
 * or RCPT parameter that is unknown: 555), ERR_NEEDUTF8 (non-ASCII path in MAIL without SMTPUTF8;
 * for RCPT the session compares to.utf8 with its MAIL), ERR_UNSUPPORTED (a known parameter with a
 * value that is not: BODY=X, RET=X).
 */
enum err smtp_parse(struct arena *a, struct str line, struct smtp_command *ret) MUST_USE;

/*
 * xtext (RFC 3461 4). smtp_xtext_get refuses a decoded control character (attack: ENVID=a+0D+0A)
 * and invalid UTF-8: ERR_SYNTAX. *ret lives in text or in the arena.
 */
enum err smtp_xtext_get(struct arena *a, struct str text, struct str *ret) MUST_USE;
void smtp_xtext_put(struct buf *to, struct str text);
