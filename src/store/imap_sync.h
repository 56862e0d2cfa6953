/*
 * CONDSTORE and QRESYNC (RFC 7162): what happened in the selected folder since a modseq. Its cost is that of the changes since
 * then, not that of the folder, as long as the change log reaches back and is not longer than the folder; else the folder's
 * own rows are looked through, a piece at a time. What is held of the changes is bounded.
 */
#pragma once

#include "store/imap_engine.h"
#include "wire/imap_sync.h"

#define IMAP_SYNC_UIDS_MAX ((size_t)65536) /* changed messages that are remembered one by one */

/* The client knows of modseqs from now on; with a folder selected it is told the folder's. */
void imap_sync_enable(struct imap *i);
static inline bool imap_sync_enabled(const struct imap *i)
{
	return imap_enabled(i, IMAP_CAP_CONDSTORE) || imap_enabled(i, IMAP_CAP_QRESYNC);
}

/* "MODSEQ (12)". */
void imap_sync_put_modseq(struct imap *i, struct buf *to, uint64_t modseq);
/* "* OK [HIGHESTMODSEQ 12] ...", or NOMODSEQ. */
void imap_sync_put_highest(struct imap *i);
/* The arguments of a command ask for mod-sequences: they fail where NOMODSEQ was told (section 3.1.2.2). */
void imap_sync_asks(struct imap *i, struct imap_args *args);
/* What the tagged answer must say of it, in the command's arena; NULL: nothing. */
const char *imap_sync_code(struct imap *i);
/* "* VANISHED 5:7,9" of the expunges in front of i->news; returns how many they are. */
size_t imap_sync_put_expunges(struct imap *i);

struct imap_sync {
	/* The question, set before the first step. */
	uint64_t since;
	bool changed;          /* wants to know of messages that were changed, and are new */
	bool vanished;         /* and of those that are gone */
	uint32_t vanished_from; /* only of uids from here on */
	struct imap_set known;  /* and in this set, when known_given; resolved */
	bool known_given;

	/* Answers, when imap_sync_collect is done. uids: of changed messages; owned. */
	uint32_t *uids;
	size_t uids_count;
	bool uids_whole; /* too many, or not known: every message may have changed */

	/* Its own. */
	uint64_t at; /* the log was read up to here */
	size_t entries;
	bool begun, more, log_lost;
	size_t uids_room;
	struct imap_range *gone; /* owned */
	size_t gone_count, gone_room;
	size_t range; /* being told */
	uint32_t pos; /* next in it; 0: the range was not begun */
};

/* True: done. False: call again. ERR_IO, ERR_CORRUPT in *ret_e. */
bool imap_sync_collect(struct imap *i, struct imap_sync *s, enum err *ret_e);
/* "* VANISHED (EARLIER) 1:3": some lines; true: that was all. */
bool imap_sync_put_vanished(struct imap *i, struct imap_sync *s);
/* Narrows the walk to messages with a later modseq, by their uids where these are known. */
void imap_sync_narrow(const struct imap_sync *s, struct imap_walk *walk);
void imap_sync_done(struct imap_sync *s);
