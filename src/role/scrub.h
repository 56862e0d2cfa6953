/*
 * Reading the closed segments of a role's engine again, round by round, so that damage on the disk is found while a backup still
 * has the octets. Paced: a small piece every SCRUB_TICK_MS, within store.scrub_octets a second; a round begins
 * store.scrub_interval after the last one did. Where a round stands is kept in the file "scrub" of the role's folder, once
 * a segment, so that restarts do not keep later segments from being read: segment, when the round began, when the last one that was
 * finished ended, what that one found. The attendant is told the same for `bourse status`.
 */
#pragma once

#include "kv/kv.h"
#include "role/role.h"

#define SCRUB_TICK_MS  100
#define SCRUB_TOLD_MAX ((size_t)256)

struct scrub {
	struct role_env *env;
	struct kv *kv;
	struct timer *timer;
	void (*each)(void *arg, const struct kv_problem *p);
	void *arg;
	bool running;
	int64_t began_ms;   /* of the round that runs or ran last, since 1970; 0: none was */
	uint32_t noted;     /* the segment in the file */
	uint64_t problems;  /* found by this round */
	int64_t finished_ms; /* of the last finished round, since 1970; 0: none was */
	uint64_t last_problems; /* found by that round */
	struct {
		uint64_t segment, offset;
	} told[SCRUB_TOLD_MAX]; /* since the role's start; each is told once */
	size_t told_count;
};

/* Inside the folder of the role. each is told of damage, once of each place. */
void scrub_start(struct scrub *s, struct role_env *env, struct kv *kv, void (*each)(void *arg, const struct kv_problem *p), void *arg);
void scrub_reload(struct scrub *s);
void scrub_stop(struct scrub *s);
