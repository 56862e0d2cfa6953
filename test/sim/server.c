#include "server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "attendant/attendant_int.h"
#include "base/mem.h"
#include "directory/admin.h"
#include "directory/role.h"
#include "disk.h"
#include "fiber.h"
#include "front/front.h"
#include "io/clock.h"
#include "keys/keys.h"
#include "kv/kv.h"
#include "net.h"
#include "netlogon/netlogon.h"
#include "parser/parser.h"
#include "proc.h"
#include "role/role.h"
#include "store/role.h"
#include "transport/transport.h"
#include "world.h"
#include "wrap.h"

#define CHECK_WAIT_US (10 * SECOND)

static const struct role_def *const roles[] = { &keys_role, &front_mx_role, &front_user_role, &parser_role,
	&directory_role, &store_role, &transport_role, &netlogon_role };
static const enum service services[] = { SERVICE_SMTP, SERVICE_SUBMISSION, SERVICE_POP3, SERVICE_IMAP };

static struct {
	char folder[500];
	struct server_manner manner;
	struct attendant *attendant;
	struct proc *proc;
	bool gone;
	uint64_t request, answered;
	char answer[4000];
} the;

/* ---- what the attendant's other files do outside of the simulator ---- */

void attendant_all_ready(struct attendant *a)
{
	trace("attendant", "all are ready");
}

void attendant_gone(struct attendant *a)
{
	loop_stop(a->loop);
}

void attendant_stop(struct attendant *a, int exit_status)
{
	if (a->stopping)
		return;
	trace("attendant", "stops (%d)", exit_status);
	a->stopping = true;
	children_stop(a);
}

void attendant_cannot_start(struct attendant *a)
{
	trace("attendant", "cannot start");
	attendant_stop(a, 1);
}

void attendant_reload(struct attendant *a, struct failure *f)
{
}

void attendant_role_user(struct attendant *a, enum role role, uint32_t *ret_uid, uint32_t *ret_gid)
{
	*ret_uid = 0;
	*ret_gid = 0;
}

/* ---- sandbox: it would end the simulator ---- */

enum err __wrap_sandbox_become(uint32_t uid, uint32_t gid)
{
	return ERR_OK;
}

enum err __wrap_sandbox_enter(const struct sandbox *s, struct sandbox_report *ret)
{
	ret->landlock_abi = 1;
	return ERR_OK;
}

bool __wrap_sandbox_chroot(const char *empty_root)
{
	return true;
}

void __wrap_tls_prepare(void)
{
}

/* One pass over the least memory: what is slow about passwords is not what is tested. */
int __wrap_argon2id_hash_encoded(uint32_t passes, uint32_t kib, uint32_t lanes, const void *password, size_t password_len,
	const void *salt, size_t salt_len, size_t hash_len, char *encoded, size_t encoded_len)
{
	return __real_argon2id_hash_encoded(1, 8, 1, password, password_len, salt, salt_len, hash_len, encoded, encoded_len);
}

/* The memory that is kept for the next check lies outside of any process: a role that died has taken its part along. */
int __wrap_hash_memory_take(uint8_t **ret, size_t octets)
{
	*ret = mem_new(octets);
	return 0;
}

void __wrap_hash_memory_give(uint8_t *at, size_t octets)
{
	mem_free(at);
}

/* Roles keep the buffer for the next message, and here it is one for all: whoever dies while filling it leaves it to the others. */
enum err __wrap_msg_encode(const struct msg *m, struct buf *to)
{
	buf_clear(to);
	return __real_msg_encode(m, to);
}

enum err __wrap_kv_open_journal(const struct kv_options *options, struct kv **ret, struct kv_opened *ret_opened)
{
	struct kv_options own = *options;
	enum err e;

	own.segment_octets = the.manner.segment_octets;
	own.reserve_octets = the.manner.reserve_octets;
	own.index_ms_max = the.manner.index_ms;
	own.compress = own.compress && the.manner.compress;
	e = __real_kv_open_journal(&own, ret, ret_opened);
	if (ret_opened->index_rebuilt)
		trace("journal", "the index is rebuilt: %s", ret_opened->why_rebuilt);
	/* Nothing that a simulated disk does may damage what was flushed. */
	if (e == ERR_CORRUPT)
		violate("P1", "%s: %s, at %llu:%llu", fiber_proc()->name, ret_opened->damage.what ? ret_opened->damage.what : "damaged",
			(unsigned long long)ret_opened->damage.segment, (unsigned long long)ret_opened->damage.offset);
	return e;
}

