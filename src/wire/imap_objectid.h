/* Object ids (RFC 8474) of what the store numbers: a letter for the kind, then the number. */
#pragma once

#include "base/buf.h"

#define IMAP_OBJECTID_EMAIL 'M'

static inline void imap_objectid_put(struct buf *to, char kind, uint64_t number)
{
	buf_put_octet(to, kind);
	buf_put_u64(to, number);
}

/* False: no id of that kind, in the one way in which it is written. */
static inline bool imap_objectid_get(struct str s, char kind, uint64_t *ret)
{
	return s.len > 1 && s.at[0] == kind && s.at[1] != '0' && str_u64(str_skip(s, 1), UINT64_MAX, ret);
}
