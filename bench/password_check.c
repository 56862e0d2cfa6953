/*
 * Checks passwords against one Argon2id string, spoken to as saslauthd is, so that a server which
 * knows no Argon2id of its own can be asked for logons under the same hash. Ends with its parent.
 *
 *   password_check SOCKET HASH      one thread for each connection
 *
 * A question is four strings, each with its length in two octets, the biggest first: user,
 * password, service, realm; the answer is one such string that begins with OK or NO.
 */
#include <argon2.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "load.h"

static const char *hash;

static bool read_all(int fd, void *to, size_t len)
{
	return recv(fd, to, len, MSG_WAITALL) == (ssize_t)len;
}

static bool read_string(int fd, char text[1024])
{
	unsigned char head[2];
	size_t len;

	if (!read_all(fd, head, 2))
		return false;
	len = (size_t)head[0] << 8 | head[1];
	if (len > 1023 || (len > 0 && !read_all(fd, text, len)))
		return false;
	text[len] = '\0';
	return true;
}

static void *answer(void *arg)
{
	int fd = (int)(intptr_t)arg;
	char text[4][1024];
	bool is_whole = true, is_right;

	for (int i = 0; i < 4 && is_whole; i++)
		is_whole = read_string(fd, text[i]);
	is_right = is_whole && argon2id_verify(hash, text[1], strlen(text[1])) == ARGON2_OK;
	if (is_whole && send(fd, is_right ? "\0\002OK" : "\0\002NO", 4, MSG_NOSIGNAL) < 0)
		fprintf(stderr, "password_check: the asker has gone\n");
	close(fd);
	return NULL;
}

int main(int argc, char **argv)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (argc != 3 || strlen(argv[1]) >= sizeof(at.sun_path))
		load_give_up("usage: password_check SOCKET HASH");
	hash = argv[2];
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	strcpy(at.sun_path, argv[1]);
	unlink(argv[1]);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0 || listen(fd, 128) < 0 ||
		chmod(argv[1], 0777) < 0)
		load_give_up("cannot listen");
	for (;;) {
		int client = accept(fd, NULL, NULL);
		pthread_t thread;

		if (client < 0 ||
			pthread_create(&thread, NULL, answer, (void *)(intptr_t)client) != 0)
			load_give_up("cannot answer");
		pthread_detach(thread);
	}
}
