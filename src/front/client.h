/*
 * One connection before logon, or for SMTP all of it: the part that does not depend on the
 * protocol. A protocol is a struct client_kind and states, which are constant rows: what a state
 * does is a function of the row, the input and the answers of other roles. run() never blocks and
 * says what it waits for; only client.c calls it, arms timers and reads descriptors.
 *
 * A client has one question open at a time. The octets that its peer sends meanwhile stay in the
 * connection's input.
 */
#pragma once

#include "config/offer.h"
#include "front/crowd.h"
#include "front/front_int.h"
#include "io/conn.h"
#include "ipc/service.h"

enum step {
	STEP_AGAIN, /* call run of the (new) state */
	STEP_READ,  /* more input is needed */
	STEP_PEER,  /* another role's answer is needed */
	STEP_DONE,  /* the client is ending or freed: do not touch it */
};

/* How long a state may last. */
enum client_patience {
	CLIENT_FOR_COMMAND, /* smtp.command_time_max, and the logon time where there is one */
	CLIENT_FOR_ANSWER,  /* CLIENT_ANSWER_MS_MAX */
	CLIENT_FOR_PAUSE,   /* CLIENT_PAUSE_MS; then run is called as if an answer had come */
	CLIENT_FOR_OWN,     /* the state sets client_deadline itself */
};

#define CLIENT_ANSWER_MS_MAX ((uint64_t)300000)
#define CLIENT_PAUSE_MS      ((uint64_t)250)
#define CLIENT_JUNK_MAX      10u /* commands that make no sense, then we hang up */

struct client;

struct client_state {
	const char *name; /* for the log */
	enum step (*run)(struct client *c);
	enum client_patience patience;
	bool waits; /* for an answer: run is not called for input */
};

struct client_kind {
	enum service_protocol protocol;
	const struct client_state *greet;   /* first state: sends the greeting */
	const struct client_state *secured; /* after STARTTLS: forget what was said before */
	void *(*open)(struct client *c);    /* the session; client->session */
	void (*close)(struct client *c);    /* frees the session and all it holds */
	const struct client_state *back;    /* after a session in the store; NULL: none comes back */
};

extern const struct client_kind smtp_kind, pop3_kind, imap_kind, http_kind, nntp_kind;

/* A question asked of another role. number 0: none. */
struct client_question {
	uint64_t number;
	const struct link *link;
	enum msg_id expect; /* MSG_logon_ok stands for all three answers of a logon */
};

struct client {
	struct list node;     /* in front->clients */
	struct list stranger; /* in front->strangers while a logon is due */
	struct front *front;
	struct conn *conn;
	const struct client_kind *kind;
	const struct client_state *state;
	enum service service;
	uint64_t number; /* session number in logs and messages */
	struct crowd_address address;
	struct timer *timer;
	uint64_t logon_deadline_ms; /* of loop_now_ms; 0: none */
	uint64_t hold_deadline_ms;  /* as above; see client_hold_until */
	struct client_question question;
	bool answered;
	enum err answer_code; /* ERR_UNAVAILABLE: nobody there (any more); answer is NULL then */
	struct msg *answer;   /* valid inside run only */
	uint64_t exchange;    /* number of the logon under way; 0: none. See front/logon.h */
	const struct link *exchange_link;
	uint64_t exchanges_count;
	unsigned junk;
	bool crowded; /* counted in front->by_address */
	bool handshaking, ending;
	bool bound; /* logged on before on this connection: a channel binding is used once (RFC 9266 section 4.1) */
	void *session;
};

/* Takes fd; greets, after the handshake where the service begins with TLS. Hangs up where it does
 * and there is no key. */
void client_new(struct front *f, enum service service, int fd, const struct crowd_address *from);
/* A connection that has been logged on and is not any more (RFC 8437), or that has read news without a logon and now asks for one. */
struct client_back {
	struct conn *conn;   /* taken */
	enum service service; /* IMAP or NNTP */
	uint64_t number;
	struct crowd_address address;
	struct str unread;        /* sent by the client, in front of what is in conn; FRONT_IN_OCTETS_MAX at most */
	struct str name, version; /* IMAP: as its ID said; borrowed */
	struct str place;         /* NNTP: where it had come to; borrowed */
	enum err refused;         /* not ERR_OK: it hears why, and that is all */
};

/* A stranger again: what is allowed before a logon is, and counts. */
void client_back(struct front *f, const struct client_back *back);
/* At once, without a word. */
void client_free(struct client *c);
/* What is to be said has been said (ERR_OK), or says why (421, * BYE, -ERR); closes when it is out.
 */
void client_end(struct client *c, enum err why);
/* The refusal of a connection or the end of one, in the protocol's words. */
void client_put_farewell(struct buf *to, enum service_protocol protocol, enum err why);

/* ---- for sessions, inside run ---- */

void client_go(struct client *c, const struct client_state *state);
void client_deadline(struct client *c, uint64_t ms); /* from now; only for CLIENT_FOR_OWN */
/*
 * Until this time of loop_now_ms the client may hold what it holds, whatever it says meanwhile and
 * whichever state it goes to; then it is dropped as too slow. 0: it holds nothing.
 */
void client_hold_until(struct client *c, uint64_t at_ms);
/*
 * Sends m to a linked role and goes to `wait`, whose run sees answer or answer_code. When nobody is
 * there, that is told in the same way. number: of the question in m; expect: the answer's message.
 */
enum step client_ask(struct client *c, struct link *link, const struct msg *m,
	const struct client_question *q, const struct client_state *wait);
/* Counts one command that made no sense; true: that was one too many and the client is ending. */
bool client_junk(struct client *c);
/*
 * Sends go_ahead and begins TLS. Octets behind the command are an attack (RFC 3207 section 4.2 and
 * its relatives): they are dropped with the connection, unanswered.
 */
enum step client_start_tls(struct client *c, struct str go_ahead);
bool client_may_start_tls(const struct client *c); /* offered now */
struct offer_client client_offer(const struct client *c); /* for config/offer.h */
/* A name with a password, as POP3, IMAP and NNTP have commands for: as offer_password. */
enum err client_judge_password(const struct client *c) MUST_USE;
/* Eats n octets of input and overwrites them: they held a secret. */
void client_consume_secret(struct client *c, size_t n);
/* Logged on, and still with us (submission): no longer a stranger. */
void client_is_known(struct client *c);
/* The connection is taken out, to be given away; the client must be freed next. */
struct conn *client_take_conn(struct client *c);

/* ---- for front.c ---- */

/* An answer has come for the question; the message's role and type have been checked. */
void client_answer(struct client *c, struct msg *m);
/* The one who was asked is gone. */
void client_link_down(struct client *c);
