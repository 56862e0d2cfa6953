/*
 * One mailbox: a tree of folders with messages in them. Folder ids are never reused within a
 * mailbox.
 *
 * Names are UTF-8 in NFC with '/' between levels; INBOX in any case is one name. The store
 * normalises what it is given and refuses what is no name (ERR_FOLDERNAME). Names are data: no path
 * is ever made of them.
 *
 * Every change is asynchronous. A request's texts, uids and octets are copied by the call, so they
 * may go away after it. `done` is called exactly once, later, from kv_dispatch() or store_turn(),
 * never from inside the call; with ERR_OK only when the change is on disk, and only then do other
 * sessions see it. After store_forget(arg) it is not called any more. From inside `done` every call
 * is allowed.
 */
#pragma once

#include "base/arena.h"
#include "store/acl.h"
#include "base/list.h"
#include "store/item.h"

struct store;
struct mailbox;
struct record;

/* ---- limits, owned by the directory, pushed in ---- */

struct mailbox_limits { /* 0 = no such limit */
	uint64_t warn_octets;
	uint64_t send_octets;    /* at or above it sending is prohibited */
	uint64_t receive_octets; /* at or above it no delivery is taken; appending and copying never go above it */
	uint64_t messages_max;   /* as receive_octets, for the number of messages */
	uint32_t folders_max;    /* 0 and more than FOLDERS_MAX: that */
	uint32_t retention_days; /* expunged messages stay recoverable so long; 0 = they are gone at
				    once */
};

enum mailbox_quota {
	MAILBOX_QUOTA_OK,
	MAILBOX_QUOTA_WARN,
	MAILBOX_QUOTA_NOSEND,
	MAILBOX_QUOTA_FULL
};

struct mailbox_stats {
	uint64_t messages, octets; /* in folders; octets is what the quota counts */
	uint64_t retained_messages, retained_octets; /* recoverable, not counted by the quota */
	uint64_t modseq;                             /* of the last change: JMAP state */
	uint32_t folders;     /* names that are only subscribed not counted */
	uint32_t folders_max; /* how many there may be */
	enum mailbox_quota quota;
};

uint64_t mailbox_id(const struct mailbox *m);
/* It is the public store (store_public_set). */
bool mailbox_is_public(const struct mailbox *m);
struct mailbox *mailbox_ref(struct mailbox *m);
void mailbox_unref(struct mailbox *m); /* accepts NULL */
void mailbox_limits_set(struct mailbox *m, const struct mailbox_limits *limits);
const struct mailbox_limits *mailbox_limits(const struct mailbox *m);
void mailbox_stats(const struct mailbox *m, struct mailbox_stats *ret);
enum mailbox_quota mailbox_quota_state(const struct mailbox *m);
/* Whether so many more messages and octets stay within the limits, those on their way to disk counted. */
bool mailbox_has_room(const struct mailbox *m, uint64_t messages, uint64_t octets);

/* ---- folders ---- */

/* What a folder is for (RFC 6154). One folder may have several, and each of them has one folder at most. */
enum folder_special {
	FOLDER_SPECIAL_NONE = 0,
	FOLDER_SPECIAL_INBOX = 1 << 0, /* INBOX has it and nothing else */
	FOLDER_SPECIAL_DRAFTS = 1 << 1,
	FOLDER_SPECIAL_SENT = 1 << 2,
	FOLDER_SPECIAL_TRASH = 1 << 3,
	FOLDER_SPECIAL_JUNK = 1 << 4,
	FOLDER_SPECIAL_ARCHIVE = 1 << 5,
};
#define FOLDER_SPECIALS     0x3fu /* all of them */
#define FOLDER_SPECIAL_USES 0x3eu /* those that can be given to a folder */

#define FOLDER_NAME_OCTETS_MAX 1000u
#define FOLDER_DEPTH_MAX       32u
#define FOLDERS_MAX            10000u /* in one mailbox */

