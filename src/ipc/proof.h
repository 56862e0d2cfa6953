/*
 * What directory and netlogon say to each other of a domain that others serve: who serves it, what
 * is asked of its controllers, and what they say. The numbers travel in messages and are never
 * reused; an unknown one counts as PROOF_UNAVAILABLE.
 */
#pragma once

#include "base/str.h"

/*
 * BACKEND(NAME, name): who checks the passwords of a domain; the name is the property's value. The
 * issuer is no domain's: it says whose a bearer token is, whatever domain that account is in. Nor is Kerberos: netlogon accepts
 * tickets with the keytab, and says whose principal came with one.
 */
#define PROOF_BACKENDS(BACKEND)                                                                    \
	BACKEND(LOCAL, "local")                                                                    \
	BACKEND(LDAP, "ldap")                                                                      \
	BACKEND(PAM, "pam")                                                                        \
	BACKEND(WINBIND, "winbind")                                                                \
	BACKEND(ISSUER, "oauth")                                                                   \
	BACKEND(KERBEROS, "kerberos")

#define PROOF_ENUM(name, text) PROOF_##name,
enum proof_backend { PROOF_BACKENDS(PROOF_ENUM) PROOF_BACKEND_COUNT };
#undef PROOF_ENUM

enum proof_kind {
	PROOF_PASSWORD = 1, /* the password itself */
	PROOF_NT = 2,       /* NTLM: our challenge and the client's responses; winbind only */
	PROOF_PROBE = 3,    /* nobody: whether the controller answers; within netlogon only */
	PROOF_TOKEN = 4,    /* a bearer token, in nt; the issuer only */
	PROOF_CONTEXT = 5,  /* a step of a security context, with its octets in nt; Kerberos only */
};

/* What is done to a security context. The last step that it can take ends it, and so does one that fails. */
enum proof_call {
	PROOF_ACCEPT = 1,    /* a token of Kerberos; the first one begins the context */
	PROOF_NEGOTIATE = 2, /* a token of SPNEGO, or of Kerberos without it; likewise, and it ends when it is established */
	PROOF_WRAP = 3,
	PROOF_UNWRAP = 4, /* ends it */
};

/* Whether a logon must be bound to its TLS channel. */
enum proof_binding { PROOF_BINDING_IGNORED, PROOF_BINDING_IF_GIVEN, PROOF_BINDING_REQUIRED };

enum proof_verdict {
	PROOF_RIGHT = 1,
	PROOF_WRONG = 2,  /* no such account, or not its password: not told apart */
	PROOF_LOCKED = 3, /* says nothing of the password */
	/* The password is right, but: */
	PROOF_DISABLED = 4,
	PROOF_EXPIRED = 5, /* the account */
	PROOF_CHANGE = 6,  /* the password has expired or must be changed first */
	PROOF_HOURS = 7,
	/* Nobody said anything of the password. */
	PROOF_UNAVAILABLE = 8,
};

#define PROOF_DOMAIN_ISSUER        ((uint64_t)0) /* no domain has this id */
#define PROOF_DOMAIN_KERBEROS      UINT64_MAX   /* nor this one */
#define PROOF_USER_OCTETS_MAX      ((size_t)256)
#define PROOF_PASSWORD_OCTETS_MAX  ((size_t)1024)
#define PROOF_RESPONSE_OCTETS_MAX  ((size_t)16 << 10) /* NT or LM response */
#define PROOF_CHALLENGE_OCTETS     ((size_t)8)
#define PROOF_SESSION_KEY_OCTETS   ((size_t)16)
#define PROOF_BINDING_OCTETS_MAX   ((size_t)64)   /* a channel binding */
#define PROOF_ANSWER_OCTETS_MAX    ((size_t)4096) /* what a step of a context says to the client */
#define PROOF_CONTROLLERS_MAX      ((size_t)8) /* of a domain */
#define PROOF_TIMEOUT_SECONDS      5u          /* by default: what a controller may take */
#define PROOF_TIMEOUT_SECONDS_MAX  60u

/* Backends that a domain can be set to; the others are for no domain. */
bool proof_backend_is_for_domains(enum proof_backend b);
/* "ldap"; never NULL. */
const char *proof_backend_name(enum proof_backend b);
bool proof_backend_from(struct str name, enum proof_backend *ret);
/* A number as it came in a message. */
enum proof_verdict proof_verdict_from(uint8_t number);
