/*
 * The private information store's mail logic over the engine kv/kv.h: mailboxes, folders, messages,
 * flags, quota, retention, change log. It knows nothing of files, sockets or protocols, runs on one
 * thread (that of the engine's owner) and acknowledges nothing before the engine has flushed it.
 * Why it is built so: doc/why/002-mail-logic-over-kv.md; what is stored: doc/format/store.md.
 *
 * This is the one header that session engines and the role include: mailboxes and changes are in
 * mailbox.h, what a session sees of a folder in view.h.
 *
 * The owner calls kv_dispatch() when the engine's descriptor is readable, and store_turn() when
 * `soon` asked for it. Mailbox ids are given by the directory: 1 .. STORE_MAILBOX_MAX, one engine
 * shard each. Shards above belong to others (the queue). A mailbox comes into being, with its usual
 * folders, when it is opened first.
 */
#pragma once

#include "store/granted.h"
#include "store/mailbox.h"
#include "kv/kv.h"
#include "store/view.h"

#define STORE_MAILBOX_MAX (((uint64_t)1 << 62) - 1)

struct store_options {
	/* Milliseconds since 1970. */
	int64_t (*now_ms)(void *arg);
	/* Call store_turn() soon, from the loop and not from inside this. */
	void (*soon)(void *arg);
	/* A mailbox crossed one of its limits, up or down. May be NULL. Must not call the store. */
	void (*quota)(void *arg, uint64_t mailbox, enum mailbox_quota state, uint64_t used_octets);
	/* Something changed in a mailbox; modseq is its new state. For push. May be NULL. Must not
	 * call the store. */
	void (*changed)(void *arg, uint64_t mailbox, uint64_t modseq);
	void *arg;
	size_t idle_mailboxes_max;   /* kept loaded without a user; 0 = 1,024 */
	size_t idle_item_octets_max; /* folders kept loaded without a user; 0 = 64 MiB */
};

/* The engine stays the caller's and must outlive the store. */
struct store *store_new(struct kv *kv, const struct store_options *options) MUST_USE;
/* Only when nothing is in flight (store_idle) and every mailbox and view is given back. Accepts
 * NULL. */
void store_free(struct store *s);
bool store_idle(const struct store *s); /* no change is waiting or in flight */
void store_turn(struct store *s);

/* Loads the list of folders; makes the mailbox when new. limits are remembered until given anew.
 * ERR_CORRUPT, ERR_IO; ERR_NOBOX: an id outside the range, or the mailbox is being removed. */
enum err store_mailbox_open(struct store *s, uint64_t id, const struct mailbox_limits *limits,
	struct mailbox **ret) MUST_USE;
/*
 * Which mailbox is the public store (0: none is): it begins without the usual folders, its INBOX is nobody's, and what is
 * made at its top begins with acl_public. To be said before it is opened first.
 */
void store_public_set(struct store *s, uint64_t id);
uint64_t store_public(const struct store *s);
/* How many octets the recoverable area of a mailbox may have; above it the oldest go at once. 0: no ceiling. */
void store_retained_max_set(struct store *s, uint64_t octets);
/* See granted_find. */
size_t store_granted(struct store *s, const struct granted_query *q, uint64_t *ret, size_t max);
/* True when the mailbox is there; does not make it. */
bool store_mailbox_exists(struct store *s, uint64_t id);

/* No done with this arg is called any more; the changes themselves go on. */
void store_forget(struct store *s, const void *arg);

/* ---- delivery ---- */

struct deliver_row {
	uint64_t mailbox;
	struct mailbox_limits limits;
	uint32_t folder; /* 0: INBOX */
	uint64_t poster; /* in the public store: as append_request has it */
	bool no_quota; /* reports to the postmaster and the like */
	/* Answers, filled before done is called. */
	enum err ret; /* ERR_OK, ERR_QUOTA, ERR_NOFOLDER, ERR_NOBOX, ERR_CORRUPT, or what the commit said */
	uint32_t ret_uid;
	uint64_t ret_email;
};