struct folder_info {
	uint32_t id; /* 0 for a name that is only subscribed */
	struct str name;
	uint32_t uidvalidity;
	uint32_t uidnext;
	uint64_t modseq; /* HIGHESTMODSEQ */
	uint64_t octets;
	uint32_t messages, unseen, deleted;
	uint32_t recent_from; /* uids from here on were not yet claimed as \Recent */
	unsigned specials;    /* of enum folder_special */
	bool subscribed;
	bool noselect; /* holds children only: it cannot be opened */
	bool has_children;
	bool nonexistent; /* subscribed, but there is no such folder (RFC 5258 \NonExistent) */
};

/* Walk in octet order of names; start with *at = 0; false at the end. Texts are valid until the
 * next change is done. */
bool folder_next(struct mailbox *m, size_t *at, struct folder_info *ret);
/* Where folder_next has the first name not below this one, and where it goes on behind this one, be it there or not. */
size_t folder_from(const struct mailbox *m, struct str name);
size_t folder_after(const struct mailbox *m, struct str name);
/* ERR_NOFOLDER (also for a name that is only subscribed), ERR_FOLDERNAME. */
enum err folder_find(struct mailbox *m, struct str name, struct folder_info *ret) MUST_USE;
enum err folder_by_id(struct mailbox *m, uint32_t id, struct folder_info *ret) MUST_USE;
/* Also a name that is only subscribed. */
enum err folder_by_id_any(struct mailbox *m, uint32_t id, struct folder_info *ret) MUST_USE;
/* Keyword number i of the folder, or an empty view past the end. Numbers do not change while the
 * folder lives. */
struct str folder_keyword(struct mailbox *m, uint32_t id, unsigned i);
/* How many messages a reader has not seen; where \Seen is everybody's, as folder_info has it. ERR_NOFOLDER, ERR_CORRUPT, ERR_IO. */
enum err folder_unseen(struct mailbox *m, uint32_t id, uint64_t reader, uint32_t *ret) MUST_USE;
/* How many octets EXPUNGE would free (RFC 9208 section 4.1.4); loads the folder when there are any. ERR_NOFOLDER, ERR_CORRUPT,
 * ERR_IO. */
enum err folder_deleted_octets(struct mailbox *m, uint32_t id, uint64_t *ret) MUST_USE;
/* The list of a folder; id 0: of the mailbox itself, where top-level folders are made. NULL: it was never given one, or is not
 * there. Valid until the next change is done. */
const struct acl *folder_acl(struct mailbox *m, uint32_t id);
/* What the user may do there. */
uint32_t folder_rights(struct mailbox *m, uint32_t id, const struct acl_user *user);
/* The canonical form of a name (NFC, INBOX upper case, no trailing '/'). ERR_FOLDERNAME. */
enum err folder_name(struct arena *a, struct str name, struct str *ret) MUST_USE;
/* The same for a pattern of names (RFC 3501 section 6.3.8), of which nothing else is asked. ERR_FOLDERNAME: it is no UTF-8. */
enum err folder_pattern(struct arena *a, struct str pattern, struct str *ret) MUST_USE;

/* ---- annotations (RFC 5464) ---- */

#define ANNOTATION_ENTRY_OCTETS_MAX 255u
#define ANNOTATION_VALUE_OCTETS_MAX 65536u
#define ANNOTATIONS_MAX             100u    /* of one folder, everybody's private ones included */
#define ANNOTATIONS_OCTETS_MAX      524288u /* entries and values of one folder */
#define ANNOTATIONS_BOX_OCTETS_MAX  16777216u /* rows of all folders of a mailbox; no quota counts them */

struct annotation {
	uint64_t owner;   /* the account it is private to; 0: it is shared */
	struct str entry; /* "/private/comment"; ASCII case means nothing */
	struct str value; /* any octets; at NULL in a change: it goes */
};

struct annotation_list { /* ascending by entry, then by owner; each once */
	const struct annotation *rows;
	size_t count;
};

/* All of a folder (0: of the mailbox itself), in the arena. ERR_NOFOLDER, ERR_CORRUPT, ERR_IO. */
enum err folder_annotations(struct mailbox *m, uint32_t folder, struct arena *a, struct annotation_list *ret) MUST_USE;

/* Somebody who wants to hear of changes that are on disk; lives until mailbox_unwatch. */
struct mailbox_watch {
	struct list node;
	/* Entries of a folder (0: of the mailbox itself) have other values now. Not called for what was asked for with the same
	 * arg. Must not call the store. */
	void (*annotated)(void *arg, uint32_t folder, const struct annotation_list *changes);
	void *arg;
};

