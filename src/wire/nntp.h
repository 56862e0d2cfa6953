/*
 * The NNTP server's grammar (RFC 3977 sections 3.1 and 9, RFC 4642, RFC 4643, and of RFC 2980 what clients still send): one
 * command line in, one checked struct out, and the writer of replies. Articles go out through wire/dot.h; wildmats: wire/wildmat.h.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"

/* RFC 3977 section 3.1; RFC 4643 section 2.4 for AUTHINFO SASL and what answers its challenges. CRLF included. */
#define NNTP_LINE_OCTETS_MAX ((size_t)512)
#define NNTP_AUTH_OCTETS_MAX ((size_t)12288)
/* A line that is too long is passed over up to here; who goes on is no client. */
#define NNTP_SKIP_OCTETS_MAX ((size_t)1 << 20)
#define NNTP_NUMBER_MAX      ((uint64_t)2147483647) /* of articles, RFC 3977 section 6 */
#define NNTP_PLACE_OCTETS_MAX ((size_t)1024)        /* where a stranger had come to: ipc/messages.tbl, hand_over */

enum nntp_home { NNTP_IN_FRONT = 1, NNTP_IN_STORE = 2, NNTP_IN_BOTH = 3 };
enum nntp_state {
	NNTP_STRANGER = 1, /* at the front */
	NNTP_NAMELESS = 2, /* reads without an account */
	NNTP_KNOWN = 4,    /* has logged on */
	NNTP_BEFORE_LOGON = NNTP_STRANGER | NNTP_NAMELESS,
	NNTP_READS = NNTP_NAMELESS | NNTP_KNOWN,
	NNTP_ANY = NNTP_STRANGER | NNTP_NAMELESS | NNTP_KNOWN,
};
enum nntp_flag {
	NNTP_LOGON_LINE = 1 << 0, /* line may have NNTP_AUTH_OCTETS_MAX octets */
	NNTP_ALONE = 1 << 1,      /* never followed by others before it is answered */
	NNTP_MULTILINE = 1 << 2,  /* a good reply has a multi-line data block */
	NNTP_LEAVES = 1 << 3,     /* takes who reads without an account back to the front, which answers it */
	NNTP_ABSENT = 1 << 4,     /* optional, and not done here: 500 (RFC 3977 section 3.2.1) */
	NNTP_ENDS = 1 << 5,       /* what follows is no command: the connection ends behind the answer */
};
enum nntp_shape { /* of the arguments */
	NNTP_SHAPE_NOTHING,
	NNTP_SHAPE_ANYTHING,
	NNTP_SHAPE_KEYWORD,      /* [keyword] -> text */
	NNTP_SHAPE_GROUP,        /* group */
	NNTP_SHAPE_LISTGROUP,    /* [group [range]] */
	NNTP_SHAPE_ARTICLE,      /* [message-id | number] */
	NNTP_SHAPE_RANGE,        /* [message-id | range] */
	NNTP_SHAPE_HDR,          /* field [message-id | range] */
	NNTP_SHAPE_XPAT,         /* field message-id|range pattern... -> text */
	NNTP_SHAPE_SINCE,        /* date time [GMT] */
	NNTP_SHAPE_NEWNEWS,      /* wildmat date time [GMT] */
	NNTP_SHAPE_WILDMAT,      /* [wildmat] */
	NNTP_SHAPE_LIST_HEADERS, /* [MSGID | RANGE] -> by_message_id, has_range */
	NNTP_SHAPE_TEXT,         /* all behind one blank -> text, not empty */
	NNTP_SHAPE_SASL,         /* mechanism [initial] */
};

#define CMD(id, verb, variant, homes, states, flags, shape, arguments, rfc) NNTP_##id,
enum nntp_verb {
#include "wire/nntp.tbl"
	NNTP_VERB_COUNT
};
#undef CMD

struct nntp_row {
	const char *verb, *variant; /* variant "": there is none */
	unsigned homes;             /* of enum nntp_home */
	unsigned states;            /* of enum nntp_state */
	unsigned flags;             /* of enum nntp_flag */
	enum nntp_shape shape;
	const char *arguments; /* for HELP */
	const char *rfc;
};

