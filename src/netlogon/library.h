/*
 * Libraries that not every machine has, loaded with the first domain that needs them: who needs
 * none of them need not install them, and no other role has them in its memory.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* A member of a struct of function pointers, and the symbol that it points at. */
struct library_call {
	const char *name;
	size_t offset;
	bool optional; /* stays NULL where the library is older */
};

#define LIBRARY_CALL(type, member, symbol) { #symbol, offsetof(struct type, member), false }
#define LIBRARY_CALL_IF_THERE(type, member, symbol) { #symbol, offsetof(struct type, member), true }

/*
 * Loads the first of the names (ends with NULL) that is there, and fills the pointers in to. False:
 * none is there, or a call that is not optional is missing; then to is unusable. The library stays.
 */
bool library_load(
	const char *const *names, const struct library_call *calls, size_t count, void *to);
