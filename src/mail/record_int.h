/* Octet layout of a record, shared by those who read it (record_compact.c) and who makes it (record_writer.c).
 * doc/format/record.md says what each field is. */
#pragma once

#define RECORD_FORM 3u /* the first octet; of the forms before it that is 'B' */

/* The first octet of a part: kind, transfer encoding, and what follows. */
#define RECORD_SHAPE_KIND           0x03u
#define RECORD_SHAPE_ENCODING       0x1cu
#define RECORD_SHAPE_ENCODING_SHIFT 2
#define RECORD_SHAPE_MORE           0x20u /* flags and fields that most parts have not */
#define RECORD_SHAPE_ENCODING_NAME  0x40u /* the encoding as written, where it is not the usual word */
#define RECORD_SHAPE_ENVELOPE       0x80u /* of the child of a message part, behind all else */

/* Which fields most parts have not, beside enum record_part_flag. */
#define RECORD_MORE_FLAGS_BITS         5
#define RECORD_MORE_CONTENT_ID         (1u << 5)
#define RECORD_MORE_DESCRIPTION        (1u << 6)
#define RECORD_MORE_MD5                (1u << 7)
#define RECORD_MORE_LOCATION           (1u << 8)
#define RECORD_MORE_DISPOSITION        (1u << 9)
#define RECORD_MORE_FILENAME           (1u << 10)
#define RECORD_MORE_DISPOSITION_PARAMS (1u << 11)
#define RECORD_MORE_LANGUAGES          (1u << 12)
#define RECORD_MORE_ALL                0x1fffu

enum record_envelope_flag {
	RECORD_ENVELOPE_SENT_VALID = 1 << 0,
	RECORD_ENVELOPE_SENDER_GIVEN = 1 << 1,
	RECORD_ENVELOPE_REPLY_TO_GIVEN = 1 << 2
};
#define RECORD_ENVELOPE_FLAGS_ALL 7u
