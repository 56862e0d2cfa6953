/*
 * One client's logon in the role, from its first message to the answer. role_logon.c walks and
 * answers, role_sasl.c carries the mechanisms of src/sasl there.
 */
#pragma once

#include <stdatomic.h>

#include "directory/anonymous.h"
#include "directory/fingerprint.h"
#include "directory/logon.h"
#include "directory/role_int.h"
#include "sasl/sasl.h"

#define CHANNEL_BINDING_OCTETS_MAX ((size_t)64) /* a hash, or 32 octets of tls-exporter */
#define CERTIFICATE_ADDRESSES_OCTETS_MAX ((size_t)1024)
#define NONCE_OCTETS               ((size_t)18) /* in base64 without padding */

struct exchange {
	struct directory_role *role;
	struct link *link; /* NULL: the front or its client has gone */
	uint64_t session;
	enum service service;
	bool tls;
	char client[64];
	char mechanism[24];
	struct sasl sasl;
	struct sasl_peer peer;
	char exporter[CHANNEL_BINDING_OCTETS_MAX], end_point[CHANNEL_BINDING_OCTETS_MAX], unique[CHANNEL_BINDING_OCTETS_MAX];
	char nonce[NONCE_OCTETS / 3 * 4];
	char certificate[FINGERPRINT_OCTETS + 1]; /* that the client has shown; empty: none */
	char *addresses;                          /* in it */
	struct arena arena; /* of one walk */
	struct logon logon;
	struct str throttle_key;
	struct timer *delay;
	struct check check; /* in one of the role's queues */
	bool known;         /* in which */
	bool checking, pass; /* checking: a thread or netlogon will come back with it */
	struct remote_queue *remote; /* of the domain, when others check its passwords */
	struct str password;         /* for them, our own memory; wiped as soon as they have been asked */
	uint64_t asked_ms;           /* when that was; 0: not yet */
	uint64_t context;            /* the security context of Kerberos, at netlogon; 0: none was asked for */
	bool context_open;           /* which is to be told when nobody goes on with it */
	atomic_bool abandoned; /* nobody waits for the check: told to the thread that makes it */
	struct logon_grant grant;
	struct str renew, token; /* a web session wants a new password; in the arena */
	bool nameless;    /* somebody without an account; trace is what he said of himself, in the arena */
	struct str trace;
	enum logon_event event; /* of a refusal beside the walk; LOGON_EVENT_ok: the walk says */
};

/* A new one; NULL: it was refused for want of room. */
struct exchange *exchange_begin(struct directory_role *r, struct link *from, uint64_t session, uint8_t service, struct str client);
/* Nobody waits for it any more, and no thread has it. */
void exchange_release(struct exchange *x);
/* Where it comes from: the address alone, for a client's next connection has another port. */
struct str exchange_source(const struct exchange *x);

/* Finds the account, and whether this source may try at all. False: refused, x is gone. */
bool exchange_prepare(struct exchange *x, struct logon_query *q);
/* The password is checked, here or by the domain's controllers, in turn; x answers by itself. */
void exchange_check_password(struct exchange *x, struct str name, struct str authzid, struct str password);
/* The queue of a domain that others serve, and x into the one it belongs to: it is asked about when its turn comes. */
struct remote_queue *exchange_queue(struct directory_role *r, uint64_t domain);
void exchange_enter_queue(struct exchange *x);
/* A controller's word is that there is somebody whom we do not know: he becomes an account, if his domain wants it, and the walk is
 * prepared anew. */
void exchange_welcome(struct exchange *x, struct str full_name);
/* The proof is known: decides, and answers at once or as late as the throttle has it. x may be gone. */
void exchange_settle(struct exchange *x);
/* Answers with that ticket; the grant is in x, which is gone. */
void exchange_let_in(struct exchange *x, const struct ticket *t);
/* Answers; x is gone. */
void exchange_refuse(struct exchange *x, enum err e, const char *text);
void exchange_log_refusal(const struct exchange *x);

/* ---- role_anonymous.c ---- */
/* Lets somebody in who has no account, or refuses; x is gone. trace is what he says of himself. */
void exchange_anonymous(struct exchange *x, const struct anonymous_way *way, struct str trace);
/* Somebody was refused who perhaps wanted that: adds to the reason why it was not. */
void exchange_anonymous_explain(struct exchange *x);

/* ---- role_sasl.c ---- */
void exchange_sasl_start(struct directory_role *r, struct link *from, const struct msg_sasl_start *q);
void exchange_sasl_step(struct link *from, const struct msg_sasl_step *q);
