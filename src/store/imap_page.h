/*
 * Which messages a FETCH is about: those of its set, less what its modifiers leave out: CHANGEDSINCE and VANISHED (RFC 7162),
 * PARTIAL (RFC 9394 section 3.3), and less what the limit cuts off (RFC 9738).
 */
#pragma once

#include "store/imap_sync.h"

struct imap_page {
	/* As read. */
	struct imap_set set;
	struct imap_fetch_modifiers modifiers;

	uint32_t limit_uid; /* the lowest one told, when the limit has cut others off; 0: it has not */
	/* Its own. */
	struct imap_walk walk, counting;
	struct imap_sync sync;
	bool collected, synced, begun, counted, ready, limit_cuts;
	uint32_t total, skip, left; /* messages; left: to be told */
};

/* A PARTIAL of more messages than the limit allows. */
bool imap_page_is_too_wide(const struct imap *i, const struct imap_page *p);
/* ERR_SYNTAX: a number that is no message's; ERR_LIMIT. */
enum err imap_page_begin(struct imap *i, struct imap_page *p) MUST_USE;
/* What is gone is told on the way. True: imap_page_next may be called; false: call again. ERR_IO, ERR_CORRUPT in *ret_e. */
bool imap_page_step(struct imap *i, struct imap_page *p, enum err *ret_e);
/* As imap_walk_next; 0 and imap_page_paused: call again later. */
uint32_t imap_page_next(struct imap_page *p);
static inline bool imap_page_paused(const struct imap_page *p)
{
	return p->walk.paused;
}
void imap_page_done(struct imap_page *p);
