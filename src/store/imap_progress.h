/* Word of commands that take long (RFC 9585): how far they are, every imap.progress_time. */
#pragma once

#include "store/imap_engine.h"

#define IMAP_PROGRESS_UNKNOWN UINT64_MAX

/* A command begins. */
void imap_progress_begin(struct imap *i);
/* So much of it is done, of goal; either may be unknown. Says so when it is time; not in the middle of a line. */
void imap_progress(struct imap *i, uint64_t done, uint64_t goal);
/* The command waits for the store to change so many messages: until it ends, a timer looks how far that is. */
void imap_progress_wait(struct imap *i, uint64_t goal);
/* It is over, or the session is. */
void imap_progress_end(struct imap *i);
