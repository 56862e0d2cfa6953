/*
 * What a run of the simulator consists of besides the server: virtual time, seeded chance, the trace and the verdict.
 * Everything here belongs to one run, and one run is one process: sim.c forks for each seed.
 */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

#define NEVER      UINT64_MAX
#define MS         ((uint64_t)1000) /* time is counted in microseconds */
#define SECOND     ((uint64_t)1000000)
#define REAL_START ((int64_t)1780000000) /* seconds since 1970 at the beginning */

/* ---- chance: one stream for each use, so that a dropped step does not change what the others are ---- */
enum stream {
	STREAM_PLAN,    /* which steps and faults there are */
	STREAM_RUN,     /* who runs next, how long things take */
	STREAM_PRODUCT, /* what the server draws */
	STREAM_DISK,    /* what a power cut leaves */
	STREAM_CLIENT,
	STREAM_COUNT
};

void world_begin(uint64_t seed, bool print_trace);
uint64_t chance(enum stream s);
uint64_t chance_below(enum stream s, uint64_t n);              /* 0 for n = 0 */
uint64_t chance_range(enum stream s, uint64_t from, uint64_t to); /* both included */
bool chance_in(enum stream s, uint64_t n);                     /* once in n */

/* ---- time ---- */
uint64_t world_now(void); /* microseconds since the run began; the monotonic clock */
void world_advance_to(uint64_t us);
int64_t world_real_ms(void);
void world_jump(int64_t ms); /* the real-time clock is set */

/* ---- trace: equal for equal seeds ---- */
void trace(const char *who, const char *format, ...) __attribute__((format(printf, 2, 3)));
void trace_octets(const char *who, const char *what, struct str octets);
uint64_t trace_hash(void);

/* ---- verdict: the first violation counts, all are printed ---- */
void violate(const char *promise, const char *format, ...) __attribute__((format(printf, 2, 3)));
unsigned violations(void);
const char *first_violation(void); /* "" when there is none */
