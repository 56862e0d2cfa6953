/*
 * A domain that others serve and how its controllers are: which of them is asked next, and what is
 * remembered of each. Pure: no clock, no I/O; the loop's thread only.
 *
 * Controllers are asked in the order of the settings. One that failed is left out until a probe
 * finds that it answers again; when all have failed, each is tried by one question at a time, so
 * that a domain that comes back is served at once and a domain that is gone costs little.
 */
#pragma once

#include "base/list.h"
#include "netlogon/settings.h"

#define REALM_CONTROLLER_RUNNING_MAX 6u     /* questions at one controller at a time */
#define REALM_PROBE_MS               5000u /* from a failure to the next look */
#define REALM_WHY_OCTETS             ((size_t)200)

enum controller_state { CONTROLLER_UNTRIED, CONTROLLER_ANSWERS, CONTROLLER_FAILS };

struct controller {
	enum controller_state state;
	unsigned running;       /* attempts, also those that nobody waits for any more */
	unsigned late;          /* of these: that have had their time */
	int64_t good_at_ms;     /* since 1970; 0: never */
	int64_t bad_at_ms;      /* the last failure */
	int64_t bad_since_ms;   /* the first one of those in a row */
	uint64_t probe_at_ms;   /* monotonic; due when it fails and this has passed */
	uint64_t asked, failed; /* how many questions, and how many it did not answer */
	char why[REALM_WHY_OCTETS];
	int64_t refused_at_ms; /* the last question that it answered with no; 0: never */
	char refused[REALM_WHY_OCTETS];
};

struct realm {
	struct list node;    /* the owner's */
	struct list waiting; /* the owner's questions */
	size_t waiting_count;
	struct settings *settings;
	unsigned epoch;   /* of the settings: what an attempt of older ones says counts for nothing */
	unsigned running; /* attempts of all epochs */
	bool gone;        /* ends with its last attempt */
	struct controller controllers[PROOF_CONTROLLERS_MAX];
};

enum realm_choice { REALM_ASK, REALM_WAIT, REALM_NOBODY };

/* New settings, which it takes; controllers are untried again. */
void realm_set(struct realm *r, struct settings *s);
/*
 * The controller to ask. tried: bit i for one that this question has been to. REALM_WAIT: one is
 * there and full; REALM_NOBODY: none is left.
 */
enum realm_choice realm_choose(const struct realm *r, unsigned tried, size_t *ret);
/* The attempt number i begins, and is over. */
void realm_begin(struct realm *r, size_t i);
void realm_end(struct realm *r, size_t i, unsigned epoch, bool late);
/* Attempt i has had its time, and may last for ever. */
void realm_late(struct realm *r, size_t i);
/* What came of it. True: the state is another than before. */
bool realm_answered(struct realm *r, size_t i, int64_t real_ms);
bool realm_failed(struct realm *r, size_t i, const char *why, int64_t real_ms, uint64_t mono_ms);
/* It answered, and the answer was no: kept for the administrator, since the cause may be on our side (a clock, a key). */
void realm_refused(struct realm *r, size_t i, const char *why, int64_t real_ms);
/* True: nobody has been asked yet, or whoever failed is to be looked at again. */
bool realm_probe_due(const struct realm *r, size_t i, uint64_t mono_ms);
/* None of them is known to answer, and each has failed. */
bool realm_is_down(const struct realm *r);
/* "answers", "does not answer" or "not asked yet"; never NULL. */
const char *realm_state_text(enum controller_state s);
