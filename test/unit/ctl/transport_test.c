#include "ctl/transport.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "io/peer.h"
#include "ipc/control.h"
#include "tap.h"

static char folder[] = "/tmp/bourse_transport_XXXXXX";

static void answer(int fd, bool more, const char *json)
{
	struct control_reply reply = { more, str_from_c(json) };
	struct buf packet;
	enum err e;

	buf_init(&packet, PEER_MESSAGE_OCTETS_MAX);
	e = control_reply_put(&reply, &packet);
	if (e == ERR_OK)
		e = peer_send_now(fd, buf_str(&packet), NULL, 0);
	must(e == ERR_OK || e == ERR_IO);
	buf_done(&packet);
}

/* Answers requests by their verb until the other end goes. */
static void serve(int fd)
{
	unsigned asked = 0;
	struct buf packet;

	buf_init(&packet, PEER_MESSAGE_OCTETS_MAX);
	for (;;) {
		struct control_request q;
		int fds[PEER_FDS_MAX];
		size_t count;

		buf_clear(&packet);
		if (peer_receive_now(fd, &packet, fds, &count, -1) != ERR_OK)
			break;
		must(control_request_get(buf_str(&packet), &q) == ERR_OK);
		if (str_eq(q.verb, S("late")) && ++asked < 4) {
			answer(fd, false, "{\"ok\":false,\"error\":\"UNAVAILABLE\"}");
		} else if (str_eq(q.verb, S("many"))) {
			answer(fd, true, "1");
			answer(fd, true, "2");
			answer(fd, false, "3");
		} else if (str_eq(q.verb, S("leave"))) {
			break;
		} else if (str_eq(q.verb, S("noise"))) {
			must(peer_send_now(fd, S("\7"), NULL, 0) == ERR_OK);
		} else {
			answer(fd, false, "{\"ok\":true}");
		}
	}
	buf_done(&packet);
	close(fd);
}

/* This program as boursed: --data DIR --maintenance --control-fd N. */
static int be_server(int argc, char **argv)
{
	uint32_t fd = 0;

	must(argc >= 6 && strcmp(argv[1], "--data") == 0 && strcmp(argv[3], "--maintenance") == 0);
	must(strcmp(argv[4], "--control-fd") == 0 && str_u32(str_from_c(argv[5]), 1000, &fd));
	if (getenv("TEST_REFUSE") != NULL) {
		fprintf(stderr, "starting\nboursed: the data folder is in use\n");
		return 1;
	}
	serve((int)fd);
	return 0;
}

static void collect(void *arg, struct str json, bool more)
{
	buf_put(arg, json);
	buf_put_c(arg, more ? "+" : ".");
}

static enum err call(struct transport *t, const char *verb, const char *want, struct failure *f)
{
	struct transport_request q = {
		.verb = str_from_c(verb), .json = S("{}"), .reply = collect
	};
	struct buf got;
	enum err e;

	buf_init(&got, 4096);
	q.arg = &got;
	*f = (struct failure){ 0 };
	e = transport_call(t, &q, f);
	IS_STR(buf_str(&got), str_from_c(want));
	buf_done(&got);
	return e;
}

static void test_running(void)
{
	struct transport_options o = { .data = folder };
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	struct transport *t = NULL;
	struct failure f = { 0 };
	int listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	pid_t child;

	snprintf(at.sun_path, sizeof(at.sun_path), "%s/run", folder);
	mkdir(at.sun_path, 0700);
	snprintf(at.sun_path, sizeof(at.sun_path), "%s/run/control", folder);
	must(bind(listener, (struct sockaddr *)&at, sizeof(at)) == 0 && listen(listener, 4) == 0);
	child = fork();
	if (child == 0) {
		serve(accept(listener, NULL, NULL));
		_exit(0);
	}
	IS_NUM(transport_open(&o, &t, &f), ERR_OK);
	IS_NUM(call(t, "status", "{\"ok\":true}.", &f), ERR_OK);
	IS_NUM(call(t, "many", "1+2+3.", &f), ERR_OK);
	IS_NUM(call(t, "late", "{\"ok\":false,\"error\":\"UNAVAILABLE\"}.", &f), ERR_OK);
	IS_NUM(call(t, "noise", "", &f), ERR_PEER);
	IS_NUM(call(t, "leave", "", &f), ERR_UNAVAILABLE);
	IS_STR(str_from_c(f.text), S("the server closed the connection; only root and the server's "
				     "user may administer it"));
	transport_close(t);
	waitpid(child, NULL, 0);
	close(listener);
	unlink(at.sun_path);
}

static void test_started(const char *self)
{
	struct transport_options o = { .data = folder, .start = true };
	struct transport *t = NULL;
	struct failure f = { 0 };

	setenv("BOURSED", self, 1);
	IS_NUM(transport_open(&o, &t, &f), ERR_OK);
	IS_NUM(call(t, "late", "{\"ok\":true}.", &f), ERR_OK);
	transport_close(t);
	OK(waitpid(-1, NULL, WNOHANG) < 0, "the server has ended");

	setenv("TEST_REFUSE", "1", 1);
	IS_NUM(transport_open(&o, &t, &f), ERR_OK);
	IS_NUM(call(t, "status", "", &f), ERR_UNAVAILABLE);
	IS_STR(str_from_c(f.text), S("the server could not do it: the data folder is in use"));
	transport_close(t);
	unsetenv("TEST_REFUSE");
}

static void test_refused(void)
{
	struct transport_options o = { .data = folder };
	struct transport *t = NULL;
	struct failure f = { 0 };

	IS_NUM(transport_open(&o, &t, &f), ERR_UNAVAILABLE);
	OK(strncmp(f.text, "no server is running on ", 24) == 0, "%s", f.text);
	f = (struct failure){ 0 };
	o.data = "/nowhere/at/all";
	IS_NUM(transport_open(&o, &t, &f), ERR_NOTFOUND);
	IS_STR(str_from_c(f.text), S("there is no data folder /nowhere/at/all; make one with "
				     "'bourse init', or name another with --data"));
	f = (struct failure){ 0 };
	o = (struct transport_options){ .data = folder, .start = true };
	setenv("BOURSED", "/nowhere/boursed", 1);
	IS_NUM(transport_open(&o, &t, &f), ERR_UNAVAILABLE);
	IS_STR(str_from_c(f.text), S("$BOURSED is '/nowhere/boursed', which cannot be run"));
	OK(t == NULL, "nothing was opened");
}

int main(int argc, char **argv)
{
	char path[256];

	if (argc > 1)
		return be_server(argc, argv);
	signal(SIGPIPE, SIG_IGN);
	must(mkdtemp(folder) != NULL);
	test_refused();
	test_running();
	test_started("/proc/self/exe");
	snprintf(path, sizeof(path), "%s/run", folder);
	rmdir(path);
	rmdir(folder);
	return tap_done();
}
