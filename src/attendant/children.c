#include "attendant/attendant_int.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "io/clock.h"
#include "io/file.h"
#include "io/peer.h"

#define CONTROL_FD         3
#define QUICK_DEATH_MS     60000
#define HASTY_MS           1000
#define RESTART_FIRST_MS   100
#define RESTART_MS_MAX     30000
#define INDEX_DOUBT_MS     3600000
#define REST_MS            300
#define MESSAGE_OCTETS_MAX PEER_MESSAGE_OCTETS_MAX

void child_send(struct child *child, const struct msg *m)
{
	struct buf octets;

	if (child->peer == NULL)
		return;
	if (m->id == MSG_admin_request || m->id == MSG_admin_file_request)
		watchdog_works(child);
	buf_init(&octets, MESSAGE_OCTETS_MAX);
	if (msg_encode(m, &octets) == ERR_OK)
		peer_send(child->peer, buf_str(&octets), m->fds, m->fd_count);
	buf_wipe(&octets);
}

static void plan(struct attendant *a, enum role role, uint64_t count)
{
	for (uint64_t i = 0; i < count && a->child_count < CHILDREN_MAX; i++) {
		struct child *child = &a->children[a->child_count++];

		child->attendant = a;
		child->role = role;
		child->instance = (unsigned)i;
	}
}

void children_plan(struct attendant *a)
{
	const struct config *c = a->config;

	plan(a, ROLE_DIRECTORY, 1);
	plan(a, ROLE_STORE, 1);
	if (a->options.maintenance) {
		plan(a, ROLE_PARSER, 1);
		return;
	}
	plan(a, ROLE_KEYS, 1);
	plan(a, ROLE_PARSER, c->parser_processes);
	plan(a, ROLE_TRANSPORT, 1);
	plan(a, ROLE_NETLOGON, 1);
	plan(a, ROLE_FRONT_MX, c->front_mx_processes);
	plan(a, ROLE_FRONT_USER, c->front_user_processes);
}

const char *child_state_name(enum child_state state)
{
	static const char *const names[] = { "down", "starting", "ready", "stopping" };

	return names[state];
}

struct child *child_of(struct attendant *a, enum role role)
{
	for (size_t i = 0; i < a->child_count; i++) {
		if (a->children[i].role == role)
			return &a->children[i];
	}
	return NULL;
}

/* ---- what a new child is told ---- */

static void send_start(struct child *child, struct str config)
{
	struct attendant *a = child->attendant;
	bool knows_tickets = child->role == ROLE_DIRECTORY || child->role == ROLE_STORE;
	struct msg m = { .id = MSG_start };
	struct msg_start *s = &m.start;

	s->table_hash = msg_table_hash();
	s->role = (uint8_t)child->role;
	s->instance = child->instance;
	s->config = config;
	s->data_folder = a->data_folder;
	s->host_name = a->host_name;
	s->server_instance = str_from_c(a->server_instance);
	s->ticket_key = knows_tickets ? str_make(a->ticket_key, sizeof(a->ticket_key)) : STR_NONE;
	s->rebuild_index = child->rebuild_index;
	attendant_role_user(a, child->role, &s->uid, &s->gid);
	child_send(child, &m);
	child->rebuilding = child->rebuild_index;
	child->rebuild_index = false;
	child->broken = false;
}

static void link_children(struct child *one, struct child *other)
{
	struct msg m = { .id = MSG_link, .fd_count = 1 };
	int ends[2];

	if (peer_pair(ends) != ERR_OK)
		return; /* out of descriptors: both will report the other as gone */
	m.fds[0] = ends[0];
	m.link = (struct msg_link){ .role = (uint8_t)other->role, .instance = other->instance };
	child_send(one, &m);
	m.fds[0] = ends[1];
	m.link = (struct msg_link){ .role = (uint8_t)one->role, .instance = one->instance };
	child_send(other, &m);
	fd_close(&ends[0]);
	fd_close(&ends[1]);
}

static void send_keys(struct child *child)
{
	struct attendant *a = child->attendant;

	if (a->chain_pem.len == 0)
		return;
	if (child->role == ROLE_KEYS)
		child_send(child, &(struct msg){ .id = MSG_private_key,
			.private_key = { .key = a->key, .pem = buf_str(&a->key_pem) } });
	if (child->role == ROLE_FRONT_MX || child->role == ROLE_FRONT_USER)
		child_send(child, &(struct msg){ .id = MSG_certificate,
			.certificate = { .key = a->key, .chain_pem = buf_str(&a->chain_pem),
				.client_ca_pem = child->role == ROLE_FRONT_USER ? buf_str(&a->client_ca_pem) : STR_NONE } });
}

