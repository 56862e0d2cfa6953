/*
 * The skeleton that all role mains share: start message from the attendant, user change, data, sandbox, loop,
 * links to other roles, reload, stop. A role is a constant struct role_def and nothing else; its main calls
 * role_main. A malformed message closes its link; only one from the attendant ends the role.
 *
 * Order in a role's life: start (from attendant) -> def->prepare -> sandbox_become -> def->open -> sandbox_enter -> loop:
 * link/listener/... messages -> go -> def->go -> ready -> work -> stop -> def->stop -> role_stopped -> exit.
 */
#pragma once

#include "base/arena.h"
#include "base/map.h"
#include "config/config.h"
#include "io/sandbox.h"
#include "ipc/messages.h"

/* How long a store waits for the process that had it before: killed with gigabytes of memory, it takes seconds to be gone. That two
 * servers have one data folder was ruled out before. */
#define ROLE_LOCK_MS 30000u

struct role_env;

struct link {
	struct list node;
	struct role_env *env;
	enum role role;
	unsigned instance;
	struct peer *peer;
	void *data; /* the role's own, per link */
};

struct role_env {
	const struct role_def *def;
	uint64_t begun_ms; /* clock_mono_ms when this process began: the one before it had ended */
	unsigned instance;
	struct loop *loop;
	const struct config *config; /* replaced by a reload: read it anew, keep no pointer */
	struct arena *config_arena;
	struct str data_folder, host_name;
	struct str server_instance; /* shown in banners so that `bourse doctor ports` knows us */
	struct str ticket_key;      /* directory and store only; empty elsewhere */
	bool rebuild_index;
	struct link attendant;
	int control_fd; /* of that link, until the loop runs */
	struct list links;
	uint64_t last_request;
	uint64_t generation;
	bool stopping;
	void *state; /* the role's own */
};

struct role_def {
	enum role role;
	enum sandbox_profile profile;
	bool has_folder; /* <data folder>/<role name> is its own, readable and writable, and its working folder */
	/* All optional. prepare: first of all, with the system's files still there: what libraries load at first use. */
	void (*prepare)(void);
	/* Before the sandbox; threads and files. A failure stops the server's start with its text. */
	enum err (*open)(struct role_env *env, struct failure *f);
	void (*go)(struct role_env *env);
	void (*link_up)(struct role_env *env, struct link *link);
	/* The other role died: answer what waited for it with ERR_UNAVAILABLE. A new one will be linked. */
	void (*link_down)(struct role_env *env, struct link *link);
	/* True when the role takes the descriptor of a link for itself (blocking use). */
	bool (*take_link)(struct role_env *env, enum role role, unsigned instance, int fd);
	/* Descriptors that the handler keeps must be set to -1 in m; the others are closed after it. */
	void (*message)(struct role_env *env, struct link *from, struct msg *m);
	void (*reloaded)(struct role_env *env);
	/* Finish and call role_stopped, now or later; NULL: at once. */
	void (*stop)(struct role_env *env);
};

/* Runs until stopped; the process's exit status. control_fd: the attendant's end is the other. */
int role_main(const struct role_def *def, int control_fd);
void role_stopped(struct role_env *env);

/* False: that role is not there or overfull; the message is not sent. link may be NULL. */
bool link_send(struct link *link, const struct msg *m);
/* The instance that `pick` falls on (pick modulo how many are linked); NULL: none is there now. */
struct link *role_link(struct role_env *env, enum role role, uint64_t pick);
uint64_t role_request(struct role_env *env); /* a fresh request number, never 0 */

/* Answer to an administrator's request: one JSON text; more: others follow. */
void role_admin_reply(struct role_env *env, uint64_t request, bool more, struct str json);
void role_progress(struct role_env *env, const char *what, uint64_t done, uint64_t total);
