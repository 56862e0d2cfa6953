/*
 * NTLM on the side of the accounts: which name is meant, which mailbox, and the hash that is kept of a password.
 *
 * An NTLM message has a domain, a user and a workstation, and no mailbox. So a mailbox may stand behind the user's name, as in
 * user\mailbox or user/mailbox; without one it is the account's NTLM mailbox, where it has one, and else the one called like
 * the user, as with any other name.
 */
#pragma once

#include "directory/directory.h"

/* What the client's message says, in UTF-8, and what this server calls itself. */
struct ntlm_who {
	struct str domain, user, workstation;
	struct str host; /* of this server: mail.example.org */
};

/*
 * The name to log on with (directory/logon_name.h), in the arena; *ret_how says in words what it was made of, for the log.
 *
 *   DOM + alice                  DOM\alice; likewise with a mail domain of ours, as clients of a DNS domain have it
 *   DOM + alice\sales            DOM\alice\sales
 *   any + alice@example.org      alice@example.org: a user principal name goes before the domain
 *   "" + alice                   alice, looked for in all domains
 *   any + DOM\alice              DOM\alice, when DOM is a domain: clients that know no domain put what we call ours before
 *   "" + alice\sales             \alice\sales
 *   LAPTOP7 + alice              alice: a client in no domain sends its own name (the workstation), "." or WORKGROUP,
 *                                and one that was told no domain this server's name
 *   OTHER + alice                OTHER\alice, which no account is
 *
 * ERR_IO, ERR_CORRUPT.
 */
enum err ntlm_name(struct directory *d, struct arena *a, const struct ntlm_who *who, struct str *ret_name, struct str *ret_how) MUST_USE;

/* to->nt_hash of a password, in the arena: empty where to->ntlm is off. ERR_SYNTAX: it cannot be a password. */
enum err ntlm_keep(struct arena *a, struct str password, struct entry_account *to) MUST_USE;

/* Why the account cannot log on by NTLM whatever its password; NULL: it can. */
const char *ntlm_why_not(const struct entry_account *account);
