/*
 * Annotations for IMAP clients (RFC 5464): GETMETADATA, SETMETADATA, LIST RETURN (METADATA ...) (RFC 9590), and word of what
 * others change.
 *
 * The store keeps what clients set. Beside it stand entries of the server's own: /private/specialuse of a folder (RFC 6154
 * section 4), which is what the folder is for, and /shared/comment and /shared/admin of the server, which the administrator
 * sets. Other shared entries of the server nobody can make; its private ones are kept with the mailbox.
 */
#pragma once

#include "store/imap_engine.h"
#include "wire/imap_metadata.h"

/* "* METADATA name (entry value ...)" for a folder that exists; nothing when it cannot be read, or not by this user. */
void imap_metadata_put(struct imap *i, const struct folder_info *folder, const struct imap_entries *entries);

/* The client switched on word of changes (section 4.4.2). */
void imap_metadata_enable(struct imap *i);
/* Whether there is something to tell; tells it, as whole lines. */
bool imap_metadata_pending(const struct imap *i);
void imap_metadata_tell(struct imap *i);
/* At the end of the session. */
void imap_metadata_done(struct imap *i);
