/* The messages that a command's set names (RFC 3501 section 9, sequence-set), in the selected folder. */
#pragma once

#include "store/view.h"
#include "wire/imap_set.h"

struct imap;

/*
 * Messages of a set, ascending. Numbers in the view do not move while a command runs. Without UID a
 * number that is no message is ERR_SYNTAX (RFC 3501 section 9, seq-number); with UID it is passed
 * over.
 */
struct imap_walk {
	const struct folder_view *view;
	const struct imap_set *set;
	bool uid;
	size_t range;
	uint32_t seq, last; /* next to be given, last of this range */
	bool filtered;      /* only messages with a modseq above `since`: imap_sync_narrow */
	uint64_t since;
	bool paused;              /* filtered: nothing was found yet, call again */
	struct imap_set narrowed; /* its ranges are owned */
};

enum err imap_walk_init(struct imap_walk *w, struct imap *i, struct imap_set *set) MUST_USE;
/* The next number; 0 at the end, or when it is paused. */
uint32_t imap_walk_next(struct imap_walk *w);
void imap_walk_done(struct imap_walk *w);
/* Passes over so many at most, and returns how many they were; fewer: the end, or it is paused. */
uint32_t imap_walk_pass(struct imap_walk *w, uint32_t most);
/* All uids at once, from mem_new (NULL when there are none); gone ones are left out and counted. */
uint32_t *imap_walk_uids(struct imap_walk *w, size_t *ret_count, size_t *ret_gone);
