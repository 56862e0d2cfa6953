#include "io/log_sink.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

/* A reader that is only slow is waited for, one line long; once it was in vain, no more until it reads again. */
#define PATIENCE_MS 50

static unsigned long lost;

static struct {
	struct loop *loop;
	struct deferred flush;
	char octets[LOG_SINK_OCTETS_MAX];
	size_t held;
	unsigned lines;
} waiting;

static bool has_room(void)
{
	struct pollfd p = { .fd = STDERR_FILENO, .events = POLLOUT };
	int n = poll(&p, 1, lost > 0 ? 0 : PATIENCE_MS);

	return n > 0 || (n < 0 && errno == EINTR);
}

static void put(struct str octets, unsigned lines)
{
	char told[80];
	ssize_t n;

	if (!has_room()) {
		lost += lines;
		return;
	}
	if (lost > 0) {
		int length = snprintf(told, sizeof(told), "bourse: %lu log lines were lost: nobody read them in time\n", lost);

		n = write(STDERR_FILENO, told, (size_t)length);
		lost = 0;
	}
	n = write(STDERR_FILENO, octets.at, octets.len);
	(void)n;
}

void log_sink_flush(void)
{
	if (waiting.held > 0)
		put(str_make(waiting.octets, waiting.held), waiting.lines);
	waiting.held = 0;
	waiting.lines = 0;
}

static void on_turn_over(void *arg)
{
	log_sink_flush();
}

void log_sink_gather(struct loop *loop)
{
	log_sink_flush();
	if (waiting.loop != NULL)
		deferred_cancel(&waiting.flush);
	waiting.loop = loop;
	deferred_init(&waiting.flush, on_turn_over, NULL);
}

void log_sink_stderr(enum log_level level, struct str line)
{
	if (waiting.held + line.len > sizeof(waiting.octets))
		log_sink_flush();
	if (waiting.loop == NULL || level <= LOG_LEVEL_WARN || line.len > sizeof(waiting.octets)) {
		log_sink_flush();
		put(line, 1);
		return;
	}
	memcpy(waiting.octets + waiting.held, line.at, line.len);
	waiting.held += line.len;
	waiting.lines++;
	loop_defer(waiting.loop, &waiting.flush);
}
