/*
 * One question at one controller, as the thread sees it that asks: everything it needs in one
 * piece, so that whoever asked may have given up long before it returns. Backends are functions
 * that block, touch nothing but their attempt, and may run on several threads at once.
 */
#pragma once

#include "netlogon/settings.h"

/* What came of it. reason is for the log and the administrator: never a password, no line ends. */
struct attempt_answer {
	enum proof_verdict verdict;
	char reason[256];
	char full_name[256]; /* as the controller has it; "" where it says none */
	char account[PROOF_USER_OCTETS_MAX + 1]; /* of PROOF_TOKEN and PROOF_CONTEXT: whose it is */
	unsigned char session_key[PROOF_SESSION_KEY_OCTETS];
	size_t session_key_len; /* of NTLM; 0 where it gives none */
	bool more;              /* of PROOF_CONTEXT: it needs a further token */
	char octets[PROOF_ANSWER_OCTETS_MAX]; /* likewise: for the client, or what it has protected */
	size_t octets_len;
};

struct attempt_question {
	enum proof_kind kind;
	char user[PROOF_USER_OCTETS_MAX + 1];         /* as the account's entry has it */
	char password[PROOF_PASSWORD_OCTETS_MAX + 1]; /* no NUL in it */
	char nt_domain[PROOF_USER_OCTETS_MAX + 1];    /* as the client's message has it, or "" */
	unsigned char challenge[PROOF_CHALLENGE_OCTETS];
	struct str lm, nt; /* owned by the attempt; nt is the token of PROOF_TOKEN, and the octets of PROOF_CONTEXT */
	uint64_t context;  /* from here on of PROOF_CONTEXT: which, what is done, of what protocol; what the channel can be bound to */
	enum proof_call call;
	uint8_t protocol;
	struct str exporter, end_point, unique; /* in bindings */
	char bindings[3 * PROOF_BINDING_OCTETS_MAX];
};

struct attempt {
	const struct settings *settings;
	const char *controller; /* one of the settings' */
	struct attempt_question q;
	struct attempt_answer answer; /* begins as PROOF_UNAVAILABLE without a reason */
};

typedef void attempt_fn(struct attempt *a);

/* Says the verdict and why. */
void attempt_say(struct attempt *a, enum proof_verdict v, const char *format, ...)
	PRINTF_LIKE(3, 4);
