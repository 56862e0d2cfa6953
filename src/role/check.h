/*
 * `bourse check` inside a role that keeps an engine: reads everything again in slices of CHECK_SLICE_MS, with CHECK_PAUSE_MS for
 * everybody else between two, tells how far it is, and ends when the asker has gone. One at a time; a second asker is told so.
 * What changes meanwhile is no fault: see kv_check (kv/kv.h), and what the role looks at beside it (store/store.h).
 *
 * Answer: {"ok":true,"of":name,"sound":bool,"problems":[...],"problems_found":N,"keys":N,"messages_kept":N,"journal_octets":N,
 * "digest":text}; the attendant makes one of all roles' answers.
 */
#pragma once

#include <jansson.h>

#include "ipc/messages.h"
#include "kv/kv.h"
#include "role/role.h"

#define CHECK_SLICE_MS     4
#define CHECK_PAUSE_MS     2
#define CHECK_PROBLEMS_MAX 400 /* rows of an answer; all of them are counted, and logged by the role */
#define CHECK_SEGMENTS_MAX 16

/* What the role looks at beside the engine; steps give ERR_NEEDMORE, then ERR_OK or ERR_CORRUPT. NULL as a whole: nothing. */
struct check_part {
	/* engine is NULL when only unreadable octets are to be named, and rows is left out then. */
	enum err (*begin)(void *arg, struct kv_check *engine);
	enum err (*rows)(void *arg);
	void (*unreadable)(void *arg, kv_blob blob);
	enum err (*messages)(void *arg);
	void (*progress)(void *arg, uint64_t *ret_done, uint64_t *ret_total); /* of messages */
	void (*end)(void *arg);
};

enum check_phase { CHECK_ROWS, CHECK_ENGINE, CHECK_MESSAGES };

struct check_job {
	struct role_env *env;
	struct kv *kv;
	const char *of;
	const struct check_part *part;
	void (*each)(void *arg, const struct kv_problem *p);
	void *arg;
	struct timer *timer;
	bool running;
	uint64_t request; /* 0: nobody asked, it names what a scrub has found */
	enum check_phase phase;
	struct kv_check *engine;
	json_t *problems;
	uint64_t found, told_ms;
	uint32_t segments[CHECK_SEGMENTS_MAX]; /* to be named */
	size_t segments_count;
};

/* each is told of the engine's problems; it and part call check_problem. of is the role's name, static. */
struct check_options {
	const char *of;
	const struct check_part *part;
	void (*each)(void *arg, const struct kv_problem *p);
	void *arg;
};
void check_start(struct check_job *c, struct role_env *env, struct kv *kv, const struct check_options *options);
void check_stop(struct check_job *c);

/* False: the request is not ours. True: it will be answered. */
bool check_request(struct check_job *c, const struct msg_admin_request *q);
/* Nobody waits for that request any more. */
void check_cancel(struct check_job *c, uint64_t request);
/* Finds the messages whose octets in that segment cannot be read, when no check is running. */
void check_segment(struct check_job *c, uint32_t segment);
/* Counts a fault and takes its row. */
void check_problem(struct check_job *c, json_t *row);
/* The row of an engine's fault. */
json_t *check_engine_row(const struct kv_problem *p);
