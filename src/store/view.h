/*
 * What one session sees of an open folder: message sequence numbers 1..count that do not move until
 * the session syncs (RFC 3501 section 7.4.1). Views of one folder share its items; a view of its
 * own costs a few hundred octets, and four more for every message expunged elsewhere that it has
 * not been told of.
 *
 * Flags are always shown as they are now; messages expunged by others stay readable at their number
 * until the sync.
 */
#pragma once

#include "base/arena.h"
#include "store/mailbox.h"

struct folder_view;

#define VIEW_ITEMS 128u

struct view_options {
	uint32_t folder;
	bool read_only; /* EXAMINE: does not claim \Recent */
	uint64_t reader; /* the account whose \Seen is shown where each reader has one; 0: nobody's */
	/* Something is to be had from view_sync(). Called once, then not again before the next
	 * view_sync(). Do nothing in it but wake the session. May be NULL. */
	void (*changed)(void *arg);
	void *arg;
};

/* Holds the mailbox until closed. ERR_NOFOLDER (also \Noselect), ERR_CORRUPT, ERR_IO. */
enum err view_open(
	struct mailbox *m, const struct view_options *options, struct folder_view **ret) MUST_USE;
void view_close(struct folder_view *v); /* accepts NULL */

struct mailbox *view_mailbox(const struct folder_view *v);
uint32_t view_folder(const struct folder_view *v);
uint64_t view_reader(const struct folder_view *v); /* as the options had it */
bool view_read_only(const struct folder_view *v);
/* The folder was deleted: after the next sync with expunges the view is empty, and nothing can be
 * done with it. */
bool view_folder_gone(const struct folder_view *v);

uint32_t view_count(const struct folder_view *v);             /* EXISTS as last told */
uint32_t view_uid(const struct folder_view *v, uint32_t seq); /* 0: no such number */
uint32_t view_seq(const struct folder_view *v, uint32_t uid); /* 0: no such message in this view */
/* The number of the first message with at least that uid; count + 1 when there is none. For uid
 * ranges. */
uint32_t view_seq_from(const struct folder_view *v, uint32_t uid);
/* Valid until the program returns to its loop, but of the last VIEW_ITEMS calls only. NULL: no such number. */
const struct item *view_item(const struct folder_view *v, uint32_t seq);
/* \Seen and modseq are the reader's: the change log of the mailbox does not tell of its changes. */
bool view_is_own(const struct folder_view *v);
/* Expunged meanwhile, though still numbered. */
bool view_item_gone(const struct folder_view *v, uint32_t seq);
uint32_t view_first_unseen(const struct folder_view *v); /* number, 0 = none */

/* Above it there is what this view was not told of: HIGHESTMODSEQ (RFC 7162 section 3.1.2.1), held back as long as the
 * telling of an expunge is (section 3.2). 1 or more. */
uint64_t view_modseq(const struct folder_view *v);
/* No message above it was told of; that of the last one that was, or one that is gone. */
uint32_t view_uid_limit(const struct folder_view *v);

/* RFC 3501 \Recent: this is the first read-write session to be told of the message. */
bool view_recent(const struct folder_view *v, uint32_t uid);
uint32_t view_recent_count(const struct folder_view *v);

/* Notes that one change was about; the values are not there. Counted. */
struct note_names {
	size_t refs, count;
	struct annotation *of;
	struct arena arena;
};

struct note_names *note_names_ref(struct note_names *names); /* NULL of NULL */
void note_names_unref(struct note_names *names);             /* accepts NULL */

enum view_event_kind {
	VIEW_EXPUNGE, /* seq is the number at this point of the telling; uid */
	VIEW_FLAGS,   /* seq, uid, item */
	VIEW_EXISTS,  /* seq is the new count; messages were added */
	VIEW_RECENT   /* seq is the number of recent messages; follows VIEW_EXISTS */
};

struct view_event {
	enum view_event_kind kind;
	uint32_t seq;
	uint32_t uid;
	const struct item *item;
	struct note_names *names; /* VIEW_FLAGS: notes that changed; NULL: none, or view_hear_notes was not called */
};

/* Must not change or close the view, nor call the store. */
typedef void view_each(void *arg, const struct view_event *event);

/*
 * Tells everything since the last sync, in an order that can be sent as it comes: EXPUNGE (highest
 * number first), FLAGS, EXISTS, RECENT. Without allow_expunges (during FETCH, STORE, SEARCH: RFC
 * 3501 section 7.4.1) expunges wait for a later sync and their numbers stay. Costs nothing when
 * nothing happened.
 */
void view_sync(struct folder_view *v, bool allow_expunges, view_each *each, void *arg);
/* Whether VIEW_FLAGS is to name notes that changed, each time they did. */
void view_hear_notes(struct folder_view *v, bool on);
/* True when view_sync(…, true, …) would tell something. */
bool view_pending(const struct folder_view *v);
/* Messages were expunged that are still numbered. */
bool view_expunges_pending(const struct folder_view *v);
/* True when view_sync(…, false, …) may tell something. */
bool view_changed(const struct folder_view *v);
/* Flag changes with exactly this modseq (a result's) are not told to this view: STORE .SILENT. */
void view_silence(struct folder_view *v, uint64_t modseq);
