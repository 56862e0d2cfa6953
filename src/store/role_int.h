/* What the files of the role's glue share: role.c (engine, messages), role_deliver.c, role_session.c, role_care.c. */
#pragma once

#include <jansson.h>

#include "base/map.h"
#include "ipc/ticket.h"
#include "role/backup.h"
#include "role/check.h"
#include "role/pending.h"
#include "role/scrub.h"
#include "store/role.h"
#include "store/search.h"
#include "store/session.h"
#include "store/store.h"

/* A ticket is good once: its id is remembered until it would have expired anyway. */
struct used_ticket {
	uint64_t id, expires_ms;
};

struct known_quota {
	uint64_t mailbox;
	enum mailbox_quota state;
};

#define USED_TICKETS_MAX ((size_t)65536)

struct nameless_source;

/* Sessions of those who have no account. */
struct role_nameless {
	struct map sources; /* network_source -> struct nameless_source */
	uint64_t sessions;  /* now */
	uint64_t refused;   /* for want of a place, since the role began */
	uint64_t gone_octets; /* of sources that are forgotten */
	uint64_t told_octets; /* last, to the attendant */
	struct timer *timer;
};

struct store_role {
	struct role_env *env;
	struct kv *kv;
	struct watch *kv_watch;
	struct backup backup;
	struct scrub scrub;
	struct check_job check;
	struct store_check *mail_check; /* what of it is about mailboxes */
	struct store *store;
	struct search *search;          /* NULL: its folder cannot be made */
	struct timer *rebuild_timer;
	uint64_t rebuild_request, rebuild_mailbox; /* whom the end of a rebuild is told; 0: nobody */
	struct deferred turn;
	struct pending_table parses;    /* asked of the parser for APPEND */
	struct pending_table questions; /* asked of the directory for sessions */
	struct list sessions;           /* struct role_session */
	struct list stale;              /* those of them whose rights are to be asked for again */
	unsigned rights_asked;          /* questions about that under way */
	struct list deliveries;         /* struct delivery */
	struct list imports;            /* struct import */
	struct mailbox *shut;           /* no folder is made in it for the moment; NULL: none. Counted */
	struct timer *shut_timer;       /* NULL: none yet */
	struct list addings;            /* struct adding */
	struct twins *twins;            /* of the folder that was last added to; NULL: not known */
	struct timer *twins_timer;      /* NULL: none yet */
	uint64_t twins_dry;             /* the dry run whose messages were noted in it */
	struct map sums;                /* email id of sums_mailbox -> CRC-32C of the message, of those that imports were compared with */
	uint64_t sums_mailbox;
	struct session_budget budget;
	struct role_nameless nameless;
	struct list pages;              /* struct page_job */
	unsigned pages_count;
	struct map quotas;              /* mailbox id -> struct known_quota: those over a limit, as the directory was told */
	uint64_t started_ms;            /* clock_mono_ms: tickets from before may have been used */
	struct map limits;              /* mailbox id -> struct mailbox_limits, as the directory last said */
	struct map used;                /* ticket id -> struct used_ticket */
	struct used_ticket ring[USED_TICKETS_MAX];
	size_t ring_next;
	struct timer *accounts_timer;
	struct role_watch {
		struct timer *timer;     /* NULL: the role begins or ends */
		struct mailbox *mailbox; /* while busy; counted */
		bool busy, dirty;        /* dirty: something changed since it was looked at */
		uint32_t folder, held;   /* of the post that is told of */
		struct item item;
	} moderation;
	struct timer *care_timer, *purge_timer, *stop_timer, *compact_timer;
	uint64_t compact_request;       /* whom the end of the compaction is told; 0: none was asked for */
	uint64_t compacted_octets;      /* given back for it so far */
	size_t purge_at;                /* place in limits */
	uint64_t next_parser;
	uint64_t stop_deadline_ms;
	bool disk_full;
	bool kerberos; /* tickets can be accepted, as the directory has said last */
};

