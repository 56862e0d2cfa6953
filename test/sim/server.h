/* The server in the simulated machine: the attendant's real children.c and role_main of every role. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "ipc/roles.h"

struct kv;
struct proc;

struct server_manner {
	uint64_t segment_octets, reserve_octets;
	unsigned index_ms, parsers;
	bool compress;
};

/* Accounts and mailboxes u0 .. u<n-1> of sim.example with the password "secret", and the list "all" of the first three. */
#define SERVER_USERS  4
#define SERVER_DOMAIN "sim.example"

/* In a new folder: makes the directory. Returns when all is on disk. From a fiber. */
void server_prepare(const char *folder, const struct server_manner *m);
void server_boot(void);
bool server_is_ready(void);      /* every role says so */
bool server_all_ready(void);     /* it was once since the boot */
void server_stop(void);          /* in order; server_is_gone afterwards */
bool server_is_gone(void);
void server_power_cut(void);     /* everything stops at once */
unsigned server_restarts(enum role role);
/* bourse check: the store's own verdict. "": none was given (busy or down), else its JSON. From a fiber, waits. */
const char *server_check(void);

/* proc.c */
void server_run_role(struct proc *p);
void server_role_known(struct proc *p, enum role role);

/* The data at rest, of the store or the directory; the server must be gone. From a fiber. NULL: violation told. */
struct kv *server_open_data(const char *name, bool rebuild);
