/* A QR code as text for a terminal, two rows of it in a line. */
#pragma once

#include "base/buf.h"

/* Light on dark with a margin, so that it can be read whatever the terminal's colours are. False: the text is too long for one. */
bool qr_put(struct buf *to, struct str text);
