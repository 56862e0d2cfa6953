/*
 * Allocation that cannot fail: out of memory aborts the role. Budgets (arena and buffer ceilings)
 * keep a peer from getting there. Memory comes zeroed.
 */
#pragma once

#include <stddef.h>

#include "base/must.h"

void *mem_new(size_t octets) MUST_USE;
void *mem_resize(void *at, size_t octets) MUST_USE; /* new octets are not zeroed */
void *mem_copy(const void *from, size_t octets) MUST_USE;
void mem_free(void *at);

/* Overwrite a secret; the compiler may not drop it. */
void mem_wipe(void *at, size_t octets);

#define MEM_NEW(type) ((type *)mem_new(sizeof(type)))