static void send_listeners(struct child *child)
{
	struct attendant *a = child->attendant;

	for (size_t i = 0; i < a->listener_count; i++) {
		const struct listener *l = &a->listeners[i];
		struct msg m = { .id = MSG_listener, .fds = { l->fd }, .fd_count = 1 };

		if (service_row(l->service)->role != child->role)
			continue;
		m.listener = (struct msg_listener){ .service = (uint8_t)l->service, .address = str_from_c(l->address), .port = l->port };
		child_send(child, &m);
	}
}

static void introduce(struct child *child)
{
	struct attendant *a = child->attendant;
	struct buf config;

	buf_init(&config, MESSAGE_OCTETS_MAX / 2);
	must(config_encode(a->config, &config) == ERR_OK);
	send_start(child, buf_str(&config));
	buf_done(&config);
	for (size_t i = 0; i < a->child_count; i++) {
		struct child *other = &a->children[i];

		if (other != child && other->pid != 0 && other->state != CHILD_STOPPING && role_linked(child->role, other->role))
			link_children(child, other);
	}
	send_keys(child);
	send_listeners(child);
	child_send(child, &(struct msg){ .id = MSG_go, .go = { .generation = child->restarts } });
}

/* ---- life and death ---- */

/* Through these somebody reads his mail. */
static bool is_first(const struct child *child)
{
	bool first = child->role == ROLE_DIRECTORY || child->role == ROLE_STORE || child->role == ROLE_KEYS || child->role == ROLE_FRONT_USER;

	return child->attendant->options.maintenance || (first && child->instance == 0);
}

static bool first_are_ready(const struct attendant *a)
{
	for (size_t i = 0; i < a->child_count; i++) {
		if (is_first(&a->children[i]) && a->children[i].state != CHILD_READY)
			return false;
	}
	return true;
}

static enum err spawn(struct child *child);

/* One after the other: all at once they would take both cores from those who serve by then. */
static void begin_next(void *arg)
{
	struct attendant *a = arg;

	a->rest_begun = true;
	for (size_t i = 0; i < a->child_count && !a->stopping; i++) {
		struct child *child = &a->children[i];

		if (is_first(child) || child->begun)
			continue;
		child->begun = true;
		timer_set(a->rest_timer, REST_MS);
		if (spawn(child) != ERR_OK)
			attendant_cannot_start(a);
		return;
	}
	timer_stop(a->rest_timer);
}

static void on_ready(struct child *child)
{
	struct attendant *a = child->attendant;

	if (child->state != CHILD_STARTING)
		return;
	child->state = CHILD_READY;
	log_put(LOG_role_started, LOG_C("role", role_name(child->role)), LOG_U("instance", child->instance),
		LOG_U("pid", (uint64_t)child->pid), LOG_END);
	if (child->rebuilding) {
		child->rebuilding = false;
		admin_rebuilt(a, child);
	}
	if (a->all_ready)
		return;
	if (a->rest_begun || first_are_ready(a))
		begin_next(a);
	for (size_t i = 0; i < a->child_count; i++) {
		if (a->children[i].state != CHILD_READY)
			return;
	}
	a->all_ready = true;
	attendant_all_ready(a);
}

/* At the first start it is for whoever stands before the terminal; later, for the log. */
static void on_broken(struct child *child, struct str text)
{
	if (child->state != CHILD_STARTING)
		return;
	child->broken = true;
	if (child->attendant->all_ready || str_has_control(text))
		log_put(LOG_role_broken, LOG_C("role", role_name(child->role)), LOG_S("why", text), LOG_END);
	else
		fprintf(stderr, "boursed: %.*s\n", STR_FMT(text));
}

static void on_child_message(void *arg, struct str octets, int *fds, size_t fd_count)
{
	struct child *child = arg;
	struct msg m;

	bool good = msg_decode(octets, child->role, ROLE_ATTENDANT, &m) == ERR_OK && fd_count <= msg_fds_max(m.id);

	watchdog_heard(child);
	m.fd_count = good ? fd_count : 0;
	memcpy(m.fds, fds, sizeof(*fds) * m.fd_count);
	if (good && m.id == MSG_admin_file)
		admin_answer_file(child->attendant, child, &m);
	for (size_t i = 0; i < fd_count; i++)
		fd_close(&fds[i]);
	if (!good) {
		log_put(LOG_peer_malformed, LOG_C("from", role_name(child->role)), LOG_END);
		kill(child->pid, SIGKILL);
		return;
	}
	if (m.id == MSG_ready)
		on_ready(child);
	else if (m.id == MSG_broken)
		on_broken(child, m.broken.text);
	else if (m.id == MSG_admin_reply)
		admin_answer(child->attendant, child, &m.admin_reply);
	else if (m.id == MSG_pong)
		watchdog_answered(child, m.pong.number);
	else if (m.id == MSG_progress)
		admin_progress(child->attendant, child, &m.progress);
	else if (m.id == MSG_scrub_state)
		admin_scrub_state(child, &m.scrub_state);
	else if (m.id == MSG_nameless)
		child->nameless = m.nameless;
	else if (m.id == MSG_controllers)
		admin_controllers(child->attendant, m.controllers.json);
}

