/*
 * Folder names as an IMAP4rev2 client spelt them and as they are kept, which is NFC and INBOX in upper case (RFC 9051
 * sections 5.1 and 6.3.9.7): where the two differ the client is told by a LIST with OLDNAME. IMAP4rev1 knows no such thing.
 */
#pragma once

#include "store/imap_engine.h"

/* "* LIST (\HasNoChildren) "/" Entwurf", with OLDNAME when it is spelt in another way than asked for. */
void imap_spelling_put_list(struct imap *i, const struct folder_info *f, struct str supplied);
/* A folder that was found by another spelling than its own: SELECT and EXAMINE list it anyway. */
void imap_spelling_tell(struct imap *i, const struct folder_info *f, struct str supplied);
/* After a folder was made, deleted or (to not empty) renamed under names as the client gave them: what there is to be told. */
void imap_spelling_changed(struct imap *i, struct str name, struct str to);
