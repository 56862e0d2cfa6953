/*
 * bourse doctor ports: connects to every port of the server, at every own address, as a client
 * would, and reads the greeting. Ours carries the server's instance id; who answers with another
 * greeting is named.
 */
#pragma once

#include <jansson.h>

#include "base/buf.h"

#define DOCTOR_TIMEOUT_MS 3000

/* Where to look. */
struct doctor_port {
	const char *service,
		*address; /* numeric; 0.0.0.0 and :: mean all addresses of the family */
	unsigned port;
	bool tls;
};

/* Connected and blocking with time limits; -1 with errno. */
int doctor_connect(const struct doctor_port *p);

/* The first line that the server of a port says; false with the reason in why (a static text or
 * strerror's). */
bool doctor_greeting(const struct doctor_port *p, struct buf *line, const char **why);

/* From the reply to `status` a reply of our own: rows with step, ok, detail, mend. The caller
 * releases it. */
json_t *doctor_ports(const json_t *status);
