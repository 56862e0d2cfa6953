#include "attendant/systemd.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/str.h"
#include "io/file.h"

#define SOCKETS_MAX 1024u

void systemd_tell(const char *state)
{
	const char *name = getenv("NOTIFY_SOCKET");
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	size_t len = name != NULL ? strlen(name) : 0;
	int fd;

	if (len < 2 || len >= sizeof(to.sun_path) || (name[0] != '/' && name[0] != '@'))
		return;
	memcpy(to.sun_path, name, len);
	if (name[0] == '@')
		to.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	/* Whoever does not listen is not told. */
	(void)!sendto(fd, state, strlen(state), MSG_NOSIGNAL, (const struct sockaddr *)&to,
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) + len));
	fd_close(&fd);
}

static uint32_t number_in(const char *variable)
{
	const char *text = getenv(variable);
	uint32_t number = 0;

	return text != NULL && str_u32(str_from_c(text), UINT32_MAX, &number) ? number : 0;
}

int systemd_sockets(void)
{
	uint32_t count = number_in("LISTEN_FDS");

	if (number_in("LISTEN_PID") != (uint32_t)getpid() || count > SOCKETS_MAX)
		return 0;
	for (int fd = SYSTEMD_FIRST_FD; fd < SYSTEMD_FIRST_FD + (int)count; fd++)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
	return (int)count;
}