void mailbox_watch(struct mailbox *m, struct mailbox_watch *w);
void mailbox_unwatch(struct mailbox_watch *w);

/* ---- annotations of messages (RFC 5257): notes ---- */

#define NOTE_ENTRY_OCTETS_MAX 255u
#define NOTE_VALUE_OCTETS_MAX 65536u
#define NOTES_MAX             100u      /* of one message, everybody's private ones included */
#define NOTES_OCTETS_MAX      524288u   /* their row */
#define NOTES_BOX_OCTETS_MAX  67108864u /* rows of all messages of a mailbox; STORAGE does not count them */

/*
 * All of a message, in the arena: entries in octet order, where case counts, then owners. None of a message that was expunged;
 * nothing is read where it->noted is false. ERR_CORRUPT, ERR_IO.
 */
enum err message_notes(struct mailbox *m, uint32_t folder, const struct item *it, struct arena *a,
	struct annotation_list *ret) MUST_USE;

/* ---- changes ---- */

struct mailbox_result {  /* lives during done; also filled, as far as things went, when the code is
			    not ERR_OK */
	uint32_t folder; /* append, copy, move, create, recover: the target */
	uint32_t uidvalidity; /* of the target */
	const uint32_t
		*uids; /* messages touched (flags: changed), ascending uids in the source folder */
	const uint32_t *new_uids; /* append, copy, move, recover: their uids in the target */
	size_t count;             /* of both */
	const uint32_t *refused;  /* flags with unchanged_since: left alone because changed later */
	size_t refused_count;
	uint64_t modseq;         /* of the last write set; view_silence() takes it */
	const uint64_t *modseqs; /* one for every write set */
	size_t modseqs_count;
};

typedef void mailbox_done(void *arg, enum err e, const struct mailbox_result *result);

struct uid_list {
	const uint32_t *uids; /* ascending; ones out of order or not there are passed over */
	size_t count;
};

struct append_request {
	uint32_t folder;
	uint8_t flags;              /* ITEM_… */
	const struct str *keywords; /* made in the folder when new */
	size_t keywords_count;
	int64_t date;      /* seconds; INTERNALDATE */
	struct str octets; /* the message, CRLF line ends */
	struct str record; /* what the parser made of it; checked here */
	uint64_t poster;   /* public store: the account that has it posted; 0: none */
	bool no_quota;     /* an administrator's: no limit refuses it, and it counts */
	struct annotation_list notes; /* in any order, as for mailbox_note */
};

/* ERR_QUOTA, ERR_TOOBIG, ERR_NOFOLDER, ERR_PEER (record does not fit the message), ERR_LIMIT
 * (keywords), ERR_DISKFULL; as mailbox_note of notes. */
void mailbox_append(
	struct mailbox *m, const struct append_request *request, mailbox_done *done, void *arg);

/* What one write set takes: messages, and their octets with those of their records. A single message may have more octets. */
#define APPEND_SET_MAX        ((size_t)500)
#define APPEND_SET_OCTETS_MAX ((uint64_t)64 << 20)

struct append_set {
	const struct append_request *requests; /* all of one folder; at least one */
	size_t count;
	uint64_t reader; /* as flags_request has it: for whom those with ITEM_SEEN are seen */
	uint32_t replaced_folder, replaced_uid; /* a message that goes as the only one comes (RFC 8508); 0: none */
};

/*
 * All of them or none (RFC 3502), in one write set and with ascending uids in their order. The
 * result's uids are the one that was replaced. ERR_NOMESSAGE: it is not there any more. ERR_LIMIT:
 * more than the above. ERR_PEER: some record does not fit its message. Else as mailbox_append; a
 * replaced message makes room for those that come.
 */
void mailbox_append_set(
	struct mailbox *m, const struct append_set *set, mailbox_done *done, void *arg);

enum flags_mode { FLAGS_SET, FLAGS_ADD, FLAGS_REMOVE };

