/*
 * The attendant: binds the listening sockets, starts every role again from the same executable, watches and
 * restarts them, reloads, and forwards administrators' requests. It never reads a client's octet.
 */
#pragma once

#include "base/str.h"

struct attendant_options {
	const char *config_path; /* NULL: <data>/bourse.conf when it is there */
	const char *data_folder; /* NULL: the configuration's */
	uint32_t base_port;
	bool base_port_given;
	bool maintenance;        /* directory, store and one parser only, no listener; ends with the control descriptor */
	int control_fd;          /* -1, or an administrator's end of a SOCK_SEQPACKET pair */
};

/* Runs until stopped; the exit status: 0 after an orderly stop, 1 with one message on stderr otherwise. */
int attendant_main(const struct attendant_options *options);