struct mailbox_limits role_mailbox_limits(const struct ticket_limits *limits);
/* Tells the directory what is new, and remembers it for the next directory. */
void role_note_quota(struct store_role *r, uint64_t mailbox, enum mailbox_quota state);

/* ---- role_deliver.c ---- */
void role_deliver(struct store_role *r, struct link *from, struct msg *m);
/* The descriptors' front is gone: the answer goes nowhere. */
void role_deliver_link_down(struct store_role *r, struct link *link);

/* ---- role_account.c: whether those who are here may go on ---- */
void role_accounts_start(struct store_role *r);
void role_accounts_stop(struct store_role *r);
/* Asks the directory now; role_account_ended follows for those that may not. */
void role_accounts_ask(struct store_role *r);

/* ---- role_session.c ---- */
void role_hand_over(struct store_role *r, struct link *from, struct msg *m);
/* That front is gone. */
void role_session_link_down(struct store_role *r, const struct link *link);
/* Who is meant in an access list. False: the directory is away, and fn is not called. */
struct role_accounts {
	uint64_t mailbox;
	struct str name; /* empty: none */
	const uint64_t *ids;
	size_t ids_count;
};
bool role_ask_accounts(struct store_role *r, const struct role_accounts *q, pending_fn *fn, void *arg);
/* Rights on the mailbox (0: memberships) were changed: sessions that it may concern hear of it, or end. */
void role_take_rights(struct store_role *r, uint64_t mailbox);
/* A new directory may have changes that the last one did not tell of. */
void role_rights_unknown(struct store_role *r);
void role_take_limits(struct store_role *r, const struct msg_limits *q);
void role_mailbox_removed(struct store_role *r, uint64_t mailbox);
/* Its sessions, of logons until an instant, end with a word why. */
void role_account_ended(struct store_role *r, const struct msg_account_ended *q);
/* Whose session the node of r->sessions is. */
uint64_t role_session_account(struct list *node, uint64_t *ret_issued_ms);
void role_sessions_stop(struct store_role *r);
/* False: the request is not about sessions. */
bool role_sessions_admin(struct store_role *r, const struct msg_admin_request *q);

/* The parser's record of a message; done may be called inside. See session_parse_fn. */
void role_parse(struct store_role *r, struct str octets, session_parsed_fn *done, void *done_arg);

/* ---- role_folder.c ---- */
void role_post_judge(struct store_role *r, struct link *from, const struct msg_post_ask *q);

/* ---- role_export.c, role_import.c: what `bourse restore --mailbox` takes from a server on a backup, and gives to one that runs ---- */
/* Takes value. */
void role_answer(struct store_role *r, uint64_t request, json_t *value);
void role_refuse(struct store_role *r, uint64_t request, enum err e);
uint64_t role_number(const json_t *args, const char *name); /* 0: not there, or none */
/* Counted. ERR_UNAVAILABLE: the directory has not spoken of it; as store_mailbox_open. */
enum err role_mailbox(struct store_role *r, uint64_t id, struct mailbox **ret) MUST_USE;
/*
 * "store folders" {"mailbox":N,"at":N}   rows {id, name, special, subscribed, messages}; end, or at for the next ones
 * "store list"    {"mailbox":N,"folder":N}   acl, its row in base64, and age, as far as it has them
 * "store export"  {"mailbox":N,"folder":N,"uid":N,"message-id":TEXT}
 *         the first message from that UID on that has that id: uid, flags, keywords, date, noted, and a sealed memfd, or "problem"
 *         when it cannot be read; or next, the UID to ask for; or end
 * False: it is not for us. True: it has been answered.
 */
