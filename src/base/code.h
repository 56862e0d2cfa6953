/* Text codes of octets: base64 (RFC 4648 section 4), hexadecimal; CRC-32C (RFC 3720 appendix B.4). */
#pragma once

#include "base/buf.h"
#include "base/err.h"

void base64_put(struct buf *to, struct str octets); /* one line, padded */
/* Strict: padding required, no white space, no stray bits. ERR_BASE64. */
enum err base64_get(struct buf *to, struct str text) MUST_USE;

void hex_put(struct buf *to, struct str octets); /* lower case */
enum err hex_get(struct buf *to, struct str text) MUST_USE;

/* Start with crc 0; may be fed in pieces. By the processor's own instruction where it has one. */
uint32_t crc32c(uint32_t crc, struct str octets);
/* The same by tables: what crc32c is elsewhere. */
uint32_t crc32c_portable(uint32_t crc, struct str octets);
