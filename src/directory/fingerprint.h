/* Fingerprints of certificates as administrators copy them: SHA-256 in hexadecimal, upper or lower case, with or without colons. Pure. */
#pragma once

#include "base/arena.h"

#define FINGERPRINT_OCTETS ((size_t)64) /* of its key */

bool fingerprint_valid(struct str s);
/* The form that is compared and used as a key: lower case without colons. s must be valid. */
struct str fingerprint_key(struct arena *a, struct str s);
