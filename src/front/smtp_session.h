/*
 * One SMTP session (RFC 5321 and the extensions of wire/smtp.tbl) for the services smtp, submission
 * and submissions, or an LMTP session (RFC 2033): the same but for its first word and for the end of
 * a message, where each recipient has a reply. A command line is cut, found in the table, judged by its row's flags and given
 * to its handler, one at a time and in order; whoever pipelines waits in the connection's input.
 * Handlers are spread over the smtp_*.c files here.
 *
 * A transaction is empty after every message, every failed one, RSET, HELO, EHLO and STARTTLS:
 * smtp_forget is the one place that empties it.
 */
#pragma once

#include "base/arena.h"
#include "front/client.h"
#include "front/smtp_intake.h"
#include "wire/smtp.h"

/* Tickets and envelope of one message, which go to the store in one message beside sender and
 * record. */
#define SMTP_ENVELOPE_OCTETS_MAX ((size_t)96 << 10)
/* A session that asks for so many addresses that are not here is guessing. */
#define SMTP_REFUSED_MAX 100u

struct smtp_envelope {
	bool open;            /* MAIL was accepted */
	bool chunked;         /* BDAT has been used: no DATA, no more RCPT (RFC 3030 section 2) */
	struct buf sender;    /* address without brackets; empty: <> */
	uint64_t size_octets; /* of SIZE=, 0: not given */
	enum smtp_body body_type;
	bool smtputf8;
	enum smtp_ret ret;
	struct buf envid;
	uint32_t recipients;
	struct buf tickets, rows; /* concatenated; rows: front/trace.h */
	/* The recipient that the directory is being asked about. */
	struct buf address, orcpt_type, orcpt;
	unsigned notify;
};

struct smtp_chunk {
	uint64_t left; /* octets of this BDAT still to come */
	bool last;
	enum err fault; /* ERR_OK: they belong to the message */
};

/*
 * How fast a message comes in, DATA or all of its chunks: octets at the least rate earn time, never
 * more than SMTP_DATA_GRACE_MS ahead, and nothing else does.
 */
struct smtp_pace {
	uint64_t since_ms; /* of loop_now_ms: when the grace was last whole */
	uint64_t octets;   /* come since then */
};

struct smtp_session {
	struct client *client;
	struct arena arena; /* one command */
	struct buf hello;   /* empty: neither HELO nor EHLO yet */
	bool esmtp;
	bool known; /* AUTH has succeeded */
	bool ended; /* the message has: what is said now is said for each recipient (LMTP) */
	struct buf ticket, account;
	struct smtp_envelope envelope;
	struct smtp_intake body;
	struct smtp_chunk chunk;
	struct smtp_pace pace;
	int result_fd;   /* where the parser puts a large record; -1: none */
	struct buf record; /* a small one, while the directory is asked about the header */
	uint64_t record_octets;
	size_t head_octets; /* of our own lines in front of the message */
	bool judged; /* the header was, and has its Sender: now */
	unsigned parses; /* tried for this message */
	unsigned pauses; /* waited for a parser to come back */
	unsigned transactions;
	unsigned refused; /* recipients */
	char id[64];      /* of the transaction */
};

/* Every handler by its name in the table. The command is a view into the session's arena. */
#define CMD(verb, flags, handler, rfc)                                                             \
	enum step smtp_do_##handler(struct smtp_session *s, const struct smtp_command *command);
#include "wire/smtp.tbl"
#undef CMD

extern const struct client_state smtp_command_state; /* waits for the next command */

/* ---- for handlers ---- */

/* One reply; the row's own words where text is empty. */
void smtp_say(struct smtp_session *s, enum err e, struct str text);
void smtp_say_code(struct smtp_session *s, int code, const char *enhanced, struct str text);
/* The reply, the next command. A reply that hangs up (421) ends the client. */
enum step smtp_next(struct smtp_session *s, enum err e, struct str text);
/* As smtp_next, and one more command that made no sense. */
enum step smtp_bad(struct smtp_session *s, enum err e, struct str text);
/* The transaction is over. */
void smtp_forget(struct smtp_session *s);
/* A record of what was refused; subject is the address, or empty. */
void smtp_log_refused(struct smtp_session *s, const char *what, struct str subject, enum err why);
bool smtp_is_submission(const struct smtp_session *s);
bool smtp_is_lmtp(const struct smtp_session *s);

static inline struct smtp_session *smtp_of(struct client *c)
{
	return c->session;
}
