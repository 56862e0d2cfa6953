/* What the attendant's files share. */
#pragma once

#include "attendant/attendant.h"
#include "base/arena.h"
#include "config/config.h"
#include "io/loop.h"
#include "ipc/messages.h"
#include "ipc/service.h"
#include "ipc/ticket.h"

#define CHILDREN_MAX  600
#define LISTENERS_MAX 512
#define CLIENTS_MAX   16

struct attendant;

struct listener {
	enum service service;
	char address[64];
	uint16_t port;
	int fd;
};

enum child_state { CHILD_DOWN, CHILD_STARTING, CHILD_READY, CHILD_STOPPING };

struct child {
	struct attendant *attendant;
	enum role role;
	unsigned instance;
	int pid; /* 0: not running */
	enum child_state state;
	struct peer *peer;
	struct timer *restart;
	uint64_t started_ms; /* monotonic */
	unsigned restarts, quick_deaths;
	bool begun;         /* of those that are not the first: it had its turn */
	bool rebuild_index; /* at the next start */
	uint64_t index_doubted_ms; /* monotonic; 0 = never */
	bool rebuilding;    /* it was started so and is not ready yet */
	bool broken;        /* it has said itself why it cannot start */
	unsigned silent;    /* looks of the watchdog since it was heard last */
	uint64_t asked_ms, asked_cpu_ms; /* at the first of them: monotonic, and its processor time */
	unsigned hangs;     /* how often it was ended for its silence, within an hour of each other */
	uint64_t hung_ms;   /* monotonic: the last of them */
	bool hung, spun;    /* now; and it was not waiting but busy */
	bool works;         /* has an administrator's request before it, which came after that ping */
	uint64_t works_ping;
	struct msg_scrub_state scrub; /* as it last told; that of a role that is down is still true */
	bool scrubs;
	struct msg_nameless nameless; /* as it last told */
};

/* An administrator's connection to the control socket. */
struct client {
	struct attendant *attendant;
	struct peer *peer; /* NULL: the place is free */
	uint64_t request;  /* 0: none is open; one at a time */
	const struct child *asked[2]; /* whose answer, or whose start with a new index, it waits for */
	bool rebuilding;   /* that is what it asked for */
	struct json_t *found; /* a check's answer that came first, until the other role's; NULL: none yet */
	bool checking;
	bool ends_server;  /* maintenance: the server ends with it */
};

struct attendant {
	struct attendant_options options;
	struct arena *config_arena;
	const struct config *config;
	struct loop *loop;
	struct str data_folder, host_name;
	char server_instance[17];
	unsigned char ticket_key[TICKET_KEY_OCTETS];
	struct listener listeners[LISTENERS_MAX];
	size_t listener_count;
	struct child children[CHILDREN_MAX];
	size_t child_count;
	struct client clients[CLIENTS_MAX];
	struct watch *control_watch;
	int control_fd, lock_fd;
	uint64_t last_request;
	uint64_t last_ping; /* their numbers */
	struct timer *stop_timer, *look_timer, *rest_timer;
	struct role_user {
		uint32_t uid, gid;
		bool known; /* looked up since the configuration was read */
	} users[ROLE_COUNT];
	struct buf chain_pem, key_pem; /* of the certificate in force; empty chain: no TLS */
	struct buf client_ca_pem;      /* who certifies clients; empty: they are not asked */
	uint32_t key;                  /* its number, up by one with each change */
	uint64_t started_ms;
	int exit_status;
	struct json_t *controllers; /* how those of domains that others serve are, as netlogon told last; NULL: not yet */
	bool rest_begun, all_ready, stopping, stopping_rest;
};

/* ---- setup.c: configuration, folders, lock ---- */
enum err attendant_load_config(struct attendant *a, struct arena *arena, const struct config **ret, struct failure *f) MUST_USE;
enum err attendant_make_folders(struct attendant *a, struct failure *f) MUST_USE;
void attendant_role_user(struct attendant *a, enum role role, uint32_t *ret_uid, uint32_t *ret_gid);
/* Gives up all capabilities but those that starting roles needs, of which there may be fewer. No effect unless root. */
void attendant_drop_capabilities(void);

/* ---- listeners.c ---- */
/* Binds everything or nothing; the failure's text names address, port, holder and the next step. */
enum err listeners_bind(struct attendant *a, struct failure *f) MUST_USE;
void listeners_close(struct attendant *a);

/* ---- certificate.c ---- */
/* From the files that c names, or self-signed ones made once. Any failure leaves what was in force. */
enum err certificate_load(struct attendant *a, const struct config *c, struct failure *f) MUST_USE;

/* ---- children.c ---- */
void children_plan(struct attendant *a);
enum err children_begin(struct attendant *a) MUST_USE; /* the store; it needs no certificate */
enum err children_start(struct attendant *a) MUST_USE; /* then the others, in their order */
void children_reaped(struct attendant *a);  /* after SIGCHLD */
void children_reload(struct attendant *a);
void children_stop(struct attendant *a);
struct child *child_of(struct attendant *a, enum role role);
void child_send(struct child *child, const struct msg *m);
void child_restart_rebuilding(struct child *child);
const char *child_state_name(enum child_state state);

/*
 * ---- watchdog.c ----
 * Each role is asked from time to time whether its loop still turns; anything that it says is an answer, a report of how far it
 * has come at its start, too. One that says nothing for server.answer_time_max is ended with SIGABRT.
 */
void watchdog_start(struct attendant *a);
void watchdog_heard(struct child *child);
void watchdog_answered(struct child *child, uint64_t ping);
void watchdog_works(struct child *child); /* it is sent an administrator's request, which may take it long */
void watchdog_born(struct child *child); /* a new process in its place */

/* ---- admin.c ---- */
enum err admin_listen(struct attendant *a, struct failure *f) MUST_USE;
void admin_adopt(struct attendant *a, int fd); /* the maintenance descriptor */
/* Only the role that was asked can answer. */
void admin_answer(struct attendant *a, const struct child *from, const struct msg_admin_reply *reply);
/* The same with open files, which stay the caller's and are not looked at. */
void admin_answer_file(struct attendant *a, const struct child *from, const struct msg *m);
void admin_progress(struct attendant *a, const struct child *child, const struct msg_progress *progress);
void admin_scrub_state(struct child *child, const struct msg_scrub_state *state);
void admin_controllers(struct attendant *a, struct str json);
void admin_rebuilt(struct attendant *a, const struct child *child);
void admin_child_died(struct attendant *a, const struct child *child);
void admin_close(struct attendant *a);

/* ---- attendant.c ---- */
void attendant_all_ready(struct attendant *a);
void attendant_reload(struct attendant *a, struct failure *f);
void attendant_stop(struct attendant *a, int exit_status);
void attendant_cannot_start(struct attendant *a); /* says so, and stops */
void attendant_gone(struct attendant *a); /* the last child has ended */
