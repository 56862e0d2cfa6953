/*
 * How many octets went one way or the other within an hour: a vessel that drains evenly. Pure; time is a monotonic clock in
 * milliseconds.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define METER_MS ((uint64_t)3600000) /* in which a full one drains */

struct meter {
	uint64_t most;  /* octets that it holds; 0: any number */
	uint64_t level; /* at_ms */
	uint64_t at_ms;
	uint64_t total; /* since it began */
};

/* Pours octets in, also above what it holds. False: it is over its brim. */
bool meter_pour(struct meter *m, uint64_t octets, uint64_t now_ms);
/* What is in it. */
uint64_t meter_level(struct meter *m, uint64_t now_ms);
