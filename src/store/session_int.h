/*
 * Between session.c, the driver, and the two engines. The driver owns the connection, time and
 * waiting; an engine owns the dialogue. Engines never arm a descriptor or a timer: a step says what
 * it waits for.
 */
#pragma once

#include "base/arena.h"
#include "io/conn.h"
#include "store/session.h"

enum step {
	STEP_AGAIN, /* there is more to do: call again when the slice allows it */
	STEP_READ,  /* until more input comes or session_wake */
	STEP_WRITE, /* until the output has drained */
	STEP_PEER,  /* until session_answered */
	STEP_LEAVE, /* send what there is, then give the connection back (session_leave_fn) */
	STEP_DONE   /* send what there is, then close */
};

struct session_engine {
	const char *name;
	size_t in_octets_max; /* buffered input when nothing larger is asked for with session_in_max
			       */
	/* First output. s->state is the engine's. ERR_OK, or why there will be no session (then
	 * farewell is called). */
	enum err (*open)(struct session *s) MUST_USE;
	enum step (*run)(struct session *s);
	/* What the account may do has changed; s->user is new already. NULL: nothing else follows from it. */
	void (*rights)(struct session *s, const struct session_reply *reply);
	/* The last words, if the output stands at the start of a line. */
	void (*farewell)(struct session *s, enum err why);
	void (*free)(struct session *s);
	const char *(*doing)(const struct session *s);
};

extern const struct session_engine pop3_engine, imap_engine, nntp_engine;

/* What the engines need of the configuration. */
struct session_limits {
	uint64_t idle_ms;
	size_t line_octets_max;      /* POP3, NNTP */
	size_t arguments_octets_max; /* IMAP */
	size_t literals_max;
	uint64_t message_octets_max;
	uint64_t progress_ms; /* IMAP: between two words of how far a command is */
	uint32_t messages_max, saves_max; /* IMAP: of one command; 0: any number */
	uint64_t data_octets_per_second_min; /* of a message, 0: none */
};

struct session {
	const struct session_engine *engine;
	void *state;
	struct loop *loop;
	struct store *store;
	struct mailbox *mailbox;
	struct conn *conn;
	struct acl_user user; /* whose rights count; groups are owned */
	struct arena arena;   /* lives as long as the session */
	struct str account, mailbox_name, client, tag, sasl, host_name, server_instance;
	struct str folder;                       /* POP3: in place of the INBOX; empty: that */
	struct str offers;                       /* NNTP: further lines of CAPABILITIES */
	struct buf place;                        /* NNTP: of the session before on this connection, then for the next one */
	struct str id;                           /* what the server says of itself: "ID (...)" */
	struct config_list hide;                 /* rules of imap.hide that can come to hold for this client */
	struct str client_name, client_version;  /* in client_octets */
	char *client_octets;
	enum language language, preferred;       /* IMAP: at the logon, and what "default" asks for */
	bool public_subscribed;                  /* IMAP: of public folders LIST shows only those */
	uint64_t opened_ms;                      /* of loop_now_ms */
	struct str server_comment, server_admin; /* IMAP: annotations of the server */
	struct session_limits limits;
	struct session_budget *budget;
	struct meter *meter;   /* NULL: nobody counts */
	uint64_t eaten_octets; /* of the input, not yet in the meter */
	struct search *search; /* NULL: none */
	session_parse_fn *parse;
	session_ask_fn *ask_fn;
	session_open_fn *open; /* NULL: no mailbox but its own */
	session_leave_fn *leave; /* NULL: nobody takes the connection back */
	session_ended_fn *ended;
	void *arg;
	enum service service;

	struct buf unread; /* from the front, before what the connection holds */
	struct deferred wake;
	unsigned questions;   /* asked and not answered */
	uint64_t patience_ms; /* as last given to conn_set_idle */
	uint64_t read_ms;     /* how long the client may say nothing just now; 0: limits.idle_ms */
	enum err refused;     /* open is to fail with it; ERR_OK: no */
	bool running, closing, stopping, leaving;
	bool blocked;  /* since the engine last ran the output was over high water */
	bool answered; /* the engine has not looked at an answer yet: it does so even when stopping
			*/
	enum err why;  /* of the end */
};

/* ---- for engines ---- */

/* Everything received and not consumed; valid until the next call on the session. */
struct str session_in(struct session *s);
void session_consume(struct session *s, size_t octets);
/* Room for a long command; engine->in_octets_max again when less is asked for. */
void session_in_max(struct session *s, size_t octets);
/* Where replies go. */
struct buf *session_out(struct session *s);
/* What the client says that it is: cut and cleaned, kept and, the first time, logged. */
void session_client(struct session *s, struct str name, struct str version);
/* Sends what there is, from outside the engine's run. */
void session_flush(struct session *s);
/* Run the engine soon; fit for callbacks of the store. */
void session_wake(struct session *s);

/* Asks the directory. done gets the session; ERR_UNAVAILABLE, within the call, when there is none. */
void session_ask(struct session *s, const struct session_question *question, session_told_fn *done);
/* Before a question whose answer calls session_answered; then return STEP_PEER. */
void session_asked(struct session *s);
void session_answered(struct session *s);
