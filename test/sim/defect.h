/* Deliberate defects: a simulator that finds none of them proves nothing. Each must be reported for some seed of a few (test defects). */
#pragma once

#include <stdbool.h>

/* early: flushes do nothing, so what is acknowledged is not safe.   forget: now and then a write set is acknowledged and not written.
 * deaf: now and then sessions are not woken by a change.           rot: now and then an octet of a message is read wrongly.
 * stale: now and then a change does not raise the modseq.
 * NULL: none. */
void defect_set(const char *name);
bool defect_early(void);