/* ---- roles ---- */

static uint64_t due_control(void *arg)
{
	const struct proc *p = arg;

	return net_read_due(p->control_fd);
}

static void role_fiber(void *arg)
{
	struct proc *p = arg;
	struct msg m = { 0 };

	while (net_read_due(p->control_fd) > world_now())
		fiber_wait(due_control, p, NEVER);
	if (msg_decode(net_peek(p->control_fd), ROLE_ATTENDANT, ROLE_STORE, &m) != ERR_OK || m.id != MSG_start)
		return;
	for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++) {
		if (roles[i]->role != (enum role)m.start.role)
			continue;
		server_role_known(p, roles[i]->role);
		__wrap__exit(role_main(roles[i], p->control_fd));
	}
}

void server_run_role(struct proc *p)
{
	proc_run(p, role_fiber, p);
}

/* ---- attendant ---- */

static const struct config *make_config(void)
{
	static char text[800];
	struct arena *arena = MEM_NEW(struct arena);
	const struct config *c;
	struct failure f = { 0 };

	arena_init(arena, ARENA_NONE);
	snprintf(text, sizeof(text),
		"server.host_name = \"mx." SERVER_DOMAIN "\"\nserver.data_folder = \"%s\"\nauth.plaintext_without_tls = always\n"
		"front.mx_processes = 1\nfront.user_processes = 1\nparser.processes = %u\nsearch.index = off\n",
		the.folder, the.manner.parsers);
	if (config_parse(arena, str_from_c(text), "sim", &c, &f) != ERR_OK) {
		violate("must", "%s", f.text);
		abort();
	}
	return config_complete(arena, c, S("mx." SERVER_DOMAIN), 1);
}

static void on_child_signal(void *arg, int signal_number)
{
	children_reaped(arg);
}

static void attendant_fiber(void *arg)
{
	struct attendant *a = arg;

	a->config = make_config();
	a->data_folder = str_from_c(the.folder);
	a->host_name = a->config->server_host_name;
	a->control_fd = a->lock_fd = -1;
	random_octets(a->ticket_key, sizeof(a->ticket_key));
	snprintf(a->server_instance, sizeof(a->server_instance), "%016x", 7);
	buf_init(&a->chain_pem, 1);
	buf_init(&a->key_pem, 1);
	a->loop = loop_new();
	for (size_t i = 0; i < sizeof(services) / sizeof(*services); i++)
		a->listeners[a->listener_count++] = (struct listener){ .service = services[i], .address = "192.0.2.254",
			.port = service_row(services[i])->port, .fd = net_listen(services[i]) };
	children_plan(a);
	signal_watch_new(a->loop, SIGCHLD, on_child_signal, a);
	if (children_begin(a) != ERR_OK || children_start(a) != ERR_OK)
		violate("must", "roles cannot be started");
	loop_run(a->loop);
	the.gone = true;
}

void server_boot(void)
{
	the.attendant = MEM_NEW(struct attendant);
	the.gone = false;
	the.proc = proc_new("attendant", the.folder);
	proc_run(the.proc, attendant_fiber, the.attendant);
}

bool server_all_ready(void)
{
	return the.attendant != NULL && the.attendant->all_ready;
}

bool server_is_ready(void)
{
	const struct attendant *a = the.attendant;

	for (size_t i = 0; a != NULL && i < a->child_count; i++) {
		if (a->children[i].state != CHILD_READY)
			return false;
	}
	return a != NULL && a->child_count > 0;
}

unsigned server_restarts(enum role role)
{
	const struct child *child = child_of(the.attendant, role);

	return child != NULL ? child->restarts : 0;
}

/* The attendant's signal handler would be called on its own fiber. */
static void stop_fiber(void *arg)
{
	attendant_stop(the.attendant, 0);
	fiber_end();
}

