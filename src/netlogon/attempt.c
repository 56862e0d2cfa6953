#include "netlogon/attempt.h"

#include <stdarg.h>
#include <stdio.h>

void attempt_say(struct attempt *a, enum proof_verdict v, const char *format, ...)
{
	va_list args;

	a->answer.verdict = v;
	va_start(args, format);
	vsnprintf(a->answer.reason, sizeof(a->answer.reason), format, args);
	va_end(args);
	/* What a controller says may have lines. */
	for (char *c = a->answer.reason; *c != '\0'; c++) {
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = ' ';
	}
}
