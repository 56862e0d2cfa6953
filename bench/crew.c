#include "crew.h"

#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Seen by all processes of the load. */
struct shared {
	_Atomic uint32_t ready, go;
	struct crew_row rows[CREW_MAX];
};

static struct shared *shared;
static uint32_t own;

void crew_open(void)
{
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		load_give_up("no memory");
}

bool crew_child(uint32_t n)
{
	pid_t pid = fork();

	if (pid < 0 || n >= CREW_MAX)
		load_give_up("cannot fork");
	if (pid != 0)
		return false;
	own = n;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	return true;
}

struct crew_row *crew_begin(void)
{
	shared->ready++;
	while (!shared->go)
		usleep(200);
	return &shared->rows[own];
}

void crew_finish(uint32_t sessions, const char *what)
{
	uint64_t began, done = 0, octets = 0, last = 0;
	double seconds;
	int status;

	while (shared->ready < sessions) {
		usleep(200);
		if (waitpid(-1, NULL, WNOHANG) > 0)
			load_give_up("a session has failed");
	}
	began = load_now_us();
	shared->go = 1;
	for (uint32_t i = 0; i < sessions; i++)
		if (wait(&status) < 0 || status != 0)
			load_give_up("a session has failed");
	for (uint32_t i = 0; i < sessions; i++) {
		done += shared->rows[i].done;
		octets += shared->rows[i].octets;
		last = shared->rows[i].done_us > last ? shared->rows[i].done_us : last;
	}
	seconds = (double)(last - began) / 1e6;
	printf("{\"sessions\":%u,\"%s\":%lu,\"octets\":%lu,\"seconds\":%.4f,\"per_second\":%.1f}\n", sessions, what, (unsigned long)done,
		(unsigned long)octets, seconds, (double)done / seconds);
}
