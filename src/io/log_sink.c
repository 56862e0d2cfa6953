#include "io/log_sink.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

/* A reader that is only slow is waited for, one line long; once it was in vain, no more until it reads again. */
#define PATIENCE_MS 50

static unsigned long lost;

static bool has_room(void)
{
	struct pollfd p = { .fd = STDERR_FILENO, .events = POLLOUT };
	int n = poll(&p, 1, lost > 0 ? 0 : PATIENCE_MS);

	return n > 0 || (n < 0 && errno == EINTR);
}

void log_sink_stderr(enum log_level level, struct str line)
{
	char told[80];
	ssize_t n;

	if (!has_room()) {
		lost++;
		return;
	}
	if (lost > 0) {
		int length = snprintf(told, sizeof(told), "bourse: %lu log lines were lost: nobody read them in time\n", lost);

		n = write(STDERR_FILENO, told, (size_t)length);
		lost = 0;
	}
	n = write(STDERR_FILENO, line.at, line.len);
	(void)n;
}
