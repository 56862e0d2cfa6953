/*
 * Roles that do not answer: who is ended, and when the index is taken for the reason. This program is its own roles: the
 * attendant starts them from /proc/self/exe.
 */
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "attendant/attendant_int.h"
#include "base/mem.h"
#include "io/clock.h"
#include "io/peer.h"
#include "tap.h"

#define MANNER  "BOURSE_TEST_MANNER"
#define LIFE_MS 120000

/* ---- a role ---- */

enum manner { GOOD, SLOW, STUCK, SPINS, WAITS, WORKS };

static void say(const struct msg *m)
{
	struct buf octets;

	buf_init(&octets, PEER_MESSAGE_OCTETS_MAX);
	must(msg_encode(m, &octets) == ERR_OK);
	if (peer_send_now(3, buf_str(&octets), NULL, 0) != ERR_OK)
		_exit(0);
	buf_done(&octets);
}

static void nap(long ms)
{
	nanosleep(&(struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 }, NULL);
}

/* A long start that tells how far it is. */
static void start_slowly(void)
{
	for (uint64_t i = 0; i < 60; i++) {
		nap(150);
		say(&(struct msg){ .id = MSG_progress, .progress = { .what = S("reading"), .done = i, .total = 60 } });
	}
}

_Noreturn static void hang(bool busy)
{
	for (volatile unsigned n = 0;; n++) {
		if (!busy)
			pause();
	}
}

static void hear(enum role role, enum manner manner)
{
	struct buf octets;
	struct msg m;
	int fds[PEER_FDS_MAX];
	size_t fd_count = 0;

	buf_init(&octets, PEER_MESSAGE_OCTETS_MAX);
	if (peer_receive_now(3, &octets, fds, &fd_count, -1) != ERR_OK)
		_exit(0);
	must(msg_decode(buf_str(&octets), ROLE_ATTENDANT, role, &m) == ERR_OK);
	for (size_t i = 0; i < fd_count; i++)
		close(fds[i]);
	/* With a new index nothing is wrong with it. */
	if (m.id == MSG_start && manner == STUCK && !m.start.rebuild_index)
		hang(false);
	if (m.id == MSG_start && m.start.rebuild_index)
		unsetenv(MANNER);
	if (m.id == MSG_start && manner == SLOW)
		start_slowly();
	if (m.id == MSG_go)
		say(&(struct msg){ .id = MSG_ready, .ready = { .generation = m.go.generation } });
	if (m.id == MSG_admin_request && manner == WORKS)
		nap(8000);
	if (m.id == MSG_ping && getenv(MANNER) != NULL && (manner == SPINS || manner == WAITS))
		hang(manner == SPINS);
	if (m.id == MSG_ping)
		say(&(struct msg){ .id = MSG_pong, .pong = { .number = m.ping.number } });
	buf_done(&octets);
}

_Noreturn static void be_role(const char *name)
{
	bool store = strcmp(name, role_name(ROLE_STORE)) == 0;
	const char *manner = getenv(MANNER);

	for (;;)
		hear(store ? ROLE_STORE : ROLE_DIRECTORY, store && manner != NULL ? (enum manner)atoi(manner) : GOOD);
}

/* ---- the attendant ---- */

struct scene {
	struct attendant *a;
	struct child *store;
	struct timer *timer;
	unsigned hangs_before; /* hangs when the index was first to be made anew */
	bool asks;           /* something, as an administrator, when the role is ready */
	bool renewed;        /* it was, and the role was ready with it */
	bool (*over)(const struct scene *s);
};

static void on_child_signal(void *arg, int signal_number)
{
	children_reaped(arg);
}

