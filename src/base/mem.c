#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

void *mem_new(size_t octets)
{
	void *at = calloc(1, octets ? octets : 1);

	must(at != NULL);
	return at;
}

void *mem_resize(void *at, size_t octets)
{
	at = realloc(at, octets ? octets : 1);
	must(at != NULL);
	return at;
}

void *mem_copy(const void *from, size_t octets)
{
	void *at = mem_new(octets);

	if (octets > 0)
		memcpy(at, from, octets);
	return at;
}

void mem_free(void *at)
{
	free(at);
}

void mem_wipe(void *at, size_t octets)
{
	explicit_bzero(at, octets);
}
