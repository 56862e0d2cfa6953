/* Octet layout of a record, shared by record.c (reads, checks) and record_writer.c. Tables stand in this order behind the
 * head: parts, envelopes, params, languages, addresses, text, kept fields. doc/format/record.md says what each field is. */
#pragma once

#define RECORD_MAGIC_1           0x31524d42u /* "BMR1": without kept fields; only read */
#define RECORD_FIXED_OCTETS_1    44u
#define RECORD_MAGIC             0x32524d42u /* "BMR2" */
#define RECORD_FIXED_OCTETS      48u
#define RECORD_PART_OCTETS       140u
#define RECORD_ENVELOPE_OCTETS   104u
#define RECORD_PARAM_OCTETS      16u
#define RECORD_LANGUAGE_OCTETS   8u
#define RECORD_ADDRESS_OCTETS    32u
#define RECORD_TEXT_ABSENT       UINT32_MAX /* offset of absent text; its length is 0 */

enum record_envelope_flag {
	RECORD_ENVELOPE_SENT_VALID = 1 << 0,
	RECORD_ENVELOPE_SENDER_GIVEN = 1 << 1,
	RECORD_ENVELOPE_REPLY_TO_GIVEN = 1 << 2
};
#define RECORD_ENVELOPE_FLAGS_ALL 7u
