/* SASLprep (RFC 4013), the form of a password that SCRAM hashes. Pure. */
#pragma once

#include "base/arena.h"
#include "base/err.h"

/*
 * s, which is UTF-8, as a stored string, in the arena. Code points that Unicode 3.2 did not know pass: the profile knows
 * nothing of them, but passwords of today have them. ERR_SYNTAX: what is prohibited (RFC 4013 sections 2.3 and 2.4).
 */
enum err saslprep(struct arena *a, struct str s, struct str *ret) MUST_USE;