const struct nntp_row *nntp_row(enum nntp_verb verb);

struct nntp_range {
	uint64_t low, high; /* high < low: holds nothing; high UINT64_MAX: no end was given */
};

/* As it was sent; nntp_instant makes an instant of it. */
struct nntp_since {
	uint32_t year; /* two digits or four */
	bool short_year;
	uint8_t month, day, hour, minute, second;
};

struct nntp_command {
	enum nntp_verb verb;
	struct str group;      /* empty: none */
	struct str field;      /* HDR, XHDR, XPAT: name of a header field, or ":bytes" and the like */
	struct str message_id; /* with its brackets; empty: none */
	bool by_message_id;    /* LIST HEADERS MSGID */
	bool has_number;       /* ARTICLE HEAD BODY STAT */
	uint64_t number;
	bool has_range; /* a single number is a range, too */
	struct nntp_range range;
	struct str wildmat; /* empty: none */
	struct nntp_since since;
	struct str text;      /* AUTHINFO USER and PASS, XPAT (patterns, parted by blanks), the keyword of CAPABILITIES */
	struct str mechanism; /* AUTHINFO SASL */
	bool has_initial;
	struct str initial; /* base64 as sent; "=" is an empty one, and empty here */
};

/* ---- lines ---- */

/* Between calls; begins as zeros. */
struct nntp_cutter {
	bool skipping;
	size_t skipped; /* octets */
};

struct nntp_cut {
	struct str line; /* ERR_OK: a view into in, without CRLF */
	size_t used;     /* octets to consume, also with the others */
};

/*
 * Cuts the first command line off what has come. max: CRLF included; AUTHINFO SASL may be NNTP_AUTH_OCTETS_MAX long.
 * ERR_OK; ERR_NEEDMORE; ERR_TOOLONG: a line that was longer has been passed over whole, none of it was looked at (501);
 * ERR_BARELINEEND or ERR_JUNK (it never ends): the stream cannot be trusted any more.
 * What comes out does not depend on how the octets were split into pieces.
 */
enum err nntp_cut(struct nntp_cutter *cutter, struct str in, size_t max, struct nntp_cut *ret) MUST_USE;

/* ---- commands ---- */

/*
 * Views in *ret point into line. ERR_OK; ERR_COMMAND (500: no such command); ERR_SYNTAX (501: its arguments, or the second word
 * of a command that is known). NNTP_ABSENT rows are ERR_OK: look at the flags.
 */
enum err nntp_parse(struct str line, struct nntp_command *ret) MUST_USE;
/* The same for the row alone, whatever the arguments are. */
enum err nntp_find(struct str line, enum nntp_verb *ret) MUST_USE;

bool nntp_is_group(struct str name);      /* newsgroup-name: UTF-8, none of ! * , ? [ \ ] and no blank; 1 to NNTP_GROUP_OCTETS_MAX octets */
bool nntp_is_message_id(struct str word); /* 3 to 250 octets, RFC 3977 section 3.6 */
#define NNTP_GROUP_OCTETS_MAX ((size_t)460) /* so that it fits any command line and initial response */

/* A year of two digits is of this century, or of the last one if that would be to come (RFC 3977 section 7.3.2). Server time is UTC. */
int64_t nntp_instant(const struct nntp_since *since, int64_t now_seconds);

/* ---- replies ---- */

/* "211 text"; control octets become '?', a line ends at 512 octets. */
void nntp_reply(struct buf *to, int code, struct str text);
/* The code of an error (nntp_code.tbl) and its text, or this one. */
void nntp_err(struct buf *to, enum err e, struct str text);
int nntp_code(enum err e);
/* One line of a multi-line data block, dot doubled, CRLF added; and the line that ends it. */
void nntp_line(struct buf *to, struct str text);
void nntp_end(struct buf *to);

/* Whole answers. offers: further lines, each with its CRLF. */
void nntp_put_capabilities(struct buf *to, bool may_post, struct str offers);
void nntp_put_help(struct buf *to);
void nntp_put_date(struct buf *to, int64_t now_seconds);
