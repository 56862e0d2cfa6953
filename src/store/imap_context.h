/*
 * Contexts (RFC 5267 section 4): what a SEARCH or SORT with RETURN (UPDATE) found is kept, and the
 * client is told what comes to it and what leaves it, together with what happened in the folder. A
 * session has a few of them, for as long as the folder is selected.
 */
#pragma once

#include "base/str.h"

#define IMAP_CONTEXTS_MAX        8u
#define IMAP_CONTEXT_RESULTS_MAX ((size_t)250000) /* of all contexts of a session */

struct imap;
struct imap_context;
struct imap_esearch;

struct imap_contexts {
	struct imap_context *of[IMAP_CONTEXTS_MAX]; /* owned */
	size_t count;
	size_t at;       /* the one that is being told of */
	bool left;       /* all were told of what is expunged */
	uint32_t *touched; /* uids whose flags this session changed: nobody tells it; owned */
	size_t touched_count;
};

/* The results become a context, or the client is told that they do not (NOUPDATE). */
void imap_context_add(struct imap *i, const struct imap_esearch *results);
/* Tells that there will be no updates (section 4.3.1). */
void imap_context_refuse(struct imap *i, struct str tag, const char *why);
bool imap_context_has(const struct imap *i, struct str tag);
/* New messages came to one with UPDATE (...), and are to be fetched, between commands or in IDLE. */
bool imap_contexts_due(const struct imap *i);
void imap_contexts_fetch(struct imap *i);
/* Another folder, or none. */
void imap_contexts_drop(struct imap *i);
/* Messages that the running command changed itself. */
void imap_contexts_touched(struct imap *i, const uint32_t *uids, size_t count);
/*
 * While news of the folder are told: before the first of them, what is expunged leaves (its number is
 * still good); behind the last of them the messages that changed or came are looked at. True: that is
 * done; false: in the next step.
 */
bool imap_contexts_before(struct imap *i);
bool imap_contexts_after(struct imap *i);
