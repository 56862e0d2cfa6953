/*
 * Names as people type them: UTF-8, kept in NFC, compared after Unicode case folding. Pure.
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"

#define NAME_OCTETS_MAX                                                                            \
	((size_t)128) /* of an account, domain or alias; folding can make it three times that */

/*
 * NFC of s, in the arena. ERR_SYNTAX: not UTF-8, a control character (C0, DEL, C1, line
 * separators), a bidirectional control or an invisible character, which would let two names look
 * alike; *ret_why then says which. Not written to on failure but *ret_why. An empty s is an empty
 * result.
 */
enum err name_nfc(struct arena *a, struct str s, struct str *ret, const char **ret_why) MUST_USE;
/* The form that is compared and used as a key: full case folding, then NFC. s must be what name_nfc
 * gave. */
struct str name_fold(struct arena *a, struct str s);
/* Equal after folding; both must be what name_nfc gave. */
bool name_same(struct arena *a, struct str x, struct str y);
/*
 * May s be the name of an account or domain, or an alias? 1 to NAME_OCTETS_MAX octets, no '\', '/',
 * '@', no blank at either end, none of " [ ] : ; | = , + * ? < > that Windows refuses as well.
 * NULL: yes; else why not.
 */
const char *name_why_not(struct str s);
