/* Several sessions of one load, each a process of its own, that begin at one moment. */
#pragma once

#include "load.h"

#define CREW_MAX 64u

/* What a session has done; each writes its own. */
struct crew_row {
	uint64_t done, octets, done_us;
};

void crew_open(void);
/* True in the new process, which ends with this one; n is its number. */
bool crew_child(uint32_t n);
/* In a session: it is ready; waits until all are. Its row. */
struct crew_row *crew_begin(void);
/* Waits for all sessions and says as JSON what they did together; one that failed has said why. */
void crew_finish(uint32_t sessions, const char *what);