static void on_child_closed(void *arg)
{
	/* Its end is told by SIGCHLD; until then the channel is just silent. */
}

/* No terminal, and nothing that whoever started us forgot to close; only what is for the log. */
static void give_nothing_else(void)
{
	static const char *const names[] = { "NOTIFY_SOCKET", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "WATCHDOG_PID", "WATCHDOG_USEC" };
	int nothing = open("/dev/null", O_RDWR);

	if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 || dup2(nothing, STDOUT_FILENO) < 0)
		_exit(127);
	/* An old kernel does not know the call; ours are closed by exec anyway. */
	(void)syscall(SYS_close_range, CONTROL_FD + 1, ~0U, 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		unsetenv(names[i]);
}

_Noreturn static void become_child(struct child *child, int control)
{
	char number[16];
	const char *argv[] = { "boursed", "--role", role_name(child->role), NULL };

	/* dup2 also clears close-on-exec; a descriptor that is in its place already needs it cleared. */
	if (control == CONTROL_FD)
		fcntl(control, F_SETFD, 0);
	else if (dup2(control, CONTROL_FD) < 0)
		_exit(127);
	give_nothing_else();
	snprintf(number, sizeof(number), "%u", child->instance);
	setenv("BOURSE_INSTANCE", number, 1); /* for a reader of /proc only */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	execv("/proc/self/exe", (char *const *)(uintptr_t)argv);
	_exit(127);
}

static enum err spawn(struct child *child)
{
	int ends[2];
	pid_t pid;

	if (peer_pair(ends) != ERR_OK)
		return ERR_LIMIT;
	pid = fork();
	if (pid < 0) {
		fd_close(&ends[0]);
		fd_close(&ends[1]);
		return ERR_LIMIT;
	}
	if (pid == 0)
		become_child(child, ends[1]);
	fd_close(&ends[1]);
	child->pid = pid;
	child->state = CHILD_STARTING;
	child->started_ms = clock_mono_ms();
	watchdog_born(child);
	child->peer = peer_new(child->attendant->loop, ends[0], on_child_message, on_child_closed, child);
	introduce(child);
	return ERR_OK;
}

/*
 * To begin with all at once is a tenth of a second's work for a core, and whoever waits for his mail waits for all of it: so those
 * come first through whom he gets it. The others are not kept waiting for a store that takes long.
 */
enum err children_begin(struct attendant *a)
{
	watchdog_start(a);
	a->rest_timer = timer_new(a->loop, begin_next, a);
	timer_set(a->rest_timer, REST_MS);
	return spawn(child_of(a, ROLE_STORE));
}

enum err children_start(struct attendant *a)
{
	for (size_t i = 0; i < a->child_count; i++) {
		struct child *child = &a->children[i];

		if (child->pid == 0 && is_first(child) && spawn(child) != ERR_OK)
			return ERR_LIMIT;
	}
	return ERR_OK;
}

static void on_restart(void *arg)
{
	struct child *child = arg;

	if (!child->attendant->stopping && child->pid == 0 && spawn(child) != ERR_OK)
		timer_set(child->restart, RESTART_MS_MAX);
}

/* Doubles with each quick death: 0, 100 ms, 200 ms ... 30 s. */
static uint64_t restart_delay(struct child *child)
{
	uint64_t delay;

	if (clock_mono_ms() - child->started_ms > QUICK_DEATH_MS)
		child->quick_deaths = 0;
	delay = child->quick_deaths == 0 ? 0 : (uint64_t)RESTART_FIRST_MS << (child->quick_deaths < 10 ? child->quick_deaths - 1 : 9);
	child->quick_deaths++;
	return delay > RESTART_MS_MAX ? RESTART_MS_MAX : delay;
}

/* It ended in order, but nobody had asked it to and it had hardly begun: not to be repeated without a pause. */
static bool is_hasty(const struct child *child)
{
	return child->state != CHILD_STOPPING && clock_mono_ms() - child->started_ms < HASTY_MS;
}

static void log_death(const struct child *child, int status, uint64_t delay)
{
	bool killed = WIFSIGNALED(status);

	log_put(LOG_role_died, LOG_C("role", role_name(child->role)), LOG_U("instance", child->instance),
		LOG_U("pid", (uint64_t)child->pid), LOG_C("how", killed ? "signal" : "exit"),
		LOG_U("status", (uint64_t)(killed ? WTERMSIG(status) : WEXITSTATUS(status))), LOG_U("again_in_ms", delay), LOG_END);
	if (delay >= 1000)
		log_put(LOG_role_backoff, LOG_C("role", role_name(child->role)), LOG_U("wait_ms", delay), LOG_END);
}