struct flags_request {
	uint32_t folder;
	uint64_t reader; /* whose \Seen is meant where each reader has one (mailbox_is_public); 0: nobody's, it stays */
	struct uid_list list;
	enum flags_mode mode;
	uint8_t flags;
	const struct str *keywords;
	size_t keywords_count;
	uint8_t flags_kept; /* FLAGS_SET: these stay as they are; keywords_kept: all of them do */
	bool keywords_kept;
	bool unchanged_since_given;
	uint64_t unchanged_since; /* RFC 7162 UNCHANGEDSINCE */
};

/* result->uids are those that changed. ERR_NOFOLDER, ERR_LIMIT, ERR_DISKFULL. */
void mailbox_flags(
	struct mailbox *m, const struct flags_request *request, mailbox_done *done, void *arg);

struct note_request {
	uint32_t folder;
	struct uid_list list;
	struct annotation_list changes; /* in any order; of the same entry and owner the last one counts; value.at NULL: it goes */
	bool unchanged_since_given;
	uint64_t unchanged_since; /* RFC 7162 UNCHANGEDSINCE */
};

/* result->uids are those that changed: their modseq is a new one. ERR_NOFOLDER, ERR_NOTESIZE, ERR_TOOMANYNOTES, ERR_QUOTA (no room for
 * notes in the mailbox), ERR_SYNTAX, ERR_DISKFULL. Those that were changed before one that is refused stay so. */
void mailbox_note(struct mailbox *m, const struct note_request *request, mailbox_done *done, void *arg);

struct copy_request {
	uint32_t from, to; /* folders; may be the same */
	struct uid_list list;
	uint8_t flags_lost; /* the copies are without these; keywords_lost: without any */
	uint64_t reader;    /* as flags_request has it: the copies are seen when the messages are */
	bool keywords_lost;
	uint64_t poster; /* public store: the account that copies; what is moved stays its poster's */
	bool notes_shared;      /* they have the shared notes */
	uint64_t notes_account; /* and the private ones of this account; 0: none */
};

/* Public store: of ascending uids those of messages that the account posted; *count of them, before and after. ERR_IO, ERR_CORRUPT. */
enum err mailbox_posted(struct mailbox *m, uint32_t folder, uint64_t account, uint32_t *uids, size_t *count) MUST_USE;

/* Public store: the account that posted the message; 0: nobody's. ERR_IO, ERR_CORRUPT. */
enum err mailbox_poster(struct mailbox *m, uint32_t folder, uint32_t uid, uint64_t *ret) MUST_USE;

/* All or nothing (RFC 3501 section 6.4.7). ERR_QUOTA, ERR_NOFOLDER, ERR_DISKFULL. */
void mailbox_copy(
	struct mailbox *m, const struct copy_request *request, mailbox_done *done, void *arg);
/* RFC 6851. Each message is in exactly one of the two folders at every moment; ERR_DISKFULL may
 * leave some unmoved. */
void mailbox_move(
	struct mailbox *m, const struct copy_request *request, mailbox_done *done, void *arg);

struct expunge_request {
	uint32_t folder;
	bool all;          /* every message of the folder; else those of the list */
	bool deleted_only; /* of these, only the ones with \Deleted */
	bool for_good;     /* not into the recoverable area */
	struct uid_list list;
};

void mailbox_expunge(
	struct mailbox *m, const struct expunge_request *request, mailbox_done *done, void *arg);

/* Makes parents as needed (RFC 9051 section 6.3.4). The new folder takes the special uses from those that had them.
 * ERR_FOLDEREXISTS, ERR_FOLDERNAME, ERR_QUOTA (limits.folders_max), ERR_LIMIT; ERR_USEATTR: one that cannot be given to a folder. */
void folder_create(
	struct mailbox *m, struct str name, unsigned specials, mailbox_done *done, void *arg);
/* The same, and that account gets all rights on what is made, the parents among it. Also ERR_LIMIT (ACL_ENTRIES_MAX). */
void folder_create_for(struct mailbox *m, struct str name, uint64_t owner, mailbox_done *done, void *arg);
/* The same for an administrator, whom limits.folders_max does not refuse; and ERR_EXISTS when another folder has one of the
 * special uses. */
void folder_create_unused(
	struct mailbox *m, struct str name, unsigned specials, mailbox_done *done, void *arg);
