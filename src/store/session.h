/*
 * One client that has logged on to a mailbox by POP3 or IMAP4, or reads news by NNTP. The front (or, for a connection
 * without TLS, nobody) stands between the client and this descriptor; octets here are cleartext.
 * Runs on the store's one loop.
 *
 * A command is a resumable step: it goes on until the output is over high water, its slice of time
 * is used up, or the store or the parser is asked, and then gives the loop back. What one session
 * holds in memory is bounded whatever the size of the message, the folder or the set asked for; a
 * client that does not read is dropped.
 *
 * The session has no authority of its own: who may open which mailbox was settled before.
 */
#pragma once

#include "base/language.h"
#include "config/config.h"
#include "io/loop.h"
#include "ipc/service.h"
#include "store/store.h"

struct meter;
struct search;
struct session;

/* record: a view that lives during the call; looked at only with ERR_OK. Exactly once for every
 * question. */
typedef void session_parsed_fn(void *done_arg, enum err e, struct str record);
/*
 * Have the parser process make the record (mail/record.h) of a message. octets are borrowed until
 * `done` was called, which may happen inside this call. Any error: the message is kept with an
 * opaque record.
 */
typedef void session_parse_fn(
	void *arg, struct str octets, session_parsed_fn *done, void *done_arg);
/* What a session asks of the directory for its account and mailbox. */
struct session_question {
	enum session_question_kind { SESSION_ASK_LIMITS, SESSION_ASK_ACCOUNTS, SESSION_ASK_URL, SESSION_ASK_REACH } kind;
	uint64_t octets, messages, folders; /* LIMITS: to be the mailbox's; UINT64_MAX: no such limit */
	struct str name;                    /* ACCOUNTS: as typed; empty: none. URL: whose messages */
	struct str reader;                  /* URL: who may read them; empty: none */
	uint64_t mailbox;                   /* ACCOUNTS: whose owner is meant */
	bool all;                           /* REACH: also where lists give something to all accounts */
	const uint64_t *ids;                /* ACCOUNTS: to be named, SESSION_IDS_MAX at most */
	size_t ids_count;
};

#define SESSION_IDS_MAX ((size_t)400)

/* Views that live during the call. */
struct session_reply {
	struct str text;         /* of a refusal, for the client */
	uint64_t owner, account; /* ACCOUNTS: the mailbox's primary account (0: none), and the one of that name */
	bool group;              /* ACCOUNTS: it is a group's */
	struct str names;        /* ACCOUNTS: the owner's, then those of ids, "DOM\\alice" or "$DOM\\sales", for rd_str; empty: is no more */
	struct mailbox *mailbox; /* URL: of the owner; borrowed. With owner: the account that opens it */
	struct str mailboxes;    /* REACH: those of others that the account may open, or find folders in: an u64, an access.h and an rd_str, the
				    alias, each; the session's own may be among them */
	enum access access;      /* URL: how owner opens it. REACH: how the account opens the session's mailbox */
	struct str groups;       /* URL: that owner is in, u64 each. REACH: that the account is in */
	bool submits;            /* URL: the session's account may read for submission */
};

/* reply is NULL when the directory did not answer. */
typedef void session_told_fn(void *done_arg, enum err e, const struct session_reply *reply);
/*
 * done is called once, maybe inside this call; not at all when the session ends before. LIMITS: ERR_PERM (the account has not
 * the user right), ERR_SYNTAX and ERR_CONFLICT (these cannot be limits), ERR_UNAVAILABLE; with ERR_OK they are in force.
 * URL: why the owner could not log on now; account is the reader's, 0 when nobody has that name.
 * ACCOUNTS: ERR_NOTFOUND (nobody has that name), ERR_SYNTAX (it cannot be one), ERR_UNAVAILABLE.
 */
typedef void session_ask_fn(
	void *arg, const struct session_question *question, session_told_fn *done, void *done_arg);
/*
 * The client has logged off with UNAUTHENTICATE (RFC 8437), or has asked for TLS or a logon in a news session without an account, and
 * everything said to it is on its way: takes fd. unread: what came behind the command, or begins with it; borrowed. session_look still works. `ended`
 * follows.
 */
