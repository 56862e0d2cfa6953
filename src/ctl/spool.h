/* A text file in some charset as an unnamed file in UTF-8, so that it can be read more than once, also from a pipe. */
#pragma once

#include "base/err.h"
#include "base/str.h"

/*
 * path "-": standard input. charset NULL: what a byte order mark says (UTF-8, UTF-16), UTF-8 without one. The mark is left out.
 * *ret_fd, the caller's, stands at its end. ERR_NOTFOUND, ERR_PERM, ERR_IO; ERR_SYNTAX: the charset is not known, or the text is not in it,
 * and f says where.
 */
enum err spool_open(const char *path, const char *charset, int *ret_fd, struct failure *f) MUST_USE;
