/*
 * The mechanism NTLM (MS-NLMP; MS-SMTPNTLM, MS-POP3 and MS-OXIMAP frame it) as seen by whoever holds the accounts.
 *
 * The exchange is negotiate, challenge, authenticate; then it wants SASL_NT: ntlm_claim says who the client says it is. It is
 * answered in one of two ways: with answer.secret, the NT hash (empty: no such account, or it has none), and the response is checked
 * here; or with answer.right, where a controller has checked it, and answer.octets the key of the session. Either way what
 * the client bound its response to is checked here: MIC, channel, service, time. Then s->want is SASL_VERDICT, and s->why says for the
 * log what was wrong.
 *
 * Refused at once: NTLMv1 and NTLM2 session but where the server allows them to that client, LM alone, anonymous (ERR_WEAK,
 * ERR_AUTH, with s->why), and what cannot be read (ERR_SYNTAX).
 */
#pragma once

#include "sasl/ntlm_message.h"
#include "sasl/sasl.h"

/* How strict to be with what binds a response to a channel or a service. */
enum ntlm_strictness { NTLM_IGNORED, NTLM_IF_GIVEN, NTLM_REQUIRED };

/* What the holder of the accounts tells the mechanism beforehand; sasl_peer.ntlm, and so as long-lived. */
struct ntlm_server {
	uint8_t challenge[NTLM_CHALLENGE_OCTETS]; /* fresh random octets */
	struct ntlm_target target;                /* with the time now */
	const struct str *names;                  /* hosts that a client may think this is, besides target.dns_computer */
	size_t name_count;
	bool v1_allowed;          /* to this client */
	uint64_t skew_max;        /* how far the client's time may be off, in 100 ns; 0: any */
	enum ntlm_strictness binding, service;
};

/* Who the client says it is, in UTF-8, and its proof, for a controller. Views that live until the answer. */
struct ntlm_claim {
	struct str domain, user, workstation;
	struct str challenge; /* the server's, NTLM_CHALLENGE_OCTETS */
	struct str lm, nt;    /* responses; of NTLM2 session the client's challenge stands in lm */
	enum ntlm_form form;
};

/* While s->want is SASL_NT. */
struct ntlm_claim ntlm_claim(const struct sasl *s);