typedef void session_leave_fn(void *arg, struct session *session, int fd, struct str unread);
/* One of the mailboxes that a REACH answer named; counted, for mailbox_unref. ERR_UNAVAILABLE, ERR_NOBOX, ERR_CORRUPT, ERR_IO. */
typedef enum err session_open_fn(void *arg, uint64_t mailbox, struct mailbox **ret);
/* The session is gone; free nothing of it. why: ERR_OK for an orderly end (QUIT, LOGOUT, the client
 * closed). */
typedef void session_ended_fn(void *arg, struct session *session, enum err why);

/* Octets of messages that clients are sending with APPEND, summed over all sessions; the owner's.
 */
struct session_budget {
	uint64_t held, max;
};

struct session_options {
	struct loop *loop;
	struct store *store;
	struct mailbox *mailbox;     /* a reference of its own is taken */
	const struct config *config; /* read during the call only: limits of a session do not change
					while it lives */
	enum service service;
	struct str account, mailbox_name, client; /* for replies and the log; copied */
	struct str folder; /* POP3: opened in place of the INBOX if its list lets the account see and read it; empty: the INBOX; copied */
	enum access access;                       /* how the account opens the mailbox */
	struct str groups;                        /* that it is in: ids, u64 each; copied */
	uint64_t account_id;                      /* the account's id in the directory */
	int fd;                                   /* taken */
	struct str unread; /* what the front had read behind the logon; copied */
	struct str tag;    /* IMAP: of the logon command, still to be answered; copied */
	struct str sasl;   /* POP3: mechanism names for CAPA, parted by blanks; empty: no SASL line;
			      copied */
	struct str host_name, server_instance; /* copied */
	struct str place;  /* NNTP: what a session before on the connection left in s->place; NNTP_PLACE_OCTETS_MAX at most; copied */
	struct str offers; /* NNTP: whole lines of CAPABILITIES that the front knows; copied */
	struct str client_name, client_version; /* IMAP: as its ID said before the logon; copied */
	enum language language;                /* IMAP: as its LANGUAGE said before the logon */
	struct session_budget *budget;         /* NULL: none; must outlive the session */
	struct meter *meter; /* of octets read and written; over its brim the session ends. NULL: none; must outlive it */
	struct search *search; /* NULL: no index, all messages are read; must outlive the session */
	session_parse_fn *parse; /* NULL: every APPEND gets an opaque record (tests) */
	session_ask_fn *ask; /* NULL: there is no directory (tests) */
	enum err refused; /* not ERR_OK: the client is told, in reply to its logon, and that is all */
	session_open_fn *open; /* NULL: no mailbox but its own (tests) */
	session_leave_fn *leave; /* NULL: UNAUTHENTICATE is refused */
	session_ended_fn *ended; /* from the loop, never from inside session_new */
	void *arg;               /* of parse, ask, leave and ended */
};

/* Never NULL; what fails (the mailbox cannot be read) is told to the client, and then `ended` is
 * called. */
struct session *session_new(const struct session_options *options) MUST_USE;

/*
 * An orderly end from our side: a command that waits for the store is still answered, then the
 * client hears `why` (BYE, -ERR) unless a reply is half sent, and `ended` follows. For a stop of
 * the server, an account that was ended.
 */
void session_stop(struct session *session, enum err why);
/* What the account may do has changed, as the answer to SESSION_ASK_REACH has it: counts from the next step on. */
void session_rights(struct session *session, const struct session_reply *reply);
/* At once and without a word; `ended` is not called, the session is freed. Changes already handed
 * to the store go on. */
void session_kick(struct session *session);

/* Whose entries in access lists count for it; everybody's too. */
struct granted_query session_granted(const struct session *session);
/* For the administrator; views live until the next call on the session. */
struct session_figures {
	struct str account, mailbox, client;
	struct str client_name, client_version; /* as its ID said, in UTF-8; empty: nothing */
	struct str place;                       /* NNTP: for the next session on the connection */
	enum service service;
	const char *doing;
	uint64_t age_s;
};

void session_look(const struct session *session, struct session_figures *ret);
/* "select", "idle", ...: what the session does now, for the administrator; static. */
const char *session_doing(const struct session *session);
