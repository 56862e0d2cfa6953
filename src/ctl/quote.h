/* Words of a command line that is printed to be pasted. */
#pragma once

#include "base/buf.h"

/* Appends the word so that a shell takes it as it stands. */
void quote_put(struct buf *to, const char *word);
