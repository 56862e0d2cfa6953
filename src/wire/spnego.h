/*
 * The messages by which the two sides of HTTP's Negotiate agree on a mechanism (SPNEGO, RFC 4178): a strict decoder of the client's and an
 * encoder of the server's. DER of definite and shortest lengths only; nothing is left over but fields of a later version. Pure; what is decoded are views.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"

#define SPNEGO_OCTETS_MAX     ((size_t)12288)
#define SPNEGO_MECHANISMS_MAX ((size_t)32) /* in a client's list */

enum spnego_mechanism { SPNEGO_OTHER, SPNEGO_KERBEROS, SPNEGO_NTLM };

/* negState, RFC 4178 section 4.2.2. */
enum spnego_state { SPNEGO_COMPLETED, SPNEGO_INCOMPLETE, SPNEGO_REJECT, SPNEGO_REQUEST_MIC, SPNEGO_NO_STATE };

struct spnego {
	bool first;                  /* NegTokenInit; otherwise NegTokenResp */
	enum spnego_mechanism wants; /* first: what token is of, the client's favourite */
	bool has_ntlm, has_kerberos; /* first: in its list */
	struct str list;             /* first: MechTypeList in DER */
	enum spnego_state state;     /* not first */
	struct str token;            /* of the mechanism; STR_NONE: none */
	struct str mic;              /* mechListMIC; STR_NONE: none */
};

/* ERR_SYNTAX; ERR_TOOLONG: more than SPNEGO_OCTETS_MAX. */
enum err spnego_get(struct str octets, struct spnego *ret) MUST_USE;
/* Appends a NegTokenResp. ntlm: it says that NTLM was chosen. token: none, where it is empty. */
void spnego_put(struct buf *to, enum spnego_state state, bool ntlm, struct str token);
