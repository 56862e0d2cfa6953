/* A log that nobody reads stops nobody, and its loss is told. */
#include "io/log_sink.h"

#include <fcntl.h>
#include <unistd.h>

#include "io/clock.h"
#include "tap.h"

static char line[4000], got[1 << 20];

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
	dup2(old, STDERR_FILENO);
	close(old);
	close(ends[0]);
	return tap_done();
}
