/*
 * Somebody who wants to know that something changed in a mailbox, whatever it was: what it was the change log tells
 * (mailbox_changes). Costs nothing where nobody watches.
 */
#pragma once

#include "store/mailbox.h"

struct log_watch;

/* changed is called once, then not again before log_watch_rest; do nothing in it but wake somebody. arg is also the arg of
 * the changes that the watcher itself asks for. Holds the mailbox. */
struct log_watch *log_watch_new(
	struct mailbox *m, void (*changed)(void *arg), void *arg) MUST_USE;
void log_watch_free(struct log_watch *w); /* accepts NULL */
/* changed was called since the last log_watch_rest. */
bool log_watch_woken(const struct log_watch *w);
void log_watch_rest(struct log_watch *w);
/* One of the last changes that the watcher itself asked for. */
bool log_watch_own(const struct log_watch *w, uint64_t modseq);

/* For the mail logic. */
void log_watch_wake(struct mailbox *m);
void log_watch_note_own(struct mailbox *m, const void *arg, const uint64_t *modseqs, size_t count);