/* From then on no folder can be made (ERR_BUSY), until mailbox_unshut: it can be removed without anything going with it. ERR_INUSE: it
 * has folders, its inbox not counted. Not kept over a restart, nor when nobody holds the mailbox. */
void mailbox_shut(struct mailbox *m, mailbox_done *done, void *arg);
void mailbox_unshut(struct mailbox *m);
/* RFC 9051 section 6.3.5: a folder with children becomes \Noselect; INBOX (ERR_INBOX) and a \Noselect one with
 * children (ERR_HASCHILDREN) are refused. Its messages become recoverable. */
void folder_delete(struct mailbox *m, struct str name, mailbox_done *done, void *arg);
struct annotate_request {
	uint32_t folder; /* 0: the mailbox itself */
	struct annotation_list changes; /* in any order; of the same entry and owner the last one counts */
	bool specials_given;
	unsigned specials; /* special uses it is to have, as folder_create gives them */
};

/* All of it or nothing. ERR_NOFOLDER, ERR_USEATTR, ERR_VALUESIZE, ERR_TOOMANYENTRIES, ERR_DISKFULL. Annotations follow their
 * folder, stay with an INBOX that is renamed while the new folder gets them too, and go when it is deleted. */
void folder_annotate(struct mailbox *m, const struct annotate_request *request, mailbox_done *done, void *arg);
/* With all children; of INBOX only the messages go, and it stays (RFC 9051 section 6.3.6). */
void folder_rename(
	struct mailbox *m, struct str from, struct str to, mailbox_done *done, void *arg);
/* A name need not exist to be subscribed, and stays subscribed when its folder is deleted. */
void folder_subscribe(struct mailbox *m, struct str name, bool on, mailbox_done *done, void *arg);

#define FOLDER_AGE_DEFAULT  UINT32_MAX /* as the mailbox itself says; if that does not, they stay */
#define FOLDER_AGE_DAYS_MAX 24855u     /* as a folder's age limit had in Exchange */

/* After so many days messages are removed from a folder (0: from those that say nothing themselves), as by an expunge. 0 days: they stay. */
uint32_t folder_age(struct mailbox *m, uint32_t id);
/* ERR_NOFOLDER, ERR_DISKFULL. It goes with the folder. */
void folder_age_change(struct mailbox *m, uint32_t id, uint32_t days, mailbox_done *done, void *arg);

/* So many days what is removed from the folder can be recovered; 0: it is gone at once; FOLDER_AGE_DEFAULT: as the mailbox's limits say. What
 * was kept for longer goes by the new number, too. */
uint32_t folder_keep(struct mailbox *m, uint32_t id);
uint32_t folder_kept_days(struct mailbox *m, uint32_t id); /* the number that counts; also of a folder that is gone */
/* ERR_NOFOLDER, ERR_DISKFULL. It goes with the folder. */
void folder_keep_change(struct mailbox *m, uint32_t id, uint32_t days, mailbox_done *done, void *arg);

/* Changes the list of a folder (0: of the mailbox itself). ERR_NOFOLDER, ERR_LIMIT (ACL_ENTRIES_MAX), ERR_DISKFULL. */
void folder_acl_change(struct mailbox *m, uint32_t id, const struct acl_change *change,
	mailbox_done *done, void *arg);

/* The list becomes this one; copied. */
void folder_acl_replace(struct mailbox *m, uint32_t id, const struct acl *acl, mailbox_done *done, void *arg);

/* Of the change that arg asked for and that is not done yet: how many messages are. 0: none, or it has not begun. */
uint64_t mailbox_progress(const struct mailbox *m, const void *arg);

/* ---- reading ---- */

/*
 * Appends octets [from, from+len) of the message, clipped at its end. Works for a message that was
 * expunged as long as it is retained. ERR_NOMESSAGE (gone meanwhile), ERR_UNREADABLE (damaged on
 * disk), ERR_IO, ERR_TOOBIG (ceiling of to).
 */
enum err message_read(struct mailbox *m, const struct item *it, uint64_t from, uint64_t len,
	struct buf *to) MUST_USE;
#define MESSAGE_AHEAD_MAX ((size_t)64) /* in one call of message_ahead */

