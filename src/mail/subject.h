/* The base subject, by which messages are sorted and gathered (RFC 5256 section 2.1). */
#pragma once

#include "base/buf.h"

/*
 * Clears `to` and puts the base subject of a subject there: UTF-8 whose encoded words were decoded. Letters stay as they
 * are: the caller collates. True: something was taken away that marks a reply or a forward (RFC 5256 section 3, THREAD).
 * Linear.
 */
bool subject_base(struct str subject, struct buf *to);
