/* What the files of the role's glue share: role.c (messages, engine), role_logon.c (exchanges), role_admin.c. */
#pragma once

#include "base/map.h"
#include "directory/app_password.h"
#include "directory/audit.h"
#include "directory/checks.h"
#include "directory/directory.h"
#include "directory/doctor.h"
#include "directory/form_token.h"
#include "directory/pace.h"
#include "directory/logon.h"
#include "directory/reseal.h"
#include "directory/role.h"
#include "directory/throttle.h"
#include "directory/web.h"
#include "ipc/ticket.h"
#include "kv/kv.h"
#include "role/backup.h"
#include "role/check.h"
#include "role/pending.h"
#include "role/scrub.h"

#define HASH_THREADS_MAX 8u
#define HASH_KEEP_MS     300000 /* from the last check until its memory is given back */

/* The last change that ended an account's sessions. */
struct role_ended {
	uint64_t account, at_ms; /* clock_mono_ms */
};

/* Sealing all secrets with another key, while the rest goes on. */
struct role_reseal {
	struct reseal reseal;
	struct timer *timer; /* set while it is under way */
	uint64_t request;    /* who waits for its end */
	bool forget;         /* the old keys go then */
};

#define TRAIL_FOLDER        "logons" /* in the role's folder */
#define TRAIL_FOLLOWERS_MAX 8u

/* The audit trail, who follows it, and the last uses of application passwords, which are written with it. */
struct role_trail {
	struct audit audit;
	struct timer *timer;
	bool writing, more; /* a thread writes; something came since it began */
	struct list followers;
	unsigned follower_count;
	struct app_uses uses;
};

#define REMOTE_CHECKS_MAX 24u /* passwords of one domain that netlogon is asked about at a time */

/* Passwords that others check, of one domain, and those that wait for it as for the hash. */
struct remote_queue {
	struct checks known, strangers;
	unsigned running;
};

/* Logons without an account. */
struct role_nameless {
	uint64_t logons, refused; /* since the role began */
	bool on, ready;           /* some protocol has them; there is a mailbox for them */
	uint64_t mailbox;         /* that they see; 0: none */
	uint64_t ended_ms;        /* clock_mono_ms: logons until then are no longer good */
};

struct directory_role {
	struct role_env *env;
	struct kv *kv;
	struct watch *kv_watch;
	struct backup backup;
	struct scrub scrub;
	struct check_job check;
	struct directory directory;
	struct role_reseal reseal;
	struct timer *lockouts_timer;
	bool lockouts_waiting; /* it is set */
	struct map ended;      /* account id -> struct role_ended */
	struct throttle *throttle;
	struct pace *pace;
	struct doctor_facts facts;
	struct role_trail trail;
	struct web web;
	const struct web_session *web_keep; /* of whom changes his own password just now */
	struct map quota;        /* mailbox id -> enum mailbox_quota as a pointer: the store says it sends or takes no more */
	unsigned hash_threads;   /* one for each core */
	size_t checks_running;   /* passwords being hashed */
	struct timer *hash_idle; /* see role_hashed */
	struct timer *trial_idle; /* a dry run that nobody goes on with ends */
	/* Waiting for that: those of accounts that logged on from there before, and all others. */
	struct checks known, strangers;
	uint64_t last_ticket;
	bool kerberos_ready;     /* tickets can be accepted: fronts and store have been told so */
	struct map asked;        /* of netlogon: request -> question, see role_netlogon.c */
	struct list asked_order;
	struct pending_table posts; /* asked of the store */
	struct list postings;    /* of struct posting, role.c */
	struct map remote;       /* domain -> remote_queue */
	struct role_nameless nameless;
	struct form_tokens forms; /* of virtual directories */
};

struct ticket_limits role_limits(const struct entry_limits *limits);
/* A password may have been checked: when no other is for a while, the memory this took is given back. */
void role_hashed(struct directory_role *r);

/* ---- role_logon.c ---- */
void role_logon_message(struct directory_role *r, struct link *from, struct msg *m);
void role_logon_link_up(struct directory_role *r, struct link *link);
void role_logon_link_down(struct directory_role *r, struct link *link);

/* ---- role_lockout.c: failed logons, counted for each account ---- */
struct role_attempt {
	struct str source, service, mechanism;
};
void role_lockout_open(struct directory_role *r);
void role_lockout_stop(struct directory_role *r);
/* The walk ended in ERR_AUTH; what is no account is not counted. */
void role_lockout_failed(struct directory_role *r, const struct logon *l, const struct role_attempt *t);
/* It ended well. */
void role_lockout_passed(struct directory_role *r, const struct logon *l);

