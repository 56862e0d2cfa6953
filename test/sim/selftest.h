/* The simulator's own tests, and the allocations one by one; all print TAP and return main's status. */
#pragma once

#include <stdint.h>

/* Each defect of defect.h is found, and equal seeds give equal traces. */
int selftest_defects(void);
/* The script of a seed, again and again: in each role the first, the stride-th after it ... allocation fails. That role ends and comes back, no other, and nothing is lost. */
int selftest_memory(uint64_t seed, uint64_t stride, unsigned jobs);
