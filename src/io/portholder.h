/*
 * Who holds a TCP port of this machine: read from /proc (net/tcp, net/tcp6, the processes'
 * descriptors and cgroups), so that "address in use" can name the culprit. Nothing is sent
 * anywhere. Other users' processes can be looked into by root only.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct port_holder {
	int pid;          /* 0: listening, but the process is hidden from us */
	unsigned uid;     /* owner of the socket */
	char address[48]; /* it listens on; numeric */
	char program[64]; /* "" when pid is 0 */
	char unit[128];   /* systemd unit, "postfix.service"; "" for none */
};

/*
 * The process that listens on the port at this numeric address, or at one that takes it (0.0.0.0,
 * ::). An address of 0.0.0.0 or :: is taken by every listener of its family. The closest match is
 * given. False: none listens, or /proc is not there.
 */
bool port_holder_find(const char *address, uint16_t port, struct port_holder *ret);