void server_stop(void)
{
	fiber_new(the.proc, "stop", stop_fiber, NULL);
}

bool server_is_gone(void)
{
	return the.gone;
}

void server_power_cut(void)
{
	procs_kill_all("loses power");
	net_listeners_close();
	disk_cut();
	the.gone = true;
}

/* ---- bourse check ---- */

void __wrap_admin_answer(struct attendant *a, const struct child *from, const struct msg_admin_reply *reply)
{
	if (reply->request != the.request || reply->more)
		return;
	snprintf(the.answer, sizeof(the.answer), "%.*s", STR_FMT(reply->json));
	the.answered = reply->request;
}

static void ask_fiber(void *arg)
{
	struct msg m = { .id = MSG_admin_request,
		.admin_request = { .request = the.request, .verb = S("check"), .json = S("{\"verb\":\"check\",\"args\":{}}") } };

	child_send(child_of(the.attendant, ROLE_STORE), &m);
	fiber_end();
}

static uint64_t due_answer(void *arg)
{
	return the.answered == the.request ? 0 : NEVER;
}

const char *server_check(void)
{
	the.request++;
	the.answer[0] = '\0';
	fiber_new(the.proc, "ask", ask_fiber, NULL);
	fiber_wait(due_answer, NULL, world_now() + CHECK_WAIT_US);
	return the.answer;
}

/* ---- data at rest ---- */

static void data_path(const char *name, char *to, size_t room)
{
	snprintf(to, room, "%s/%s", the.folder, name);
}

static void on_fatal(void *arg, const char *what)
{
	violate("must", "the data at rest: %s", what);
}

struct kv *server_open_data(const char *name, bool rebuild)
{
	char path[600];
	struct kv_options options = { .folder = path, .compress = true, .rebuild_index = rebuild, .on_fatal = on_fatal };
	struct kv_opened opened;
	struct kv *kv;
	enum err e;

	data_path(name, path, sizeof(path));
	e = kv_open_journal(&options, &kv, &opened);
	if (e == ERR_OK)
		return kv;
	violate("P1", "%s cannot be opened: %s", name, err_name(e));
	return NULL;
}

static void do_admin(struct directory *d, const char *verb, const char *args)
{
	struct buf request, reply;
	struct failure f = { 0 };

	buf_init(&request, 4096);
	buf_init(&reply, ADMIN_REPLY_OCTETS_MAX);
	buf_printf(&request, "{\"verb\":\"%s\",\"args\":{%s}}", verb, args);
	if (admin_run(d, buf_str(&request), REAL_START, &reply, &f) != ERR_OK)
		violate("must", "%s: %s", verb, f.text);
	buf_done(&request);
	buf_done(&reply);
}

static void fill_directory(struct directory *d)
{
	char args[300];

	do_admin(d, "init", "\"name\":\"Simulation\",\"domain\":\"SIM\",\"mail\":\"" SERVER_DOMAIN "\"");
	for (int i = 0; i < SERVER_USERS; i++) {
		snprintf(args, sizeof(args), "\"name\":\"u%d\",\"password\":\"secret\"", i);
		do_admin(d, "account add", args);
		snprintf(args, sizeof(args), "\"name\":\"u%d\",\"account\":\"u%d\"", i, i);
		do_admin(d, "mailbox add", args);
	}
	do_admin(d, "list add", "\"name\":\"all\",\"address\":\"all@" SERVER_DOMAIN "\",\"member\":\"u0,u1,u2\"");
}

void server_prepare(const char *folder, const struct server_manner *m)
{
	char path[600];
	struct directory d = { 0 };

	the.manner = *m;
	snprintf(the.folder, sizeof(the.folder), "%s", folder);
	data_path("store", path, sizeof(path));
	must(mkdir(path, 0700) == 0);
	data_path("directory", path, sizeof(path));
	must(mkdir(path, 0700) == 0);
	data_path("netlogon", path, sizeof(path));
	must(mkdir(path, 0700) == 0);
	d.kv = server_open_data("directory", false);
	if (d.kv == NULL)
		return;
	fill_directory(&d);
	kv_close(d.kv);
	disk_settle();
}
