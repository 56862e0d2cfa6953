/*
 * Principals of Kerberos (RFC 4120 section 6.2) and the accounts they log on to. A principal is written like alice@EXAMPLE.ORG or
 * alice/admin@EXAMPLE.ORG; realms that differ in case are different ones.
 */
#pragma once

#include "directory/directory.h"

#define PRINCIPAL_OCTETS_MAX ((size_t)256)

/* NULL: it can be a realm, or a principal with its realm. Else a phrase that says why not. Pure. */
const char *principal_realm_wrong(struct str realm);
const char *principal_wrong(struct str principal);
/* The person and the realm of a principal with one component. False: it has more (alice/admin is another than alice), octets that a name
 * here cannot have, or is a machine's (HOST$). Pure. */
bool principal_split(struct str principal, struct str *ret_user, struct str *ret_realm) MUST_USE;
/*
 * What a principal logs on as: the account that it is linked to, else DOM\alice in the domain whose realm it is from, whether
 * that account is there or not. ERR_NOTFOUND: neither, and *ret_why says which.
 */
enum err principal_name(struct directory *d, struct str principal, struct arena *a, struct str *ret_name, const char **ret_why) MUST_USE;
