/* What a seed stands for: clients and faults, each at its time, in two phases. Any of them may be left out. */
#pragma once

#include "server.h"
#include "talk.h"

#define STEPS_MAX 96

enum step_kind {
	STEP_SMTP,
	STEP_SUBMIT,
	STEP_POP3,
	STEP_IMAP,
	STEP_WATCH,
	STEP_FAULTS, /* from here on */
	STEP_KILL = STEP_FAULTS,
	STEP_FLUSH,
	STEP_FULL,
	STEP_SLOW,
	STEP_CLOCK,
	STEP_CHANNEL,
	STEP_POWER,
	STEP_MEMORY,
	STEP_KIND_COUNT
};

struct step {
	unsigned number; /* in the plan */
	unsigned phase;
	enum step_kind kind;
	uint64_t at_us;  /* since the phase began */
	unsigned user;
	enum role role;  /* of a fault */
	uint64_t amount; /* of a fault */
	struct dice dice;
};

struct plan {
	struct server_manner manner;
	struct step steps[STEPS_MAX];
	size_t count;
	unsigned ends[2]; /* how a phase ends: enum plan_end */
};

enum plan_end { END_AT_REST, END_POWER_CUT, END_STOP, END_KILL_ALL, END_COUNT };

/* world_begin has been called with the seed. */
void plan_make(struct plan *p);
/* Leaves the clients of the first phase alone. */
void plan_calm(struct plan *p);
/* One line: "2  at 3.120 s: power cut". */
void plan_print(const struct step *s, char *to, size_t room);
const char *plan_end_name(unsigned end);
