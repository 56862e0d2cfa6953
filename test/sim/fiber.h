/*
 * Threads that take turns: every thread of every role, and every client, is one. Exactly one runs at a time, on the
 * one thread of the system; who is next is drawn by the seed among those that could go on. The pthread calls of the product end here.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct fiber;
struct proc;

/* When the waiting fiber could go on: a time of world_now(), 0 or past: now, NEVER: nothing that is known of. No side effects. */
typedef uint64_t fiber_due_fn(void *arg);

/* proc may be NULL: outside of the server. */
struct fiber *fiber_new(struct proc *proc, const char *name, void (*main)(void *arg), void *arg);
/* Until due says so or until_us has come; true: due said so. */
bool fiber_wait(fiber_due_fn *due, void *arg, uint64_t until_us);
void fiber_sleep(uint64_t us);
_Noreturn void fiber_end(void);
/* All of the process's but the running one are gone at once, as they stand. */
void fibers_kill(const struct proc *proc);

struct proc *fiber_proc(void);       /* whose turn it is; NULL: none of the server's */
bool fiber_is_one(void);             /* false: outside of all fibers */
bool fiber_is_over(const struct fiber *f);

/* Lets one fiber have its turn, after as much time as must pass. False: nobody will ever go on. */
bool fiber_step(void);
uint64_t fiber_steps(void);
