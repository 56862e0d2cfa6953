/* FETCH: the parts of one message's answer that may be too large for one step: made of its record, sections, BINARY, PREVIEW. */
#pragma once

#include "store/imap_fetch_int.h"

/* Begins the next part that was asked for, c->part; false: there is none any more. */
bool imap_fetch_part_next(struct imap *i);
/* A part was begun and is not over. */
bool imap_fetch_part_runs(const struct fetch *c);
/* The next piece of it. STEP_DONE: octets that were promised cannot be had, and the connection is to end. */
enum step imap_fetch_part_step(struct imap *i);
/* Nothing is under way any more; also when the command ends in the middle. */
void imap_fetch_part_end(struct fetch *c);
