/* Words as an administrator can paste them into a shell, for the commands that refusals and the
 * doctor name. */
#pragma once

#include "base/arena.h"

/* s as one word of a POSIX shell: bare when harmless, else in single quotes. In the arena. */
struct str shell_word(struct arena *a, struct str s);
