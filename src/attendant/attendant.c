#include "attendant/attendant.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "attendant/attendant_int.h"
#include "attendant/systemd.h"
#include "base/code.h"
#include "base/log.h"
#include "base/mem.h"
#include "io/clock.h"
#include "io/file.h"
#include "io/log_sink.h"

#define STOP_MS_MAX 10000

static void setup_log(const struct config *c)
{
	struct log_setup setup = { .sink = log_sink_stderr, .now_ms = clock_real_ms, .role = "attendant", .most = LOG_LEVEL_INFO };

	if (c != NULL) {
		setup.most = (enum log_level)c->log_level;
		setup.json = c->log_format == CONFIG_LOG_JSON;
	}
	log_setup(&setup);
}

static void complete_config(struct attendant *a, struct arena *arena, const struct config **config)
{
	char host[256] = "localhost";
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	if (gethostname(host, sizeof(host) - 1) < 0 || host[0] == '\0')
		snprintf(host, sizeof(host), "localhost");
	*config = config_complete(arena, *config, str_from_c(host), cores > 0 ? (unsigned)cores : 1);
}

static enum err load(struct attendant *a, struct arena **ret_arena, const struct config **ret, struct failure *f)
{
	struct arena *arena = MEM_NEW(struct arena);

	arena_init(arena, ARENA_NONE);
	if (attendant_load_config(a, arena, ret, f) != ERR_OK) {
		arena_done(arena);
		mem_free(arena);
		return f->code;
	}
	complete_config(a, arena, ret);
	*ret_arena = arena;
	return ERR_OK;
}

static void adopt_config(struct attendant *a, struct arena *arena, const struct config *config)
{
	if (a->config_arena != NULL) {
		arena_done(a->config_arena);
		mem_free(a->config_arena);
	}
	a->config_arena = arena;
	a->config = config;
	memset(a->users, 0, sizeof(a->users));
	setup_log(config);
}

void attendant_reload(struct attendant *a, struct failure *f)
{
	struct arena *arena;
	const struct config *next;
	struct buf names;

	if (load(a, &arena, &next, f) != ERR_OK)
		return;
	buf_init(&names, 8192);
	config_restart_needed(&names, a->config, next);
	if (names.len > 0)
		fail(f, ERR_CONFIG, "a restart is needed for: %.*s", STR_FMT(buf_str(&names)));
	buf_done(&names);
	/* All of it or nothing: a certificate that cannot be used leaves the rest as it was, too. */
	if (f->code == ERR_OK && !a->options.maintenance && certificate_load(a, next, f) != ERR_OK)
		log_put(LOG_tls_unusable, LOG_C("reason", f->text), LOG_END);
	if (f->code != ERR_OK) {
		arena_done(arena);
		mem_free(arena);
		return;
	}
	adopt_config(a, arena, next);
	children_reload(a);
}

static void on_hangup(void *arg, int signal_number)
{
	struct attendant *a = arg;
	struct failure f = { 0 };
	char reloading[64];

	if (a->stopping)
		return;
	snprintf(reloading, sizeof(reloading), "RELOADING=1\nMONOTONIC_USEC=%llu", (unsigned long long)clock_mono_ms() * 1000);
	systemd_tell(reloading);
	attendant_reload(a, &f);
	if (f.code != ERR_OK)
		log_put(LOG_reload_refused, LOG_C("reason", f.text), LOG_END);
	else
		log_put(LOG_reloaded, LOG_END);
	if (a->all_ready)
		systemd_tell("READY=1");
}

static void on_stop_signal(void *arg, int signal_number)
{
	attendant_stop(arg, EXIT_SUCCESS);
}

static void on_child_signal(void *arg, int signal_number)
{
	children_reaped(arg);
}

static void on_stop_timeout(void *arg)
{
	struct attendant *a = arg;

	for (size_t i = 0; i < a->child_count; i++) {
		if (a->children[i].pid == 0)
			continue;
		log_put(LOG_forced_stop, LOG_C("role", role_name(a->children[i].role)), LOG_END);
		kill(a->children[i].pid, SIGKILL);
	}
	timer_set(a->stop_timer, STOP_MS_MAX);
}

void attendant_stop(struct attendant *a, int exit_status)
{
	if (a->stopping)
		return;
	a->stopping = true;
	a->exit_status = exit_status;
	if (exit_status == EXIT_SUCCESS && !a->options.maintenance)
		log_put(LOG_stopping, LOG_END);
	systemd_tell("STOPPING=1");
	timer_set(a->stop_timer, STOP_MS_MAX);
	children_stop(a);
}

void attendant_cannot_start(struct attendant *a)
{
	fprintf(stderr, "boursed: a role cannot be started: too many processes or descriptors\n");
	attendant_stop(a, EXIT_FAILURE);
}

