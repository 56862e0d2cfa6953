/*
 * The record: what the disposable parser process says about one message, as strict binary octets that the store keeps
 * beside the message. The parser is not trusted, so the store runs record_check() on every record before it keeps it.
 * Layout: doc/format/record.md. IMAP ENVELOPE, BODYSTRUCTURE, BODY[section], SENT* searches and sorting are answered
 * from the record and octet ranges of the message alone.
 *
 * Text in a record is UTF-8 without CR, LF or NUL, unfolded, encoded-words left as they are. A header value that is not
 * UTF-8 was read as windows-1252; NUL and bare CR or LF became a space. Absent text (IMAP NIL) has at == NULL; empty
 * text has at != NULL and len 0.
 *
 * Parts stand in preorder; part 0 is the message itself. A multipart has at least one child, a message/rfc822 (or
 * message/global) exactly one: the root of the message inside it. What broken or unbounded mail becomes:
 *   multipart without boundary or parts          text/plain (RFC 2045 section 5.2), RECORD_PART_BROKEN
 *   Content-Type that is no type/subtype         text/plain; charset=us-ascii, RECORD_PART_BROKEN
 *   message/rfc822 in base64 or quoted-printable,
 *   anything with parts at the depth limit,
 *   a boundary over 2,048 octets                 application/octet-stream without children, RECORD_PART_OPAQUE
 * From the part limit on, the last part reaches to the end of the message and is opaque.
 * Lines end in LF, with or without a CR before it; the last line end before a boundary belongs to the boundary.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"

#define RECORD_OCTETS_MAX          ((size_t)16 << 20) /* the record itself */
#define RECORD_MESSAGE_OCTETS_MAX  ((uint64_t)1 << 31)
#define RECORD_DEPTH_MAX           100u   /* levels of parts; the root is the first */
#define RECORD_PARTS_MAX           10000u
#define RECORD_HEADER_OCTETS_MAX   ((size_t)1 << 20) /* looked at, per part */
#define RECORD_HEADER_FIELDS_MAX   2000u  /* looked at, per part */
#define RECORD_ADDRESSES_MAX       10240u /* kept, per address list */
#define RECORD_PARAMS_MAX          200u   /* kept, per field */
#define RECORD_LANGUAGES_MAX       100u   /* kept, per part */
#define RECORD_BOUNDARY_OCTETS_MAX ((size_t)2048)
#define RECORD_KEPT_OCTETS_MAX     ((size_t)8192) /* all kept fields */
#define RECORD_KEPT_FIELD_MAX      ((size_t)1024) /* a longer field is left out */
#define RECORD_NONE                UINT32_MAX /* no such part or envelope */

/* Of the whole message. */
enum record_flag {
	RECORD_TRUNCATED = 1 << 0,     /* a limit was hit: not everything was looked at */
	RECORD_HAS_8BIT = 1 << 1,
	RECORD_HAS_NUL = 1 << 2,
	RECORD_HAS_BARE_CR_LF = 1 << 3,
	RECORD_OPAQUE = 1 << 4,        /* from record_make_opaque */
	RECORD_HEADER_8BIT = 1 << 5,   /* 8-bit octets in a header field of some part (RFC 6532) */
	RECORD_HAS_ATTACHMENT = 1 << 6, /* a part that is a message, has a file name, is disposed as an attachment, or is
	                                  neither text nor signature nor has a Content-ID (a picture in the text) */
	RECORD_KEPT = 1 << 7           /* there are kept fields (see record_split) */
};
#define RECORD_FLAGS_ALL 0xffu

enum record_part_kind {
	RECORD_PART_LEAF,
	RECORD_PART_MULTIPART,
	RECORD_PART_MESSAGE, /* message/rfc822 or message/global; its one child is the message inside */
	RECORD_PART_KIND_COUNT
};

enum record_part_flag {
	RECORD_PART_BROKEN = 1 << 0,
	RECORD_PART_OPAQUE = 1 << 1,
	RECORD_PART_DEFAULT_TYPE = 1 << 2, /* no Content-Type of its own */
	RECORD_PART_NO_END = 1 << 3,       /* a multipart whose closing boundary is missing */
	RECORD_PART_ENCODING_BAD = 1 << 4  /* Content-Transfer-Encoding holds no known word; encoding is 7bit */
};
#define RECORD_PART_FLAGS_ALL 0x1fu

