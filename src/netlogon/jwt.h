/*
 * Bearer tokens that an issuer has signed: JSON Web Tokens (RFC 7519) in compact JWS form (RFC 7515)
 * with keys of a JSON Web Key Set (RFC 7517), judged as RFC 8725 and RFC 9068 would have it. Only
 * signatures by public keys count: "none" and HS* are not known here, so nobody can sign with what
 * is public. Pure: token, keys and time in, a name or a refusal out.
 */
#pragma once

#include <jansson.h>

#include "base/arena.h"
#include "base/err.h"

#define JWT_OCTETS_MAX ((size_t)12288)

struct jwt_rules {
	const json_t *key_set; /* borrowed; jwt_check_claims does not look at it */
	struct str issuer;   /* must be "iss", octet for octet */
	struct str audience; /* must be "aud" or among it; empty: any, for issuers that set none */
	struct str scope;    /* must be among the words of "scope" or "scp"; empty: any */
	struct str claim;    /* whose value names the account, such as "email" or "preferred_username" */
	int64_t now_seconds; /* since 1970; a minute of difference between the clocks is forgiven */
};

/*
 * ERR_OK: *ret_name is the value of rules->claim, in a. ERR_AUTH: not valid now and here; f->reason
 * says why. ERR_NOTFOUND: signed by a key that the set does not have; it may be older than the key.
 */
enum err jwt_check(struct arena *a, struct str token, const struct jwt_rules *rules, struct str *ret_name,
	struct failure *f) MUST_USE;

/* What jwt_check does with the claims; for an answer to token introspection (RFC 7662) as well. */
enum err jwt_check_claims(struct arena *a, const json_t *claims, const struct jwt_rules *rules,
	struct str *ret_name, struct failure *f) MUST_USE;
