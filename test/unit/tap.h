/* Test Anything Protocol in thirty lines. Every test program includes it once and returns tap_done(). */
#pragma once

#include <stdio.h>
#include <string.h>

#include "base/str.h"

static int tap_run, tap_bad;

/* One check; the message is printf-like and says what was expected. */
#define OK(cond, ...)                                                                              \
	do {                                                                                       \
		int tap_good = (cond) ? 1 : 0;                                                     \
		tap_run++;                                                                         \
		tap_bad += !tap_good;                                                              \
		printf("%sok %d - ", tap_good ? "" : "not ", tap_run);                             \
		printf(__VA_ARGS__);                                                               \
		printf("%s\n", tap_good ? "" : " # " #cond);                                       \
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
