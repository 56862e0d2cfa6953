#include "role/role.h"

#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "io/clock.h"
#include "io/file.h"
#include "io/log_sink.h"

#define START_MS_MAX 30000
#define LARGE_OCTETS (1 << 20)
#define ROOT_FOLDER  "run/empty" /* below the data folder */

static void setup_log(const struct role_env *env)
{
	static char name[40];
	struct log_setup setup = { .sink = log_sink_stderr, .now_ms = clock_real_ms, .role = name };

	snprintf(name, sizeof(name), "%s.%u", role_name(env->def->role), env->instance);
	setup.most = env->config ? (enum log_level)env->config->log_level : LOG_LEVEL_INFO;
	setup.json = env->config && env->config->log_format == CONFIG_LOG_JSON;
	log_setup(&setup);
}

/* ---- links ---- */

bool link_send(struct link *link, const struct msg *m)
{
	/* Kept from message to message: all of a role's are made one after the other. */
	static struct buf octets;
	bool sent = false;

	if (link == NULL || link->peer == NULL)
		return false;
	if (octets.ceiling == 0)
		buf_init(&octets, PEER_MESSAGE_OCTETS_MAX);
	if (msg_encode(m, &octets) == ERR_OK)
		sent = peer_send(link->peer, buf_str(&octets), m->fds, m->fd_count);
	/* What is encoded may hold a password or a ticket. */
	if (octets.len > 0)
		mem_wipe(octets.at, octets.len);
	buf_clear(&octets);
	return sent;
}

/* Whoever outside is told that something is done finds the other roles told before. */
static void flush_links(struct role_env *env)
{
	LIST_EACH(node, &env->links)
		peer_flush(LIST_OF(node, struct link, node)->peer);
}

struct link *role_link(struct role_env *env, enum role role, uint64_t pick)
{
	uint64_t count = 0;

	LIST_EACH(node, &env->links)
		count += LIST_OF(node, struct link, node)->role == role;
	if (count == 0)
		return NULL;
	pick %= count;
	LIST_EACH(node, &env->links) {
		struct link *link = LIST_OF(node, struct link, node);

		if (link->role == role && pick-- == 0)
			return link;
	}
	return NULL;
}

uint64_t role_request(struct role_env *env)
{
	return ++env->last_request;
}

static void drop_link(struct link *link)
{
	struct role_env *env = link->env;

	list_remove(&link->node);
	peer_free(link->peer);
	link->peer = NULL;
	if (env->def->link_down)
		env->def->link_down(env, link);
	mem_free(link);
}

static void on_link_closed(void *arg)
{
	drop_link(arg);
}

static void close_fds(struct msg *m)
{
	for (size_t i = 0; i < m->fd_count; i++)
		fd_close(&m->fds[i]);
}

static bool decode(struct link *from, struct str octets, const int *fds, size_t fd_count, struct msg *ret)
{
	ret->fd_count = fd_count;
	memcpy(ret->fds, fds, sizeof(*fds) * fd_count);
	if (msg_decode(octets, from->role, from->env->def->role, ret) == ERR_OK && fd_count <= msg_fds_max(ret->id))
		return true;
	log_put(LOG_peer_malformed, LOG_C("from", role_name(from->role)), LOG_U("instance", from->instance), LOG_END);
	close_fds(ret);
	return false;
}

static void on_link_message(void *arg, struct str octets, int *fds, size_t fd_count)
{
	struct link *link = arg;
	struct msg m;

	if (!decode(link, octets, fds, fd_count, &m)) {
		drop_link(link);
		return;
	}
	if (link->env->def->message)
		link->env->def->message(link->env, link, &m);
	close_fds(&m);
}

static struct link *find_link(struct role_env *env, enum role role, unsigned instance)
{
	LIST_EACH(node, &env->links) {
		struct link *link = LIST_OF(node, struct link, node);

		if (link->role == role && link->instance == instance)
			return link;
	}
	return NULL;
}

/* The attendant may tell of the new one before the old one's last answers and its end have been read. */
static void end_old_link(struct role_env *env, enum role role, unsigned instance)
{
	struct link *old = find_link(env, role, instance);

	if (old != NULL)
		peer_drain(old->peer);
	old = find_link(env, role, instance);
	if (old != NULL)
		drop_link(old);
}

