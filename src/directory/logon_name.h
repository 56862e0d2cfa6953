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
 *
 * A run of separators is one separator: clients double backslashes (DOM\\user\\mailbox). What looks
 * like an empty part inside reads the same either way: DOM\\x is domain DOM and user x with mailbox
 * x by default, or domain DOM, no user and mailbox x with user x by default. A run at the end
 * leaves the last part out, one at the start the domain. One part is a user; two are domain and
 * user; a mailbox is never given without a user when a domain is present. Refused: four parts, '@'
 * anywhere but above, a domain alone (unless the authorisation identity names the mailbox).
 *
 * Two defaults: no mailbox: mailbox = user. No user: user = mailbox.
 *
 * The authorisation identity (RFC 4422 section 2) chooses a mailbox by alias or address. It may
 * repeat the name, and then says nothing; it may be a whole name of the same domain and user. One
 * that contradicts the name is refused.
 */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

#define LOGON_NAME_OCTETS_MAX ((size_t)512)

enum logon_name_kind { LOGON_NAME_NT, LOGON_NAME_EMAIL };

struct logon_name {
	enum logon_name_kind kind;
	bool has_domain, has_user, has_mailbox; /* given, not filled by a default */
	bool from_authzid;  /* the mailbox came from the authorisation identity */
	struct str domain;  /* NT: name before the separator; EMAIL: what stands behind '@' */
	struct str user;    /* after the defaults: never empty */
	struct str mailbox; /* after the defaults: never empty; an address if it has an '@', else an
			       alias */
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
