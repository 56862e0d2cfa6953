/*
 * How many logons a minute: of an account, and from a source. Tables of fixed size, one for each kind of key; a key that is crowded
 * out begins anew. Counted is every logon that is tried with a name, good or not, before its password is checked, so that a program
 * that logs on in a circle costs no hashes. Each key has a bucket of `most` logons that fills again evenly within PACE_MS, or a time of its own.
 *
 * Pure but for its own memory; time is a monotonic clock in milliseconds, given by the caller.
 */
#pragma once

#include "base/err.h"

#define PACE_SLOTS ((size_t)8192) /* of each kind */
#define PACE_MS    60000u

enum pace_kind {
	PACE_ACCOUNT,
	PACE_SOURCE,
	PACE_RECORD, /* records of the audit trail that a source can bring about without a password being checked */
	PACE_NAMELESS, /* a source, of logons without an account */
	PACE_PAGE, /* a source, of requests to virtual directories without an account */
	PACE_FORM, /* a virtual directory and a source, of messages */
	PACE_FORMS, /* a virtual directory, of messages from all */
	PACE_KINDS
};

struct pace;

struct pace *pace_new(const unsigned char seed[16]) MUST_USE;
void pace_free(struct pace *p);

/* Whose logon it is. */
struct pace_key {
	enum pace_kind kind;
	struct str key;
	uint32_t most; /* so many in within_ms; 0: without limit */
	uint32_t within_ms; /* 0: PACE_MS */
};

/* One more of it. ERR_LOGONPACE: too many; *ret_wait_ms is when the next one is taken, and this one is not counted. */
enum err pace_take(struct pace *p, const struct pace_key *k, uint64_t now_ms, uint32_t *ret_wait_ms) MUST_USE;
