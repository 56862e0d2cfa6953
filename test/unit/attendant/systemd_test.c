#include "attendant/systemd.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tap.h"

/* A socket as systemd has it; the name as NOTIFY_SOCKET says it. */
static int listen_at(const char *name)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	memcpy(at.sun_path, name, strlen(name));
	if (name[0] == '@')
		at.sun_path[0] = '\0';
	must(fd >= 0 && bind(fd, (struct sockaddr *)&at, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name))) == 0);
	setenv("NOTIFY_SOCKET", name, 1);
	return fd;
}

static bool hears(int fd, const char *want)
{
	char got[128];
	ssize_t n = recv(fd, got, sizeof(got), 0);

	return n == (ssize_t)strlen(want) && memcmp(got, want, strlen(want)) == 0;
}

static void test_tell(void)
{
	char path[64], abstract[64], large[300];
	int fd;

	snprintf(path, sizeof(path), "/tmp/systemd-test-%d", getpid());
	snprintf(abstract, sizeof(abstract), "@systemd-test-%d", getpid());
	fd = listen_at(path);
	systemd_tell("READY=1");
	OK(hears(fd, "READY=1"), "at a path");
	close(fd);
	unlink(path);
	systemd_tell("READY=1"); /* nobody is there */
	fd = listen_at(abstract);
	systemd_tell("RELOADING=1\nMONOTONIC_USEC=17");
	OK(hears(fd, "RELOADING=1\nMONOTONIC_USEC=17"), "at an abstract name");
	memset(large, 'x', sizeof(large) - 1);
	large[0] = '/';
	large[sizeof(large) - 1] = '\0';
	setenv("NOTIFY_SOCKET", large, 1);
	systemd_tell("READY=1");
	setenv("NOTIFY_SOCKET", "vsock:2:1", 1);
	systemd_tell("READY=1");
	setenv("NOTIFY_SOCKET", "", 1);
	systemd_tell("READY=1");
	unsetenv("NOTIFY_SOCKET");
	systemd_tell("READY=1");
	OK(recv(fd, large, sizeof(large), 0) < 0, "nowhere else");
	close(fd);
}

static void test_sockets(void)
{
	char pid[16];
	int fd = dup2(0, SYSTEMD_FIRST_FD);

	must(fd == SYSTEMD_FIRST_FD);
	snprintf(pid, sizeof(pid), "%d", getpid());
	IS_NUM(systemd_sockets(), 0);
	setenv("LISTEN_FDS", "1", 1);
	IS_NUM(systemd_sockets(), 0);
	setenv("LISTEN_PID", "1", 1);
	IS_NUM(systemd_sockets(), 0);
	setenv("LISTEN_PID", pid, 1);
	IS_NUM(fcntl(fd, F_GETFD), 0);
	IS_NUM(systemd_sockets(), 1);
	IS_NUM(fcntl(fd, F_GETFD), FD_CLOEXEC);
	setenv("LISTEN_FDS", "99999", 1);
	IS_NUM(systemd_sockets(), 0);
	setenv("LISTEN_FDS", "-1", 1);
	IS_NUM(systemd_sockets(), 0);
}

int main(void)
{
	test_tell();
	test_sockets();
	return tap_done();
}
