#include "ctl/transport.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "io/file.h"
#include "io/peer.h"
#include "ipc/control.h"

#define PATH_OCTETS      4096
#define STOP_MS          20000
#define READY_MS         120000
#define READY_PAUSE_MS   20
#define COMPLAINT_OCTETS 4096

struct transport {
	int fd;
	pid_t server;   /* started by us; 0: none */
	int complaints; /* what it wrote to its standard error: a memfd, or -1 */
};

static void pause_ms(long ms)
{
	struct timespec wait = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&wait, NULL);
}

/* ---- a running server ---- */

static enum err join(const char *data, int *ret, struct failure *f)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int n = snprintf(at.sun_path, sizeof(at.sun_path), "%s/" CONTROL_SOCKET, data);
	int fd, why;

	if (n < 0 || (size_t)n >= sizeof(at.sun_path))
		return fail(f, ERR_CONFIG,
			"the path of the data folder may have %zu octets, no more fit a control "
			"socket; name a shorter one with --data: %s",
			sizeof(at.sun_path) - sizeof("/" CONTROL_SOCKET), data);
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0) {
		*ret = fd;
		return ERR_OK;
	}
	why = errno;
	fd_close(&fd);
	if (why == EACCES || why == EPERM)
		return fail(f, ERR_PERM,
			"no right to administer the server on %s; run as root, or as the server's "
			"user",
			data);
	return fail(f, ERR_UNAVAILABLE,
		"no server is running on %s; start it with 'boursed --data %s', or name its folder "
		"with --data",
		data, data);
}

/* ---- a server of our own ---- */

static bool runnable(const char *path)
{
	struct stat what;

	return stat(path, &what) == 0 && S_ISREG(what.st_mode) && access(path, X_OK) == 0;
}

/* Beside this program, where a build and where a package have it. */
static bool find_beside(char path[PATH_OCTETS])
{
	static const char *const places[] = { "boursed", "../boursed/boursed", "../sbin/boursed",
		"../libexec/boursed", "../lib/bourse/boursed" };
	char own[PATH_OCTETS];
	ssize_t len = readlink("/proc/self/exe", own, sizeof(own) - 1);
	char *slash;

	if (len <= 0)
		return false;
	own[len] = '\0';
	slash = strrchr(own, '/');
	if (slash == NULL)
		return false;
	*slash = '\0';
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		int n = snprintf(path, PATH_OCTETS, "%s/%s", own, places[i]);

		if (n > 0 && n < PATH_OCTETS && runnable(path))
			return true;
	}
	return false;
}

static bool find_in_path(char path[PATH_OCTETS])
{
	struct str rest = str_from_c(getenv("PATH")), folder;

	while (rest.len > 0) {
		if (!str_cut(&rest, ':', &folder)) {
			folder = rest;
			rest = STR_NONE;
		}
		snprintf(path, PATH_OCTETS, "%.*s/boursed", STR_FMT(folder));
		if (folder.len > 0 && runnable(path))
			return true;
	}
	return false;
}

static enum err find_server(char path[PATH_OCTETS], struct failure *f)
{
	const char *given = getenv("BOURSED");

	if (given != NULL && *given != '\0') {
		snprintf(path, PATH_OCTETS, "%s", given);
		if (!runnable(path))
			return fail(f, ERR_UNAVAILABLE, "$BOURSED is '%.150s', which cannot be run",
				given);
		return ERR_OK;
	}
	if (find_beside(path) || find_in_path(path))
		return ERR_OK;
	return fail(f, ERR_UNAVAILABLE,
		"no server is running, and boursed is not found to start one; name it in $BOURSED");
}

_Noreturn static void become_server(
	const char *path, const struct transport_options *o, int fd, int complaints)
{
	char number[16];
	const char *words[10] = { path, "--data", o->data, "--maintenance", "--control-fd",
		number };
	int nothing = open("/dev/null", O_RDWR);

	snprintf(number, sizeof(number), "%d", fd);
	if (o->config != NULL) {
		words[6] = "--config";
		words[7] = o->config;
	}
	fcntl(fd, F_SETFD, 0);
	if (nothing >= 0) {
		dup2(nothing, STDIN_FILENO);
		dup2(nothing, STDOUT_FILENO);
	}
	if (complaints >= 0)
		dup2(complaints, STDERR_FILENO);
	setsid(); /* an interrupt at the terminal ends us; the server then stops in good order */
	execv(path, (char *const *)(uintptr_t)words);
	dprintf(STDERR_FILENO, "boursed: %s cannot be run: %s\n", path, strerror(errno));
	_exit(127);
}

static enum err start(struct transport *t, const struct transport_options *o, struct failure *f)
{
	char path[PATH_OCTETS];
	int ends[2];

	if (find_server(path, f) != ERR_OK)
		return f->code;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return fail(
			f, ERR_IO, "no connection to a server can be made: %s", strerror(errno));
	t->complaints = memfd_new("boursed");
	t->server = fork();
	if (t->server == 0)
		become_server(path, o, ends[1], t->complaints);
	fd_close(&ends[1]);
	t->fd = ends[0];
	if (t->server < 0) {
		t->server = 0;
		return fail(f, ERR_IO, "no server can be started: %s", strerror(errno));
	}
	return ERR_OK;
}

/* The last line that a server of our own left; its prefix goes. */
static enum err refuse_gone(struct transport *t, struct failure *f)
{
	char text[COMPLAINT_OCTETS + 1];
	ssize_t len = 0;
	struct str rest;

