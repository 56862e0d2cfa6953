/*
 * Reading the closed segments of a role's engine again, round by round, so that damage on the disk is found while a backup still
 * has the octets. Paced: a small piece every SCRUB_TICK_MS, within store.scrub_octets a second; a round begins
 * store.scrub_interval after the last one did. Where a round stands is kept in the file "scrub" of the role's folder, once
 * a segment, so that restarts do not keep later segments from being read.
 */
#pragma once

#include "kv/kv.h"
#include "role/role.h"

#define SCRUB_TICK_MS 100

struct scrub {
	struct role_env *env;
	struct kv *kv;
	struct timer *timer;
	void (*each)(void *arg, const struct kv_problem *p);
	void *arg;
	bool running;
	int64_t began_ms;   /* of the round that runs or ran last, since 1970; 0: none was */
	uint32_t noted;     /* the segment in the file */
	uint64_t problems;  /* found by this round, then by the last */
};

/* Inside the folder of the role. each is told of damage. */
void scrub_start(struct scrub *s, struct role_env *env, struct kv *kv, void (*each)(void *arg, const struct kv_problem *p), void *arg);
void scrub_reload(struct scrub *s);
void scrub_stop(struct scrub *s);
