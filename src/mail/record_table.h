/* Records of the first two forms ("BMR1", "BMR2"): tables of rows of one width. They are read and checked, and no more written.
 * Behind record.h, which says what the calls mean. */
#pragma once

#include "mail/record.h"

enum err record_table_open(struct str octets, struct record *ret) MUST_USE;
bool record_table_part(const struct record *r, uint32_t i, struct record_part *ret) MUST_USE;
bool record_table_envelope(const struct record *r, uint32_t i, struct record_envelope *ret) MUST_USE;
bool record_table_param(const struct record *r, struct record_rows *rows, struct record_param *ret) MUST_USE;
bool record_table_language(const struct record *r, struct record_rows *rows, struct str *ret) MUST_USE;
bool record_table_address(const struct record *r, struct record_rows *rows, struct record_address *ret) MUST_USE;

/* What a check has seen so far. Sums keep one text or row from being shown thousands of times over. */
struct record_table_check {
	const struct record *r;
	uint64_t text, params, languages, addresses;
	uint32_t envelopes;
	bool failed;
};

/* For record_check, in this order; parts one after the other. What the tree must be is not looked at. */
bool record_table_begin_sound(struct record_table_check *c, const struct record *r) MUST_USE;
bool record_table_part_sound(struct record_table_check *c, uint32_t i, bool is_message) MUST_USE;
bool record_table_end_sound(struct record_table_check *c) MUST_USE;
