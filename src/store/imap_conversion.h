/*
 * One part of a message made another (RFC 5259), in steps of bounded work: measured first, for its size is a promise, then read
 * range by range. A session keeps the last two, with as much of them as is cheap, so that a client that downloads piece by piece
 * finds the place where the piece before ended (section 8.5).
 */
#pragma once

#include "mail/conversion.h"
#include "mail/recode.h"
#include "store/imap_binary.h"

#define IMAP_CONVERSIONS_KEPT        2u
#define IMAP_CONVERSION_KEPT_OCTETS  ((size_t)64 << 10)  /* a shorter one is kept as a whole */
#define IMAP_CONVERSION_AHEAD_OCTETS ((size_t)256 << 10) /* what was made and not sent, between two commands */

/* A part of a message. */
struct imap_conversion_source {
	struct mailbox *mailbox;
	const struct item *item;
	const struct record *record;
	const struct record_part *part;
};

/* What becomes of it. */
struct imap_conversion_wish {
	const struct conversion *how;
	struct str charset;     /* a name of charset.tbl, which lasts; absent: AS_IS */
	struct str replacement; /* at most RECODE_REPLACEMENT_OCTETS_MAX; absent: none */
};

struct imap_conversion {
	/* Which it is. */
	uint64_t mailbox, email;
	uint32_t header_at, body_at;
	struct imap_conversion_wish wish;
	char replacement[RECODE_REPLACEMENT_OCTETS_MAX];
	uint64_t used; /* 0: never */

	/* Known when it is measured. */
	bool measured;
	enum recode_result result;
	struct recode_shape shape;

	/* How far it was made. */
	char from[CHARSET_NAME_OCTETS_MAX]; /* the part's own charset */
	size_t from_len;
	struct imap_binary binary;
	struct recode recode;
	bool running, ended; /* running: recode is open, unless it is AS_IS */
	uint64_t out_at;     /* of the octets in out */
	struct buf out, piece;
};

struct imap_conversions;

struct imap_conversions *imap_conversions_new(void) MUST_USE;
void imap_conversions_free(struct imap_conversions *c); /* accepts NULL */
/* Between two commands: gives back what an idle session need not hold. Accepts NULL. */
void imap_conversions_rest(struct imap_conversions *c);

/* The conversion of a part, one that is kept or a new one in place of that used longest ago. */
struct imap_conversion *imap_conversions_get(
	struct imap_conversions *c, const struct imap_conversion_source *source, const struct imap_conversion_wish *wish);

/* A step; call until it is measured, which the caller asks first. ERR_UNREADABLE, ERR_IO, ERR_NOMESSAGE. */
enum err imap_conversion_measure(struct imap_conversion *c) MUST_USE;
/*
 * A step towards octets [at, at + most), when it is measured and they are in it: appends as many of them as are at hand, from the
 * first on. ret_octets: how many, perhaps none. Errors as above; ERR_UNREADABLE also when they are not what they were.
 */
enum err imap_conversion_read(
	struct imap_conversion *c, uint64_t at, size_t most, struct buf *to, size_t *ret_octets) MUST_USE;
