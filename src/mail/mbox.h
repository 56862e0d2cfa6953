/*
 * Reading mbox files in all the forms that archives have (RFC 4155 and its relatives): one message after the other out of a
 * stream, with a window of bounded size, however long a line, a message or the whole is.
 *
 * A message begins behind a separator: a line "From " with a date that has a time, at the start, behind an empty line, or,
 * when a well-known header field follows, behind any line; and what follows it must be able to begin a message. A line "From "
 * of a text is none. When the first separator has no date, those without one count as well. Content-Length (mboxcl,
 * mboxcl2) is believed while it is truthful: while it leads to a separator or to the end, in all messages so far.
 *
 * What is written for a message are its octets with each line end made CRLF, ">From " lines unquoted as the format has them,
 * without the separator and without the empty line before the next one.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"

#define MBOX_WINDOW_OCTETS_MAX ((size_t)16 << 20) /* how far ahead a Content-Length is looked after */
#define MBOX_LINE_OCTETS_MAX   ((size_t)65536)    /* what is longer is no separator, and passes in pieces */
#define MBOX_ENVELOPE_OCTETS   ((size_t)1000)

enum mbox_form {
	MBOX_ANY, /* mboxrd, mboxcl or mboxcl2: whatever it turns out to be */
	MBOX_O,   /* only ">From " was quoted */
	MBOX_RD,  /* "From " behind any number of '>' was */
	MBOX_CL,  /* as MBOX_RD, with a Content-Length */
	MBOX_CL2  /* nothing was, but for a Content-Length that is not truthful */
};

/* Writes up to `room` octets to `to`; *ret 0: the end. An error is not asked past. */
typedef enum err mbox_fill(void *arg, char *to, size_t room, size_t *ret);

struct mbox {
	mbox_fill *fill;
	void *arg;
	enum mbox_form form;
	size_t message_octets_max;
	/* inside */
	struct buf in;       /* the window */
	size_t at;           /* of it, what was read */
	uint64_t dropped;    /* octets before the window */
	enum err err;
	bool ended;          /* nothing follows the window */
	bool begun;
	bool dateless;       /* separators need no date */
	bool lengths;        /* every message so far had a truthful Content-Length */
	char envelope[MBOX_ENVELOPE_OCTETS];
};

struct mbox_message {
	uint64_t offset;      /* of its separator, in octets of the source */
	uint64_t octets;      /* in the source, with the separator */
	struct str envelope;  /* the separator behind "From ", its beginning at least; valid until the next call */
	bool date_known;
	int64_t date;         /* of the separator; one without a zone is taken as UTC */
	bool too_large;       /* nothing was written */
	bool cut;             /* the source ends inside a line, or inside what Content-Length says */
	bool lied;            /* it has a Content-Length that is not truthful */
};

/* fill and arg as above; message_octets_max below the ceiling of what messages are written to. */
void mbox_init(struct mbox *m, enum mbox_form form, size_t message_octets_max, mbox_fill *fill, void *arg);
void mbox_done(struct mbox *m);

/*
 * Appends the next message to `to`. ERR_NOTFOUND: there are no more. ERR_SYNTAX: the source does not begin with a
 * separator (once; it goes on with the first one that there is). Else what fill said: the message before that was cut off and has
 * been told of as such.
 */
enum err mbox_next(struct mbox *m, struct buf *to, struct mbox_message *ret) MUST_USE;

/* A separator's line without its line end. *ret: its date, where there is one (true). */
bool mbox_separator_date(struct str line, int64_t *ret);

/* The line with which a message begins whose line end is LF, and its octets with LF line ends, quoted as MBOX_RD has it, and the
 * empty line. sender: for the separator; empty: MAILER-DAEMON. */
void mbox_put(struct buf *to, struct str octets, struct str sender, int64_t date);
