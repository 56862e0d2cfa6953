/* Texts that stand in a record as a number (record_word.tbl), and the usual words of transfer encodings. */
#pragma once

#include "base/str.h"

#define RECORD_WORD_OCTETS_MAX 32u

/* Absent: no such word. */
struct str record_word(uint32_t number);
/* Exactly this text, upper and lower case apart. False: it is none of them. */
bool record_word_find(struct str text, uint32_t *ret) MUST_USE;
/* Of an enum record_encoding, as BODYSTRUCTURE gives it when the field is absent; of an unknown number that of 7bit. */
struct str record_word_encoding(unsigned encoding);
