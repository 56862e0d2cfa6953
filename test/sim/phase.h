/* One run: boots the server, lets clients and faults of a plan loose on it, audits, ends it some way, audits again. */
#pragma once

#include "plan.h"

/* From a fiber. keep: one flag for each step, false: it is left out. */
void phase_run(const struct plan *p, const bool *keep, const char *folder);
/* Allocations of each role since it was ready first, and its deaths, both until the end began. */
void phase_tell(uint64_t ret_allocations[ROLE_COUNT], unsigned ret_died[ROLE_COUNT]);
