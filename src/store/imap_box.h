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
	bool public;                 /* the public store: it has no inbox, and all that may be seen is listed */
};

/* Where folder names of the running command are. */
struct mailbox *imap_mailbox(const struct imap *i);
const struct acl_user *imap_user(const struct imap *i);
/* A name as the client hears it, and prefixes are at most 200 octets. */
#define IMAP_BOX_NAME_OCTETS_MAX ((size_t)FOLDER_NAME_OCTETS_MAX + 256)

/* A folder's name as the client names it, maybe in room (IMAP_BOX_NAME_OCTETS_MAX): the inbox of another's mailbox is the prefix alone. */
struct str imap_box_outer(const struct imap_box *box, struct str name, char *room);
/* The other way; false: it is no name of a folder there. */
bool imap_box_inner(const struct imap_box *box, struct str outer, struct str *ret);
/* Whether the session's user subscribed to a folder of that outer name: that is kept in the own mailbox. */
bool imap_box_subscribed(struct imap *i, struct str outer);
/* Whether a folder of i->box that may be seen is shown to who lists: what is only given to all accounts is found by who knows of it. */
bool imap_box_shows(struct imap *i, const struct folder_info *f);
/* Makes of a folder of i->box what this session knows of it: what it is used for there it is not used for here. */
void imap_box_adapt(struct imap *i, struct folder_info *f);
/* A name of another's folder among the session's own ones is a subscription: is there such a folder, and may he know of it? */
bool imap_box_is_others(struct imap *i, const struct folder_info *f, struct folder_info *ret);
/* That name of a folder of i->box, in the encoding the session speaks. */
void imap_box_put_name(struct imap *i, struct str name);
