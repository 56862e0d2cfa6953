/*
 * The mailboxes of one IMAP session. Folder names of a command are in one of them: in the session's own, unless the name says
 * otherwise. The selected folder keeps the one it is in.
 */
#pragma once

#include "store/mailbox.h"

struct imap;

struct imap_box {
	struct mailbox *mailbox;
	const struct acl_user *user; /* whose rights count there */
	struct str prefix;           /* of its folders' names, without the separator; empty: the session's own */
};

/* Where folder names of the running command are. */
struct mailbox *imap_mailbox(const struct imap *i);
const struct acl_user *imap_user(const struct imap *i);
/* A folder of it as the client names it, in the encoding the session speaks. */
void imap_box_put_name(struct imap *i, struct str name);
