/*
 * Tickets: what the directory tells the store through a front that neither of them trusts. A ticket is
 * authenticated with a key that only directory and store hold (HMAC-SHA-256), lives 30 seconds at most for a
 * logon, and a logon ticket is good once. The store believes the ticket, never the front.
 */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "ipc/access.h"

#define TICKET_KEY_OCTETS     ((size_t)32)
#define TICKET_OCTETS_MAX     ((size_t)4096)
#define TICKET_GROUPS_MAX     ((size_t)200)
#define TICKET_LOGON_MS_MAX   ((uint64_t)30000)
#define TICKET_DELIVER_MS_MAX ((uint64_t)3600000) /* an SMTP transaction may last that long */
#define TICKET_SUBMIT_MS_MAX  ((uint64_t)86400000)

enum ticket_kind { TICKET_LOGON = 1, TICKET_SUBMIT = 2, TICKET_RECIPIENTS = 3, TICKET_PAGE = 4 };

struct ticket_limits {
	uint64_t warn_octets, send_octets, receive_octets; /* 0 = no such limit */
	uint64_t messages_max;                             /* 0 = no such limit */
	uint32_t folders_max;                              /* 0 = as many as there can be */
	uint32_t retention_days;                           /* of deleted items; 0 = none */
};

struct ticket {
	enum ticket_kind kind;
	uint64_t id;         /* random: the single use */
	uint64_t expires_ms; /* clock_mono_ms */
	uint64_t account, mailbox;
	uint8_t service;     /* LOGON: the service it may be shown at */
	bool delegate;       /* the account is not the mailbox's primary account */
	enum access access;  /* how it opens the mailbox */
	struct str groups;   /* ids of the groups it is in, u64 each, ascending; TICKET_GROUPS_MAX at most */
	struct str account_name, mailbox_name; /* for logs and greetings */
	struct str folder;   /* POP3: to be opened in place of the INBOX; what the account may do there, its list says. Empty: none */
	struct ticket_limits limits;
	struct str folders; /* PAGE: u32 each, of the public store; delegate: whoever asks has no account. Good more than once */
};

void ticket_seal(const struct ticket *t, struct str key, struct buf *to); /* appends one ticket */
/* Views point into octets. ERR_TICKET: forged, of another kind, expired or malformed; rest is what follows it. */
enum err ticket_open(struct str *octets, struct str key, enum ticket_kind kind, uint64_t now_ms, struct ticket *ret) MUST_USE;

/* The third kind says nothing of who sends: these mailboxes are the recipients that the directory found. */
struct ticket_recipient {
	uint64_t mailbox;
	struct ticket_limits limits;
	uint32_t folder; /* of the only row: a folder of the public store, else 0, the inbox */
	uint64_t poster; /* with that: the account that sends, 0 when nobody knows it */
	bool no_quota; /* a list's member: the sender cannot be told of one full mailbox, so it is not passed over */
};

#define TICKET_RECIPIENTS_MAX ((size_t)2500) /* so that a verdict fits one message between roles */

void ticket_recipients_seal(const struct ticket_recipient *rows, size_t count, uint64_t expires_ms, struct str key, struct buf *to);
/* Cuts one ticket off *octets; rows are in the arena. ERR_TICKET. */
enum err ticket_recipients_open(struct str *octets, struct str key, uint64_t now_ms, struct arena *arena,
	const struct ticket_recipient **ret, size_t *ret_count) MUST_USE;
