/*
 * Somebody without an account: what he is let in to see. He is no entry of the directory, has no password and cannot be locked out; in
 * tickets and sessions he has the id ACCESS_ANYONE_ACCOUNT. What he may do there say the lists of folders, with their entries for
 * anyone (store/acl.h). That a mailbox is named for him changes nothing for those who have accounts.
 */
#pragma once

#include "config/config.h"
#include "directory/directory.h"
#include "ipc/service.h"

/* "anonymous", in any case: the name that goes for it where there is no mechanism (RFC 1635 has it from FTP). */
bool anonymous_is_name(struct str name);

struct anonymous_way {
	const struct config *config;
	enum service_protocol protocol;
	bool public;       /* he has asked for a public folder: "anonymous\Public Folders/News" (logon_name.h) */
	bool any;          /* some public folder, it does not matter which */
	struct str folder; /* its name; empty: he has not said which */
};

/* Whether a name and an authorisation identity (empty: none) are his; then the folder that he asks for is set. */
bool anonymous_reads(struct arena *a, struct str name, struct str authzid, struct anonymous_way *ret);
/* As he would come who asks for all that there is: by POP3 for some public folder when no mailbox is named. */
struct anonymous_way anonymous_any(const struct config *c, enum service_protocol protocol);

/*
 * What he sees: the mailbox that anonymous.mailbox names, fit for the protocol, and the public store beside it; where none is named, by IMAP
 * the public store alone. By POP3 a public folder, when he asks for one; by NNTP always the public store alone. ret is the mailbox or that store; which of its folders may be read
 * their lists say. Not ERR_OK: f's text is for the client, its reason for the log and the doctor. ERR_MECHANISMOFF (off for the protocol),
 * ERR_NOBOX (none is named, or there is none of that name), ERR_NOTABOX (a contact or a list; a folder was named, but not by POP3),
 * ERR_BOXOFF, ERR_MOVED, ERR_PROTOCOLOFF, ERR_IO, ERR_CORRUPT.
 */
enum err anonymous_mailbox(struct directory *d, const struct anonymous_way *way, struct arena *a, struct entry *ret, struct failure *f) MUST_USE;
/* "anonymous.imap" and the like; static. */
const char *anonymous_option(enum service_protocol protocol);