struct deliver_request {
	struct deliver_row *rows; /* the caller's, until done (or for ever after store_forget: then
				     they are not filled) */
	size_t rows_count;        /* may be 0 when `also` is given */
	bool all_or_none;         /* one row refused refuses all: done gets its code */
	int64_t date;             /* seconds */
	struct str octets;        /* the message with its trace fields, CRLF line ends */
	struct str record;
	struct str unique; /* what store_delivers answers to meanwhile; empty: nothing */
	/* More rows for the same write set, that is the same flush: queue entries for recipients
	 * elsewhere. blob holds the message; also_count references to it are the caller's. Called
	 * from inside store_deliver, not when all_or_none refused. May be NULL. */
	void (*also)(void *arg, struct kv_write *w, kv_blob blob);
	void *also_arg;
	uint64_t also_count;
};

typedef void deliver_done(void *arg, enum err e);

/*
 * Into the INBOX of each row, or the folder that it names: one copy of the octets, one write set, one flush. done gets ERR_OK
 * when the write set is on disk; rows may still have been refused one by one. ERR_PEER (record does
 * not fit), ERR_TOOBIG, ERR_DISKFULL, the first row's code when every row was refused and nothing
 * else was to be written.
 */
void store_deliver(
	struct store *s, const struct deliver_request *request, deliver_done *done, void *arg);

/* Whether a delivery with that `unique` is on its way to disk: two that began at once can see each other so. */
bool store_delivers(const struct store *s, struct str unique);

/* ---- care ---- */

/* Whether the mailbox would take a message now: ERR_OK, ERR_QUOTA, ERR_CORRUPT, ERR_NOBOX. For
 * RCPT. */
enum err store_deliver_check(struct store *s, uint64_t mailbox, const struct mailbox_limits *limits) MUST_USE;

struct store_problem {
	uint64_t mailbox;
	uint32_t folder, uid; /* 0 where it does not apply */
	const char *what;
};

/*
 * Walks every mailbox: counters against a recount, every item with its message and a valid record,
 * no message without an item, blob counts. Reads only. ERR_OK when there was no fault, else
 * ERR_CORRUPT. store_verify does it at once, and nothing may be in flight.
 */
struct store_verify_options {
	void (*each)(void *arg, const struct store_problem *problem);
	/* How many references to a blob are somebody else's; NULL: not known, more than ours are fine. */
	uint64_t (*others)(void *arg, kv_blob blob);
	void *arg;
	bool blobs;   /* store_verify: read every message's octets as well */
	bool records; /* store_check_messages: read every message's record, not only look for unreadable octets */
};
enum err store_verify(struct store *s, const struct store_verify_options *options) MUST_USE;

/*
 * The same in steps of a few milliseconds beside a check of the engine (kv_check), while sessions
 * and deliveries go on. Rows are compared as they were when that check began, so that no change
 * meanwhile can look like a fault; octets and records are read as they are, and what cannot be read
 * is a fault only if its message is there afterwards. In this order: store_check_rows to its end, the
 * engine's steps to theirs with store_check_unreadable for its `blob`, store_check_messages to its
 * end. Steps give ERR_NEEDMORE, then ERR_OK or (messages) ERR_CORRUPT.
 */
struct store_check;

/* ERR_BUSY: the disk is full, and figures are being put right. */
enum err store_check_new(struct store *s, struct kv_check *snapshot, const struct store_verify_options *options,
	struct store_check **ret) MUST_USE;
/* Also ERR_IO, and ERR_BUSY: so much changed meanwhile that the snapshot has become too large. */
enum err store_check_rows(struct store_check *c) MUST_USE;
void store_check_unreadable(struct store_check *c, kv_blob blob);
enum err store_check_messages(struct store_check *c) MUST_USE;
void store_check_progress(const struct store_check *c, uint64_t *ret_done, uint64_t *ret_total); /* of the messages, in mailboxes */
void store_check_free(struct store_check *c); /* at any time; accepts NULL */

/* Removes everything of a mailbox, about 500 rows to a write set. Sessions see their folders as
 * gone. A crash or a refusal leaves it half removed but marked: nobody can open it, and the next
 * removal goes on. */
void store_mailbox_remove(struct store *s, uint64_t id, deliver_done *done, void *arg);

/* One step (at most about 500 messages) of removing what is older than its folder lets it become. As store_purge. */
void store_age(struct store *s, uint64_t id, deliver_done *done, void *arg);
/* One step of cleaning a mailbox (at most about 500 messages): recoverable messages older than the
 * retention, change log older than 30 days. done gets ERR_NEEDMORE when another step is worth
 * doing. */
void store_purge(struct store *s, uint64_t id, const struct mailbox_limits *limits,
	deliver_done *done, void *arg);
