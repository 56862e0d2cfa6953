/* The faults of a plan. What lasts is mended at the end of a phase at the latest. */
#pragma once

#include "plan.h"

struct kv_problem;

void fault_run(struct step *s);
void fault_mend(void);
void fault_kill(enum role role);
/* See run_request: what is to fail, and: all are ready now. */
void fault_arm(enum role role, uint64_t nth);
void fault_ready(void);
bool fault_holds_power(void); /* between a power cut and the machine's next start */
unsigned fault_count(enum step_kind kind); /* how many struck */
void fault_on_problem(void *arg, const struct kv_problem *p);
