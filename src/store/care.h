/*
 * One verification of the store (store.h: store_check_new ... store_check_free), as its parts share it:
 * care.c walks, care_seen.h takes in the rows of a mailbox, care_message.h judges messages as they are now.
 */
#pragma once

#include "base/arena.h"
#include "base/map.h"
#include "store/box.h"
#include "store/flags_row.h"
#include "store/row.h"
#include "store/store.h"

/* ---- what was seen of the mailbox at hand ---- */

/* Sums over the folders that a message is in: as its items have it, and as its rows `N` do. */
struct seen_article {
	uint64_t items, rows;
	uint64_t hash, row_hash; /* the first octets of those in `Q` and `N` */
	bool known, differs;     /* there is a row `Q`; rows `N` are not of one hash */
};

struct seen_email {
	struct seen_email *next; /* in the order of finding */
	uint64_t id;
	struct email_row row;
	uint64_t refs; /* found */
	uint32_t folder, uid; /* one of the items that point to it, so that a person can be told; 0: none is in a folder */
	struct seen_article article;
	bool known, record, kept;
};

struct seen_folder {
	struct seen_folder *next;
	uint32_t id;
	bool known, items, flags;
	unsigned others; /* care_rows that it has */
	struct counts found, said;
};

struct seen_flags {
	struct seen_flags *next;
	uint32_t folder, block;
	struct str value;
};

struct seen_notes {
	struct seen_notes *next;
	uint32_t folder, uid;
	size_t octets;
};

struct seen_blob {
	kv_blob id;
	uint64_t refs;
};

enum care_phase { CARE_PHASE_ROWS, CARE_PHASE_EMAILS, CARE_PHASE_BLOBS, CARE_PHASE_OVER };

struct store_check {
	struct store *s;
	struct kv_check *snapshot;
	struct store_verify_options options;
	struct map blobs; /* struct seen_blob */
	struct arena arena;
	bool bad;
	enum care_phase phase;
	/* of the mailbox at hand */
	uint64_t mailbox;
	bool open; /* it is at hand */
	struct care_place {
		size_t len;
		char octets[KV_KEY_OCTETS_MAX + 1];
	} from; /* where the next step begins */
	size_t rows;
	struct map emails;  /* struct seen_email */
	struct map folders; /* struct seen_folder */
	struct seen_email *first_email, *last_email, *next_email;
	struct seen_folder *first_folder;
	struct seen_flags *flags, *last_flags; /* the first that an item may still need */
	struct seen_notes *notes, *last_notes; /* the same */
	struct flags_reader runs;              /* of flags, when run_open */
	struct flags_run run;
	bool run_open;
	struct arena box;
	struct mailbox_row row;
	bool has_row, has_inbox;
	uint64_t retained_messages, retained_octets, modseq_max, email_max, retained_max;
	/* blobs */
	kv_blob next_blob;
	size_t blobs_known; /* of those in the map, found in the engine */
	/* messages, after the snapshot */
	struct map unreadable; /* blob -> whether a message was told of it (care_message.c) */
	uint64_t mailboxes_done, mailboxes_total;
	bool listing;
};

/* Tells of a fault in the mailbox at hand. folder, uid: 0 when it is in none. */
void care_problem(struct store_check *v, uint32_t folder, uint32_t uid, const char *what);
