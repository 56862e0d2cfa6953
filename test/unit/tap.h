/* Test Anything Protocol in thirty lines. Every test program includes it once and returns tap_done(). */
#pragma once

#include <stdio.h>
#include <string.h>

#include "base/str.h"

static int tap_run, tap_bad;

static inline void tap_line(int good, const char *cond, const char *message)
{
	tap_run++;
	tap_bad += !good;
	printf("%sok %d - ", good ? "" : "not ", tap_run);
	for (const char *c = message; *c; c++) /* a result is one line, and '#' would begin a directive */
		printf((unsigned char)*c < 0x20 ? "\\x%02x" : *c == '#' ? "\\#" : "%c", (unsigned char)*c);
	printf("%s%s\n", good ? "" : " -- ", good ? "" : cond);
}

/* One check; the message is printf-like and says what was expected. */
#define OK(cond, ...)                                                                              \
	do {                                                                                       \
		int tap_good = (cond) ? 1 : 0;                                                     \
		char tap_message[1024];                                                            \
		snprintf(tap_message, sizeof(tap_message), __VA_ARGS__);                           \
		tap_line(tap_good, #cond, tap_message);                                            \
	} while (0)

#define IS_STR(got, want)                                                                          \
	do {                                                                                       \
		struct str tap_got = (got), tap_want = (want);                                     \
		OK(str_eq(tap_got, tap_want), "%s:%d: got '%.*s', want '%.*s'", __func__, __LINE__, \
			STR_FMT(tap_got), STR_FMT(tap_want));                                      \
	} while (0)

#define IS_NUM(got, want)                                                                          \
	do {                                                                                       \
		long long tap_got = (long long)(got), tap_want = (long long)(want);                \
		OK(tap_got == tap_want, "%s:%d: got %lld, want %lld", __func__, __LINE__, tap_got, \
			tap_want);                                                                 \
	} while (0)

static inline int tap_done(void)
{
	fflush(stdout);
	printf("1..%d\n", tap_run);
	return tap_bad ? 1 : 0;
}