bool role_export(struct store_role *r, const struct msg_admin_request *q);
/*
 * "store import" {"mailbox":N,"folder":TEXT,"special":N,"subscribed":B,"acl":BASE64,"age":N,"flags":N,"keywords":[TEXT],"date":N}
 *         the folder is made when missing, with that list and age; with a sealed memfd the message is added, unless one in the folder has the same
 *         octets and the same internal date. Answered with made, added and its uid when that is on disk.
 * fd: the caller's; -1: none. False: it is not for us.
 */
bool role_import(struct store_role *r, const struct msg_admin_file_request *q, int fd);
/* names: a JSON array, or NULL. ERR_SYNTAX: one cannot be a keyword. */
enum err role_keywords(const json_t *names, struct arena *a, struct append_request *to) MUST_USE;

/* ---- role_add.c: what `bourse folder import` brings ---- */
/*
 * "store add" {"mailbox":N,"folder":NAME,"duplicates":B,"dry":N,"messages":[{"o":OCTETS,"f":FLAGS,"d":DATE,"k":[KEYWORD]}]}
 *         with a sealed memfd in which the messages stand one behind the other, APPEND_SET_MAX at most. The folder is made when
 *         missing. Without duplicates one that the folder has (twins.h), or that stands before it here, is not added. dry: nothing is
 *         kept, and what was to be added is there already for the next request with the same number. Answered with made and results:
 *         for each its uid, -1 minus the uid of the one that was there (0: before it in the request or the dry run), or an error's name.
 * fd: the caller's; -1: none. False: it is not for us.
 */
bool role_add(struct store_role *r, const struct msg_admin_file_request *q, int fd);
void role_add_free(struct store_role *r);

/* ---- role_annotation.c ---- */
/*
 * "store annotations" {"mailbox":N,"folder":N,"uid":N,"at":N}   the at-th of a folder (0: of the mailbox itself), or of a message in
 *         it: owner, entry, value in base64, at for the next one; or end
 * "store annotate" {"mailbox":N,"folder":NAME,"uid":N,"owner":N,"entry":TEXT,"value":BASE64}   set, unless it has a value; no folder:
 *         of the mailbox itself; with a uid of a message. Answered with added when that is on disk.
 * False: it is not for us.
 */
bool role_annotation(struct store_role *r, const struct msg_admin_request *q);

/* ---- role_folder.c ---- */
/*
 * "folder rights" {"mailbox":N,"folder":NAME}   rows {identifier, rights}; "/" is the mailbox itself
 * "folder shut" {"mailbox":N}   of the public store: if it has no folders it gets none for a minute, or until "folder unshut"
 * "folder grant"  and "account":IDENTIFIER,"rights":LETTERS as SETACL has them; "folder revoke": as DELETEACL
 * False: it is not for us.
 */
bool role_folder_admin(struct store_role *r, const struct msg_admin_request *q);
void role_folder_stop(struct store_role *r);
/* Of the public store nobody sees the inbox that it has because every mailbox has one. */
bool role_folder_is_hidden(const struct mailbox *m, struct str name);

/* ---- role_notice.c: mail about posts to moderated folders ---- */
struct role_notice {
	struct str boxes;       /* mailboxes, u64 each: into their INBOXes, whatever their limits */
	struct str from, to, subject, host; /* header fields; host: for the Message-ID */
	struct str text;        /* lines with CRLF */
	struct str post;        /* the message that it is about, or its header */
	bool header_only;
};
/* ERR_DISKFULL, ERR_IO: to be tried again. told: somebody has it. */
typedef void role_notice_done(void *arg, enum err e, bool told);
/* q is borrowed during the call. done may be called inside. */
void role_notice(struct store_role *r, const struct role_notice *q, role_notice_done *done, void *arg);
/* Appends a post, or its header when it is large. As message_read. */
enum err role_notice_post(struct mailbox *m, const struct item *it, struct buf *to, bool *ret_header_only) MUST_USE;
/* Asks for the mailboxes of accounts and groups, ACL_ENTRIES_MAX at most: boxes_told. False: the directory is away, fn is not called. */
bool role_notice_ask(struct store_role *r, const uint64_t *ids, size_t count, pending_fn *fn, void *arg);
/* Moderators are told of each post that waits, once: the row W keeps how far they were, so none is left out over a restart. */
void role_moderation_start(struct store_role *r);
void role_moderation_stop(struct store_role *r);
/* Something may be new; the store is not called inside. */
void role_moderation_wake(struct store_role *r);

