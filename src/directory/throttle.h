/*
 * Slows guessing down; never locks anybody out for good. Two tables of fixed size: one by source
 * address (IPv4 address, IPv6 /64), one by account. A source that keeps failing waits longer and
 * longer, up to THROTTLE_SOURCE_MS_MAX, and is refused with ERR_GUESSING meanwhile. An account that
 * is guessed at from many sources gets its answers late by THROTTLE_ACCOUNT_MS_MAX at most and is
 * never refused. An account that logged on from a source in the last day is not slowed there by
 * failures elsewhere, and while others at the same source are refused, it is only late by
 * THROTTLE_ACCOUNT_MS_MAX. Failures are forgotten at one per minute.
 *
 * Pure but for its own memory; time is a monotonic clock in milliseconds, given by the caller.
 */
#pragma once

#include "base/err.h"

#define THROTTLE_SLOTS          ((size_t)8192)
#define THROTTLE_FREE           3u /* failures that cost nothing, until throttle_set */
#define THROTTLE_SOURCE_MS_MAX  60000u
#define THROTTLE_ACCOUNT_MS_MAX 3000u
#define THROTTLE_FORGET_MS      60000u /* one failure less per this time, until throttle_set */
#define THROTTLE_KNOWN_MS       86400000u

struct throttle;

struct throttle *throttle_new(const unsigned char seed[16]) MUST_USE;
void throttle_free(struct throttle *t);
/* free_failures cost nothing; each is forgotten after forget_ms (at least 1). */
void throttle_set(struct throttle *t, uint32_t free_failures, uint32_t forget_ms);

/*
 * Before a password is checked. ERR_OK: check it, and give the answer *ret_delay_ms later (0: at
 * once). ERR_GUESSING: refuse now without checking; *ret_delay_ms is how long the source still has
 * to wait. account: any stable octets, such as logon_throttle_key; source: an address as text.
 */
enum err throttle_ask(const struct throttle *t, struct str account, struct str source,
	uint64_t now_ms, uint32_t *ret_delay_ms) MUST_USE;
/* True: the account has logged on from this source in the last day. */
bool throttle_knows(const struct throttle *t, struct str account, struct str source, uint64_t now_ms);
/* After the check. */
void throttle_failed(struct throttle *t, struct str account, struct str source, uint64_t now_ms);
void throttle_passed(struct throttle *t, struct str account, struct str source, uint64_t now_ms);
/* The source's failures are forgotten; true: there were some. */
bool throttle_allow(struct throttle *t, struct str source);
