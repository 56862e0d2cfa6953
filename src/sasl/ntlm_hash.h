/*
 * The hashes of NTLM (MS-NLMP section 3.3): MD4 of a password, and what is made of it. Pure. MD5 and DES are OpenSSL's; where it has
 * none of them (FIPS mode) the calls that need them return false, and no response is right.
 *
 * Texts are UTF-16, little-endian, as they are on the wire. Hashes and keys are secrets: the caller wipes his.
 */
#pragma once

#include "base/buf.h"

#define NTLM_HASH_OCTETS      ((size_t)16) /* of MD4 and MD5, of an NT hash and of a session key */
#define NTLM_CHALLENGE_OCTETS ((size_t)8)
#define NTLM_V1_OCTETS        ((size_t)24) /* a response of LM, NTLMv1 or NTLM2 session */

/* MD4 (RFC 1320). Ours, because OpenSSL 3 has it in its legacy provider only, which many systems do not load. */
void ntlm_md4(struct str in, uint8_t ret[NTLM_HASH_OCTETS]);

/* Appends UTF-8 as UTF-16. False: not UTF-8, or to is full. */
bool ntlm_to_utf16(struct str utf8, struct buf *to) MUST_USE;
/* Appends UTF-16 as UTF-8. False: an odd octet, a lone surrogate, a NUL, or to is full. */
bool ntlm_from_utf16(struct str utf16, struct buf *to) MUST_USE;

enum ntlm_upper {
	NTLM_UPPER_UNICODE, /* each letter that has one to its simple capital, as Windows does: ss stays */
	NTLM_UPPER_ASCII,   /* a to z only, as clients do that know no more */
};
/* Changes UTF-16 text in place. */
void ntlm_upper(enum ntlm_upper how, char *utf16, size_t octets);

/* NTOWFv1, the NT hash: MD4 of the password in UTF-16. False: the password is not UTF-8 or over 1,024 octets. */
bool ntlm_nt_hash(struct str password, uint8_t ret[NTLM_HASH_OCTETS]) MUST_USE;

/* HMAC-MD5 (RFC 2104). */
bool ntlm_hmac(const uint8_t key[NTLM_HASH_OCTETS], struct str text, uint8_t ret[NTLM_HASH_OCTETS]) MUST_USE;

/* NTOWFv2: the key for a user in a domain; user already in capitals, domain as the client wrote it. */
bool ntlm_v2_key(const uint8_t hash[NTLM_HASH_OCTETS], struct str user, struct str domain,
	uint8_t ret[NTLM_HASH_OCTETS]) MUST_USE;
/* NTProofStr: what an NTLMv2 response begins with; blob is the rest of it. */
bool ntlm_v2_proof(const uint8_t key[NTLM_HASH_OCTETS], const uint8_t challenge[NTLM_CHALLENGE_OCTETS], struct str blob,
	uint8_t ret[NTLM_HASH_OCTETS]) MUST_USE;

/* DESL: the NTLMv1 response to a challenge. */
bool ntlm_v1_response(const uint8_t hash[NTLM_HASH_OCTETS], const uint8_t challenge[NTLM_CHALLENGE_OCTETS],
	uint8_t ret[NTLM_V1_OCTETS]) MUST_USE;
/* The challenge that NTLM2 session answers: the server's with the client's behind it, by MD5. */
bool ntlm_session_challenge(const uint8_t server[NTLM_CHALLENGE_OCTETS], const uint8_t client[NTLM_CHALLENGE_OCTETS],
	uint8_t ret[NTLM_CHALLENGE_OCTETS]) MUST_USE;

/* What MsvAvChannelBindings is for a connection: MD5 of gss_channel_bindings_struct (RFC 2744 section 3.11) with
 * "tls-server-end-point:" and that binding (RFC 5929 section 4) as its application data. */
bool ntlm_binding(struct str end_point, uint8_t ret[NTLM_HASH_OCTETS]) MUST_USE;