/* A hint: message_read will be called for these in this order, and soon. Large ones are passed over. */
void message_ahead(struct mailbox *m, const struct item *const *items, size_t count);
/* The record (mail/record.h), checked; in the arena. ERR_NOMESSAGE, ERR_UNREADABLE. */
enum err message_record(
	struct mailbox *m, const struct item *it, struct arena *a, struct str *ret) MUST_USE;

#define MESSAGE_LIST_MAX ((size_t)64) /* in one call of message_list_each */

enum message_want { MESSAGE_RECORD = 1, MESSAGE_KEPT = 2 };

struct message_list {
	const struct item *const *items;
	size_t count;
	unsigned want; /* of enum message_want */
};

/* Views that are valid during the call only. */
struct message_parts {
	const struct record *record; /* NULL: not wanted, or only message_record can tell (too large for a row, damaged) */
	struct str kept;             /* mail/record.h; absent: not wanted, or there are none */
};

/* Return false to stop. Must not call into the store. */
typedef bool message_list_fn(void *arg, size_t i, const struct message_parts *parts);
/*
 * Tells what is known of several messages in their order, from one snapshot and without copying it. ERR_IO, ERR_CORRUPT:
 * message_record says of which message.
 */
enum err message_list_each(struct mailbox *m, const struct message_list *list, message_list_fn *each,
	void *arg) MUST_USE;

/* ---- keys of URLs (RFC 4467): one for each account and folder ---- */

#define FOLDER_URL_KEY_OCTETS 32u
#define FOLDER_URL_KEYS_MAX   4000u /* of one folder */

/* ret: FOLDER_URL_KEY_OCTETS. ERR_NOTFOUND: none was made. ERR_IO, ERR_CORRUPT. */
enum err folder_url_key(struct mailbox *m, uint32_t folder, uint64_t account, char *ret) MUST_USE;

struct url_key_request {
	uint32_t folder; /* 0: the account's keys of all folders go */
	uint64_t account;
	const char *key; /* at random, FOLDER_URL_KEY_OCTETS; copied */
	bool keep;       /* one that is there stays */
};

/* Those who have the folder open see another folder_url_serial. ERR_NOFOLDER, ERR_LIMIT, ERR_CORRUPT, ERR_DISKFULL. */
void folder_url_key_change(
	struct mailbox *m, const struct url_key_request *request, mailbox_done *done, void *arg);
/* Another number after each change of the folder's keys; not kept over a restart. */
uint32_t folder_url_serial(struct mailbox *m, uint32_t folder);

/* ---- change log: CONDSTORE, QRESYNC, JMAP ---- */

enum mailbox_change_kind {
	CHANGE_NEW = 1,
	CHANGE_FLAGS,
	CHANGE_VANISHED,
	CHANGE_FOLDER_NEW, /* uid and email are 0 of these three */
	CHANGE_FOLDER_CHANGED,
	CHANGE_FOLDER_GONE,
	CHANGE_NOTES, /* of a message: uid and email are its own */
	CHANGE_KIND_COUNT
};

struct mailbox_change {
	uint64_t modseq;
	uint64_t email;
	uint32_t folder;
	uint32_t uid;
	enum mailbox_change_kind kind;
};

/* Return false to stop. Must not call into the store. */
typedef bool mailbox_change_each(void *arg, const struct mailbox_change *change);

/*
 * Changes with a modseq above `since`, oldest first, of one folder or of all (folder 0).
 * ERR_NOTFOUND: the log does not reach back that far (the caller must compare everything, RFC 7162
 * section 3.2.5.2); ERR_IO, ERR_CORRUPT.
 */
enum err mailbox_changes(struct mailbox *m, uint32_t folder, uint64_t since,
	mailbox_change_each *each, void *arg) MUST_USE;

/* ---- the recoverable area ---- */

struct retained {
	uint64_t id; /* grows with the time of deletion */
	uint64_t email;
	int64_t date;    /* INTERNALDATE */
	int64_t deleted; /* when it was expunged, seconds */
	uint32_t folder; /* where it was; may be gone */
	uint32_t uid;    /* which it had there */
	uint32_t octets;
	uint32_t saved;  /* SAVEDATE; 0: not known */
	uint8_t flags;
};

/* Return false to stop. Must not call into the store. */
typedef bool retained_each(void *arg, const struct retained *r);

