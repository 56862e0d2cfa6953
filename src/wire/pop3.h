/*
 * The POP3 server's grammar (RFC 1939, RFC 2449, RFC 5034, RFC 6856): one command line in, one
 * checked struct out, and the reply writer. Message octets go out through wire/dot.h.
 */
#pragma once

#include "wire/dot.h"
#include "wire/line.h"

/* For line_cut, CRLF included (RFC 2449 4; RFC 5034 4 for AUTH and what answers its challenges). */
#define POP3_LINE_OCTETS_MAX ((size_t)255)
#define POP3_AUTH_OCTETS_MAX ((size_t)12288)

enum pop3_home { POP3_IN_FRONT = 1, POP3_IN_STORE = 2 };
enum pop3_state { POP3_AUTHORIZATION = 1, POP3_TRANSACTION = 2 };
enum pop3_flag {
	POP3_LOGON_LINE = 1 << 0, /* line may have POP3_AUTH_OCTETS_MAX octets */
	POP3_ALONE = 1 << 1,      /* octets pipelined behind it close the connection */
	POP3_MULTILINE = 1 << 2,  /* a good reply may have many lines */
};

#define CMD(verb, homes, states, flags, handler, rfc) POP3_##verb,
enum pop3_verb {
#include "wire/pop3.tbl"
	POP3_VERB_COUNT
};
#undef CMD

struct pop3_row {
	const char *verb;
	unsigned homes;  /* of enum pop3_home */
	unsigned states; /* of enum pop3_state */
	unsigned flags;  /* of enum pop3_flag */
	const char *handler;
	const char *rfc;
};

const struct pop3_row *pop3_row(enum pop3_verb verb);

struct pop3_command {
	enum pop3_verb verb;
	bool has_message;     /* always for RETR DELE TOP; LIST and UIDL may go without */
	uint32_t message;     /* 1 or more */
	uint32_t lines;       /* TOP */
	struct str text;      /* USER PASS: all behind the first blank; LANG: the tag */
	struct str mechanism; /* AUTH; empty: list the mechanisms */
	bool has_initial;     /* AUTH: an initial response came along; "=" is an empty one */
	struct str initial;   /* base64 as sent */
};

/* The row a line asks for, before its argument is looked at. ERR_OK or ERR_COMMAND. */
enum err pop3_find(struct str line, enum pop3_verb *ret) MUST_USE;

/* Whether line_cut may be given POP3_AUTH_OCTETS_MAX for these first octets of a line. */
bool pop3_may_be_long(struct str in);

/*
 * Parse one command line (from line_cut, without CRLF). Views in *ret point into line.
 * Returns ERR_OK, ERR_COMMAND, ERR_SYNTAX, or ERR_NOMESSAGE (a message number of zero or beyond 32
 * bits). No view holds a control character but the password of PASS, which may hold a tab.
 */
enum err pop3_parse(struct str line, struct pop3_command *ret) MUST_USE;

/*
 * "+OK text" and "-ERR [CODE] text" (codes of RFC 2449 8 and RFC 3206 from err.tbl). Empty text:
 * the row's own. Control octets become '?', a line ends at 512 octets.
 */
void pop3_ok(struct buf *to, struct str text);
void pop3_err(struct buf *to, enum err e, struct str text);

/* One line of a multi-line reply, dot doubled, CRLF added; and the line that ends it. */
void pop3_line(struct buf *to, struct str text);
void pop3_end(struct buf *to);