static void add_link(struct role_env *env, struct msg *m)
{
	enum role role = (enum role)m->link.role;
	struct link *link;

	must(m->link.role < ROLE_COUNT && m->fd_count == 1 && role_linked(env->def->role, role));
	if (env->def->take_link && env->def->take_link(env, role, m->link.instance, m->fds[0])) {
		m->fds[0] = -1;
		return;
	}
	end_old_link(env, role, m->link.instance);
	link = MEM_NEW(struct link);
	link->env = env;
	link->role = role;
	link->instance = m->link.instance;
	list_init(&link->node);
	list_add_tail(&env->links, &link->node);
	link->peer = peer_new(env->loop, m->fds[0], on_link_message, on_link_closed, link);
	peer_gather(link->peer);
	m->fds[0] = -1;
	if (env->def->link_up)
		env->def->link_up(env, link);
}

/* ---- the attendant's messages ---- */

/* Before the loop runs, too: opening a large store takes its time, and somebody may be waiting for it. */
static bool tell_attendant(struct role_env *env, const struct msg *m)
{
	struct buf octets;
	bool told;

	if (env->attendant.peer != NULL)
		return link_send(&env->attendant, m);
	buf_init(&octets, PEER_MESSAGE_OCTETS_MAX);
	told = msg_encode(m, &octets) == ERR_OK && peer_send_now(env->control_fd, buf_str(&octets), NULL, 0) == ERR_OK;
	buf_done(&octets);
	return told;
}

void role_admin_reply(struct role_env *env, uint64_t request, bool more, struct str json)
{
	flush_links(env);
	tell_attendant(env, &(struct msg){ .id = MSG_admin_reply,
		.admin_reply = { .request = request, .more = more, .json = json } });
}

void role_progress(struct role_env *env, const char *what, uint64_t done, uint64_t total)
{
	struct msg m = { .id = MSG_progress, .progress = { .what = str_from_c(what), .done = done, .total = total } };

	tell_attendant(env, &m);
}

static enum err take_config(struct role_env *env, struct str octets)
{
	struct arena *arena = MEM_NEW(struct arena);
	const struct config *config;
	enum err e;

	arena_init(arena, ARENA_NONE);
	e = config_decode(arena, octets, &config);
	if (e != ERR_OK) {
		arena_done(arena);
		mem_free(arena);
		return e;
	}
	if (env->config_arena != NULL) {
		arena_done(env->config_arena);
		mem_free(env->config_arena);
	}
	env->config_arena = arena;
	env->config = config;
	setup_log(env);
	return ERR_OK;
}

static void begin_stop(struct role_env *env)
{
	if (env->stopping)
		return;
	env->stopping = true;
	if (env->def->stop)
		env->def->stop(env);
	else
		role_stopped(env);
}

void role_stopped(struct role_env *env)
{
	loop_stop(env->loop);
}

static void on_go(struct role_env *env, uint64_t generation)
{
	env->generation = generation;
	if (env->def->go)
		env->def->go(env);
	tell_attendant(env, &(struct msg){ .id = MSG_ready, .ready = { .generation = generation } });
}

static void on_attendant_message(void *arg, struct str octets, int *fds, size_t fd_count)
{
	struct role_env *env = arg;
	struct msg m;

	if (!decode(&env->attendant, octets, fds, fd_count, &m)) {
		begin_stop(env);
		return;
	}
	if (m.id == MSG_link)
		add_link(env, &m);
	else if (m.id == MSG_go)
		on_go(env, m.go.generation);
	else if (m.id == MSG_ping)
		tell_attendant(env, &(struct msg){ .id = MSG_pong, .pong = { .number = m.ping.number } });
	else if (m.id == MSG_stop)
		begin_stop(env);
	else if (m.id == MSG_reload && take_config(env, m.reload.config) == ERR_OK && env->def->reloaded)
		env->def->reloaded(env);
	else if (env->def->message)
		env->def->message(env, &env->attendant, &m);
	close_fds(&m);
}

static void on_attendant_gone(void *arg)
{
	begin_stop(arg);
}

/* ---- start ---- */

static void keep(struct str *to, struct str from)
{
	*to = str_make(str_dup_c(from), from.len);
}

static bool take_start(struct role_env *env, struct str octets, const struct msg *m)
{
	const struct msg_start *s = &m->start;

	if (m->id != MSG_start || s->table_hash != msg_table_hash() || s->role != env->def->role)
		return false;
	env->instance = s->instance;
	env->rebuild_index = s->rebuild_index;
	keep(&env->data_folder, s->data_folder);
	keep(&env->host_name, s->host_name);
	keep(&env->server_instance, s->server_instance);
	keep(&env->ticket_key, s->ticket_key);
	return take_config(env, s->config) == ERR_OK;
}

