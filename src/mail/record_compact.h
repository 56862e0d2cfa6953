/* The record's form as it is written today: what is read together stands together, in as few octets as may be. Behind
 * record.h, which says what the calls mean. */
#pragma once

#include "mail/record.h"

enum err record_compact_open(struct str octets, struct record *ret) MUST_USE;
bool record_compact_part(const struct record *r, uint32_t i, struct record_part *ret) MUST_USE;
bool record_compact_envelope(const struct record *r, uint32_t envelope, struct record_envelope *ret) MUST_USE;
bool record_compact_param(const struct record *r, struct record_rows *rows, struct record_param *ret) MUST_USE;
bool record_compact_language(const struct record *r, struct record_rows *rows, struct str *ret) MUST_USE;
bool record_compact_address(const struct record *r, struct record_rows *rows, struct record_address *ret) MUST_USE;

/*
 * For record_check: part i begins at octet *at of the record, *at becomes where it ends; its lists, texts, flags and, when it is
 * a message, its envelope are sound. What the tree must be is not looked at.
 */
bool record_compact_part_sound(const struct record *r, uint32_t i, bool is_message, uint32_t *at) MUST_USE;
