/*
 * ENVELOPE, BODY and BODYSTRUCTURE of a message (RFC 3501 7.4.2, RFC 9051 7.5.2), written from its
 * record alone. No recursion, whatever the depth of the parts.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "mail/record.h"

/*
 * The value behind ENVELOPE: (date subject from sender reply-to to cc bcc in-reply-to message-id).
 * envelope  a part's envelope number; RECORD_NONE, or one that is not there: all NIL
 * utf8      UTF-8 may stand in quotes (ENABLE UTF8=ACCEPT); else it goes out in literals
 */
void imap_record_put_envelope(struct buf *to, const struct record *r, uint32_t envelope, bool utf8);

enum imap_record_how {
	IMAP_RECORD_EXTENDED = 1 << 0, /* BODYSTRUCTURE, with the extension data; else BODY */
	/* UTF-8 may stand in quotes, and message/global is shown as message/rfc822 is (RFC 9051 section 9, media-message);
	 * without it as a part of any other type, of which RFC 3501 knows no more. */
	IMAP_RECORD_UTF8 = 1 << 1,
	/* Extended parameters (RFC 2231) are given decoded, as UTF-8 (RFC 9051 section 7.5.2); else as they stand. */
	IMAP_RECORD_DECODED = 1 << 2,
};

/* As imap_record_put_body, of one part and those inside it. part is in the record. */
MUST_USE enum err imap_record_put_part(struct buf *to, const struct record *r, uint32_t part, unsigned how);

/*
 * The value behind BODY or BODYSTRUCTURE of the whole message. how: of enum imap_record_how.
 * Returns ERR_OK, ERR_CORRUPT (the record's parts are no tree: it was never checked) or ERR_TOOBIG
 * (the ceiling of to was hit); on failure to holds what it held before.
 */
MUST_USE enum err imap_record_put_body(
	struct buf *to, const struct record *r, unsigned how);

/* A leaf as it is after a conversion (RFC 5259 section 8.2). */
struct imap_record_converted {
	struct str type, subtype;
	struct str charset;  /* in place of that in the parameters; absent: all of them are as they were */
	bool same_type;      /* else of the parameters only the name stays */
	struct str encoding; /* "8bit" and the like */
	uint64_t octets;
	uint32_t lines; /* told of text only */
};

/* The value behind BODYPARTSTRUCTURE, with the extension data but for Content-MD5. how: IMAP_RECORD_UTF8, IMAP_RECORD_DECODED. */
void imap_record_put_converted(struct buf *to, const struct record *r, const struct record_part *p,
	const struct imap_record_converted *now, unsigned how);