static int tell_broken(struct role_env *env, const struct failure *f)
{
	struct msg m = { .id = MSG_broken, .broken = { .code = f->code, .text = str_from_c(f->text) } };

	if (!tell_attendant(env, &m))
		fprintf(stderr, "boursed: %s\n", f->text);
	return EXIT_FAILURE;
}

static enum err drop_rights(struct role_env *env, struct failure *f)
{
	struct sandbox s = { .profile = env->def->profile, .folder = env->def->has_folder ? "." : NULL };
	struct sandbox_report report = { 0 };

	if (sandbox_enter(&s, &report) != ERR_OK)
		return fail(f, ERR_PERM, "%s: the sandbox cannot be entered; the kernel must offer seccomp", role_name(env->def->role));
	if (report.landlock_abi == 0)
		log_put(LOG_sandbox_partial, LOG_C("missing", "landlock"), LOG_END);
	return ERR_OK;
}

static enum err prepare(struct role_env *env, const struct msg *m, struct failure *f)
{
	char folder[4096];
	bool entered;

	if (env->def->prepare)
		env->def->prepare();
	/* A role stands in its own folder and names files from there: the folders above need not be open to its user. */
	snprintf(folder, sizeof(folder), "%.*s/%s", STR_FMT(env->data_folder),
		env->def->has_folder ? role_name(env->def->role) : ROOT_FOLDER);
	/* Root without all its rights, as in a container, may not enter it; then the user it belongs to does. */
	entered = chdir(folder) == 0;
	if (entered && !env->def->has_folder && m->start.uid != 0)
		sandbox_chroot(".");
	if (sandbox_become(m->start.uid, m->start.gid) != ERR_OK)
		return fail(f, ERR_PERM, "%s: cannot become user %u", role_name(env->def->role), m->start.uid);
	if (!entered && chdir(folder) < 0)
		return fail(f, ERR_NOTFOUND, "%s: the folder cannot be entered", folder);
	/* Changing the user clears it, so it is set again: a role never outlives its attendant. */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	env->loop = loop_new();
	env->attendant.peer = NULL;
	if (env->def->open && env->def->open(env, f) != ERR_OK)
		return f->code;
	return drop_rights(env, f);
}

static int run(struct role_env *env)
{
	env->attendant.peer = peer_new(env->loop, env->control_fd, on_attendant_message, on_attendant_gone, env);
	log_sink_gather(env->loop);
	loop_run(env->loop);
	flush_links(env);
	log_sink_flush();
	return EXIT_SUCCESS;
}

int role_main(const struct role_def *def, int control_fd)
{
	struct role_env env = { .def = def, .attendant = { .env = &env, .role = ROLE_ATTENDANT },
		.begun_ms = clock_mono_ms(), .control_fd = control_fd };
	struct failure failure = { 0 };
	struct buf octets;
	unsigned char seed[16];
	struct msg m = { 0 };
	int fds[PEER_FDS_MAX];
	size_t fd_count = 0;

	/* A message or a password hash is large for a moment; left to itself the allocator would keep room for it ever after. */
	mallopt(M_MMAP_THRESHOLD, LARGE_OCTETS);
	mallopt(M_TRIM_THRESHOLD, LARGE_OCTETS);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGINT, SIG_IGN); /* Ctrl-C reaches the whole group; the attendant stops us in order */
	signal(SIGTERM, SIG_DFL);
	list_init(&env.links);
	list_init(&env.attendant.node);
	random_octets(seed, sizeof(seed));
	map_seed(seed);
	setup_log(&env);
	buf_init(&octets, PEER_MESSAGE_OCTETS_MAX);
	if (peer_receive_now(control_fd, &octets, fds, &fd_count, START_MS_MAX) != ERR_OK ||
		msg_decode(buf_str(&octets), ROLE_ATTENDANT, def->role, &m) != ERR_OK ||
		!take_start(&env, buf_str(&octets), &m)) {
		fprintf(stderr, "boursed: a role is started by the attendant of the same build only\n");
		return EXIT_FAILURE;
	}
	if (prepare(&env, &m, &failure) != ERR_OK)
		return tell_broken(&env, &failure);
	buf_wipe(&octets);
	return run(&env);
}
