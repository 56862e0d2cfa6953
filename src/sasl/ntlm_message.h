/*
 * The three messages of NTLM (MS-NLMP section 2.2.1) and what an NTLMv2 response holds (2.2.2.7): strict decoders and one encoder.
 * Pure. What is decoded are views into the message. A length or offset that points outside of it, or into the fixed part, is
 * ERR_SYNTAX; a field of no octets may point anywhere, as Windows has it.
 */
#pragma once

#include "base/err.h"
#include "sasl/ntlm_hash.h"

#define NTLM_NEGOTIATE_OCTETS_MAX ((size_t)1024)
#define NTLM_NAME_OCTETS_MAX      ((size_t)512) /* of a user, domain or workstation, as it comes */

/* MS-NLMP section 2.2.2.5. */
enum ntlm_flag {
	NTLM_UNICODE = 0x1,
	NTLM_OEM = 0x2,
	NTLM_REQUEST_TARGET = 0x4,
	NTLM_SIGN = 0x10,
	NTLM_NTLM = 0x200,
	NTLM_ANONYMOUS = 0x800,
	NTLM_OEM_DOMAIN = 0x1000,
	NTLM_OEM_WORKSTATION = 0x2000,
	NTLM_ALWAYS_SIGN = 0x8000,
	NTLM_TARGET_IS_DOMAIN = 0x10000,
	NTLM_EXTENDED = 0x80000, /* extended session security: NTLM2 session, where it is not NTLMv2 */
	NTLM_TARGET_INFO = 0x800000,
	NTLM_VERSION = 0x2000000,
	NTLM_128 = 0x20000000,
	NTLM_KEY_EXCHANGE = 0x40000000,
};
#define NTLM_56 0x80000000u

/* NEGOTIATE_MESSAGE, of at least 16 octets. ERR_SYNTAX; ERR_UNSUPPORTED: neither Unicode nor OEM, or no NTLM. */
enum err ntlm_negotiate_get(struct str message, uint32_t *ret_flags) MUST_USE;

/* What the server says of itself, in UTF-8; what is empty is left out. */
struct ntlm_target {
	struct str netbios_domain, netbios_computer, dns_domain, dns_computer;
	uint64_t time; /* FILETIME: 100 ns since 1601 */
};

/*
 * Appends a CHALLENGE_MESSAGE. asked: the flags of the negotiate message; *ret_flags: those of this one. ERR_TOOBIG: to is full;
 * ERR_SYNTAX: a name is not UTF-8.
 */
enum err ntlm_challenge_put(uint32_t asked, const uint8_t challenge[NTLM_CHALLENGE_OCTETS], const struct ntlm_target *target,
	uint32_t *ret_flags, struct buf *to) MUST_USE;

struct ntlm_authenticate {
	uint32_t flags;
	bool unicode; /* names are UTF-16; otherwise octets of a code page that is not told */
	struct str lm, nt, domain, user, workstation;
	size_t mic_at; /* where its MIC stands; 0: the message has no room for one */
};

/* AUTHENTICATE_MESSAGE. offered: the flags of the challenge, for a message from before it had flags. ERR_SYNTAX. */
enum err ntlm_authenticate_get(struct str message, uint32_t offered, struct ntlm_authenticate *ret) MUST_USE;

/* What an NT response is. */
enum ntlm_form {
	NTLM_FORM_NONE,    /* empty: anonymous, or LM alone */
	NTLM_FORM_V1,      /* NTLMv1 */
	NTLM_FORM_SESSION, /* NTLM2 session: NTLMv1 with a client's challenge in the LM response */
	NTLM_FORM_V2,
	NTLM_FORM_BAD
};

enum ntlm_form ntlm_form_of(const struct ntlm_authenticate *a);

#define NTLM_V2_HAS_MIC           0x2u /* MsvAvFlags */
#define NTLM_V2_TARGET_UNTRUSTED  0x4u

/* An NTLMv2 response. */
struct ntlm_v2 {
	struct str proof; /* NTLM_HASH_OCTETS */
	struct str blob;  /* all that it proves */
	uint64_t time;    /* the client's, FILETIME */
	uint32_t flags;   /* MsvAvFlags; 0: none given */
	struct str binding;     /* MsvAvChannelBindings; empty: none, or the zeros that say so */
	struct str target_name; /* MsvAvTargetName, UTF-16; empty: none */
};

/* ERR_SYNTAX: too short, a pair beyond the end, one of these twice, a wrong length, or no end of the list. */
enum err ntlm_v2_get(struct str response, struct ntlm_v2 *ret) MUST_USE;
