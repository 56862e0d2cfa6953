#include "ctl/doctor.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

/* A server on a free port that says one thing to each client. */
struct server {
	pid_t pid;
	unsigned port;
};

static struct server start(const char *says)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	struct server s = { 0 };

	must(bind(fd, (struct sockaddr *)&at, len) == 0 && listen(fd, 4) == 0);
	must(getsockname(fd, (struct sockaddr *)&at, &len) == 0);
	s.port = ntohs(at.sin_port);
	s.pid = fork();
	while (s.pid == 0) {
		int client = accept(fd, NULL, NULL);

		if (client < 0 || write(client, says, strlen(says)) < 0)
			_exit(1);
		close(client);
	}
	close(fd);
	return s;
}

static void stop(struct server s)
{
	kill(s.pid, SIGTERM);
	waitpid(s.pid, NULL, 0);
}

static void test_greeting(void)
{
	struct server s = start("* OK here\r\nmore\r\n"), silent = start("* O");
	struct doctor_port p = { "imap", "127.0.0.1", s.port, false };
	const char *why = "";
	struct buf line;

	buf_init(&line, 1024);
	OK(doctor_greeting(&p, &line, &why), "a greeting comes");
	IS_STR(buf_str(&line), S("* OK here"));
	p.tls = true;
	OK(!doctor_greeting(&p, &line, &why), "what speaks no TLS is found out");
	IS_STR(str_from_c(why), S("no TLS handshake"));
	p = (struct doctor_port){ "imap", "127.0.0.1", silent.port, false };
	OK(!doctor_greeting(&p, &line, &why), "half a line is no greeting");
	IS_STR(str_from_c(why), S("connected, but no greeting"));
	stop(silent);
	stop(s);
	p.port = s.port;
	OK(!doctor_greeting(&p, &line, &why), "a closed port is found out: %s", why);
	p.address = "localhost";
	OK(!doctor_greeting(&p, &line, &why), "a name is no address");
	buf_done(&line);
}

static struct str member(json_t *reply, size_t row, const char *key)
{
	const json_t *value =
		json_object_get(json_array_get(json_object_get(reply, "rows"), row), key);

	return str_make(json_string_value(value), json_string_length(value));
}

static bool is_ok(json_t *reply, size_t row)
{
	return json_is_true(
		json_object_get(json_array_get(json_object_get(reply, "rows"), row), "ok"));
}

static void test_ports(void)
{
	struct server ours = start("+OK mx ready abc123\r\n"),
		      foreign = start("+OK POP3 at your service\r\n");
	json_t *status = json_pack(
		"{s:s,s:i,s:[],s:[{s:s,s:s,s:i,s:b},{s:s,s:s,s:i,s:b},{s:s,s:s,s:i,s:b}]}",
		"instance", "abc123", "pid", (int)ours.pid, "roles", "listeners", "service", "pop3",
		"address", "127.0.0.1", "port", (int)ours.port, "tls", 0, "service", "imap",
		"address", "127.0.0.1", "port", (int)foreign.port, "tls", 0, "service", "smtp",
		"address", "0.0.0.0", "port", (int)ours.port, "tls", 0);
	json_t *reply;
	char want[128];

	must(status != NULL);
	reply = doctor_ports(status);
	OK(json_array_size(json_object_get(reply, "rows")) >= 3, "a row for each port and address");
	OK(is_ok(reply, 0), "ours is known by its id");
	IS_STR(member(reply, 0, "detail"), S("+OK mx ready abc123"));
	IS_STR(member(reply, 0, "mend"), S(""));
	OK(!is_ok(reply, 1), "another's greeting is not ours");
	snprintf(want, sizeof(want), "imap at 127.0.0.1:%u", foreign.port);
	IS_STR(member(reply, 1, "step"), str_from_c(want));
	snprintf(want, sizeof(want), "+OK POP3 at your service; held by process %d (",
		(int)foreign.pid);
	OK(str_starts(member(reply, 1, "detail"), str_from_c(want)), "%.*s",
		STR_FMT(member(reply, 1, "detail")));
	OK(member(reply, 1, "mend").len > 0, "mend it: %.*s", STR_FMT(member(reply, 1, "mend")));
	OK(str_starts(member(reply, 2, "step"), S("smtp at ")) &&
			!str_starts(member(reply, 2, "step"), S("smtp at 0.0.0.0")),
		"%.*s", STR_FMT(member(reply, 2, "step")));
	json_decref(reply);
	json_decref(status);
	stop(ours);
	stop(foreign);
}

/* The port is held by our pid, and yet another's words come: something stands between. */
static void test_between(void)
{
	struct server s = start("220 not us\r\n");
	json_t *status = json_pack("{s:s,s:i,s:[{s:s,s:s,s:i,s:b}]}", "instance", "abc123", "pid",
		(int)s.pid, "listeners", "service", "smtp", "address", "127.0.0.1", "port",
		(int)s.port, "tls", 0);
	json_t *reply = doctor_ports(status);

	OK(!is_ok(reply, 0), "it is not ours");
	OK(str_find_str(member(reply, 0, "mend"), S("nft list ruleset")) != STR_NPOS, "%.*s",
		STR_FMT(member(reply, 0, "mend")));
	json_decref(reply);
	stop(s);
	reply = doctor_ports(status);
	OK(str_find_str(member(reply, 0, "detail"), S("nobody listens there")) != STR_NPOS, "%.*s",
		STR_FMT(member(reply, 0, "detail")));
	json_decref(reply);
	json_decref(status);
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	test_greeting();
	test_ports();
	test_between();
	return tap_done();
}