/* ---- role_standing.c: whether what was begun with a logon may go on ---- */
/* As standing_check; issued_ms: of the logon, as clock_mono_ms. */
enum err role_standing(struct directory_role *r, uint64_t account, uint64_t issued_ms, struct failure *f) MUST_USE;
/* Ends its sessions, if it may have none any more. */
void role_account_changed(struct directory_role *r, enum directory_deed deed, const struct entry *e, bool secret);
/* What the store has: account and instant of the logon, u64 each. */
void role_judge_sessions(struct directory_role *r, struct link *store, struct str sessions);
void role_standing_stop(struct directory_role *r);

/* ---- role_anonymous.c: those who have no account ---- */
/* The configuration or a mailbox has changed: whom they see may be another one, or nobody. Ends their sessions then. */
void role_anonymous_look(struct directory_role *r);
/* As role_standing, for ACCESS_ANYONE_ACCOUNT. */
enum err role_anonymous_standing(const struct directory_role *r, uint64_t issued_ms, struct failure *f) MUST_USE;

/* One who came without logging on, by HTTP, was let in, or not: counted as their logons are. */
void role_anonymous_count(struct directory_role *r, bool let_in);

/* ---- role_vault.c: the key to the secrets ---- */
/* A missing or wrong key is logged, and no failure. */
enum err role_vault_open(struct directory_role *r, struct failure *f) MUST_USE;
/* The administrator may have put the key back. */
void role_vault_reload(struct directory_role *r);
/* False: it is not for it. True: it has been answered, or will be. */
bool role_vault_request(struct directory_role *r, const struct msg_admin_request *q);
void role_vault_stop(struct directory_role *r);

/* ---- role_kerberos.c ---- */
/* netlogon has told how its keytab is: fronts and store are told when that is news. */
void role_kerberos_state(struct directory_role *r);

/* ---- role_netlogon.c: domains that others serve; role_netlogon.h has what is asked ---- */
void role_netlogon_open(struct directory_role *r);
/* False: the message is not netlogon's. */
bool role_netlogon_message(struct directory_role *r, const struct msg *m);
void role_netlogon_up(struct directory_role *r);
/* What bourse.conf says of the issuer of bearer tokens, told to netlogon. */
void role_netlogon_issuer(struct directory_role *r);
void role_netlogon_kerberos(struct directory_role *r);
void role_netlogon_down(struct directory_role *r);
/* `doctor logon` with a password of such a domain: true, and it is answered when its controllers have been asked. */
bool role_netlogon_examine(struct directory_role *r, const struct msg_admin_request *q);
void role_netlogon_changed(struct directory_role *r, enum directory_deed deed, const struct entry *domain);

/* ---- role_store.c: what sessions in the store ask ---- */
void role_tell_accounts(struct directory_role *r, struct link *from, const struct msg_accounts_ask *q);
/* The ids for a ticket or a message, u64 each, in the arena. */
struct str role_groups(const struct entry_ids *groups, struct arena *a);
void role_tell_reach(struct directory_role *r, struct link *from, const struct msg_reach_ask *q);
void role_tell_boxes(struct directory_role *r, struct link *from, const struct msg_boxes_ask *q);
void role_tell_url(struct directory_role *r, struct link *from, const struct msg_url_ask *q);
void role_wish_limits(struct directory_role *r, struct link *from, const struct msg_limits_wish *q);

/* ---- role_admin.c ---- */
void role_admin_request(struct directory_role *r, const struct msg_admin_request *q);
/* The request itself, and its answer. */
void role_admin_run(struct directory_role *r, uint64_t request, struct str json);
void role_directory_changed(void *arg, enum directory_deed deed, const struct entry *e, bool secret);
/* Tells the store which of the mailboxes that it holds were removed. One is only when there is no entry and its id was given. */
void role_judge_held(struct directory_role *r, struct link *store, struct str ids);
/* Tells a new store every mailbox's limits. */
void role_send_limits(struct directory_role *r);

/* ---- role_audit.c ---- */
enum err role_audit_open(struct directory_role *r, struct failure *f) MUST_USE;
void role_audit_config(struct directory_role *r);
void role_audit_stop(struct directory_role *r);
void role_audit_put(struct directory_role *r, const struct audit_record *record);
/* False: so many refusals that cost nothing came from that address within a minute that this one is left out. */
bool role_audit_has_room(struct directory_role *r, struct str source);
/* The front has refused before it asked. */
void role_audit_turned_away(struct directory_role *r, const struct msg_logon_turned_away *q);
/* True: the request is one of these, and is answered, or will be. */
bool role_audit_request(struct directory_role *r, const struct msg_admin_request *q);
/* Whoever asked has gone. */
void role_audit_cancel(struct directory_role *r, uint64_t request);
