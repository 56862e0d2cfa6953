/*
 * Text in some charset made UTF-8. Only charsets of a fixed list are known (charset.tbl): UTF-8, US-ASCII, ISO-8859-1, -15
 * and windows-1252 are done here, the rest by the C library's iconv, which loads a file for each when it is first used.
 */
#pragma once

#include "base/buf.h"

/*
 * Appends octets, read in the named charset (any case), as UTF-8; malformed sequences become U+FFFD. ISO-8859-1 and
 * US-ASCII are read as windows-1252. False: the charset is unknown or cannot be loaded; then octets were appended as
 * charset_guess_to_utf8 does.
 */
bool charset_to_utf8(struct str charset, struct str octets, struct buf *to);

/* As they are when they are UTF-8, else read as windows-1252. */
void charset_guess_to_utf8(struct str octets, struct buf *to);

/* Loads every converter and keeps it, so that they work when files can no longer be opened. For the parser's start. */
void charset_prepare(void);