/* Content-Transfer-Encoding. */
enum record_encoding {
	RECORD_ENCODING_7BIT, /* also when the field is absent */
	RECORD_ENCODING_8BIT,
	RECORD_ENCODING_BINARY,
	RECORD_ENCODING_QUOTED_PRINTABLE,
	RECORD_ENCODING_BASE64,
	RECORD_ENCODING_COUNT
};

/* A list in the record; rows are taken off a copy of it with the accessor named at the field. Where it stands is the
 * record's own business. */
struct record_rows {
	uint32_t first;
	uint32_t count; /* that are left */
	uint32_t end;
};

/* Views borrow from the octets of the record. Octet ranges are in the message as given to record_make. */
struct record_part {
	uint32_t parent;   /* RECORD_NONE for part 0 */
	uint32_t depth;    /* 0 for part 0 */
	uint32_t children; /* direct ones */
	uint32_t next;     /* number of the first part behind this one's descendants; children: i + 1, then child.next, ... */
	enum record_part_kind kind;
	uint32_t flags;    /* enum record_part_flag */

	uint32_t header_at, header_octets; /* with the empty line, when there is one: BODY[n.MIME], BODY[HEADER] */
	uint32_t body_at, body_octets;     /* encoded, as it stands: BODY[n], BODY[TEXT] */
	uint32_t body_lines;               /* LFs in the body */

	struct str type, subtype;          /* as written, never absent; compare with str_ieq */
	struct record_rows params;         /* record_param_next: of Content-Type, pieces (RFC 2231) joined */
	struct str content_id, description, md5, location;
	enum record_encoding encoding;
	struct str encoding_name;          /* as BODYSTRUCTURE gives it, never absent: "7bit" when the field is absent */
	struct str disposition;            /* absent: no Content-Disposition */
	struct record_rows disposition_params; /* record_param_next */
	struct record_rows languages;      /* record_language_next */
	struct str filename;               /* decoded (RFC 2231, RFC 2047), safe to show, without path; absent: none */
	uint32_t envelope;                 /* for record_envelope: of the message whose header is this part's header (part 0,
	                                      where it is 0, and the child of a message part); else RECORD_NONE */
};

/*
 * An extended parameter (RFC 2231) keeps its '*' in the name and its charset'language'%xx value, for BODYSTRUCTURE;
 * encoded_word.h decodes it.
 */
struct record_param {
	struct str name, value;
};

/*
 * RFC 3501 section 7.4.2, address structure. Start of a group: host absent, mailbox is the group's name. End of a group:
 * mailbox and host absent. An address without a domain has an empty host.
 */
struct record_address {
	struct str name, adl, mailbox, host;
};

struct record_envelope {
	struct str date, subject, in_reply_to, message_id;
	struct str references; /* not in IMAP's ENVELOPE; for threads (RFC 5256) */
	/* record_address_next; sender and reply_to are those of from when the field is absent or empty */
	struct record_rows from, sender, reply_to, to, cc, bcc;
	bool sender_given, reply_to_given; /* the field itself is there */
	bool sent_valid;
	int64_t sent_seconds;     /* since 1970, UTC; 0 when not valid */
	int32_t sent_zone_minutes; /* east of UTC; SENTSINCE looks at the date as written: date_from_instant(both) */
};

/* An opened record. A value: copy it freely; it borrows the octets. */
struct record {
	struct str octets;
	struct str kept; /* record_kept_next; absent: none, or cut off by record_split */
	uint32_t flags;  /* enum record_flag */
	uint32_t message_octets;
	uint32_t received;  /* Received fields in the message header, for loop detection (counted beyond the limits, too) */
	uint32_t delivered; /* Delivered-To fields */
	uint32_t parts;
	bool tables; /* of an earlier form: record_table.h */
	uint32_t offsets_at, envelope_at, parts_at, parts_end; /* octets */
	/* Of an earlier form. */
	uint32_t fixed, params, languages, addresses, envelopes;
	struct str text;
};

