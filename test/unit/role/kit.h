/*
 * A role in a process of its own, as the attendant starts it, with the test in the attendant's place and in that of the roles it
 * talks to.
 */
#pragma once

#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "io/file.h"
#include "io/peer.h"
#include "ipc/ticket.h"
#include "role/role.h"

static const char kit_key[TICKET_KEY_OCTETS] = "the key of directory and store.";

struct kit {
	const struct role_def *def;
	char folder[64];
	pid_t pid;
	int control;
	struct arena arena;
	struct buf octets; /* of the message received last */
	int fds[PEER_FDS_MAX];
	size_t fd_count;
};

static inline void kit_send_with(int fd, const struct msg *m)
{
	struct buf octets;

	buf_init(&octets, PEER_MESSAGE_OCTETS_MAX);
	must(msg_encode(m, &octets) == ERR_OK);
	(void)!peer_send_now(fd, buf_str(&octets), m->fds, m->fd_count);
	buf_done(&octets);
}

static inline void kit_tell(struct kit *k, const struct msg *m)
{
	kit_send_with(k->control, m);
}

/* The next message on a channel from the role; false: none within the time, or the end. */
static inline bool kit_hear(struct kit *k, int fd, enum role as, int timeout_ms, struct msg *ret)
{
	buf_clear(&k->octets);
	if (peer_receive_now(fd, &k->octets, k->fds, &k->fd_count, timeout_ms) != ERR_OK)
		return false;
	return msg_decode(buf_str(&k->octets), k->def->role, as, ret) == ERR_OK;
}

static inline void kit_start_with(struct kit *k, uint64_t table_hash)
{
	struct msg m = { .id = MSG_start };
	struct buf config;

	buf_init(&config, PEER_MESSAGE_OCTETS_MAX / 2);
	must(config_encode(config_complete(&k->arena, config_defaults(&k->arena), S("mail.example.org"), 1), &config) == ERR_OK);
	m.start = (struct msg_start){ .table_hash = table_hash, .role = (uint8_t)k->def->role, .config = buf_str(&config),
		.data_folder = str_from_c(k->folder), .host_name = S("mail.example.org"), .server_instance = S("0123456789abcdef"),
		.ticket_key = str_make(kit_key, sizeof(kit_key)) };
	kit_tell(k, &m);
	buf_done(&config);
}

static inline void kit_fork(struct kit *k)
{
	int ends[2];

	must(peer_pair(ends) == ERR_OK);
	fflush(stdout);
	k->pid = fork();
	must(k->pid >= 0);
	if (k->pid == 0) {
		close(ends[0]);
		(void)!freopen("/dev/null", "w", stderr);
		_exit(role_main(k->def, ends[1])); /* without the test's own exit handlers */
	}
	close(ends[1]);
	k->control = ends[0];
}

static inline void kit_init(struct kit *k, const struct role_def *def)
{
	char path[128];

	*k = (struct kit){ .def = def };
	arena_init(&k->arena, ARENA_NONE);
	buf_init(&k->octets, PEER_MESSAGE_OCTETS_MAX);
	snprintf(k->folder, sizeof(k->folder), "/tmp/bourse-role-XXXXXX");
	must(mkdtemp(k->folder) != NULL);
	for (int i = 0; i < 4; i++) {
		static const char *const names[] = { "run", "run/empty", "store", "directory" };

		snprintf(path, sizeof(path), "%s/%s", k->folder, names[i]);
		must(mkdir(path, 0700) == 0);
	}
}

/* Started, told to go, ready. */
static inline bool kit_start(struct kit *k)
{
	struct msg m;

	kit_fork(k);
	kit_start_with(k, msg_table_hash());
	kit_tell(k, &(struct msg){ .id = MSG_go, .go = { .generation = 1 } });
	while (kit_hear(k, k->control, ROLE_ATTENDANT, 20000, &m)) {
		if (m.id == MSG_ready)
			return true;
	}
	return false;
}

/* Our end of a new channel, on which we are `as`. */
static inline int kit_link(struct kit *k, enum role as, unsigned instance)
{
	struct msg m = { .id = MSG_link, .link = { .role = (uint8_t)as, .instance = instance }, .fd_count = 1 };
	int ends[2];

	must(peer_pair(ends) == ERR_OK);
	m.fds[0] = ends[0];
	kit_tell(k, &m);
	close(ends[0]);
	return ends[1];
}

/* Exit status, or -signal. */
static inline int kit_wait(struct kit *k)
{
	int status = 0;

	must(waitpid(k->pid, &status, 0) == k->pid);
	fd_close(&k->control);
	k->pid = 0;
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static inline int kit_stop(struct kit *k)
{
	kit_tell(k, &(struct msg){ .id = MSG_stop });
	return kit_wait(k);
}

static inline void kit_done(struct kit *k)
{
	char command[100];

	if (k->pid > 0) {
		kill(k->pid, SIGKILL);
		kit_wait(k);
	}
	snprintf(command, sizeof(command), "rm -r %s", k->folder);
	(void)!system(command);
	buf_done(&k->octets);
	arena_done(&k->arena);
}
