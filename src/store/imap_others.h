/*
 * "Other Users/": the mailboxes of others in a session (RFC 2342, RFC 4314). Those that the account has a right on, and those in
 * which lists of folders give it something. Who they are says the directory, asked by each command that names them or lists
 * with wildcards, so that a change is in force with the next command; what may be done there say the lists (imap_rights.h).
 *
 *   Other Users/ALIAS           the inbox of the mailbox with that alias
 *   Other Users/ALIAS/Folder    another folder of it
 *   Public Folders/Folder       a folder of the public store, which is nobody's and has no inbox
 *
 * What a list gives to "anyone" or "authenticated" can be opened by its name, and is listed when it is subscribed: nobody fills other people's
 * lists of folders. In the public store all that may be seen is listed.
 *
 * Both names are kept for these trees in each mailbox, also while there is no public store.
 */
#pragma once

#include "store/session_int.h"

#define IMAP_OTHERS "Other Users"
#define IMAP_PUBLIC "Public Folders"

struct imap;
struct imap_box;
struct imap_others;

/* The command text names a folder there. */
bool imap_others_named(struct str command);
/* Whether a pattern of LIST may match a name there. */
bool imap_others_match(struct str pattern);
bool imap_others_is_name(struct str name);

/* Asks the directory whose they are; then STEP_PEER. all: also those where lists give something to all accounts. */
enum step imap_others_ask(struct imap *i, bool all);
/* What it said, also when nobody asked. */
void imap_others_take(struct imap *i, const struct session_reply *reply);

/*
 * Sets i->box to where the folder of that name is, and *ret to its name there; the session's own for all other names. The
 * mailbox stays open until the command is over, or for as long as a folder of it is selected. ERR_NOFOLDER: nobody's whom the account
 * may know of, or the namespace itself; ERR_UNAVAILABLE, ERR_CORRUPT, ERR_IO.
 */
enum err imap_others_enter(struct imap *i, struct str name, struct str *ret) MUST_USE;
/* The box of the mailbox with that id, the session's own among them. ERR_NOFOLDER: the account may not know of it any more; as above. */
enum err imap_others_enter_id(struct imap *i, uint64_t mailbox) MUST_USE;
/* The public store's box, of no folder there. ERR_NOFOLDER: there is none; as above. */
enum err imap_others_enter_public(struct imap *i) MUST_USE;
/* The one behind that prefix (empty: the first): its box is entered. False: there is no more. */
bool imap_others_next(struct imap *i, struct str prefix);
/* "* NAMESPACE ..." (RFC 2342 section 5). */
void imap_others_put_namespaces(struct imap *i);
/* Back to the session's own mailbox. */
void imap_others_leave(struct imap *i);

void imap_others_done(struct imap *i);
