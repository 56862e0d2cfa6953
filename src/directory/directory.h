/*
 * Reading the directory. No cache: every call reads the engine, so a change is in force with the
 * next request.
 *
 * All names are compared folded (directory/name.h). Names are exact: no prefix or fuzzy match.
 * Calls are made from the role's loop thread only. Entries live in the arena given.
 */
#pragma once

#include <jansson.h>

#include "directory/entry.h"
#include "directory/vault.h"
#include "ipc/proof.h"
#include "kv/kv.h"

#define DIRECTORY_SHARD           ((uint64_t)1)
#define DIRECTORY_SALT_KEY_OCTETS ((size_t)32)

enum directory_deed { DIRECTORY_ADDED, DIRECTORY_CHANGED, DIRECTORY_REMOVED };

/* One entry changed; called after the commit, on the loop thread. secret: the password was changed
 * too. */
typedef void directory_changed(
	void *arg, enum directory_deed deed, const struct entry *e, bool secret);

struct app_uses;
struct doctor_facts;
/* What a controller has said of the one logon that is being examined. */
struct directory_told {
	enum proof_verdict verdict;
	struct str controller, reason;
};

struct directory {
	struct kv *kv; /* borrowed */
	struct lockouts *lockouts; /* borrowed; NULL: failed logons are written at once */
	struct vault *vault; /* borrowed; NULL in tests only: secrets lie open then */
	struct entry_limits defaults; /* of mailboxes that have none of their own */
	/* For `directory apply`: many changes with one flush, and those that are only tried. */
	struct kv *batch, *trial;
	uint64_t trial_number, trials; /* of the dry run at work, 0: none; of the last one */
	uint32_t scram_iterations; /* of SCRAM keys that are made */
	uint64_t stand_in; /* some account, read in place of those that are not there; 0: none yet */
	unsigned char salt_key[DIRECTORY_SALT_KEY_OCTETS]; /* of the salts of accounts that are not there */
	directory_changed *
		on_change; /* may be NULL; tells the store of limits, removals and ended accounts */
	void *arg;
	struct app_uses *app_uses; /* borrowed; may be NULL; see app_password.h */
	const struct doctor_facts *facts; /* borrowed; NULL: the doctor looks at the directory alone; see doctor.h */
	const struct directory_told *told; /* while one examines a logon of a domain that others serve; else NULL */
	json_t *controllers; /* how those of domains that others serve are, as netlogon told last; NULL: not yet */
};

/* The two drafts over d->kv; before any sandbox. ERR_IO. Without them `directory apply` is refused. */
enum err directory_drafts_open(struct directory *d) MUST_USE;
void directory_drafts_close(struct directory *d); /* before the engine is closed; at any time */
/* Reads d->salt_key, or makes it where there is none yet; it stays the same as long as the directory does. ERR_IO, ERR_DISKFULL. */
enum err directory_salt_key(struct directory *d) MUST_USE;

/* Zero counts as not found. ERR_NOTFOUND, ERR_CORRUPT, ERR_IO. kind ENTRY_NONE takes any. Secrets are readable, or the entry is
 * ENTRY_LOCKED. */
enum err directory_get(struct directory *d, enum entry_kind kind, uint64_t id, struct arena *a,
	struct entry *ret) MUST_USE;
enum err directory_organisation(struct directory *d, struct arena *a, struct entry *ret) MUST_USE;

/* ERR_NOTFOUND for a name nobody has, also for one that cannot be a name. */
enum err directory_domain(
	struct directory *d, struct str name, struct arena *a, struct entry *ret) MUST_USE;
enum err directory_mail_domain(
	struct directory *d, struct str mail_domain, struct arena *a, struct entry *ret) MUST_USE;
enum err directory_account(struct directory *d, uint64_t domain, struct str user, struct arena *a,
	struct entry *ret) MUST_USE;
/* Accounts and groups of a domain share their names; ret is of either kind. */
enum err directory_principal(struct directory *d, uint64_t domain, struct str name, struct arena *a,
	struct entry *ret) MUST_USE;
/* The domain whose Kerberos realm it is; the account that a Kerberos principal is linked to. Octet for octet. */
enum err directory_realm(struct directory *d, struct str realm, struct arena *a, struct entry *ret) MUST_USE;
enum err directory_kerberos(struct directory *d, struct str principal, struct arena *a, struct entry *ret) MUST_USE;
/* The account that a certificate logs on to. fingerprint: SHA-256 in hexadecimal, as fingerprint_key gives it. */
enum err directory_certificate(struct directory *d, struct str fingerprint, struct arena *a, struct entry *ret) MUST_USE;
/* Accounts of that name in all domains: ids into ret, at most max; *ret_count is how many were put
 * there. */
enum err directory_accounts_named(struct directory *d, struct str user, uint64_t *ret, size_t max,
	size_t *ret_count) MUST_USE;
/* A mailbox, contact or list by alias or by SMTP address; by alias also the public store. */
enum err directory_alias(
	struct directory *d, struct str alias, struct arena *a, struct entry *ret) MUST_USE;
enum err directory_address(
	struct directory *d, struct str address, struct arena *a, struct entry *ret) MUST_USE;
/* The virtual directory at that very path; ASCII case does not matter. */
enum err directory_virtual(struct directory *d, struct str path, struct arena *a, struct entry *ret) MUST_USE;
/* The public store. ERR_NOTFOUND: there is none. */
enum err directory_public(struct directory *d, struct arena *a, struct entry *ret) MUST_USE;
/* By address when s has an '@', else by alias. */
enum err directory_recipient(
	struct directory *d, struct str s, struct arena *a, struct entry *ret) MUST_USE;

/*
 * Ids of a kind in the order of their making, from id `from` on, at most max. Used with max 1 for
 * the first mailbox of the organisation.
 */
enum err directory_ids(struct directory *d, enum entry_kind kind, uint64_t from, struct arena *a,
	size_t max, struct entry_ids *ret) MUST_USE;
/* Mailboxes that the account is primary account of, or that it or the group by itself has rights on, ascending, at most max. */
enum err directory_mailboxes_of(struct directory *d, uint64_t principal, struct arena *a, size_t max,
	struct entry_ids *ret) MUST_USE;

/* Groups that it is a member of by itself, ascending, at most max. */
enum err directory_groups_with(struct directory *d, uint64_t member, struct arena *a, size_t max,
	struct entry_ids *ret) MUST_USE;

/* Does any account or group belong to the domain? */
enum err directory_has_accounts(struct directory *d, uint64_t domain, bool *ret) MUST_USE;
/* Some address in a mail domain (its key, see smtp_address_domain), in the arena; ERR_NOTFOUND:
 * there is none. */
enum err directory_address_in(
	struct directory *d, struct str mail_domain, struct arena *a, struct str *ret) MUST_USE;

/* Of an account or a group: "DOM\alice" in the arena; "(removed)" for an id without entry. */
struct str directory_account_name(struct directory *d, uint64_t account, struct arena *a);
