/*
 * A part without its Content-Transfer-Encoding, in pieces of bounded size (RFC 3516, RFC 9051 sections 6.4.5 and 7.5.2). The
 * same range read twice gives the same octets, so that a first round can count what a second one sends.
 */
#pragma once

#include "mail/record.h"
#include "mail/transfer.h"
#include "store/mailbox.h"
#include "wire/imap_fetch.h"

#define IMAP_BINARY_RAW_OCTETS ((size_t)64 << 10) /* at most, decoded in one step */

/* Between two pieces. */
struct imap_binary_place {
	uint64_t raw;     /* octets of the body done with */
	uint64_t decoded; /* what they became */
	struct transfer_base64 base64;
	bool cr; /* the last decoded octet */
};

/* Where a range ended that a client asked for: the next one is seldom in front of it. Begins as zeroes. */
struct imap_binary_mark {
	uint64_t mailbox, email, at; /* an email's number is its mailbox's own */
	enum record_encoding encoding;
	struct imap_binary_place place;
};

struct imap_binary {
	struct mailbox *mailbox;
	struct item item;
	uint64_t at, octets; /* the part's body in the message */
	enum record_encoding encoding;
	bool text; /* lines end in CRLF, whatever was encoded */
	uint64_t from, most; /* of the decoded octets */

	struct imap_binary_place first, last, now; /* of this range, the one before the last piece */
	bool has_nul; /* of those in the range */
	uint64_t in_range;
	struct buf in, out;
};

/* False: the section's octets are those of BODY, and no NUL is among them. */
bool imap_binary_is_needed(
	const struct record *record, const struct imap_section *section, const struct record_part *part);
/* All of a part; octets of it are read when they are needed. b needs imap_binary_done. */
void imap_binary_open(struct imap_binary *b, struct mailbox *m, const struct item *it, const struct record *record,
	const struct record_part *part);
/* The message instead, as it stands: BINARY[]. */
void imap_binary_whole(struct imap_binary *b);
/* The range of the section alone. */
void imap_binary_range(struct imap_binary *b, const struct imap_section *section);
/* Begins at the mark where that is of the same part and not behind the range. */
void imap_binary_resume(struct imap_binary *b, const struct imap_binary_mark *mark);
void imap_binary_leave(const struct imap_binary *b, struct imap_binary_mark *mark);
/* From the beginning once more. */
void imap_binary_again(struct imap_binary *b);
void imap_binary_done(struct imap_binary *b);

/* True: nothing is left of the range. */
bool imap_binary_ended(const struct imap_binary *b);
/* A piece: what of it lies in the range is counted and appended to `to` (NULL: only counted). ERR_UNREADABLE, ERR_IO,
 * ERR_NOMESSAGE. */
enum err imap_binary_step(struct imap_binary *b, struct buf *to) MUST_USE;