/* Oldest first, from that id on. ERR_IO, ERR_CORRUPT. */
enum err mailbox_retained(struct mailbox *m, uint64_t from, retained_each *each, void *arg) MUST_USE;
/* One that can be read as message_read and message_record have it; nothing else of it is known. */
struct item retained_item(const struct retained *r);

/*
 * What was removed from a folder, as a folder that can be opened by view.h and read, and not changed: FOLDER_KEPT_TREE "/" and the folder's name, of
 * one that is there or was deleted. Its messages have uids of their own, and the time of deletion for a save date; who may not empty the folder may not
 * look. Only the last 200,000 retained ids of a mailbox are looked at.
 */
#define FOLDER_KEPT_TREE "Recoverable Items"
#define FOLDER_KEPT      0x80000000u /* of the id of such a folder */

bool folder_is_kept(uint32_t id);
/* It is there until folder_kept_close, and for as long as a view of it is open. ERR_NOFOLDER, ERR_FOLDERNAME, ERR_CORRUPT, ERR_IO. */
enum err folder_kept_open(struct mailbox *m, struct str name, struct folder_info *ret) MUST_USE;
void folder_kept_close(struct mailbox *m, uint32_t id);
/* Retained ids of uids there, in their order; those that are gone are passed over. ret: room for all. */
void mailbox_kept_ids(struct mailbox *m, uint32_t folder, struct uid_list list, uint64_t *ret, size_t *ret_count);

#define RECOVER_MAX ((size_t)500) /* in one request */

struct recover_request {
	const uint64_t *ids; /* of retained ones; those that are not there are passed over */
	size_t count;        /* at most RECOVER_MAX */
	uint32_t to;         /* a folder; 0: where the first was, or INBOX when that folder is gone (none in the public store: ERR_NOFOLDER), and others of another folder are passed over */
	bool no_quota;       /* as append_request has it */
};

/*
 * Puts them back in one write set, without \Deleted: a new uid, the same email id, else as they were, the save date too unless they change their
 * folder, or its age limit would take them at once. The result's uids are those that they had, in the order of new_uids. ERR_NOTFOUND: none is
 * there. ERR_NOFOLDER, ERR_QUOTA, ERR_LIMIT, ERR_DISKFULL.
 */
void mailbox_recover(struct mailbox *m, const struct recover_request *request, mailbox_done *done, void *arg);
struct retained_folder {
	uint64_t id;     /* above those of the messages that went with it */
	uint32_t folder; /* the id it had */
	int64_t deleted; /* when, in seconds */
	int64_t until;   /* it can be brought back until then */
	struct str name;
	uint32_t messages; /* that went with it; some may be gone for good, or back */
};

/* Views that are valid during the call only. Return false to stop. Must not call into the store. */
typedef bool retained_folder_each(void *arg, const struct retained_folder *f);

/* Folders that were deleted, in the order of that, from that id on. ERR_IO, ERR_CORRUPT. */
enum err mailbox_retained_folders(struct mailbox *m, uint64_t from, retained_folder_each *each, void *arg) MUST_USE;

struct revive_request {
	uint64_t id;   /* of the retained folder */
	struct str as; /* its name from now on; empty: the one it had */
	bool no_quota; /* an administrator's: the number of folders does not refuse it, nor any other limit */
};

/*
 * Brings a folder back with what went with it: messages, access list, annotations, special uses that no other has now, terms. It has the
 * UIDVALIDITY it had, and its messages the uids, unless some of them may have been given again; then both are new. The result: its folder id,
 * UIDVALIDITY, uids and new_uids. ERR_NOTFOUND; ERR_FOLDEREXISTS: the name was taken meanwhile; ERR_FOLDERNAME, ERR_QUOTA, ERR_LIMIT; ERR_DISKFULL: it
 * may be there with some of its messages, and the others can be recovered one by one.
 */
void folder_revive(struct mailbox *m, const struct revive_request *request, mailbox_done *done, void *arg);

/* They go for good. The result's uids are those that they had. ERR_NOTFOUND, ERR_DISKFULL. */
void mailbox_retained_drop(struct mailbox *m, const uint64_t *ids, size_t count, mailbox_done *done, void *arg);
