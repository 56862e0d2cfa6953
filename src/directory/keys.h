/*
 * The directory's keys in the engine; see doc/format/directory.md. Numbers in keys are big-endian,
 * so that their order is the octets' order. Names must be folded. Index values are the entry's id,
 * big-endian.
 */
#pragma once

#include "base/arena.h"
#include "directory/entry.h"

struct str keys_organisation(void);
struct str keys_salt(void); /* 'f': what the salts of accounts that are not there are made of */
struct str keys_entry(struct arena *a, uint64_t id);                      /* 'e' id: the entry */
struct str keys_kind(struct arena *a, enum entry_kind kind, uint64_t id); /* 'k' kind id: nothing */
struct str keys_domain(struct arena *a, struct str folded);               /* 'd' name */
struct str keys_mail_domain(struct arena *a, struct str a_labels);        /* 'm' mail domain */
struct str keys_account(struct arena *a, uint64_t domain, struct str folded); /* 'a' domain name */
struct str keys_user(struct arena *a, struct str folded, uint64_t domain); /* 'u' name NUL domain */
struct str keys_alias(struct arena *a, struct str folded);                 /* 'l' alias */
struct str keys_address(struct arena *a, struct str key);                  /* 's' address */
struct str keys_certificate(struct arena *a, struct str fingerprint);      /* 'c' fingerprint */
struct str keys_realm(struct arena *a, struct str realm);                  /* 'r' Kerberos realm of a domain */
struct str keys_kerberos(struct arena *a, struct str principal);           /* 'q' Kerberos principal of an account */
struct str keys_right(
	struct arena *a, uint64_t account, uint64_t mailbox); /* 'p' account mailbox */
struct str keys_failures(struct arena *a, uint64_t account);  /* 'n' account: see lockout.h */
struct str keys_vault(void);                                  /* 'v': the key of all secrets */
struct str keys_member(
	struct arena *a, uint64_t member, uint64_t group); /* 'g' member group: nothing */
struct str keys_virtual(struct arena *a, struct str folded);                /* 'w' path of a virtual directory */
struct str keys_id(struct arena *a, uint64_t id);             /* an index value */
struct str keys_app_use(struct arena *a, uint64_t account, uint32_t id); /* 'x' account id (4 octets): last use of an application password */
struct str keys_factor(struct arena *a, uint64_t account);               /* 'y' account: what was used of its second factor */