/* A field of the message's header as it stands, line ends and all. */
struct record_kept {
	struct str name;  /* without the colon and the white space before it */
	struct str field; /* absent: fields of that name are there, and not all of them are kept */
};

/*
 * Parses a message (RFC 5322, 2045, 2046, 2231) and appends its record to `to` (which should be empty). Never fails for
 * malformed mail. Linear in time, no recursion. Two runs over the same octets give the same record.
 *
 * ERR_TOOBIG: the message is over RECORD_MESSAGE_OCTETS_MAX, or the record over RECORD_OCTETS_MAX or the ceiling of `to`;
 * `to` is then unspecified, and record_make_opaque is the way out.
 */
enum err record_make(struct str message, struct buf *to) MUST_USE;

/*
 * A record for a message that could not be parsed: one text/plain part, all octets body, no header known.
 * ERR_TOOBIG as above.
 */
enum err record_make_opaque(uint64_t message_octets, struct buf *to) MUST_USE;

/*
 * The store's validator. ERR_OK promises: the length is exact, every octet range lies inside the message and inside its
 * parent's body, parts are a proper preorder tree within the limits, every row range and text lies inside the record, text
 * is as promised above. ERR_CORRUPT otherwise. Linear.
 */
enum err record_check(struct str record, uint64_t message_octets) MUST_USE;

/*
 * Opens a record for reading; octets must outlive ret. Looks at the fixed part only, so it is cheap. ERR_CORRUPT when
 * what its head says does not fit the length. The accessors below never read outside the octets, even for a record that was
 * never checked; loops over what they return end. What they return makes sense only for a record that passed record_check.
 * Records of the forms before this one are opened as well.
 */
enum err record_open_view(struct str octets, struct record *ret) MUST_USE;

/*
 * Kept fields are what clients ask for again and again (BODY[HEADER.FIELDS (...)]): all of the header but what is long or
 * of no interest to a reader. A name that is neither kept nor left out is not in the header. The store puts them beside
 * the record: record_split cuts them off the end, and what is left opens and checks as a record without them.
 */
struct str record_split(struct str octets, struct str *ret_kept);
/* Takes the next one off *rest, which was `kept`. False: the end, or (never checked) malformed. */
bool record_kept_next(struct str *rest, struct record_kept *ret) MUST_USE;
/* ERR_OK promises: well formed, each field is one field of its name as header.h reads it, no more octets of them than
 * header_octets. ERR_CORRUPT. */
enum err record_kept_check(struct str kept, uint64_t header_octets) MUST_USE;

/* False: no such part or envelope, or one that cannot be (then *ret may be written). envelope: 0, the message's own, or what
 * struct record_part says. */
bool record_part(const struct record *r, uint32_t i, struct record_part *ret) MUST_USE;
bool record_envelope(const struct record *r, uint32_t envelope, struct record_envelope *ret) MUST_USE;
/* Takes the next row off *rows. False: none is left. */
bool record_param_next(const struct record *r, struct record_rows *rows, struct record_param *ret) MUST_USE;
bool record_language_next(const struct record *r, struct record_rows *rows, struct str *ret) MUST_USE;
bool record_address_next(const struct record *r, struct record_rows *rows, struct record_address *ret) MUST_USE;

/* Value of the named parameter (ASCII case folded), absent when there is none. */
struct str record_param_value(const struct record *r, struct record_rows rows, struct str name);

/*
 * The part an IMAP section number names (RFC 3501 section 6.4.5): {} is part 0, {1} of a message without multipart is
 * part 0, {2, 1} steps through a message/rfc822 part into the message inside. False: no such part.
 */
bool record_section(const struct record *r, const uint32_t *numbers, size_t count, uint32_t *ret_part) MUST_USE;
/* The root of the message inside a message part: its header is BODY[n.HEADER], its body BODY[n.TEXT]. RECORD_NONE: no
 * message part (HEADER and TEXT without a number are those of part 0). */
uint32_t record_inner(const struct record *r, uint32_t i);
