/*
 * NOTIFY (RFC 5465): what happens in one mailbox besides the selected folder, out of its change log. All calls but those that say
 * so are made while i->box is that mailbox.
 */
#pragma once

#include "store/imap_folder_news.h"
#include "store/log_watch.h"

struct imap_ear_hit;

struct imap_ear {
	struct imap_ear *next; /* the caller's */
	bool wanted;           /* the same */
	uint64_t mailbox;
	struct imap_box lost; /* what is known of its names when it is the session's no more; the prefix is owned */
	struct log_watch *watch;
	struct imap_folder_news names;
	imap_folder_events *events;
	uint64_t since;            /* the log was read up to here */
	struct imap_ear_hit *hits; /* ascending folder ids; owned */
	size_t hits_count, hits_room, hits_at;
	size_t entries;
	bool more;
	bool renamed; /* names or subscriptions of folders changed, for the caller to take back */
};

/* What happens from now on. names: also to names and subscriptions. */
struct imap_ear *imap_ear_new(struct imap *i, imap_folder_events *events, bool names);
/* Of any mailbox; accepts NULL. */
void imap_ear_free(struct imap_ear *e);
/* There is something to be looked at or to be told. Of any mailbox. */
bool imap_ear_is_due(const struct imap_ear *e);
/* Looks, or tells some of it. ERR_NOTFOUND and others: the log does not reach back so far, or cannot be read. */
enum err imap_ear_step(struct imap *i, struct imap_ear *e) MUST_USE;
/* A change that the session itself asked for. Of any mailbox. */
bool imap_ear_own(const struct imap_ear *e, uint64_t modseq);
/* The state of a folder, as these events want it to be told: its STATUS, unless it is the selected one. */
void imap_ear_put_status(struct imap *i, const struct folder_info *info, unsigned events);
