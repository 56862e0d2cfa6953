#include "io/portholder.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tap.h"

/* Listens on a free port of the address; -1 where the machine has no such family. */
static int listen_at(const char *address, bool v6, uint16_t *ret_port)
{
	struct sockaddr_in6 six = { .sin6_family = AF_INET6 };
	struct sockaddr_in four = { .sin_family = AF_INET };
	struct sockaddr *at = v6 ? (void *)&six : (void *)&four;
	socklen_t len = v6 ? sizeof(six) : sizeof(four);
	int fd = socket(at->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	inet_pton(at->sa_family, address, v6 ? (void *)&six.sin6_addr : (void *)&four.sin_addr);
	if (fd < 0 || bind(fd, at, len) < 0 || listen(fd, 1) < 0 || getsockname(fd, at, &len) < 0) {
		close(fd);
		return -1;
	}
	*ret_port = ntohs(v6 ? six.sin6_port : four.sin_port);
	return fd;
}

static const struct {
	const char *at, *want; /* listener, question */
	bool v6, holds;
} cases[] = {
	{ "127.0.0.1", "127.0.0.1", false, true },
	{ "127.0.0.1", "0.0.0.0", false, true },
	{ "127.0.0.1", "127.0.0.2", false, false },
	{ "127.0.0.1", "::1", false, false },
	{ "0.0.0.0", "127.0.0.1", false, true },
	{ "0.0.0.0", "::1", false, false },
	{ "::1", "::1", true, true },
	{ "::1", "::", true, true },
	{ "::1", "127.0.0.1", true, false },
	{ "::", "::1", true, true },
	{ "::", "127.0.0.1", true, true },
};

int main(void)
{
	struct port_holder holder = { 0 };

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint16_t port = 0;
		int fd = listen_at(cases[i].at, cases[i].v6, &port);
		bool found;

		if (fd < 0) {
			OK(true, "no listener at %s can be made here # SKIP", cases[i].at);
			continue;
		}
		holder = (struct port_holder){ 0 };
		found = port_holder_find(cases[i].want, port, &holder);
		OK(found == cases[i].holds, "%s is %staken by %s", cases[i].want,
			cases[i].holds ? "" : "not ", cases[i].at);
		if (found) {
			IS_NUM(holder.pid, getpid());
			IS_NUM(holder.uid, geteuid());
			IS_STR(str_from_c(holder.address), str_from_c(cases[i].at));
			OK(strncmp(holder.program, "portholder", 10) == 0, "program is '%s'",
				holder.program);
		}
		close(fd);
		OK(!port_holder_find(cases[i].want, port, &holder),
			"nobody holds it after closing");
	}
	OK(!port_holder_find("localhost", 25, &holder), "a name is no address");
	return tap_done();
}
