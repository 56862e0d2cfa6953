/* Taking a password: from the first line of a stream, or twice from the terminal without echo. */
#pragma once

#include <stdio.h>

#include "base/err.h"

#define PASSWORD_OCTETS_MAX 1024

/* A NUL-terminated password; wipe it with mem_wipe. */
struct password {
	char text[PASSWORD_OCTETS_MAX + 1];
	size_t len;
};

/* The first line without its end. ERR_SYNTAX: none, empty, too long, NUL or not UTF-8 in it. */
enum err password_read(FILE *from, struct password *ret, struct failure *f) MUST_USE;
/* ERR_SYNTAX: no terminal, or two that differ. Echo is put back in every case. */
enum err password_ask(const char *name, struct password *ret, struct failure *f) MUST_USE;
