/*
 * One message in one folder, as kept in memory and shown to sessions: 72 octets, whatever the
 * message holds. A message's octets and its record hang on its email id, which stays the same when
 * it is copied or moved.
 */
#pragma once

#include "base/buf.h"
#include "base/cursor.h"
#include "base/err.h"

/* RFC 3501 section 2.3.2 system flags (\Recent is no stored flag, see view_recent). */
#define ITEM_SEEN     0x01u
#define ITEM_ANSWERED 0x02u
#define ITEM_FLAGGED  0x04u
#define ITEM_DELETED  0x08u
#define ITEM_DRAFT    0x10u
#define ITEM_FLAGS    0x1fu

#define ITEM_KEYWORDS_MAX       200u /* different keywords in one folder */
#define ITEM_KEYWORD_OCTETS_MAX 128u
#define ITEM_OCTETS_MAX         0xffffffffu

struct item {
	uint64_t modseq; /* RFC 7162; grows with every change in the mailbox */
	uint64_t email;  /* email id, unique in the mailbox, stable over copy and move */
	int64_t date;    /* INTERNALDATE, seconds since 1970 */
	int64_t sent;    /* RFC 5256 2.2, sent date: of the Date field, else INTERNALDATE; 0: ask the record */
	uint32_t uid;
	uint32_t octets; /* exact size of the message as stored, CRLF line ends (RFC822.SIZE, POP3
			    LIST) */
	uint32_t saved;  /* RFC 8514 SAVEDATE, seconds since 1970 */
	uint8_t flags;   /* ITEM_… */
	uint8_t keywords[ITEM_KEYWORDS_MAX / 8]; /* bit i: the folder's keyword number i */
	bool noted; /* it has notes (note_row.h); not in the stored value */
	bool apart; /* modseq, flags and keywords are those of a row of flags (flags_row.h) and not of its own */
};

static inline bool item_keyword(const struct item *it, unsigned i)
{
	return i < ITEM_KEYWORDS_MAX && (it->keywords[i / 8] >> (i % 8) & 1) != 0;
}

/* i below ITEM_KEYWORDS_MAX. */
void item_keyword_set(struct item *it, unsigned i, bool on);
bool item_keywords_equal(const struct item *a, const struct item *b);

/* POP3 unique-id (RFC 1939 UIDL): 16 hexadecimal digits made of UIDVALIDITY and UID; stable for
 * good. */
void item_uidl_put(struct buf *to, uint32_t uidvalidity, uint32_t uid);

/* The stored value of an item; the uid is in its key and not in the value. */
void item_put(struct wr *to, const struct item *it);
/* ERR_CORRUPT. Sets everything but the uid; not apart. */
enum err item_get(struct str value, struct item *ret) MUST_USE;