static void on_timer(void *arg)
{
	struct scene *s = arg;

	if (s->store->index_doubted_ms != 0 && s->hangs_before == 0)
		s->hangs_before = s->store->hangs;
	if (s->store->index_doubted_ms != 0 && s->store->state == CHILD_READY)
		s->renewed = true;
	if (s->asks && s->store->state == CHILD_READY) {
		s->asks = false;
		child_send(s->store, &(struct msg){ .id = MSG_admin_request,
			.admin_request = { .request = 1, .verb = S("check"), .json = S("{}") } });
	}
	if (s->over(s))
		loop_stop(s->a->loop);
	timer_set(s->timer, 5);
}

struct play {
	enum manner manner;
	const char *config;
	bool (*over)(const struct scene *s);
	int (*check)(const struct scene *s); /* 0, or the number of what is wrong */
};

_Noreturn static void perform(const struct play *p)
{
	struct attendant *a = MEM_NEW(struct attendant);
	struct scene s = { .a = a, .over = p->over, .asks = p->manner == WORKS };
	struct arena arena;
	struct failure f = { 0 };
	char number[8];

	alarm(LIFE_MS / 1000);
	snprintf(number, sizeof(number), "%d", p->manner);
	setenv(MANNER, number, 1);
	arena_init(&arena, ARENA_NONE);
	must(config_parse(&arena, str_from_c(p->config), "test", &a->config, &f) == ERR_OK);
	a->options.maintenance = true; /* directory and store alone */
	a->data_folder = a->host_name = S("/nowhere");
	a->loop = loop_new();
	signal_watch_new(a->loop, SIGCHLD, on_child_signal, a);
	children_plan(a);
	s.store = child_of(a, ROLE_STORE);
	s.timer = timer_new(a->loop, on_timer, &s);
	timer_set(s.timer, 5);
	must(children_begin(a) == ERR_OK && children_start(a) == ERR_OK);
	loop_run(a->loop);
	_exit(p->check(&s));
}

static bool is_ready(const struct scene *s)
{
	return s->store->state == CHILD_READY;
}

static int check_unharmed(const struct scene *s)
{
	return s->store->restarts != 0 ? 1 : 0;
}

static bool is_renewed(const struct scene *s)
{
	return s->renewed;
}

static int check_second(const struct scene *s)
{
	return s->hangs_before != 2 ? 1 : 0;
}

static bool hung_twice(const struct scene *s)
{
	return s->store->restarts >= 2;
}

static int check_waited(const struct scene *s)
{
	if (s->store->hangs < 2)
		return 1;
	return s->store->index_doubted_ms != 0 || s->store->rebuild_index ? 2 : 0;
}

static bool was_ready_long(const struct scene *s)
{
	return is_ready(s) && clock_mono_ms() - s->store->started_ms > 8000;
}

static const struct play plays[] = {
	{ SLOW, "server.answer_time_max = 3s\n", is_ready, check_unharmed },
	{ GOOD, "server.answer_time_max = 3s\n", was_ready_long, check_unharmed },
	{ WORKS, "server.answer_time_max = 3s\n", was_ready_long, check_unharmed },
	{ STUCK, "server.answer_time_max = 600ms\n", is_renewed, check_second },
	{ SPINS, "server.answer_time_max = 600ms\n", is_renewed, check_second },
	{ WAITS, "server.answer_time_max = 600ms\n", hung_twice, check_waited },
	{ WAITS, "server.answer_time_max = 0s\n", was_ready_long, check_unharmed },
};

#define PLAYS (sizeof(plays) / sizeof(*plays))

/* All at once, each in a process of its own: most of it is waiting. */
int main(int argc, char **argv)
{
	pid_t pids[PLAYS];
	int status;

	if (argc == 3 && strcmp(argv[1], "--role") == 0)
		be_role(argv[2]);
	for (size_t i = 0; i < PLAYS; i++) {
		pids[i] = fork();
		must(pids[i] >= 0);
		if (pids[i] == 0)
			perform(&plays[i]);
	}
	for (size_t i = 0; i < PLAYS; i++) {
		must(waitpid(pids[i], &status, 0) == pids[i]);
		IS_NUM(status, 0);
	}
	return tap_done();
}
