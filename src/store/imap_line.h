/* Lines about the flags of the selected folder, and about its messages. */
#pragma once

#include "store/imap_engine.h"

/* Tells of keywords the client has not heard of; before a line that may use them. */
void imap_line_keywords(struct imap *i);
/* "* 12 FETCH (", after ENABLE UIDONLY "* 312 UIDFETCH (" (RFC 9586 section 3.3). */
void imap_line_put_fetch(struct imap *i, uint32_t seq);
/* "UID 312 "; nothing after ENABLE UIDONLY. */
void imap_line_put_uid(struct imap *i, uint32_t uid);
/* "FLAGS (\Seen $Work)". */
void imap_line_put_flags(struct imap *i, struct buf *to, const struct item *it);
/* A whole line that nobody asked for: flags, and what else the client must know with them. */
void imap_line_put_change(struct imap *i, uint32_t seq, const struct item *it);
/* The same for one of many: imap_line_keywords was called since the folder last changed. */
void imap_line_put_changed(struct imap *i, uint32_t seq, const struct item *it);
/* The same, and the notes that changed; NULL: none did. */
void imap_line_put_noted(struct imap *i, uint32_t seq, const struct item *it, const struct note_names *names);
/* FLAGS and PERMANENTFLAGS; \* stands among the latter as long as there is room for another keyword. */
void imap_line_put_folder_flags(struct imap *i);