static bool any_child_runs(const struct attendant *a, bool fronts_only)
{
	for (size_t i = 0; i < a->child_count; i++) {
		const struct child *child = &a->children[i];
		bool front = child->role == ROLE_FRONT_MX || child->role == ROLE_FRONT_USER;

		if (child->pid != 0 && (front || !fronts_only))
			return true;
	}
	return false;
}

static void stop_rest(struct attendant *a)
{
	a->stopping_rest = true;
	for (size_t i = 0; i < a->child_count; i++) {
		a->children[i].state = CHILD_STOPPING;
		child_send(&a->children[i], &(struct msg){ .id = MSG_stop });
	}
}

/*
 * A damaged index ends the role that reads it, and would again each time. The journal is the truth, so the index is
 * made anew: at once when the role could not even start, else at the second such death in a row. A damaged page may also
 * send the engine round in circles; then it is the second time in a row that the role has hung at its start or been busy with nothing.
 * Not twice in an hour: then it was something else.
 */
static bool doubts_index(struct child *child, int status)
{
	int how = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	bool starting = child->state == CHILD_STARTING;
	bool in_a_row = child->hung ? child->hangs > 1 && (starting || child->spun) : starting || child->quick_deaths > 1;
	uint64_t now = clock_mono_ms();

	if (child->role != ROLE_DIRECTORY && child->role != ROLE_STORE)
		return false;
	if ((!child->hung && how != SIGABRT && how != SIGSEGV && how != SIGBUS) || !in_a_row)
		return false;
	if (child->index_doubted_ms != 0 && now - child->index_doubted_ms < INDEX_DOUBT_MS)
		return false;
	child->index_doubted_ms = now;
	return true;
}

static void on_death(struct child *child, int status)
{
	struct attendant *a = child->attendant;
	bool orderly = WIFEXITED(status) && WEXITSTATUS(status) == 0;
	uint64_t delay = 0;

	peer_drain(child->peer); /* why it could not go on may still be under way */
	peer_free(child->peer);
	child->peer = NULL;
	if (!a->stopping && (!orderly || is_hasty(child)))
		delay = restart_delay(child);
	if (!a->stopping && !orderly && (a->all_ready || !child->broken))
		log_death(child, status, delay);
	if (!a->stopping && doubts_index(child, status))
		child->rebuild_index = true;
	child->pid = 0;
	child->state = CHILD_DOWN;
	child->nameless = (struct msg_nameless){ 0 };
	child->restarts++;
	admin_child_died(a, child);
	child->rebuilding = false;
	if (a->stopping) {
		if (!any_child_runs(a, false))
			attendant_gone(a);
		else if (!a->stopping_rest && !any_child_runs(a, true))
			stop_rest(a);
		return;
	}
	/* What cannot start the first time will not the second: say so instead of trying for ever. */
	if (!a->all_ready && !orderly && !child->rebuild_index && !child->hung) {
		if (!child->broken)
			fprintf(stderr, "boursed: %s ended before it was ready: too few descriptors or processes?\n", role_name(child->role));
		attendant_stop(a, EXIT_FAILURE);
		return;
	}
	if (child->restart == NULL)
		child->restart = timer_new(a->loop, on_restart, child);
	timer_set(child->restart, delay);
}

void children_reaped(struct attendant *a)
{
	for (;;) {
		int status;
		pid_t pid = waitpid(-1, &status, WNOHANG);

		if (pid <= 0)
			return;
		for (size_t i = 0; i < a->child_count; i++) {
			if (a->children[i].pid == pid)
				on_death(&a->children[i], status);
		}
	}
}

void child_restart_rebuilding(struct child *child)
{
	child->rebuild_index = true;
	child->state = CHILD_STOPPING;
	child_send(child, &(struct msg){ .id = MSG_stop });
}

void children_reload(struct attendant *a)
{
	struct buf config;

	buf_init(&config, MESSAGE_OCTETS_MAX / 2);
	must(config_encode(a->config, &config) == ERR_OK);
	for (size_t i = 0; i < a->child_count; i++) {
		send_keys(&a->children[i]);
		child_send(&a->children[i], &(struct msg){ .id = MSG_reload, .reload = { .config = buf_str(&config) } });
	}
	buf_done(&config);
}

void children_stop(struct attendant *a)
{
	for (size_t i = 0; i < a->child_count; i++) {
		struct child *child = &a->children[i];

		if (child->restart != NULL) {
			timer_free(child->restart);
			child->restart = NULL;
		}
		if (child->role == ROLE_FRONT_MX || child->role == ROLE_FRONT_USER)
			child_send(child, &(struct msg){ .id = MSG_stop });
	}
	if (!any_child_runs(a, false))
		attendant_gone(a);
	else if (!any_child_runs(a, true))
		stop_rest(a);
}
