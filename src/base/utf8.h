/* UTF-8 (RFC 3629): strict, no overlong forms, no surrogates, nothing above U+10FFFF. */
#pragma once

#include "base/buf.h"

#define UTF8_BAD ((uint32_t)-1)

/* Cuts the first code point off *rest; UTF8_BAD (and one octet cut) when it is malformed. rest not empty. */
uint32_t utf8_next(struct str *rest);
bool utf8_valid(struct str s);
/* Appends a code point; an invalid one becomes U+FFFD. */
void utf8_put(struct buf *to, uint32_t code_point);
