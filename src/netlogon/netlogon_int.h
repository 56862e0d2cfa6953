/* What netlogon.c (messages, realms, health) and question.c (questions under way) share. */
#pragma once

#include "base/list.h"
#include "netlogon/attempt.h"
#include "netlogon/realm.h"
#include "role/role.h"

#define NETLOGON_THREADS      48u   /* questions at all controllers together */
#define NETLOGON_REALM_MAX    12u   /* of one domain; fewer when there are many domains */
#define NETLOGON_WAITING_MAX  512u  /* of one domain, that wait for a thread */
#define NETLOGON_REALMS_MAX   256u
#define NETLOGON_STUCK_MS     300000u /* then the role is begun anew, for its threads */

struct netlogon {
	struct role_env *env;
	struct list realms;
	size_t realm_count;
	struct list running;      /* attempts */
	unsigned running_count;
	struct map questions;     /* request -> question */
	struct timer *look;       /* at those that fail, and at what is stuck */
	struct timer *tell;       /* how the controllers are */
	bool told;                /* tell is not set */
	bool loaded[PROOF_BACKEND_COUNT];
};

/* ---- netlogon.c ---- */
struct realm *netlogon_realm(struct netlogon *n, uint64_t domain); /* NULL: not (any more) passed through */
/* How a controller is has changed, or when it was asked: attendant and directory are told soon. */
void netlogon_tell_soon(struct netlogon *n);
/* The last attempt of a realm that is gone. */
void netlogon_realm_gone(struct netlogon *n, struct realm *r);

/* ---- question.c ---- */
void question_ask(struct netlogon *n, struct link *from, const struct msg_proof_ask *q);
/* Whether a controller answers, for nobody. */
void question_probe(struct netlogon *n, struct realm *r, size_t controller);
/* Nobody waits for any of them any more; or: of this realm, which is not passed through now. */
void question_drop_all(struct netlogon *n);
void question_refuse_all(struct netlogon *n, struct realm *r);
/* Probes that have had their time. */
void question_give_up(struct netlogon *n);
/* Milliseconds for which the oldest attempt has been running; 0: there is none. */
uint64_t question_oldest_ms(const struct netlogon *n);
