/*
 * Memory by lifetime. What is taken from an arena lives until arena_clear or arena_done, never
 * shorter, and is never freed alone. Arenas are the first argument of whoever allocates, so the
 * lifetime is seen at the call. A ceiling is given by name; hitting it is an ordinary error for the
 * caller (arena_try), or our bug where the caller has already bounded its input (arena_take).
 */
#pragma once

#include "base/str.h"

struct arena_chunk;

struct arena {
	struct arena_chunk *chunks;
	size_t used;     /* octets handed out */
	size_t held;     /* octets held from the system */
	size_t ceiling;  /* octets; 0 = none */
};

#define ARENA_SESSION ((size_t)64 << 10) /* one connection */
#define ARENA_COMMAND ((size_t)1 << 20)  /* one command or SMTP transaction */
#define ARENA_TURN    ((size_t)256 << 10) /* one loop turn */
#define ARENA_NONE    ((size_t)0)        /* configuration, tools, tests */

void arena_init(struct arena *a, size_t ceiling);
void arena_done(struct arena *a);
void arena_wipe(struct arena *a);  /* arena_done for one that held a secret: overwrites first */
void arena_clear(struct arena *a); /* keeps one chunk for the next use */

void *arena_take(struct arena *a, size_t octets) MUST_USE; /* zeroed, aligned to 16 */
void *arena_try(struct arena *a, size_t octets) MUST_USE;  /* NULL when the ceiling is hit */
struct str arena_str(struct arena *a, struct str s) MUST_USE; /* a copy, with a NUL behind it */
struct str arena_printf(struct arena *a, const char *format, ...) PRINTF_LIKE(2, 3);

#define ARENA_NEW(a, type)      ((type *)arena_take((a), sizeof(type)))
#define ARENA_ARRAY(a, type, n) ((type *)arena_take((a), sizeof(type) * (n)))
