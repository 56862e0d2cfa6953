/* What a folder tells the views that look at it, and what a view remembers of it. */
#pragma once

#include "store/reader.h"

struct sight_claim { /* uids that this view was the first to be told of */
	uint32_t first, last;
};

#define SIGHT_CLAIMS_MAX 1024u

struct sight_shown { /* items that differ from the folder's, by turns */
	struct item items[VIEW_ITEMS];
	size_t at;
};

struct folder_view {
	struct view_options options;
	struct mailbox *m;   /* counted */
	struct folder *f;    /* used */
	struct list node;    /* in f->views */
	uint32_t uid_limit;  /* messages above it were not told yet */
	uint32_t live_count; /* live items up to uid_limit */
	uint32_t *gone;      /* ascending uids that still have a number, though expunged */
	uint32_t gone_count, gone_room;
	uint64_t modseq; /* of the folder at the last sync */
	uint64_t gone_since; /* of the folder before the first of gone was lost */
	bool woken, hears_notes;
	uint64_t *silenced;
	size_t silenced_count;
	struct sight_claim *claims; /* ascending */
	struct reader *reader;      /* NULL: \Seen is everybody's, or nobody's */
	struct sight_shown *shown;  /* NULL: \Seen is everybody's */
	size_t claims_count;
};

/* Each view that has the message under a number remembers its loss; returns how many they are. */
uint32_t sight_lose(struct folder *f, uint32_t uid);
/* Something changed: wakes the sessions that were not woken since their last sync. */
void sight_wake(struct folder *f);
/* First index in v->gone with at least that uid. */
uint32_t sight_gone_lower(const struct folder_view *v, uint32_t uid);
/* Forgets the losses: the numbers are closed up. */
void sight_release(struct folder_view *v);