/* ---- role_moderate.c: moderated folders ---- */
/*
 * "folder moderate" {"mailbox":N,"folder":NAME,"by":[NAME..],"off":BOOL}
 * "folder held"     {"mailbox":N,"folder":NAME}   rows {id, octets, from, subject, date}
 * "folder approve" {"mailbox":N,"folder":NAME,"id":[TEXT..]}; "folder reject" also "word"
 * False: the request is none of them.
 */
bool role_moderate_admin(struct store_role *r, const struct msg_admin_request *q);

/* ---- role_reach.c ---- */
/*
 * "folder granted" {"account":N,"groups":[N]}   ids of mailboxes with entries for it, for its groups or for all; more: there are others
 * "folder reach"   {"mailbox":N,"access":N,"account":N,"groups":[N]}   rows {number, folder, rights, entry, id}: what whoever has come to the
 *         mailbox like that (ipc/access.h) may do with its folders, and by the entry for whom: owner, account, group ...
 * False: it is not for us.
 */
bool role_reach_admin(struct store_role *r, const struct msg_admin_request *q);

/* ---- role_recover.c ---- */
/*
 * "store retained" {"mailbox":N,"at":N,"folder":NAME,"since":N,"until":N,"from":TEXT,"subject":TEXT}   rows {id, in, folder, uid, deleted, ...} of
 *         what was removed and is kept; next: at for the others, 0: there are none
 * "store recover" {"mailbox":N,"ids":[N],"to":NAME}   puts those back that were in the folder of the first; folder, uidvalidity, uids [[old,new]]
 * "store forget"  {"mailbox":N,"ids":[N]}             they go for good; dropped
 * "store retained folders" {"mailbox":N,"at":N}       rows {id, folder, deleted, messages, until}; next
 * "store recover folder" {"mailbox":N,"id":N,"as":NAME}   folder, uidvalidity, messages, same_uids
 * False: it is not for us.
 */
bool role_recover_admin(struct store_role *r, const struct msg_admin_request *q);

/* ---- role_care.c ---- */
void role_care_start(struct store_role *r);
/* Tells the directory which mailboxes there is mail of, some at a time, from that id on: it answers with those that were removed while one
 * of us was away, then asks for more. */
void role_tell_held(struct store_role *r, uint64_t from);
void role_care_stop(struct store_role *r);
void role_admin(struct store_role *r, const struct msg_admin_request *q);
void role_admin_file(struct store_role *r, const struct msg *m);

/* ---- role_nameless.c: how many of them there are who have no account, and what they take ---- */
void role_nameless_start(struct store_role *r);
void role_nameless_stop(struct store_role *r);
/* One more from there, client being an address with its port; NULL: there are too many, or none may come before its octets have
 * drained, and it is logged. */
struct nameless_source *role_nameless_enter(struct store_role *r, struct str client);
void role_nameless_leave(struct store_role *r, struct nameless_source *source); /* accepts NULL */
struct meter *role_nameless_meter(struct nameless_source *source);               /* NULL of NULL */
/* role_session.c: ends those whose protocol is no longer open to them. */
void role_nameless_end(struct store_role *r);
/* The configuration was changed. */
void role_nameless_reload(struct store_role *r);

/* ---- role_search.c ---- */
void role_search_start(struct store_role *r);
void role_search_stop(struct store_role *r);
void role_search_free(struct store_role *r);
/* False: the request is not about the search index. */
bool role_search_admin(struct store_role *r, const struct msg_admin_request *q);
