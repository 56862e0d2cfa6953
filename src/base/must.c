#include "base/must.h"

#include <stdio.h>
#include <stdlib.h>

void must_failed(const char *cond, const char *file, int line)
{
	fprintf(stderr, "bug: %s:%d: must(%s)\n", file, line, cond);
	abort();
}
