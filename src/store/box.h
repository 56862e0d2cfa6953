/*
 * The store's own view of a mailbox in memory; for files of src/store that are mail logic, not for
 * session engines.
 *
 * Two sets of figures are kept. `now` is what is on disk and what everybody sees. `sub` counts what
 * was submitted as well: uids, modseqs and counters of the next write set come from it, so that
 * write sets may be in flight one behind the other. A write set that fails takes its figures back
 * out of `sub`; its uids and modseq are passed over.
 */
#pragma once

#include "base/list.h"
#include "base/map.h"
#include "store/granted.h"
#include "store/row.h"
#include "store/store.h"

struct folder_view;

struct counts {
	uint64_t octets;
	uint64_t notes; /* octets of their rows */
	uint32_t messages, unseen, deleted;
};

/* What the tree's changes are about; a pending one is on its way to disk, and later write sets must
 * not undo it. */
struct folder_attrs {
	struct str name;
	uint32_t uidvalidity;
	unsigned specials; /* of enum folder_special */
	bool subscribed, noselect, nonexistent;
};

/* An expunged message that some view still has under a number. */
struct dead {
	struct item item;
	uint32_t views; /* that have it */
};

/* Messages that stood one behind the other when one write set changed their flags or notes. */
struct flag_change {
	uint64_t modseq;
	uint32_t first, last; /* uids */
	struct note_names *names; /* counted; NULL: no notes */
};

#define FOLDER_RING 512u

struct folder {
	struct mailbox *mailbox;
	char *name_at;
	struct str name;
	uint32_t id;
	uint32_t uidvalidity;
	uint32_t uidnext;     /* next to be given */
	uint32_t uid_visible; /* below it everything is on disk or was passed over */
	uint32_t recent_from;
	uint64_t modseq, modseq_sub;
	struct counts now, sub;
	unsigned specials;
	bool subscribed, noselect, nonexistent;
	bool kept;  /* kept.h: only somebody's look keeps it */
	bool gone;  /* deleted; lives only while used */
	bool dying; /* its removal is in flight: its row is not to be written again */
	struct folder_attrs *pending; /* what a change in flight makes of it; the op's */
	struct acl *acl;   /* owned; NULL: it was never given one */
	uint32_t age_days; /* see folder_age */
	uint32_t keep_days; /* see folder_keep */
	uint32_t held, held_told; /* see moderation_held */
	uint64_t row_part; /* serial of the part that last touched the row: written once per part */

	struct str *keywords; /* owned */
	size_t keywords_count;
	bool keywords_loaded, keywords_dirty;

	bool loaded;
	struct item *items; /* ascending uids */
	size_t items_count, items_room;
	uint32_t *flags_blocks; /* that have a row of flags, or had one; ascending, owned */
	size_t flags_blocks_count, flags_blocks_room;
	struct dead *dead; /* ascending uids */
	size_t dead_count, dead_room;
	struct list views;
	struct list readers; /* of struct reader: those whose \Seen somebody looks at */
	struct flag_change *ring; /* last changes of flags, made when first needed */
	uint64_t ring_count;      /* ever put in */
	uint32_t url_serial;      /* see folder_url_serial */
	uint64_t ring_from;       /* changes above this modseq were all put in */
	size_t users;             /* views, ops and write sets */
	struct list idle;         /* in store->idle_folders when loaded and unused */
};

struct mailbox {
	struct store *store;
	uint64_t id;
	size_t refs;
	struct list idle; /* in store->idle_mailboxes when refs is 0 */
	struct mailbox_limits limits;
	struct mailbox_row row;                      /* submitted; what goes to disk next */
	uint64_t modseq;                             /* visible */
	uint64_t retained_messages, retained_octets; /* visible */
	struct counts now, sub;                      /* sums over folders */
	enum mailbox_quota quota;
	struct folder **folders; /* by name */
	size_t folders_count, folders_room;
	struct map by_id;
	struct acl *acl; /* of the mailbox itself, as that of a folder */
	uint32_t age_days; /* too */
	struct folder *inbox;
	struct list queue;    /* ops; the first one is running */
	struct list watches;  /* of struct mailbox_watch */
	struct list log_watches; /* log_watch.h */
	size_t in_flight;     /* parts submitted and not done */
	uint64_t part_serial; /* of the last part submitted */
	bool rows_all;        /* the rows on disk are missing or in doubt: write all of them */
	bool removing, removed;
	bool shut;            /* mailbox_shut */
	bool trimming;        /* the recoverable area, down to its ceiling */
	uint64_t purge_at;    /* retained id that store_purge goes on from; 0: the first */
	uint64_t blob_email; /* message_read's last look-up */
	kv_blob blob;
};

/* Something to go on with in store_turn. */
struct ready {
	struct list node; /* in store->ready */
	void (*go)(struct ready *r);
};

struct store {
	struct kv *kv;
	struct store_options options;
	struct map mailboxes;
	struct list idle_mailboxes, idle_folders;
	size_t idle_mailboxes_count, idle_item_octets;
	struct list ops;        /* every op of every mailbox */
	struct list ready;      /* of struct ready */
	struct list deliveries; /* in flight */
	size_t repairs;         /* in flight */
	struct list refusals;   /* of calls that found no mailbox */
	struct granted granted;
	uint64_t public_id; /* of the public store; 0: there is none */
	uint64_t retained_octets_max; /* of each mailbox; 0: no ceiling */
};

void box_drop_idle(struct store *s);
int64_t store_seconds(const struct store *s);
void store_ready(struct store *s, struct ready *r); /* asks for a turn */

/* Loaded or made; counted. Limits are not touched. ERR_NOBOX, ERR_CORRUPT, ERR_IO. */
enum err box_open(struct store *s, uint64_t id, struct mailbox **ret) MUST_USE;
/* One that is marked as being removed and is not loaded. ERR_NOBOX. */
enum err box_open_removed(struct store *s, uint64_t id, struct mailbox **ret) MUST_USE;
/* A folder that can hold messages, or NULL. */
struct folder *box_folder(struct mailbox *m, uint32_t id);
/* How many days what is removed from it is kept; 0: it is not. */
uint32_t box_keep_days(const struct folder *f);
uint32_t box_age_days(const struct folder *f); /* see folder_age; 0: they stay */
/* Also one that is only a subscribed name; NULL. */
struct folder *box_folder_named(struct mailbox *m, struct str name);
/* Index of the first folder whose name is not below `name` in octet order. */
size_t box_from(const struct mailbox *m, struct str name);
bool box_has_children(const struct mailbox *m, const struct folder *f);
struct folder *box_inbox(struct mailbox *m);
struct folder_attrs box_attrs(const struct folder *f);
/* A folder that is in no list yet. name is copied. */
struct folder *box_folder_new(struct mailbox *m, uint32_t id, struct str name);
void box_folder_rename(struct folder *f, struct str name);
void box_folder_add(struct folder *f);    /* into the lists */
void box_folder_remove(struct folder *f); /* out of them; freed when unused */
void box_folders_sort(struct mailbox *m);
/* What a folder of that name begins with: the list of the nearest folder above it, or of the mailbox; in the public store
 * acl_public. */
const struct acl *box_acl_above(struct mailbox *m, struct str name);
uint32_t box_uidvalidity(struct mailbox *m); /* a new one */
/* used against limits; calls options.quota when the state is another than before. */
void box_quota_look(struct mailbox *m);
enum mailbox_quota box_quota_state(const struct mailbox_limits *limits, const struct counts *used);

void folder_use(struct folder *f);
void folder_unuse(struct folder *f);
