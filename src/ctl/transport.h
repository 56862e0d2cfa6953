/*
 * The way to the server: its control socket, or, when no server runs on the data folder, one
 * started for the purpose (boursed --maintenance), which ends with this connection. Wire:
 * ipc/control.h.
 */
#pragma once

#include "base/err.h"

struct transport;

struct transport_options {
	const char *data;   /* folder */
	const char *config; /* NULL: the server's own choice */
	bool start;         /* start a server when none runs */
	bool create;        /* the folder need not be there yet */
};

/* One reply packet: a JSON object; more: others follow. Valid during the call. */
typedef void transport_reply(void *arg, struct str json, bool more);

struct transport_request {
	struct str verb; /* "account add" */
	struct str json; /* {"verb":"account add","args":{...}} */
	transport_reply *reply;
	void *arg;
	const int *fds;  /* sent with it; they stay the caller's */
	size_t fd_count;
	int *ret_fds;    /* PEER_FDS_MAX; what came with the last packet, the caller's; NULL: closed */
	size_t *ret_fd_count;
};

/*
 * ERR_UNAVAILABLE: none runs, and none was to be started, or none could be. ERR_PERM: one runs, but
 * not for us. ERR_NOTFOUND: the folder is not there. f->text says what to do.
 */
enum err transport_open(
	const struct transport_options *o, struct transport **ret, struct failure *f) MUST_USE;
/* Waits for all packets of the reply. ERR_UNAVAILABLE: the server went away; ERR_PEER: it speaks
 * another version; ERR_TOOBIG. */
enum err transport_call(
	struct transport *t, const struct transport_request *q, struct failure *f) MUST_USE;
/* Waits for a server that was started for this. Accepts NULL. */
void transport_close(struct transport *t);
