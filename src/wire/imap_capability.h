/*
 * The capabilities of IMAP (RFC 9051 7.2.2), one table from which CAPABILITY, ENABLE and
 * doc/imap-support.md follow.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"

enum imap_cap_where { IMAP_BEFORE_LOGON = 1, IMAP_AFTER_LOGON = 2 };
enum imap_cap_flag {
	IMAP_CAP_ENABLED = 1 << 0,  /* a client switches it on with ENABLE (RFC 5161) */
	IMAP_CAP_NUMBERED = 1 << 1, /* a number stands behind it; without one it is not announced */
};

#define CAP(id, name, where, flags, rfc, remark) IMAP_CAP_##id,
enum imap_cap {
#include "wire/imap_capability.tbl"
	IMAP_CAP_COUNT
};
#undef CAP

struct imap_cap_row {
	const char *name;
	unsigned where; /* of enum imap_cap_where; 0: known, not announced */
	unsigned flags; /* of enum imap_cap_flag */
	const char *rfc;
	const char *remark;
};

const struct imap_cap_row *imap_cap_row(enum imap_cap cap);
/* Any case; without what may follow the name. ERR_OK or ERR_NOTFOUND. */
enum err imap_cap_find(struct str name, enum imap_cap *ret) MUST_USE;

/* A set of capabilities. */
struct imap_caps {
	uint64_t bits[(IMAP_CAP_COUNT + 63) / 64];
};

static inline bool imap_caps_has(const struct imap_caps *caps, enum imap_cap cap)
{
	return (caps->bits[cap / 64] >> (cap % 64) & 1) != 0;
}

static inline void imap_caps_set(struct imap_caps *caps, enum imap_cap cap, bool on)
{
	uint64_t bit = (uint64_t)1 << (cap % 64);

	caps->bits[cap / 64] = on ? caps->bits[cap / 64] | bit : caps->bits[cap / 64] & ~bit;
}

/* What the table announces there. */
struct imap_caps imap_caps_of(enum imap_cap_where where);

/* The number behind the name of a NUMBERED one; 0: it is not announced. */
typedef uint64_t imap_cap_number(const void *arg, enum imap_cap cap);

/* "CAPABILITY IMAP4rev1 IDLE APPENDLIMIT=1000", no line end. number NULL: none of the NUMBERED. */
void imap_put_caps(struct buf *to, const struct imap_caps *caps, imap_cap_number *number,
	const void *arg);
