/*
 * What systemd is told of the server's state, and the sockets that it has bound for it: the protocols of sd_notify(3) and
 * sd_listen_fds(3), which are stable and two calls each. libsystemd would bring six libraries into the address space of every
 * role for them, and a fifth of the time that a role takes to start.
 */
#pragma once

#define SYSTEMD_FIRST_FD 3

/* Lines such as "READY=1", to where NOTIFY_SOCKET says: a path or, with '@' in front, an abstract name. Nowhere: nothing is done. */
void systemd_tell(const char *state);
/* How many there are from SYSTEMD_FIRST_FD on, now closed by exec. 0: none, or they are for another process. */
int systemd_sockets(void);
