/* A log that nobody reads stops nobody, and its loss is told. */
#include "io/log_sink.h"

#include <fcntl.h>
#include <unistd.h>

#include "io/clock.h"
#include "tap.h"

static char line[4000], got[1 << 20];

static struct {
	struct loop *loop;
	struct deferred later;
	int fd;
	ssize_t before, after;
} turn;

static void on_later(void *arg)
{
	turn.after = read(turn.fd, got, sizeof(got));
	loop_stop(turn.loop);
}

static void on_turn(void *arg)
{
	log_sink_stderr(LOG_LEVEL_INFO, S("one\n"));
	log_sink_stderr(LOG_LEVEL_NOTICE, S("two\n"));
	turn.before = read(turn.fd, got, sizeof(got));
	loop_defer(turn.loop, &turn.later);
}

/* Lines of a turn leave together at its end, before what was deferred after them; trouble does not wait. */
static void test_gathered(int fd)
{
	struct timer *timer;

	turn.loop = loop_new();
	turn.fd = fd;
	timer = timer_new(turn.loop, on_turn, NULL);
	deferred_init(&turn.later, on_later, NULL);
	log_sink_gather(turn.loop);
	timer_set(timer, 1);
	loop_run(turn.loop);
	OK(turn.before < 0, "lines wait for the end of the turn");
	IS_STR(str_make(got, (size_t)turn.after), S("one\ntwo\n"));
	log_sink_stderr(LOG_LEVEL_INFO, S("three\n"));
	log_sink_stderr(LOG_LEVEL_WARN, S("four\n"));
	turn.after = read(fd, got, sizeof(got));
	IS_STR(str_make(got, turn.after > 0 ? (size_t)turn.after : 0), S("three\nfour\n"));
	log_sink_stderr(LOG_LEVEL_INFO, S("five\n"));
	log_sink_gather(NULL);
	turn.after = read(fd, got, sizeof(got));
	IS_STR(str_make(got, turn.after > 0 ? (size_t)turn.after : 0), S("five\n"));
	timer_free(timer);
	loop_run(turn.loop);
	loop_free(turn.loop);
}

int main(void)
{
	int ends[2], old = dup(STDERR_FILENO);
	size_t written = 0, len = 0;
	uint64_t begun;
	ssize_t n;

	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 1] = '\n';
	OK(pipe(ends) == 0 && dup2(ends[1], STDERR_FILENO) == STDERR_FILENO, "standard error is a pipe");
	close(ends[1]);
	begun = clock_mono_ms();
	for (int i = 0; i < 1000; i++)
		log_sink_stderr(LOG_LEVEL_INFO, str_make(line, sizeof(line)));
	OK(clock_mono_ms() - begun < 5000, "a thousand lines into a full pipe do not wait");
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	while ((n = read(ends[0], got, sizeof(got))) > 0)
		written += (size_t)n;
	OK(written > 0 && written % sizeof(line) == 0, "what was written is whole lines");
	log_sink_stderr(LOG_LEVEL_INFO, S("again\n"));
	while ((n = read(ends[0], got + len, sizeof(got) - len)) > 0)
		len += (size_t)n;
	OK(str_find_str(str_make(got, len), S("log lines were lost")) != STR_NPOS, "the loss is told");
	OK(str_ends(str_make(got, len), S("\nagain\n")), "and the log goes on");
	test_gathered(ends[0]);
	dup2(old, STDERR_FILENO);
	close(old);
	close(ends[0]);
	return tap_done();
}
