/*
 * How often somebody has failed to log on as an account, and whether that has locked it: one count for all protocols and mechanisms. Pure;
 * where it is kept: lockouts.h. What the domain says: struct lockout_rules. Format: doc/format/directory.md.
 *
 * A count begins anew when no failure came for the length of the window, with a success, and when a lock ends: a single mistake after that
 * locks nobody. What fails while an account is locked is noted and not counted: a lock is not made longer by who knocks at it.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"

#define LOCKOUT_THRESHOLD_MAX ((uint64_t)999)
#define LOCKOUT_MINUTES_MAX   ((uint64_t)99999)
#define LOCKOUT_NOTES         8 /* failures that are remembered with their source */
#define LOCKOUT_SOURCE_OCTETS 46
#define LOCKOUT_WORD_OCTETS   24
#define LOCKOUT_OCTETS_MAX    ((size_t)1200)

struct lockout_rules {
	uint64_t threshold; /* failures that lock; 0 = none do */
	uint64_t window_seconds;
	uint64_t duration_seconds; /* 0 = until unlocked */
};

/* One failure. Texts end in NUL and are cut to what fits. */
struct lockout_note {
	uint64_t at_seconds;
	char source[LOCKOUT_SOURCE_OCTETS]; /* an address */
	char service[LOCKOUT_WORD_OCTETS], mechanism[LOCKOUT_WORD_OCTETS];
};

struct lockout {
	uint32_t count;
	uint64_t last_seconds;   /* of the last failure that counts */
	uint64_t locked_seconds; /* when it was locked; 0 = it is not */
	uint32_t note_count;
	struct lockout_note notes[LOCKOUT_NOTES]; /* the last ones, oldest first */
};

/* Is it locked now? Until when: 0 = until unlocked. */
bool lockout_is(const struct lockout *l, const struct lockout_rules *r, uint64_t now_seconds, uint64_t *ret_until);
/* True: this failure has locked it. */
bool lockout_failed(struct lockout *l, const struct lockout_rules *r, const struct lockout_note *n);
/* True when there was something to forget; the notes stay. */
bool lockout_passed(struct lockout *l);
/* By the administrator: not locked, nothing counted; the notes stay. True: it was locked. */
bool lockout_unlock(struct lockout *l, const struct lockout_rules *r, uint64_t now_seconds);

void lockout_encode(const struct lockout *l, struct buf *to);
/* Strict: ERR_CORRUPT. */
enum err lockout_decode(struct str value, struct lockout *ret) MUST_USE;
