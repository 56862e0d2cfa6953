/*
 * The one reader of logon names, for every protocol. Pure: what it makes of a name depends on the
 * name alone.
 *
 *   user                          user
 *   DOM\user   DOM/user           domain, user
 *   DOM\user\mailbox              domain, user, mailbox; '\' and '/' are the same and may be mixed
 *   \user   \user\mailbox         no domain
 *   user@dom                      e-mail: user, mail domain
 *   user@dom\mailbox              e-mail, mailbox by alias
 *   user@dom/shared@dom           e-mail, mailbox by address
 *   DOM\user\sales/Archive        a folder of that mailbox; deeper ones behind it
 *   DOM\user\Public Folders/News  a folder of the public store; also user\Public Folders/News
 *
 * A run of separators is one separator: clients double backslashes (DOM\\user\\mailbox). What looks
 * like an empty part inside reads the same either way: DOM\\x is domain DOM and user x with mailbox
 * x by default, or domain DOM, no user and mailbox x with user x by default. A run at the end
 * leaves the last part out, one at the start the domain. One part is a user; two are domain and
 * user; a mailbox is never given without a user when a domain is present. What stands behind the
 * mailbox are the levels of a folder in it. "Public Folders" (in any case) in the place of a mailbox
 * is the public store and is known by its name, so that a domain may be left out before it: no user
 * can be logged on as who is called so and is followed by more. Refused: '@' anywhere but above, a
 * domain alone (unless the authorisation identity names the mailbox), a name that begins with "Public
 * Folders". A folder whose name has a backslash, and one whose name does not fit, cannot be named.
 *
 * Two defaults: no mailbox: mailbox = user. No user: user = mailbox.
 *
 * The authorisation identity (RFC 4422 section 2) chooses a mailbox by alias or address, or a public
 * folder as "Public Folders/News". It may repeat the name, and then says nothing; it may be a whole
 * name of the same domain and user, with a folder. One that contradicts the name is refused.
 */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

#define LOGON_NAME_OCTETS_MAX ((size_t)512)
#define LOGON_NAME_PUBLIC     "Public Folders"

enum logon_name_kind { LOGON_NAME_NT, LOGON_NAME_EMAIL };

struct logon_name {
	enum logon_name_kind kind;
	bool has_domain, has_user, has_mailbox; /* given, not filled by a default */
	bool from_authzid;  /* the mailbox came from the authorisation identity */
	struct str domain;  /* NT: name before the separator; EMAIL: what stands behind '@' */
	struct str user;    /* after the defaults: never empty */
	struct str mailbox; /* after the defaults: never empty; an address if it has an '@', else an
			       alias; LOGON_NAME_PUBLIC when public is set */
	bool public;        /* the public store */
	struct str folder;  /* of the mailbox, with '/' between levels; empty: none given */
};

/*
 * Reads name and authzid (empty: none) into the arena, in NFC. Refuses with ERR_AUTH and its
 * neutral text; f->reason says why: empty, over LOGON_NAME_OCTETS_MAX, not UTF-8, control or
 * bidirectional characters, or a form not listed above.
 */
enum err logon_name_parse(struct arena *a, struct str name, struct str authzid,
	struct logon_name *ret, struct failure *f) MUST_USE;
/* Appends how the name was read, in words, for the log: domain "DOM", user "alice", mailbox "alice"
 * (by default: the user's name). */
void logon_name_explain(const struct logon_name *n, struct buf *to);
