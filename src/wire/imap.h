/*
 * IMAP commands: the table of those we know, and the cutter that finds where one ends (RFC 3501,
 * RFC 9051, literals of RFC 7888). What stands inside a command is read with imap_args.h.
 */
#pragma once

#include "wire/line.h"

enum imap_home { IMAP_IN_FRONT = 1, IMAP_IN_STORE = 2 };
enum imap_state {
	IMAP_NOTAUTH = 1,
	IMAP_AUTH = 2,
	IMAP_SELECTED = 4,
	IMAP_LOGGEDIN = IMAP_AUTH | IMAP_SELECTED,
	IMAP_ANY = IMAP_NOTAUTH | IMAP_AUTH | IMAP_SELECTED,
};
enum imap_flag {
	IMAP_ALONE = 1 << 0,       /* later commands wait until it is answered */
	IMAP_BODY = 1 << 1,        /* text of messages in it is streamed */
	IMAP_USES_SEQS = 1 << 2,   /* message numbers in it: no EXPUNGE meanwhile, unless UID */
	IMAP_BREAKS_SEQS = 1 << 3, /* EXPUNGE may be sent before its answer (RFC 3501 7.4.1) */
	IMAP_WITH_UID = 1 << 4,    /* UID may stand in front */
	IMAP_LOGON_LINE = 1 << 5,  /* line may have IMAP_AUTH_OCTETS_MAX octets */
	IMAP_NAMED = 1 << 6,       /* about what belongs to an account, or its mailbox as a whole: not for who has none */
};

#define CMD(verb, homes, states, flags, handler, rfc) IMAP_##verb,
enum imap_verb {
#include "wire/imap.tbl"
	IMAP_VERB_COUNT
};
#undef CMD

struct imap_row {
	const char *verb;
	unsigned homes;  /* of enum imap_home */
	unsigned states; /* of enum imap_state */
	unsigned flags;  /* of enum imap_flag */
	const char *handler;
	const char *rfc;
};

const struct imap_row *imap_row(enum imap_verb verb);
/* Any case. ERR_OK or ERR_COMMAND. */
enum err imap_find(struct str word, enum imap_verb *ret) MUST_USE;

/* 1 to 64 of the octets a tag may have (RFC 3501 9). */
bool imap_is_tag(struct str s);
/* ATOM-CHAR of RFC 3501 9: printable ASCII but ( ) { % * " \ ] and the blank. */
bool imap_is_atom_char(char c);

/* How much one command may hold; octets with literals and line ends. */
struct imap_limits {
	size_t octets_max;   /* of the whole command but a streamed body */
	size_t literals_max; /* how many */
	size_t nonsync_max;  /* octets of one {n+}; LITERAL-: 4096 (RFC 7888 5) */
	bool stream_body;    /* leave the literals with messages in APPEND and REPLACE as sizes */
};

/* Before logon, with room for an AUTHENTICATE line; after logon. */
#define IMAP_AUTH_OCTETS_MAX ((size_t)12288)
#define IMAP_LIMITS_PREAUTH  ((struct imap_limits){ 8192, 8, 4096, false })
#define IMAP_LIMITS_LOGGEDIN ((struct imap_limits){ (size_t)1 << 20, 1000, SIZE_MAX, true })

/* What the cutter found. Views live in its input. */
struct imap_cut {
	struct str command; /* ERR_OK: without the final CRLF; a body's {n} included */
	struct str tag;     /* empty when none could be read */
	size_t used;        /* ERR_OK, ERR_TOOBIG, ERR_SYNTAX: octets to consume */
	size_t gos;         /* always: synchronising literals begun so far */
	bool has_body;      /* a literal follows behind used; for what stands behind it: imap_cut_more */
	bool body_sync;     /* the client waits for "+ " before the body (counted in gos, too) */
	uint64_t body_octets;
};

/*
 * Cut one IMAP command, literals included, out of a byte stream.
 *
 * RFC 9051 4.3, RFC 7888. A literal is a {n} or {n+} at the end of a line and outside quotes.
 * in       octets received and not yet consumed
 * ret_cut  gos and tag are set always, the rest as said above
 *
 * The session keeps how many "+ " it has sent for the command at the front of its input, sends
 * gos - sent of them whatever is returned, and forgets the count when it consumes the command. With
 * has_body it may first judge the command (quota, rights) and answer NO in place of the last "+ ".
 *
 * Returns ERR_OK; ERR_NEEDMORE (call again from the start when more has come); ERR_TOOBIG (a
 * synchronising literal over the limits: the client has not sent it; consume used, answer tagged,
 * go on); ERR_SYNTAX (a quoted string open at the line's end, a count that is no number: consume
 * used, answer BAD); ERR_TOOLONG (a line or non-synchronising literal over the limits) and
 * ERR_BARELINEEND: the stream is lost, answer BYE and close. Pure: no allocation.
 */
MUST_USE enum err imap_cut(
	const struct imap_limits *limits, struct str in, struct imap_cut *ret_cut);

/*
 * Cut what stands behind a streamed literal: the rest of its command, up to the end or to the next
 * streamed literal (RFC 3502 section 3, RFC 4469 section 5).
 *
 * limits   octets_max is for this piece alone
 * skipping nobody wants the rest: every literal in it is said to be one to be streamed
 * ret_cut  as for imap_cut, without a tag; command is empty at the end of the command
 *
 * Returns what imap_cut does.
 */
MUST_USE enum err imap_cut_more(
	const struct imap_limits *limits, struct str in, bool skipping, struct imap_cut *ret_cut);
