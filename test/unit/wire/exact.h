/* Copies of test input in memory of exactly their size, so that the address sanitizer sees one
 * octet too many. */
#pragma once

#include <stdlib.h>

#include "base/str.h"

/* Released with free((void *)s.at); s.at is never NULL. */
static inline struct str exact(struct str s)
{
	char *at = malloc(s.len > 0 ? s.len : 1);

	must(at != NULL);
	if (s.len > 0)
		memcpy(at, s.at, s.len);
	return str_make(at, s.len);
}

static inline void exact_free(struct str s)
{
	free((void *)(uintptr_t)s.at);
}