	if (t->server == 0)
		return fail(f, ERR_UNAVAILABLE,
			"the server closed the connection; only root and the server's user may "
			"administer it");
	waitpid(t->server, NULL, 0);
	t->server = 0;
	if (t->complaints >= 0) {
		off_t size = lseek(t->complaints, 0, SEEK_END);

		len = pread(t->complaints, text, COMPLAINT_OCTETS,
			size > COMPLAINT_OCTETS ? size - COMPLAINT_OCTETS : 0);
	}
	rest = str_trim(str_make(text, len > 0 ? (size_t)len : 0));
	if (str_rfind(rest, '\n') != STR_NPOS)
		rest = str_skip(rest, str_rfind(rest, '\n') + 1);
	if (str_starts(rest, S("boursed: ")))
		rest = str_skip(rest, strlen("boursed: "));
	if (rest.len == 0)
		rest = S("it left no message");
	return fail(f, ERR_UNAVAILABLE, "the server could not do it: %.*s",
		(int)(rest.len > 200 ? 200 : rest.len), rest.at);
}

enum err transport_open(
	const struct transport_options *o, struct transport **ret, struct failure *f)
{
	struct transport *t;
	struct stat what;
	enum err e;
	int fd = -1;

	if (!o->create && stat(o->data, &what) < 0 && errno == ENOENT)
		return fail(f, ERR_NOTFOUND,
			"there is no data folder %s; make one with 'bourse init', or name another "
			"with --data",
			o->data);
	e = join(o->data, &fd, f);
	if (e != ERR_OK && (e != ERR_UNAVAILABLE || !o->start))
		return e;
	t = MEM_NEW(struct transport);
	*t = (struct transport){ .fd = fd, .complaints = -1 };
	if (e == ERR_UNAVAILABLE) {
		*f = (struct failure){ 0 };
		e = start(t, o, f);
	}
	if (e != ERR_OK) {
		transport_close(t);
		return e;
	}
	*ret = t;
	return ERR_OK;
}

static enum err send_request(
	struct transport *t, const struct transport_request *q, struct failure *f)
{
	struct control_request request = { q->verb, q->json };
	struct buf packet;
	enum err e;

	buf_init(&packet, CONTROL_PACKET_OCTETS_MAX);
	e = control_request_put(&request, &packet);
	if (e != ERR_OK)
		(void)fail(f, e, "the request is too long; do it in several");
	else if (peer_send_now(t->fd, buf_str(&packet), q->fds, q->fd_count) != ERR_OK)
		e = refuse_gone(t, f);
	buf_wipe(&packet);
	return e;
}

/* Until a server of our own has its roles up it can only say so. */
static bool is_not_yet(struct transport *t, const struct control_reply *reply)
{
	return t->server != 0 && !reply->more &&
	       str_find_str(reply->json, S("\"error\":\"UNAVAILABLE\"")) != STR_NPOS;
}

static void keep_fds(const struct transport_request *q, int *fds, size_t count)
{
	if (q->ret_fds == NULL) {
		while (count > 0)
			fd_close(&fds[--count]);
		return;
	}
	while (*q->ret_fd_count > 0)
		fd_close(&q->ret_fds[--*q->ret_fd_count]);
	memcpy(q->ret_fds, fds, count * sizeof(*fds));
	*q->ret_fd_count = count;
}

static enum err receive(struct transport *t, const struct transport_request *q, struct buf *packet,
	struct control_reply *ret, struct failure *f)
{
	int fds[PEER_FDS_MAX];
	size_t count = 0;

	buf_clear(packet);
	if (peer_receive_now(t->fd, packet, fds, &count, -1) != ERR_OK)
		return refuse_gone(t, f);
	keep_fds(q, fds, count);
	if (control_reply_get(buf_str(packet), ret) != ERR_OK)
		return fail(f, ERR_PEER,
			"the server's answer is not understood; it and bourse must be of one "
			"version");
	return ERR_OK;
}

enum err transport_call(struct transport *t, const struct transport_request *q, struct failure *f)
{
	struct control_reply reply = { .more = true };
	long waited_ms = 0;
	struct buf packet;
	enum err e;

	if (q->ret_fd_count != NULL)
		*q->ret_fd_count = 0;
	buf_init(&packet, PEER_MESSAGE_OCTETS_MAX);
	e = send_request(t, q, f);
	while (e == ERR_OK && reply.more) {
		e = receive(t, q, &packet, &reply, f);
		if (e == ERR_OK && is_not_yet(t, &reply) && waited_ms < READY_MS) {
			pause_ms(READY_PAUSE_MS);
			waited_ms += READY_PAUSE_MS;
			reply.more = true;
			e = send_request(t, q, f);
			continue;
		}
		if (e == ERR_OK)
			q->reply(q->arg, reply.json, reply.more);
	}
	buf_done(&packet);
	return e;
}

/* A server stops in good order when its connection ends; one that does not is told once more, then
 * ended. */
static void wait_for_end(pid_t server)
{
	for (long waited = 0; waited < STOP_MS; waited += 10) {
		if (waitpid(server, NULL, WNOHANG) != 0)
			return;
		if (waited == STOP_MS / 2)
			kill(server, SIGTERM);
		pause_ms(10);
	}
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
}

void transport_close(struct transport *t)
{
	if (t == NULL)
		return;
	fd_close(&t->fd);
	if (t->server != 0)
		wait_for_end(t->server);
	fd_close(&t->complaints);
	mem_free(t);
}
