/*
 * The processes of the simulated machine: the attendant, and a role for each fork of it. A process owns its fibers,
 * descriptors and mappings; when it is killed they are gone at once, as with SIGKILL. What it had allocated stays until the run ends.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "base/log.h"
#include "ipc/roles.h"

#define FDS_MAX ((int)1 << 16) /* of the system; the simulator's own are above */

struct proc {
	struct list node;
	int pid;
	char name[40];
	char folder[600]; /* where it stands */
	bool dead;
	bool is_role;
	enum role role;
	int control_fd;
	struct log_setup log;
	char log_role[40];
	/* Faults. */
	uint64_t allocations, fail_allocation; /* the n-th since the start; 0: none */
	bool allocation_failed;
	bool flush_fails;                      /* the next one */
};

struct proc *proc_new(const char *name, const char *folder);
/* It runs main on a fiber and ends with it. */
void proc_run(struct proc *p, void (*main)(void *arg), void *arg);
/* As SIGKILL; how is for the trace. Also of the calling fiber's own process: then it does not return. */
void proc_kill(struct proc *p, int status, const char *how);
void procs_kill_all(const char *how);
struct proc *proc_of_role(enum role role); /* the one that lives, NULL: none */
size_t proc_deaths(void);                  /* of roles, so far */
unsigned proc_deaths_of(enum role role);
void proc_enter(struct proc *p);           /* fiber.c: its turn begins */

/* ---- descriptors and mappings of the system ---- */
void proc_owns(int fd);
void proc_owns_for(struct proc *p, int fd);
void proc_disowns(int fd);