void attendant_gone(struct attendant *a)
{
	loop_stop(a->loop);
}

void attendant_all_ready(struct attendant *a)
{
	if (a->options.maintenance)
		return;
	log_put(LOG_started, LOG_C("instance", a->server_instance), LOG_S("host", a->host_name), LOG_END);
	puts("ready");
	fflush(stdout);
	systemd_tell("READY=1");
}

static void choose_names(struct attendant *a)
{
	unsigned char random[8];
	struct buf hex;
	const struct config *c = a->config;
	const char *folder = a->options.data_folder;

	/* Copies: a reload frees the configuration, and these two stay as long as the server. */
	a->data_folder = str_from_c(folder ? folder : str_dup_c(c->server_data_folder));
	a->host_name = str_from_c(str_dup_c(c->server_host_name));
	random_octets(random, sizeof(random));
	random_octets(a->ticket_key, sizeof(a->ticket_key));
	buf_init(&hex, sizeof(a->server_instance));
	hex_put(&hex, str_make(random, sizeof(random)));
	memcpy(a->server_instance, hex.at, hex.len);
	buf_done(&hex);
}

/* A folder given relative to where we stand must still be found by the roles, which stand elsewhere. */
static enum err make_absolute(struct attendant *a, struct failure *f)
{
	char *given = str_dup_c(a->data_folder);
	char *absolute = realpath(given, NULL);

	mem_free(given);
	if (absolute == NULL)
		return fail(f, ERR_NOTFOUND, "%.*s: the data folder cannot be found", STR_FMT(a->data_folder));
	a->data_folder = str_from_c(absolute);
	return ERR_OK;
}

/* Each role has a channel to us and every listener is kept here: the usual thousand may not do. */
static void raise_descriptors(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) == 0 && r.rlim_cur < r.rlim_max) {
		r.rlim_cur = r.rlim_max;
		setrlimit(RLIMIT_NOFILE, &r);
	}
}

static enum err prepare(struct attendant *a, struct failure *f)
{
	struct arena *arena;
	const struct config *config;

	if (load(a, &arena, &config, f) != ERR_OK)
		return f->code;
	adopt_config(a, arena, config);
	choose_names(a);
	if (!a->options.maintenance && listeners_bind(a, f) != ERR_OK)
		return f->code;
	if (attendant_make_folders(a, f) != ERR_OK || make_absolute(a, f) != ERR_OK)
		return f->code;
	a->loop = loop_new();
	a->stop_timer = timer_new(a->loop, on_stop_timeout, a);
	if (!a->options.maintenance && admin_listen(a, f) != ERR_OK)
		return f->code;
	attendant_drop_capabilities();
	return ERR_OK;
}

/* The store takes longest, and is begun before what it need not wait for. It is waited for, too, when that fails. */
static void begin(struct attendant *a)
{
	struct failure f = { 0 };

	signal_watch_new(a->loop, SIGTERM, on_stop_signal, a);
	signal_watch_new(a->loop, SIGINT, on_stop_signal, a);
	signal_watch_new(a->loop, SIGHUP, on_hangup, a);
	signal_watch_new(a->loop, SIGCHLD, on_child_signal, a);
	children_plan(a);
	if (children_begin(a) != ERR_OK) {
		attendant_cannot_start(a);
	} else if (!a->options.maintenance && certificate_load(a, a->config, &f) != ERR_OK) {
		fprintf(stderr, "boursed: %s\n", f.text);
		attendant_stop(a, EXIT_FAILURE);
	} else if (children_start(a) != ERR_OK) {
		attendant_cannot_start(a);
	}
}

static void run(struct attendant *a)
{
	if (a->options.control_fd >= 0)
		admin_adopt(a, a->options.control_fd);
	loop_run(a->loop);
	admin_close(a);
}

int attendant_main(const struct attendant_options *options)
{
	static struct attendant the_attendant; /* one in a process, as long as the process */
	struct attendant *a = &the_attendant;
	struct failure f = { 0 };

	signal(SIGPIPE, SIG_IGN);
	raise_descriptors();
	if (options->control_fd >= 0)
		fcntl(options->control_fd, F_SETFD, FD_CLOEXEC);
	a->options = *options;
	a->control_fd = -1;
	a->lock_fd = -1;
	a->started_ms = clock_mono_ms();
	buf_init(&a->chain_pem, (size_t)1 << 20);
	buf_init(&a->key_pem, (size_t)1 << 20);
	buf_init(&a->client_ca_pem, (size_t)1 << 20);
	setup_log(NULL);
	if (prepare(a, &f) != ERR_OK) {
		fprintf(stderr, "boursed: %s\n", f.text);
		return EXIT_FAILURE;
	}
	begin(a);
	run(a);
	return a->exit_status;
}
